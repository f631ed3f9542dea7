"""Bundles become bytes in a file. What is written here, and what is left to warcio.

Writing is our own: warcio parses an HTTP head and writes it anew (folded lines, spaces, bytes that are not ASCII and
bare line feeds come out changed, what is not HTTP raises), digests chunked payloads with their framing
(webrecorder/warcio#74), compresses bodies again that are compressed already, and has no notion of records that belong
together. Reading in the crawler is our own for the same reasons, and because warcio stops at `br` bodies where Google's
brotli is installed, which Scrapy demands. warcio serves where an independent eye is wanted: in the tests, beside
FastWARC and pywb, and on the command line (`warcio index`, `warcio check`).
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from newsarchive import durable
from newsarchive.warc.fields import Record
from newsarchive.warc.octets import Piece
from newsarchive.warc.packing import PACKINGS, Packing

OPEN = ".open"
_BUFFER = 1024 * 1024
_FOLDERS = 5
"""Day, month, year, collection and archive: any of them may be new."""
# What one call may take on any system is at least 1,024 (IOV_MAX on Linux).
_MOST_PIECES = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record lies in its file."""

    offset: int
    length: int


class WarcWriter:
    """One WARC file while it is being written, its name ending in `.open`. Never appends to an older file.

    The file is locked as long as its process lives, so that whoever finds it knows whether it was left behind.
    """

    def __init__(self, path: Path, packing: Packing = PACKINGS["gzip"]) -> None:
        """Create the file; raises `OSError`, also when it is there already."""
        self.path = path
        self._pack = packing.pack
        self._open_path = path.with_name(path.name + OPEN)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        if path.exists():
            raise FileExistsError(17, "File exists", str(path))
        self._descriptor = os.open(self._open_path, flags, 0o644)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # What is synced into a file is lost with the file's name, or with that of a folder above it.
        for folder in self.path.absolute().parents[:_FOLDERS]:
            durable.sync_folder(folder)
        self.size = 0
        self.records = 0
        self._digest = hashlib.sha256()

    @property
    def digest(self) -> str:
        """`sha256:…` of the file as far as it is written."""
        return f"sha256:{self._digest.hexdigest()}"

    def write(self, records: tuple[Record, ...]) -> tuple[Place, ...]:
        """Append records as one whole; after an `OSError` the file is as it was before."""
        before = self._digest.copy()
        try:
            places = self._write(records)
        except OSError:
            self._digest = before
            os.ftruncate(self._descriptor, self.size)
            os.lseek(self._descriptor, self.size, os.SEEK_SET)
            raise
        self.size = places[-1].offset + places[-1].length
        self.records += len(records)
        return places

    def fileno(self) -> int:
        """The descriptor, for whoever wants to wait for the disk."""
        return self._descriptor

    def close(self) -> Path:
        """Make the file durable and give it its final name."""
        try:
            os.fsync(self._descriptor)
            finish(self._open_path, self.path)
        finally:
            os.close(self._descriptor)
        return self.path

    def _write(self, records: tuple[Record, ...]) -> tuple[Place, ...]:
        places: list[Place] = []
        buffer: list[Piece] = []
        offset, buffered = self.size, 0
        for record in records:
            start = offset
            for piece in self._pack(record):
                buffer.append(piece)
                offset, buffered = offset + len(piece), buffered + len(piece)
                if buffered > _BUFFER or len(buffer) == _MOST_PIECES:
                    self._write_all(buffer, buffered)
                    buffer, buffered = [], 0
            places.append(Place(start, offset - start))
        self._write_all(buffer, buffered)
        return tuple(places)

    def _write_all(self, pieces: list[Piece], length: int) -> None:
        """In one go; what a full disk or a signal leaves over, in as many as it takes."""
        for piece in pieces:
            self._digest.update(piece)
        written = os.writev(self._descriptor, pieces)
        if written < length:
            left = memoryview(b"".join(pieces))[written:]
            while left:
                left = left[os.write(self._descriptor, left) :]


def finish(open_path: Path, path: Path) -> None:
    """Rename, and make the new name durable."""
    open_path.rename(path)
    durable.sync_folder(path.parent)


@contextmanager
def left_behind(open_path: Path) -> Iterator[BinaryIO | None]:
    """An open file whose process is dead, held for repair; None when somebody on this machine is at work on it."""
    try:
        file = open_path.open("r+b")
    except FileNotFoundError:
        # Another repair has finished and renamed it since it was found.
        yield None
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield file if open_path.exists() else None
