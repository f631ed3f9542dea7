"""Putting segmented records together again (WARC 1.1, 7): a first segment, and its `continuation` records.

Every segment has a block and a block digest of its own. The payload, its digest and its end are those of all blocks
behind each other, so they can be checked only when the last segment has been read.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from newsarchive.warc.octets import Spool, pieces
from newsarchive.warc.reader import StoredRecord

NUMBER, ORIGIN, TOTAL = "WARC-Segment-Number", "WARC-Segment-Origin-ID", "WARC-Segment-Total-Length"
MOST_OPEN = 100
"""So many segmented records are put together at the same time."""
_IN_MEMORY = 1 << 16
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Whole:
    """A record whose segments are all there."""

    record: StoredRecord
    """The first segment, with the block of all."""
    file: Path
    """The file of the first segment."""
    method: str
    mistake: str | None
    """Why the segments do not fit together."""


@dataclass(slots=True)
class _Open:
    first: StoredRecord
    file: Path
    method: str
    blocks: Spool
    last: int = 1

    def append(self, record: StoredRecord) -> None:
        for piece in pieces(record.octets, 0, len(record.octets)):
            self.blocks.append(bytes(piece))


class Segments:
    """Segmented records of many files, until their last segment is read."""

    def __init__(self, spool: Path | None) -> None:
        """`spool` is the folder for long blocks."""
        self._spool = spool
        self._open: dict[str, _Open] = {}
        self.unfinished = 0
        """First segments that were not kept, as too many are open; continuations whose first segment is unknown."""

    def __len__(self) -> int:
        """Records of which not every segment was read."""
        return len(self._open) + self.unfinished

    def begin(self, record: StoredRecord, file: Path, method: str) -> None:
        """Take the first segment of a record."""
        if len(self._open) >= MOST_OPEN:
            self.unfinished += 1
            return
        begun = _Open(record, file, method, Spool(self._spool, limit=_IN_MEMORY))
        begun.append(record)
        self._open[record.field("WARC-Record-ID") or ""] = begun

    def add(self, record: StoredRecord) -> Whole | None:
        """Take a continuation; return the record that it completes, or that can never be complete."""
        origin = record.field(ORIGIN) or ""
        begun = self._open.get(origin)
        if begun is None or not _is_number(record.field(NUMBER)):
            self.unfinished += begun is None
            return None
        number, total = int(record.field(NUMBER) or 0), record.field(TOTAL)
        if number > begun.last + 1:
            # The segments in between may be in a file that is read later, or not at all.
            del self._open[origin]
            self.unfinished += 1
            return None
        begun.append(record)
        mistake = None
        if number != begun.last + 1:
            mistake = f"segment {number} occurs twice"
        elif total is not None and total != str(begun.blocks.size):
            mistake = f"its segments have {begun.blocks.size:,} bytes, and {TOTAL} is {total}"
        begun.last = number
        if total is None and mistake is None:
            return None
        del self._open[origin]
        return Whole(replace(begun.first, octets=begun.blocks.octets()), begun.file, begun.method, mistake)


def is_first(record: StoredRecord) -> bool:
    """Whether further segments follow this record."""
    return record.field(NUMBER) is not None and record.kind != "continuation"


def mistakes(record: StoredRecord) -> Iterator[str]:
    """Yield what is wrong with the fields of a segment (WARC 1.1, 5.16 to 5.18)."""
    number = record.field(NUMBER)
    if record.kind == "continuation":
        missing = [name for name in (NUMBER, ORIGIN) if record.field(name) is None]
        if missing:
            yield f"a continuation lacks {', '.join(missing)}"
        elif not _is_number(number) or int(number or 0) < 2:
            yield f"{NUMBER} of a continuation is not a number from 2 on: {number}"
    elif number is not None and number != "1":
        yield f"{NUMBER} of a first segment is not 1: {number}"


def _is_number(text: str | None) -> bool:
    return text is not None and text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
