"""The index of a snapshot: the lines of all its WARC files in one order, each with the digest of its record's bytes."""

import hashlib
import heapq
import json
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

from backports import zstd

from newsarchive.errors import RecordError, SnapshotError
from newsarchive.sealing.pairs import Pair
from newsarchive.warc import cdxj

_ENCODE = json.JSONEncoder(ensure_ascii=False).encode
_STEP = 1 << 20
_HEAD = 16 * 1024
_LONGEST_HEADER = 64 * 1024
# So many files are merged at once: a process may not open any number.
_FAN = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a CDXJ file."""

    key: str
    digits: str
    facts: dict[str, Any]

    @property
    def url(self) -> str:
        return str(self.facts.get("url", ""))

    @property
    def offset(self) -> int:
        return int(self.facts["offset"])

    @property
    def length(self) -> int:
        return int(self.facts["length"])

    def octets(self) -> bytes:
        """With its line end."""
        return f"{self.key} {self.digits} {_ENCODE(self.facts)}\n".encode()


@dataclass(slots=True)
class Span:
    """The times of captures, as WARC-Date says them, and how many there are."""

    captures: int = 0
    first: str | None = None
    last: str | None = None

    def add(self, captured_at: str) -> None:
        """Take note of a capture."""
        self.captures += 1
        self.first = min(self.first or captured_at, captured_at)
        self.last = max(self.last or captured_at, captured_at)


def read_line(text: str, subject: object) -> Line:
    """Raises `SnapshotError` for what is no line of an index."""
    key, _, rest = text.partition(" ")
    digits, _, told = rest.partition(" ")
    try:
        facts = json.loads(told)
        line = Line(key, digits, facts)
        is_line = len(digits) == 14 and digits.isdecimal() and line.offset >= 0 and line.length > 0
    except (ValueError, TypeError, KeyError, RecursionError):
        is_line = False
    if not is_line:
        raise SnapshotError(subject, f"has a line that is not of an index: {text[:120]!r}")
    return line


def lines_beside(pair: Pair) -> Iterator[Line]:
    """From the CDXJ beside a WARC file; read from the file itself where there is none."""
    if pair.index.exists():
        with pair.index.open(encoding="utf-8", newline="\n") as lines:
            yield from (read_line(text.rstrip("\n"), pair.index) for text in lines)
    else:
        yield from lines_within(pair.warc)


def lines_within(warc: Path) -> Iterator[Line]:
    """Read from the records; raises `SnapshotError` where the file is torn."""
    try:
        for text in cdxj.lines_of(warc):
            yield read_line(text, warc)
    except RecordError as error:
        raise SnapshotError(warc, f"cannot be read at offset {error.offset} ({error.what})") from error


class Meter:
    """Watches a WARC file go by: the digest of each record that the index names, and the time that it states."""

    def __init__(self, warc: Path, lines: Iterable[Line], span: Span) -> None:
        self._warc = warc
        self._lines = sorted(lines, key=lambda line: line.offset)
        self._span = span
        for before, line in pairwise(self._lines):
            if line.offset < before.offset + before.length:
                raise SnapshotError(warc, f"has an index that names two records at offset {line.offset}")

    def pieces(self) -> Iterator[bytes]:
        """The bytes of the file; raises `SnapshotError` where its index does not fit."""
        with self._warc.open("rb", buffering=0) as file:
            yield from self._watched(file)

    def indexed(self) -> Iterator[Line]:
        """The lines with `recordDigest`, sorted; only when all pieces have gone by."""
        return iter(sorted(self._lines, key=Line.octets))

    def _watched(self, file: BinaryIO) -> Iterator[bytes]:
        position, number = 0, 0
        record = _Record(self._lines[0]) if self._lines else None
        while piece := file.read(_STEP):
            yield piece
            view, stop = memoryview(piece), position + len(piece)
            while record and record.line.offset < stop:
                record.take(view[max(record.line.offset - position, 0) : record.end - position])
                if record.end > stop:
                    break
                self._lines[number] = self._finished(record)
                number += 1
                record = _Record(self._lines[number]) if number < len(self._lines) else None
            position = stop
        if record:
            raise SnapshotError(self._warc, "is shorter than its index says")

    def _finished(self, record: "_Record") -> Line:
        line, fields = record.line, record.fields()
        if fields.get("warc-target-uri") != line.url or not fields.get("warc-date"):
            raise SnapshotError(self._warc, f"has no record of {line.url} at offset {line.offset}, as its index says")
        self._span.add(fields["warc-date"])
        facts = line.facts | {"filename": self._warc.name, "recordDigest": f"sha256:{record.digest.hexdigest()}"}
        return Line(line.key, line.digits, facts)


class _Record:
    """A record while it goes by."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.end = line.offset + line.length
        self.digest = hashlib.sha256()
        self._head = b""

    def take(self, octets: memoryview) -> None:
        self.digest.update(octets)
        if len(self._head) < _HEAD:
            self._head += octets[: _HEAD - len(self._head)]

    def fields(self) -> dict[str, str]:
        """The named fields, those names in lower case; none where the bytes are no record."""
        head = _unpacked(self._head).partition(b"\r\n\r\n")[0].decode("utf-8", errors="replace")
        version, *lines = head.split("\r\n")
        named = (line.partition(":") for line in lines) if version.startswith("WARC/") else ()
        return {name.strip().lower(): value.strip() for name, _, value in named}


def write_lines(path: Path, lines: Iterable[Line]) -> Path:
    """Lines that are sorted already."""
    with path.open("wb") as file:
        file.writelines(line.octets() for line in lines)
    return path


def merged(parts: list[Path], folder: Path) -> Path:
    """One sorted file of sorted files, a few of which are open at a time."""
    for number in range(len(parts)):
        if len(parts) == 1:
            break
        parts = [*parts[_FAN:], _merge(parts[:_FAN], folder / f"merged-{number}")]
    return parts[0]


def _merge(parts: list[Path], into: Path) -> Path:
    with ExitStack() as files, into.open("wb") as file:
        file.writelines(heapq.merge(*(files.enter_context(part.open("rb")) for part in parts)))
    for part in parts:
        part.unlink()
    return into


def _unpacked(head: bytes) -> bytes:
    """The start of a record."""
    try:
        if head.startswith(b"\x1f\x8b"):
            return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(head, _LONGEST_HEADER)
        if head.startswith(b"\x28\xb5\x2f\xfd"):
            return zstd.ZstdDecompressor().decompress(head, _LONGEST_HEADER)
    except (zlib.error, zstd.ZstdError):
        return b""
    return head
