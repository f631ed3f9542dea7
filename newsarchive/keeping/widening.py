"""Holds of pages, as far as an archive knows: a page has addresses that nothing but its archive tells."""

from collections.abc import Mapping
from pathlib import Path

from newsarchive.errors import ArchiveError, HeldError
from newsarchive.keeping.holds import Hold, Holds
from newsarchive.keeping.selecting import addresses
from newsarchive.parameters import Selection


def widened(known: Holds, archive: Path, selections: Mapping[str, Selection] | None = None) -> Holds:
    """The holds; those of pages with all addresses under which the archive has the same article.

    From where it moved, and where a copy stands that calls the page its own address. To be asked, never to be written.
    Raises `HeldError` where that cannot be told.
    """
    if not archive.is_dir():
        return known
    try:
        return Holds(tuple(_widened(hold, archive, selections or {}) for hold in known.all))
    except ArchiveError as error:
        raise HeldError(archive, f"{error}; so it is not known what the holds of pages mean") from error


def _widened(hold: Hold, archive: Path, selections: Mapping[str, Selection]) -> Hold:
    if hold.released or not hold.scope.pages:
        return hold
    pages = tuple(sorted(addresses(archive, hold.scope, selections=selections)))
    return hold.model_copy(update={"scope": hold.scope.model_copy(update={"pages": pages})})
