"""Records as compressed members: each alone can be cut out of its file and read (WARC 1.1, annex D)."""

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from backports import zstd

from newsarchive.warc.fields import Record
from newsarchive.warc.octets import Piece

Compression = Literal["gzip", "zstd", "none"]

_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # deflate, no name, mtime 0, unknown system
_STORED_MAX = 0xFFFF
_GZIP_LEVEL = 6
# Deflate clears a quarter of a megabyte before its first byte, which costs more than packing the head of a record.
# Up to this length a small window holds all of it, and the outcome is nearly the same.
_SMALL = 4096
_SMALL_WINDOW, _SMALL_MEMORY = 13, 5
_ZSTD_LEVEL = 3
_END_OF_RECORD = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Packing:
    """How the records of a file are compressed."""

    suffix: str
    pack: Callable[[Record], Iterable[Piece]]
    """The bytes of a record in the file."""


def member(record: Record) -> bytes:
    """The record as one gzip member; a part that is compressed already goes in as stored blocks."""
    return b"".join(_gzip(record))


def _gzip(record: Record) -> Iterable[Piece]:
    return _long_gzip(record) if record.rest else _short_gzip(record)


def _short_gzip(record: Record) -> Iterable[Piece]:
    header, block = record.header(), record.block
    cut = len(block) if record.stored_from is None else record.stored_from
    if cut == len(block):
        whole = header + block + _END_OF_RECORD
        packer = _packer(len(whole))
        body: list[Piece] = [packer.compress(whole), packer.flush()]
        size, check = len(whole), zlib.crc32(whole)
    else:
        stored = memoryview(block)[cut:]
        start = header + block[:cut]
        packer = _packer(len(start))
        body = [packer.compress(start), packer.flush(zlib.Z_FULL_FLUSH), *_stored(stored), _stored_end()]
        size = len(header) + len(block) + len(_END_OF_RECORD)
        check = zlib.crc32(_END_OF_RECORD, zlib.crc32(stored, zlib.crc32(start)))
    return (_GZIP_HEADER, *body, struct.pack("<II", check, size & 0xFFFFFFFF))


def _long_gzip(record: Record) -> Iterator[bytes]:
    """As `_short_gzip`, a little at a time."""
    header = record.header()
    cut = len(record.block) if record.stored_from is None else record.stored_from
    packer = _packer()
    start = header + record.block[:cut]
    size, check = len(start), zlib.crc32(start)
    yield _GZIP_HEADER + packer.compress(start)
    if record.stored_from is not None:
        yield packer.flush(zlib.Z_FULL_FLUSH)
    for piece in _after(record, cut):
        size, check = size + len(piece), zlib.crc32(piece, check)
        yield packer.compress(piece) if record.stored_from is None else b"".join(_stored(memoryview(piece)))
    size, check = size + len(_END_OF_RECORD), zlib.crc32(_END_OF_RECORD, check)
    yield packer.compress(_END_OF_RECORD) + packer.flush() if record.stored_from is None else _stored_end()
    yield struct.pack("<II", check, size & 0xFFFFFFFF)


def _packer(length: int | None = None) -> "zlib._Compress":
    """For so many bytes; None: for any number."""
    if length is not None and length <= _SMALL:
        return zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, -_SMALL_WINDOW, _SMALL_MEMORY)
    return zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)


def _after(record: Record, cut: int) -> Iterator[Piece]:
    if cut < len(record.block):
        yield record.block[cut:]
    if record.rest:
        yield from record.rest.pieces()


def _stored(rest: memoryview) -> Iterator[Piece]:
    """Stored deflate blocks (RFC 1951, 3.2.4), none of them the last."""
    for start in range(0, len(rest), _STORED_MAX):
        piece = rest[start : start + _STORED_MAX]
        yield struct.pack("<BHH", 0, len(piece), len(piece) ^ 0xFFFF)
        yield piece


def _stored_end() -> bytes:
    """The end of a record as the final stored block."""
    length = len(_END_OF_RECORD)
    return struct.pack("<BHH", 1, length, length ^ 0xFFFF) + _END_OF_RECORD


def _zstd(record: Record) -> Iterator[bytes]:
    """One frame for each record (IIPC, WARC files compressed with Zstandard)."""
    packer = zstd.ZstdCompressor(level=_ZSTD_LEVEL)
    if record.rest is None:
        whole = record.header() + record.block + _END_OF_RECORD
        yield packer.compress(whole, zstd.ZstdCompressor.FLUSH_FRAME)
        return
    yield packer.compress(record.header() + record.block)
    for piece in record.rest.pieces():
        yield packer.compress(piece)
    yield packer.compress(_END_OF_RECORD, zstd.ZstdCompressor.FLUSH_FRAME)


def _plain(record: Record) -> Iterator[Piece]:
    yield record.header() + record.block
    if record.rest:
        yield from record.rest.pieces()
    yield _END_OF_RECORD


PACKINGS: dict[Compression, Packing] = {
    "gzip": Packing(".warc.gz", _gzip),
    "zstd": Packing(".warc.zst", _zstd),
    "none": Packing(".warc", _plain),
}
SUFFIXES = tuple(packing.suffix for packing in PACKINGS.values())
