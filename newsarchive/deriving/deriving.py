"""From records to rows: the same function for a crawl that died, for an old archive and for whoever checks one."""

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

from newsarchive import reading
from newsarchive.deriving.finding import find
from newsarchive.deriving.findings import Derived, OutletOf, Unread
from newsarchive.deriving.foreign import Resolve
from newsarchive.deriving.origin import Origin
from newsarchive.errors import NotAnArticle
from newsarchive.items import Article, Page, Rejection
from newsarchive.outlets import Outlet
from newsarchive.warc.problem import Problem
from newsarchive.warc.reader import StoredRecord, read_records

logger = logging.getLogger(__name__)


def derive(
    records: Iterable[StoredRecord | Problem],
    *,
    filename: str,
    outlet_of: OutletOf,
    file: Path | None = None,
    resolve: Resolve = lambda _: None,
) -> Iterator[Derived]:
    """The rows that belong beside a WARC file, in the order of offsets; for a file of ours what its crawl wrote.

    The arguments are those of `find`. Raises what `records` raises.
    """
    for found in find(records, filename=filename, outlet_of=outlet_of, file=file, resolve=resolve):
        yield read(found) if isinstance(found, Unread) else found


def read(unread: Unread) -> Article | Rejection:
    """Return the article of a page, or its rejection; a failure of a parser is logged."""
    try:
        return reading.read(unread.page, unread.outlet)
    except NotAnArticle as error:
        if error.detail:
            logger.error("%s", error)
        return Rejection.of(unread.page.capture, error.what)


def pages(warc: Path, outlet: Outlet | None = None) -> Iterator[Page]:
    """The pages of articles in a file of an outlet's crawl, in order; raises `RecordError`."""
    # A part that was cut out of a file has no warcinfo record.
    ours = Origin(outlet.id if outlet else "", "", None, None)
    for found in find(read_records(warc), filename=warc.name, outlet_of=lambda _, __: outlet, origin=ours):
        if isinstance(found, Unread):
            yield found.page
