"""Worker processes that read pages and long sources, so that the reactor never waits for one."""

from newsarchive.readers.pool import Pool, Readers

__all__ = ["Pool", "Readers"]
