"""From records to pages: which records of a file were asked for as articles, and what came of them."""

from collections.abc import Iterable, Iterator

from newsarchive.deriving.crawled import Exchanges, given
from newsarchive.deriving.findings import OutletOf, Unread
from newsarchive.deriving.origin import Origin, origin_of
from newsarchive.items import Rejection
from newsarchive.warc.problem import Problem
from newsarchive.warc.reader import StoredRecord


def find(
    records: Iterable[StoredRecord | Problem],
    *,
    filename: str,
    outlet_of: OutletOf,
    origin: Origin | None = None,
) -> Iterator[Unread | Rejection | Problem]:
    """The pages of a file and the reasons of what is none, in the order of offsets.

    `filename` is the file's name now; a file of ours goes by the name that its warcinfo record says.
    `origin` is what is known of a file that says nothing itself.
    """
    exchanges = Exchanges()
    for record in records:
        if isinstance(record, Problem):
            yield record
            continue
        if record.kind == "warcinfo":
            origin, exchanges = origin_of(record), Exchanges()
            continue
        if origin is None:
            continue
        answered = exchanges.ended_by(record)
        if answered:
            outlet = outlet_of(answered.field("WARC-Target-URI") or "", origin)
            yield from given(answered, record.block_fields(), filename=origin.filename or filename, outlet=outlet)
