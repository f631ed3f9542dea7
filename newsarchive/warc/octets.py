"""Bytes that were received: in memory while they are few, in a file without a name when they are many."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

SPOOL_FROM = 1024 * 1024
"""An answer that grows beyond this many bytes goes on in a file."""
_STEP = 1 << 16


Piece = bytes | memoryview
"""Some bytes on their way to a digest or a file."""


class Octets(Protocol):
    """What `bytes` can do too: a length, slices that are `bytes`, and a search forward."""

    def __len__(self) -> int: ...

    def __getitem__(self, span: slice, /) -> bytes: ...

    def find(self, sub: bytes, start: int = ..., /) -> int: ...


@dataclass(frozen=True, slots=True)
class Span:
    """A part of received bytes."""

    octets: Octets
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start

    def pieces(self) -> Iterator[Piece]:
        """All of it in order, a little at a time."""
        return pieces(self.octets, self.start, self.stop)


def pieces(octets: Octets, start: int, stop: int) -> Iterator[Piece]:
    """The bytes from `start` to `stop`, a little at a time where they lie in a file."""
    if isinstance(octets, bytes):
        if start < stop:
            yield memoryview(octets)[start:stop]
        return
    for position in range(start, stop, _STEP):
        yield octets[position : min(position + _STEP, stop)]


class _UnnamedFile:
    """A file that no folder lists: it is gone when nobody holds it any more, whatever becomes of the process."""

    def __init__(self, folder: Path | None) -> None:
        with tempfile.TemporaryFile(dir=folder) as file:
            self.descriptor = os.dup(file.fileno())

        # Whoever meets a full disk there has not named it.
        self._shown = None if folder else tempfile.gettempdir()

    def append(self, chunk: bytes) -> None:
        view = memoryview(chunk)
        try:
            while view:
                view = view[os.write(self.descriptor, view) :]
        except OSError as error:
            if self._shown is None:
                raise
            what = f"{error.strerror} in {self._shown}, where long blocks lie meanwhile"
            raise OSError(error.errno, what) from error

    def __del__(self) -> None:
        # Nothing was opened when the folder could not be written.
        if hasattr(self, "descriptor"):
            os.close(self.descriptor)


class FiledOctets:
    """Bytes in a file that vanishes with its last reader."""

    def __init__(self, file: _UnnamedFile, size: int) -> None:
        self._file = file
        self._size = size
        self._window = b""
        self._window_at = 0

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, span: slice, /) -> bytes:
        start, stop, _ = span.indices(self._size)
        held = start - self._window_at
        if held >= 0 and stop - self._window_at <= len(self._window):
            return self._window[held : stop - self._window_at]
        return self._read(start, stop - start)

    def find(self, sub: bytes, start: int = 0, /) -> int:
        """Where `sub` begins at or after `start`; -1 when nowhere."""
        overlap = len(sub) - 1
        while start < self._size:
            self._hold(start)
            # Without a copy of the window: there may be a search for every few bytes.
            found = self._window.find(sub, start - self._window_at)
            if found >= 0:
                return self._window_at + found
            end = self._window_at + len(self._window)
            if end >= self._size:
                break
            start = end - overlap
        return -1

    def _hold(self, start: int) -> None:
        """Hold the bytes from `start` on; small steps forward read the file only now and then."""
        held = start - self._window_at
        left = len(self._window) - held
        more = self._window_at + len(self._window) < self._size
        if held < 0 or left <= 0 or (more and left < _STEP // 16):
            self._window, self._window_at = self._read(start, _STEP), start

    def _read(self, start: int, count: int) -> bytes:
        parts = []
        while count > 0 and (part := os.pread(self._file.descriptor, count, start)):
            parts.append(part)
            start, count = start + len(part), count - len(part)
        return b"".join(parts)


class Spool:
    """Collects bytes as they come."""

    def __init__(self, folder: Path | None = None, *, limit: int = SPOOL_FROM) -> None:
        """`folder`: where bytes beyond `limit` go; None is the system's folder for temporary files."""
        self._folder = folder
        self._limit = limit
        self._chunks: list[bytes] = []
        self._file: _UnnamedFile | None = None
        self.size = 0

    def append(self, chunk: bytes) -> None:
        """Raises `OSError` when the disk does not take it."""
        self.size += len(chunk)
        if self._file is None and self.size > self._limit:
            self._file = _UnnamedFile(self._folder)
            self._file.append(b"".join(self._chunks))
            self._chunks = []
        if self._file is None:
            self._chunks.append(chunk)
        else:
            self._file.append(chunk)

    def octets(self) -> Octets:
        """Everything so far."""
        return b"".join(self._chunks) if self._file is None else FiledOctets(self._file, self.size)
