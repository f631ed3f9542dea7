"""A chunked body that arrives in pieces, read as browsers read it (RFC 9112, section 7.1)."""

import re
from collections.abc import Iterator

_SIZE = re.compile(rb"[ \t]*0*([0-9A-Fa-f]{1,16})[ \t\r]*(?:;|$)")
_MAX_LINE_BYTES = 16 * 1024
"""Longest line with a chunk size and its extensions."""
_MAX_TRAILER_BYTES = 64 * 1024


class MalformedChunks(ValueError):  # noqa: N818 - named for the body
    """The body is not chunked as it should be; nothing after this place can be read."""


class Chunks:
    """Finds the chunks' data; blanks around a size, extensions and bare line feeds are accepted."""

    def __init__(self) -> None:
        self.is_done = False
        self.consumed = 0
        """Bytes of the last piece that belong to the body."""
        self._line = bytearray()
        self._left = 0
        self._is_behind_data = False
        self._trailer_bytes: int | None = None

    @property
    def has_last_chunk(self) -> bool:
        """Whether the chunk of size 0 has come, behind which no data follows (RFC 9112, section 8)."""
        return self._trailer_bytes is not None

    def feed(self, piece: bytes) -> Iterator[tuple[int, int]]:
        """Yield where data starts and stops within the next piece.

        Raises: `MalformedChunks`.
        """
        position = 0
        while position < len(piece) and not self.is_done:
            if self._left:
                stop = min(position + self._left, len(piece))
                self._left -= stop - position
                self._is_behind_data = True
                yield position, stop
                position = stop
            else:
                position = self._read_line(piece, position)
        self.consumed = position

    def _read_line(self, piece: bytes, position: int) -> int:
        end = piece.find(b"\n", position)
        if end < 0:
            self._line += piece[position:]
            self._check_size(len(self._line))
            return len(piece)
        line = bytes(self._line) + piece[position:end]
        self._line.clear()
        self._check_size(len(line) + 1)
        if self._trailer_bytes is not None:
            self._trailer_bytes += len(line) + 1
            self.is_done = line in (b"", b"\r")
        elif self._is_behind_data and line in (b"", b"\r"):
            self._is_behind_data = False
        else:
            self._begin_chunk(line)
        return end + 1

    def _begin_chunk(self, line: bytes) -> None:
        size = _SIZE.match(line)
        if not size:
            raise MalformedChunks(f"not a chunk size: {line[:40]!r}")
        self._left = int(size[1], 16)
        self._is_behind_data = False
        if self._left == 0:
            self._trailer_bytes = 0

    def _check_size(self, line_bytes: int) -> None:
        if self._trailer_bytes is None and line_bytes > _MAX_LINE_BYTES:
            raise MalformedChunks(f"a chunk size line of more than {_MAX_LINE_BYTES} bytes")
        if (self._trailer_bytes or 0) + line_bytes > _MAX_TRAILER_BYTES:
            raise MalformedChunks(f"a trailer section of more than {_MAX_TRAILER_BYTES} bytes")
