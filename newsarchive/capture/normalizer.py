"""Responses written anew for Twisted's parser, which is stricter than browsers and than `warc.head` and `warc.chunks`.

The parser sees a plain status line, one line for each field, and one form of each framing. The archive has the bytes as
they were sent: they are recorded before they come here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from scrapy.settings import BaseSettings

from newsarchive import checked
from newsarchive.warc.chunks import Chunks, MalformedChunks
from newsarchive.warc.exchange import Truncation
from newsarchive.warc.head import MAX_LEADING_BYTES, Head, is_status_line, leading_blanks, read_head

_SHOWN_BYTES = 60
_EMPTY_LINES = (b"\n", b"\r\n")
# Written anew, as the framing is.
_FRAMING_FIELDS = frozenset({"content-length", "transfer-encoding"})
_LAST_CHUNK = b"0\r\n\r\n"
_NO_FIELDS: frozenset[str] = frozenset()


class BadResponse(Exception):  # noqa: N818 - named for what the server sent
    """A response that cannot be read; `what` is the reason, in words."""

    def __init__(self, what: str, truncated: Truncation = "disconnect") -> None:
        super().__init__(what)
        self.what = what
        self.truncated = truncated
        """How its record is marked."""


@dataclass(frozen=True, slots=True)
class HeadLimits:
    """Limits of all that comes before the body of a response."""

    max_bytes: int = 256 * 1024
    """All bytes before the body: blank lines, interim responses and the head."""
    max_lines: int = 5000
    """Lines of one head."""
    max_status_line: int = 8192
    max_interim: int = 100
    """Interim responses (1xx)."""

    @classmethod
    def of(cls, settings: BaseSettings) -> "HeadLimits":
        """Raises `SettingError`."""
        return cls(
            max_bytes=checked.whole(settings, "RESPONSE_HEAD_MAX_KB", cls().max_bytes // 1024) * 1024,
            max_lines=checked.whole(settings, "RESPONSE_HEAD_MAX_LINES", cls().max_lines),
            max_status_line=checked.whole(settings, "RESPONSE_STATUS_LINE_MAX_BYTES", cls().max_status_line),
            max_interim=checked.whole(settings, "RESPONSE_MAX_INTERIM", cls().max_interim),
        )


class Normalizer:
    """Rewrites one response while it arrives."""

    def __init__(self, method: str, limits: HeadLimits) -> None:
        self.has_surplus = False
        """Whether bytes follow the end of the response, so that its connection cannot be used again."""
        self._method = method
        self._heads = _Heads(limits)
        self._body: _Body | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what the parser may read by now.

        Raises: `BadResponse`.
        """
        if self._body is None:
            head = self._heads.feed(data)
            if head is None:
                return
            self._body, data = _body_of(head, self._method), self._heads.rest
            yield from _written(head, self._method)
        if data:
            yield from self._body.feed(data)
            self.has_surplus = self._body.has_surplus

    def end(self) -> bytes:
        """Return what the parser may read behind the last byte of the connection."""
        return self._body.end() if self._body else b""


class _Heads:
    """Collects the head of the final response; each byte is looked at once."""

    def __init__(self, limits: HeadLimits) -> None:
        self.rest = b""
        """Bytes behind the head."""
        self._limits = limits
        self._buffer = bytearray()
        self._interim_bytes = self._interim = 0
        self._begin()

    def _begin(self) -> None:
        self._line_start = self._scanned = self._lines = 0
        self._start: int | None = None

    def feed(self, data: bytes) -> Head | None:
        """Return the head once it is whole."""
        self._buffer += data
        while (end := self._buffer.find(b"\n", self._scanned) + 1) > 0:
            head = self._read_line(end)
            if head is None:
                self._line_start = self._scanned = end
            elif head.is_interim:
                self._drop_interim(end)
            else:
                self.rest = bytes(self._buffer[end:])
                self._buffer.clear()
                return head
        self._scanned = len(self._buffer)
        self._check_bytes(self._scanned)
        if self._start is None:
            self._check_status_line(self._scanned)
        return None

    def _read_line(self, end: int) -> Head | None:
        """Read the line that ends at `end`; return the head that an empty line completes."""
        self._check_bytes(end)
        line = bytes(self._buffer[self._line_start : end])
        if self._start is None:
            self._begin_head(line, self._line_start + leading_blanks(line), end)
            return None
        self._lines += 1
        if self._lines > self._limits.max_lines:
            raise BadResponse(f"a head of more than {self._limits.max_lines} lines", "length")
        return self._head(end) if line in _EMPTY_LINES else None

    def _begin_head(self, line: bytes, start: int, end: int) -> None:
        """Take the status line from `start` to `end`; a blank line before it is left out."""
        if start > MAX_LEADING_BYTES:
            raise BadResponse(f"more than {MAX_LEADING_BYTES} bytes of blank lines before the status line")
        if start == end:
            return
        if not is_status_line(line.lstrip()):
            raise BadResponse(f"not HTTP: {line[:_SHOWN_BYTES]!r}")
        self._start, self._lines = start, 1
        self._check_status_line(end)

    def _head(self, end: int) -> Head:
        head = read_head(bytes(self._buffer[self._start : end]))
        if head is None or head.status == 101:
            raise BadResponse("a change of protocol that was not requested (101)")
        return head

    def _drop_interim(self, end: int) -> None:
        self._interim += 1
        if self._interim > self._limits.max_interim:
            raise BadResponse(f"more than {self._limits.max_interim} interim responses", "length")
        self._interim_bytes += end
        del self._buffer[:end]
        self._begin()

    def _check_bytes(self, end: int) -> None:
        if self._interim_bytes + end > self._limits.max_bytes:
            raise BadResponse(f"more than {self._limits.max_bytes} bytes before the body", "length")

    def _check_status_line(self, end: int) -> None:
        if end - self._line_start > self._limits.max_status_line:
            raise BadResponse(f"a status line of more than {self._limits.max_status_line} bytes", "length")


def _written(head: Head, method: str) -> Iterator[bytes]:
    """Yield the lines of a head as the parser expects them."""
    framing, length = head.framing(method)
    if framing == "conflict":
        raise BadResponse(f"different values of Content-Length: {', '.join(head.values('content-length'))}")
    # A length for HEAD belongs to the response to GET.
    dropped = _NO_FIELDS if method == "HEAD" else _FRAMING_FIELDS
    yield b"HTTP/%b %d %b\r\n" % (head.version.encode(), head.status, head.reason)
    for name, value in head.fields:
        if name.lower() not in dropped:
            yield f"{name}: {value}\r\n".encode("latin-1")
    yield from (b"Content-Encoding: %b\r\n" % coding.encode("latin-1") for coding in head.outer_codings)
    if framing == "length":
        yield b"Content-Length: %d\r\n" % length
    elif framing == "chunked":
        yield b"Transfer-Encoding: chunked\r\n"
    if _closes(head):
        yield b"Connection: close\r\n"
    yield b"\r\n"


def _closes(head: Head) -> bool:
    """Whether the connection cannot be used again; always behind a framing that is stated twice (RFC 9112, 6.1)."""
    is_twice = bool(head.transfer_codings) and "content-length" in head.firsts
    return is_twice or "close" in head.values("connection")


class _Body(Protocol):
    """The body behind a head."""

    has_surplus: bool

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what the parser may read of the next bytes."""
        ...

    def end(self) -> bytes:
        """Return what the parser needs when no more bytes come."""
        ...


def _body_of(head: Head, method: str) -> _Body:
    framing, length = head.framing(method)
    if framing == "chunked":
        return _Chunked()
    return _UntilClose() if framing == "close" else _OfLength(length)


class _OfLength:
    """So many bytes, or none."""

    def __init__(self, length: int) -> None:
        self.has_surplus = False
        self._left = length

    def feed(self, data: bytes) -> Iterator[bytes]:
        part = data[: self._left]
        self._left -= len(part)
        self.has_surplus = len(part) < len(data)
        if part:
            yield part

    def end(self) -> bytes:
        return b""


class _UntilClose:
    """All bytes that come."""

    has_surplus = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        yield data

    def end(self) -> bytes:
        return b""


class _Chunked:
    """The data of all chunks, in chunks of its own."""

    def __init__(self) -> None:
        self.has_surplus = False
        self._chunks = Chunks()

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._chunks.is_done:
            self.has_surplus = True
            return
        try:
            content = b"".join(data[start:stop] for start, stop in self._chunks.feed(data))
        except MalformedChunks as error:
            raise BadResponse(str(error)) from error
        if content:
            yield b"%x\r\n%b\r\n" % (len(content), content)
        if self._chunks.is_done:
            self.has_surplus = self._chunks.consumed < len(data)
            yield _LAST_CHUNK

    def end(self) -> bytes:
        """Complete a body whose last chunk has come, but not the line end behind it (RFC 9112, section 8)."""
        return _LAST_CHUNK if self._chunks.has_last_chunk and not self._chunks.is_done else b""
