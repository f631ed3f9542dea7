"""Bundles become bytes in a file: one gzip member for each record (WARC 1.1, annex D), one write for each bundle."""

import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

from newsarchive.warc.records import Record

OPEN = ".open"
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # deflate, no name, mtime 0, unknown system
_STORED_MAX = 0xFFFF
_LEVEL = 6
_END_OF_RECORD = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record lies in its file."""

    offset: int
    length: int


class WarcWriter:
    """One WARC file while it is being written, its name ending in `.open`. Never appends to an older file."""

    def __init__(self, path: Path) -> None:
        """Create the file; raises `OSError`, also when it is there already."""
        self.path = path
        self._open_path = path.with_name(path.name + OPEN)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        if path.exists():
            raise FileExistsError(17, "File exists", str(path))
        self._descriptor = os.open(self._open_path, flags, 0o644)
        self.size = 0

    def write(self, records: tuple[Record, ...]) -> tuple[Place, ...]:
        """Append records as one whole; after an `OSError` the file is as it was before."""
        members = [member(record) for record in records]
        places, offset = [], self.size
        for one in members:
            places.append(Place(offset, len(one)))
            offset += len(one)
        try:
            self._write_all(b"".join(members))
        except OSError:
            os.ftruncate(self._descriptor, self.size)
            os.lseek(self._descriptor, self.size, os.SEEK_SET)
            raise
        self.size = offset
        return tuple(places)

    def close(self) -> Path:
        """Make the file durable and give it its final name."""
        try:
            os.fsync(self._descriptor)
        finally:
            os.close(self._descriptor)
        finish(self._open_path, self.path)
        return self.path

    def _write_all(self, block: bytes) -> None:
        view = memoryview(block)
        while view:
            view = view[os.write(self._descriptor, view) :]


def finish(open_path: Path, path: Path) -> None:
    """Rename, and make the new name durable."""
    open_path.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def member(record: Record) -> bytes:
    """The record as one gzip member; a part that is compressed already goes in as stored blocks."""
    header, block = record.header(), record.block
    cut = len(block) if record.stored_from is None else record.stored_from
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    deflated = packer.compress(header + block[:cut])
    whole = header + block + _END_OF_RECORD
    if cut == len(block):
        body = deflated + packer.compress(_END_OF_RECORD) + packer.flush()
    else:
        body = deflated + packer.flush(zlib.Z_FULL_FLUSH) + _stored(block[cut:] + _END_OF_RECORD)
    return b"".join((_GZIP_HEADER, body, struct.pack("<II", zlib.crc32(whole), len(whole) & 0xFFFFFFFF)))


def _stored(rest: bytes) -> bytes:
    """Stored deflate blocks (RFC 1951, 3.2.4), the last one marked as final."""
    parts = []
    for start in range(0, len(rest), _STORED_MAX):
        piece = rest[start : start + _STORED_MAX]
        final = start + len(piece) == len(rest)
        parts += [struct.pack("<BHH", final, len(piece), len(piece) ^ 0xFFFF), piece]
    return b"".join(parts)
