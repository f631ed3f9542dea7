"""Reading: from the bytes of a captured page to an article. Pure: no network, no clock, no state."""

from newsarchive.extract.reading import extract

__all__ = ["extract"]
