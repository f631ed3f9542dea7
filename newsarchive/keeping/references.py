"""What in kept files refers to records of others: such an original is not removed.

A revisit record refers to the capture that it repeats, and a line to the robots.txt and tdmrep.json of its time, which
may lie in a file of an earlier crawl, also of another outlet on the same host.
"""

import gzip
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from newsarchive.errors import RecordError
from newsarchive.keeping.inventory import pair_of
from newsarchive.sealing.indexing import lines_beside
from newsarchive.sealing.pairs import Pair
from newsarchive.store.lines import open_path as lines_open_path
from newsarchive.warc.reader import StoredRecord, read_records, read_stream
from newsarchive.warc.writer import OPEN

logger = logging.getLogger(__name__)

_ID = re.compile(rb'"record_id":"([^"]+)"')
_STEP = 1 << 20
_LONGEST_ID = 256


@dataclass(slots=True)
class Originals:
    """The captures of pairs that are to go, by all that may name them."""

    by_name: dict[str, str] = field(default_factory=dict)
    """Record ids, and addresses with their WARC-Date; to the names of items."""
    digests: set[str] = field(default_factory=set)
    addresses: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """By item: target URIs with record ids."""

    def add(self, name: str, warc: Path) -> None:
        """Take the captures of a pair; raises `RecordError`."""
        addresses = []
        for record in read_records(warc):
            if record.kind in ("response", "revisit", "resource"):
                url, record_id = record.field("WARC-Target-URI") or "", record.field("WARC-Record-ID") or ""
                self.by_name[record_id] = self.by_name[f"{url} {record.field('WARC-Date')}"] = name
                self.digests.add(record.field("WARC-Payload-Digest") or "")
                addresses.append((url, record_id))
        self.addresses[name] = addresses


def referred(originals: Originals, kept: Iterable[Pair], candidates: dict[str, Path]) -> dict[str, str]:
    """Which of the candidates (by name, their WARC files) must stay, and the stem of a pair that refers to each.

    What stays refers to others in turn. Raises `RecordError` and `SnapshotError`.
    """
    found: dict[str, str] = {}
    waiting = list(kept)
    while waiting:
        pair = waiting.pop()
        for name in set(_named_by(pair, originals)):
            if name in candidates and name not in found and candidates[name] != pair.warc:
                found[name] = pair.stem
                waiting.append(pair_of(candidates[name]))
    return found


def _named_by(pair: Pair, originals: Originals) -> Iterator[str]:
    """Items to whose captures a pair refers."""
    for name in _named_by_revisits(pair, originals):
        if name in originals.by_name:
            yield originals.by_name[name]
    for record_id in _named_by_lines(pair):
        if record_id in originals.by_name:
            yield originals.by_name[record_id]


def _named_by_revisits(pair: Pair, originals: Originals) -> Iterator[str]:
    if pair.warc.name.endswith(OPEN):
        yield from _named_while_open(pair.warc)
        return
    offsets = sorted(
        line.offset
        for line in lines_beside(pair)
        if line.facts.get("mime") == "warc/revisit" and line.facts.get("digest") in originals.digests
    )
    if not offsets:
        return
    with pair.warc.open("rb") as stream:
        for offset in offsets:
            stream.seek(offset)
            if revisit := next(read_stream(stream, pair.warc), None):
                yield from _names(revisit)


def _named_while_open(warc: Path) -> Iterator[str]:
    """A crawl of another outlet may be writing it: what is torn at its end is still to come."""
    try:
        for record in read_records(warc):
            if record.kind == "revisit":
                yield from _names(record)
    except (FileNotFoundError, RecordError) as error:
        logger.info("%s", error)


def _names(revisit: StoredRecord) -> Iterator[str]:
    if record_id := revisit.field("WARC-Refers-To"):
        yield record_id
    url = revisit.field("WARC-Refers-To-Target-URI") or revisit.field("WARC-Target-URI")
    yield f"{url} {revisit.field('WARC-Refers-To-Date')}"


def _named_by_lines(pair: Pair) -> Iterator[str]:
    """All record ids in a file of lines; its own among them do no harm."""
    closed, being_written = pair.rows, lines_open_path(pair.rows)
    try:
        if closed.exists():
            with gzip.open(closed, "rb") as lines:
                yield from _ids_in(lines)
        elif being_written.exists():
            with being_written.open("rb") as lines:
                yield from _ids_in(lines)
    except (OSError, EOFError) as error:
        raise RecordError(closed, 0, f"cannot be read ({error})") from error


def _ids_in(lines: gzip.GzipFile | IO[bytes]) -> Iterator[str]:
    rest = b""
    while piece := lines.read(_STEP):
        rest += piece
        for found in _ID.finditer(rest):
            yield found[1].decode(errors="replace")
        rest = rest[-_LONGEST_ID:]
