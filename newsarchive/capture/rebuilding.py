"""Messages rebuilt from Scrapy's objects, where the bytes of the wire could not be heard: always marked as such.

HTTP/2 has no HTTP/1.1 bytes, and httpx or aiohttp do not show theirs. The field writes such exchanges as a simplified
HTTP/1.1 message (Heritrix, Nutch and StormCrawler do); the metadata record says `messageReconstructed`.
"""

from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from newsarchive.warc.exchange import Attempt, Rendering

# What belonged to the connection says nothing of the rebuilt message (RFC 9110, 7.6.1).
_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "te", "trailer", "upgrade"}
)
_DOM_FLAG = "dom"
_DOM_META = ("playwright", "splash")


def attempt(request: Request, response: Response, started_at: datetime) -> Attempt:
    """An exchange as HTTP/1.1 would have written it."""
    address = response.ip_address
    return Attempt(
        request=_request(request),
        response=_response(request, response),
        started_at=started_at,
        ip_address=str(address) if address and not request.meta.get("proxy") else None,
        tls=None,
        cipher=None,
        first_byte_ms=None,
        protocol=_protocol(response),
    )


def rendering(request: Request, response: Response) -> Rendering | None:
    """The DOM, when a browser fetched the page: what it gives back is no payload.

    A handler of one's own says so with the flag `dom`; scrapy-playwright and scrapy-splash are known.
    """
    drawn = _DOM_FLAG in response.flags or any(request.meta.get(name) for name in _DOM_META)
    if not drawn:
        return None
    content_type = (response.headers.get("Content-Type") or b"text/html").decode("latin-1")
    return Rendering(response.body, content_type)


def mark(handler: Any, response: Response) -> str:
    """What the metadata record says: who gave the objects, and what was really spoken."""
    spoken = f"; original protocol {response.protocol}" if response.protocol else ""
    return f"{handler.__module__}.{handler.__qualname__}{spoken}"


def _request(request: Request) -> bytes:
    parts = urlsplit(request.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    names = {name.lower() for name in request.headers}
    host = [] if b"host" in names else [(b"Host", parts.netloc.rpartition("@")[2].encode())]
    length = [(b"Content-Length", str(len(request.body)).encode())] if request.body else []
    kept = _fields((name, value) for name, value in _pairs(request.headers) if name.lower() != b"content-length")
    return _message(f"{request.method} {target} HTTP/1.1".encode(), [*host, *kept, *length], request.body)


def _response(request: Request, response: Response) -> bytes:
    kept = _fields(_pairs(response.headers))
    has_body = request.method != "HEAD" and response.status not in (204, 304)
    if has_body:
        # The framing is ours, so the length is that of the body as the handler gave it.
        kept = [(name, value) for name, value in kept if name.lower() != b"content-length"]
        kept.append((b"Content-Length", str(len(response.body)).encode()))
    return _message(
        f"HTTP/1.1 {response.status} {_phrase(response.status)}".encode(), kept, response.body if has_body else b""
    )


def _pairs(headers: Any) -> Iterable[tuple[bytes, bytes]]:
    return ((name, value) for name, values in headers.items() for value in values)


def _fields(pairs: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in pairs if name.decode("latin-1").lower() not in _HOP_BY_HOP]


def _message(first: bytes, fields: Iterable[tuple[bytes, bytes]], body: bytes) -> bytes:
    return b"".join((first, b"\r\n", *(b"%b: %b\r\n" % field for field in fields), b"\r\n", body))


def _protocol(response: Response) -> str:
    spoken = (response.protocol or "http/1.1").lower()
    return {"http/2": "h2", "http/2.0": "h2"}.get(spoken, spoken)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
