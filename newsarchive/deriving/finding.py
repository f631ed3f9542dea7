"""From records to pages: which records of a file were asked for as articles, and what came of them."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from newsarchive.deriving.crawled import Exchanges, given
from newsarchive.deriving.erased import erased
from newsarchive.deriving.findings import OutletOf, Unread
from newsarchive.deriving.foreign import Resolve, moment, page_in
from newsarchive.deriving.origin import Origin, origin_of
from newsarchive.errors import NewsArchiveError, described
from newsarchive.items import ErasedArticle, Page, Rejection
from newsarchive.warc.problem import Problem
from newsarchive.warc.reader import StoredRecord
from newsarchive.warc.tombstones import is_tombstone


def find(
    records: Iterable[StoredRecord | Problem],
    *,
    filename: str,
    outlet_of: OutletOf,
    file: Path | None = None,
    resolve: Resolve = lambda _: None,
    origin: Origin | None = None,
) -> Iterator[Unread | Rejection | ErasedArticle | Problem]:
    """The pages of a file, the reasons of what is none, and the lines of what was erased, in the order of offsets.

    `filename` is the file's name now; a file of ours goes by the name that its warcinfo record says. `file` is what a
    problem names, where it is more than the name.
    `resolve` finds what revisits of other addresses refer to, in files of other programs.
    `origin` is what is known of a file that says nothing itself.
    """
    exchanges, file = Exchanges(), file or Path(filename)
    for record in records:
        if isinstance(record, Problem):
            yield record
            continue
        if record.kind == "warcinfo":
            origin, exchanges = origin_of(record), Exchanges()
            continue
        if is_tombstone(record):
            if line := erased(record, origin=origin, filename=filename):
                yield line
            continue
        if origin is None:
            yield from _guarded(_foreign(record, filename, file, outlet_of, resolve), file, record)
            continue
        answered = exchanges.ended_by(record)
        if answered and moment(answered.field("WARC-Date") or "") is None:
            yield Problem(file, answered.offset, f"a {answered.kind} record whose WARC-Date is no time")
        elif answered:
            outlet = outlet_of(answered.field("WARC-Target-URI") or "", origin)
            pages = given(answered, record.block_fields(), filename=origin.filename or filename, outlet=outlet)
            yield from _guarded(pages, file, answered)


def _foreign(
    record: StoredRecord, filename: str, file: Path, outlet_of: OutletOf, resolve: Resolve
) -> Iterator[Unread | Rejection | Problem]:
    page = page_in(record, filename=filename, file=file, resolve=resolve)
    if isinstance(page, Page):
        yield Unread(page, outlet_of(page.capture.url, None))
    elif page:
        yield page


def _guarded(
    found: Iterator[Unread | Rejection | Problem] | Iterator[Unread | Rejection], file: Path, record: StoredRecord
) -> Iterator[Unread | Rejection | Problem]:
    """Yield what is found in a record; an unexpected exception of a parser becomes a problem of that record."""
    try:
        yield from found
    except (NewsArchiveError, OSError):
        raise
    except Exception as error:  # noqa: BLE001 - one record must not end the reading of a file
        yield Problem(file, record.offset, f"a parser failed on this {record.kind} record ({described(error)})")
