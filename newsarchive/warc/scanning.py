"""Reading WARC files of anybody's: what can be read is, what cannot is told with its place, and the rest goes on.

`newsarchive.warc.reader` demands what the standard does; here LF is a line end, records share a compressed member or
are spread over several, and the empty lines behind them may lack.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from backports.zstd import ZstdDict

from newsarchive.warc.beginnings import no_record
from newsarchive.warc.octets import Octets, Spool
from newsarchive.warc.problem import Problem
from newsarchive.warc.reader import MAX_HEADER_LINES, StoredRecord
from newsarchive.warc.unpacking import VERSION, Damage, Unpacked

LARGEST = 256 * 1024 * 1024
"""Of a longer block only the beginning is kept: no page is so long."""
_BEGINNING_KEPT = 1 << 18
_MAX_HEADER = 1 << 17
# An empty line; or the beginning of another record, before which there should have been one.
_HEAD_END = re.compile(rb"\r?\n(?:\r?\n|(?=WARC/\d\.\d))")
_LONGEST_HEAD_END = len(b"\r\n\r\nWARC/1.1")
_BEGINNING = re.compile(rb"\nWARC/\d\.\d")
_LONGEST_BEGINNING = len(b"\nWARC/1.1") - 1


def scan(
    stream: BinaryIO,
    path: Path,
    *,
    spool: Path | None = None,
    start: int = 0,
    size: int | None = None,
    dictionary: ZstdDict | None = None,
) -> Iterator[StoredRecord | Problem]:
    """All records that can be read, and one problem for each stretch that cannot; raises `OSError`.

    `path` names the file in a problem; `spool` is the folder for long blocks; `start` is where in its file the stream
    begins, `size` that file's length, `dictionary` that of its Zstandard frames where the stream begins behind it. The
    stream is read once, forward. Of records that share a compressed member the length is not known: 0.
    """
    source, is_lost = Unpacked(stream, start=start, size=size, dictionary=dictionary), False
    while True:
        try:
            if is_lost and not _find_beginning(source):
                return
            record = _next(source, spool)
        except Damage as damage:
            if not is_lost:
                yield Problem(path, damage.offset, damage.what)
            is_lost = True
            if damage.is_packed:
                source.recover()
            continue
        if record is None:
            return
        is_lost = False
        yield record


def _find_beginning(source: Unpacked) -> bool:
    """Go to the next line, or member, that begins a record."""
    tail = b""
    while True:
        piece = source.take()
        if not piece:
            return False
        window = b"\n" + piece if source.is_first(piece) else tail + piece
        found = _BEGINNING.search(window)
        if found:
            source.give_back(window[found.start() + 1 :])
            return True
        tail = window[-_LONGEST_BEGINNING:]


def _next(source: Unpacked, folder: Path | None) -> StoredRecord | None:
    _skip_empty_lines(source)
    if not _has_more(source):
        return None
    offset, is_behind_another = source.place, source.is_packed and not source.is_first(b"")
    fields = _fields(_head(source, offset), offset)
    size = next((value for name, value in fields if name.lower() == "content-length"), "")
    if not size.isdecimal() or not size.isascii():
        raise Damage(offset, "the record has no Content-Length")
    left = source.left_in_file()
    if left is not None and int(size) > left:
        raise Damage(offset, "the block is longer than the file, by its Content-Length")
    block = _block(source, int(size), offset, folder)
    begun = source.place
    try:
        _skip_empty_lines(source)
        _has_more(source)
    except Damage as damage:
        if damage.offset in (offset, begun):
            raise
        # The record is whole; what follows it is not.
        source.postpone(damage)
    # Of records in one member nobody can say where each ends.
    length = 0 if is_behind_another else source.place - offset
    return StoredRecord(offset, length, fields, block)


def _has_more(source: Unpacked) -> bool:
    piece = source.take()
    source.give_back(piece)
    return bool(piece)


def _skip_empty_lines(source: Unpacked) -> None:
    while piece := source.take():
        rest = piece.lstrip(b"\r\n")
        if rest:
            source.give_back(rest)
            return


def _head(source: Unpacked, offset: int) -> bytes:
    """Return version line and named fields, without the empty line behind them."""
    start = bytearray()
    while len(start) < _MAX_HEADER:
        piece = source.take()
        if not piece:
            torn = "the file ends inside a record"
            raise Damage(offset, torn if start.startswith(VERSION) else no_record(bytes(start)))
        # An end may lie in two pieces; what was searched before is not searched again.
        searched = max(0, len(start) - _LONGEST_HEAD_END)
        start += piece
        if len(start) >= len(VERSION) and not start.startswith(VERSION):
            source.give_back(bytes(start))
            raise Damage(offset, no_record(bytes(start)))
        end = _HEAD_END.search(start, searched)
        if end:
            source.give_back(bytes(start[end.end() :]))
            if end[0].count(b"\n") == 1:
                break
            return bytes(start[: end.start()])
    raise Damage(offset, "the record has no end of its header")


def _fields(head: bytes, offset: int) -> tuple[tuple[str, str], ...]:
    if head.count(b"\n") > MAX_HEADER_LINES:
        raise Damage(offset, f"the record has more than {MAX_HEADER_LINES} header lines")
    fields: list[tuple[str, list[str]]] = []
    for line in head.decode("utf-8", errors="replace").split("\n")[1:]:
        if line[:1] in (" ", "\t") and fields:
            fields[-1][1].append(line.strip())
            continue
        name, _, value = line.partition(":")
        fields.append((name.strip(), [value.strip()]))
    return tuple((name, " ".join(parts)) for name, parts in fields)


def _block(source: Unpacked, size: int, offset: int, folder: Path | None) -> Octets:
    """The block, or what is kept of it."""
    spool = Spool(folder)
    missing = size
    while missing:
        piece = source.take()
        if not piece:
            raise Damage(offset, "the file ends inside a record")
        if source.is_packed and piece.startswith(VERSION) and source.is_first(piece):
            source.give_back(piece)
            raise Damage(offset, "the block is not as long as Content-Length says")
        if len(piece) > missing:
            source.give_back(piece[missing:])
            piece = piece[:missing]
        missing -= len(piece)
        if size <= LARGEST or spool.size < _BEGINNING_KEPT:
            spool.append(piece)
    return spool.octets()
