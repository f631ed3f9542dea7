"""HTTP/1.1 on the wire, byte by byte: requests are read exactly, answers are written exactly (RFC 9110, RFC 9112)."""

import asyncio
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus

from newsarchive import clock
from newsarchive.demoweb.answers import Answer, Coding, Headers

try:
    import brotli
except ImportError:  # the package is optional; gzip takes its place
    brotli = None

_CHUNK = 4096
_KEPT_IN_304 = frozenset(
    {"etag", "last-modified", "cache-control", "vary", "set-cookie", "expires", "content-location"}
)
_BODILESS = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it was read."""

    method: str
    target: str
    version: str
    headers: Headers
    raw: bytes
    """Every byte read, body included."""

    def header(self, name: str) -> str | None:
        """The header's values joined by commas; None if it is missing."""
        values = [value for key, value in self.headers if key.lower() == name]
        return ", ".join(values) if values else None

    @property
    def host(self) -> str:
        """The host asked for, in lower case without a port."""
        return (self.header("host") or "").rsplit(":", 1)[0].lower()

    @property
    def keeps_alive(self) -> bool:
        wish = (self.header("connection") or "").lower()
        return "close" not in wish if self.version == "HTTP/1.1" else "keep-alive" in wish


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """The next request of a connection; None when the client is done or does not speak HTTP."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        request = _parsed(head)
        length = int(request.header("content-length") or 0)
        rest = await reader.readexactly(length) if length else b""
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError, ValueError):
        return None
    return Request(request.method, request.target, request.version, request.headers, head + rest)


def _parsed(head: bytes) -> Request:
    first, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    method, target, version = first.split(" ")
    pairs = (line.partition(":") for line in lines)
    return Request(method, target, version, tuple((name, value.strip()) for name, _, value in pairs), head)


def response(request: Request, answer: Answer) -> list[bytes]:
    """The bytes of a whole response: the head, then the pieces of the framed body."""
    if answer.raw is not None:
        return [answer.raw]
    answer = _if_changed(request, answer)
    coding = chosen_coding(answer, request.header("accept-encoding") or "")
    body = b"" if answer.status in _BODILESS else encoded(answer.body, coding)
    head = _head(answer, [*_coding_headers(answer, coding), *_framing_headers(answer, request, len(body))])
    if request.method == "HEAD" or answer.status in _BODILESS:
        return [head]
    return [head, *_cut(_framed(body, answer, request), answer.cut_after)]


def closes(request: Request, answer: Answer) -> bool:
    """The connection ends with this answer."""
    if answer.raw is not None or answer.cut_after is not None or answer.framing == "close":
        return True
    return not request.keeps_alive


def _if_changed(request: Request, answer: Answer) -> Answer:
    """A 304 where the client's validators still hold (RFC 9110, 13.2.2: If-None-Match goes first)."""
    if answer.status != 200 or request.method not in ("GET", "HEAD") or not _validators_hold(request, answer):
        return answer
    kept = tuple(pair for pair in answer.headers if pair[0].lower() in _KEPT_IN_304)
    vary = (("Vary", "Accept-Encoding"),) if answer.coding == "negotiated" else ()
    return Answer(status=304, headers=(*kept, *vary), delay=answer.delay)


def _validators_hold(request: Request, answer: Answer) -> bool:
    ours = {name.lower(): value for name, value in answer.headers}
    tags = request.header("if-none-match")
    if tags is not None:
        named = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return "etag" in ours and (ours["etag"].removeprefix("W/") in named or "*" in named)
    since = request.header("if-modified-since")
    if since is None or "last-modified" not in ours:
        return False
    try:
        return parsedate_to_datetime(ours["last-modified"]) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False


def chosen_coding(answer: Answer, accept_encoding: str) -> Coding:
    """The content coding to send; an answer that names one is sent so whether asked for or not."""
    if not answer.body:
        return "identity"
    if answer.coding == "br" and brotli is None:
        return "gzip"
    if answer.coding != "negotiated":
        return answer.coding
    accepted = {part.partition(";")[0].strip().lower() for part in accept_encoding.split(",")}
    if "br" in accepted and brotli is not None:
        return "br"
    return "gzip" if "gzip" in accepted else "identity"


@lru_cache(maxsize=512)
def encoded(body: bytes, coding: Coding) -> bytes:
    """The body under a content coding; the same bytes every time."""
    if coding == "gzip":
        return gzip.compress(body, mtime=0)
    if coding == "br" and brotli is not None:
        return bytes(brotli.compress(body, quality=5))
    return body


def _coding_headers(answer: Answer, coding: Coding) -> Iterator[tuple[str, str]]:
    if coding != "identity":
        yield "Content-Encoding", coding
    if answer.coding == "negotiated" and answer.body:
        yield "Vary", "Accept-Encoding"


def _framing_headers(answer: Answer, request: Request, length: int) -> Iterator[tuple[str, str]]:
    if answer.status not in _BODILESS:
        if _is_chunked(answer, request):
            yield "Transfer-Encoding", "chunked"
        elif answer.framing != "close":
            yield "Content-Length", str(length)
    yield "Connection", "close" if closes(request, answer) else "keep-alive"


def _is_chunked(answer: Answer, request: Request) -> bool:
    return answer.framing == "chunked" and request.version == "HTTP/1.1"


def _head(answer: Answer, added: list[tuple[str, str]]) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} {_reason(answer.status)}", f"Date: {formatdate(clock.now(), usegmt=True)}"]
    lines += [f"{name}: {value}" for name, value in (*answer.headers, *added)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _framed(body: bytes, answer: Answer, request: Request) -> list[bytes]:
    if not _is_chunked(answer, request):
        return [body] if body else []
    parts = [body[start : start + _CHUNK] for start in range(0, len(body), _CHUNK)]
    return [*(b"%x\r\n%b\r\n" % (len(part), part) for part in parts), b"0\r\n\r\n"]


def _cut(parts: list[bytes], after: int | None) -> list[bytes]:
    return parts if after is None else [b"".join(parts)[:after]]
