"""Hard answers: what real servers send and libraries tidy away. Each says what an exact archive makes of it."""

import gzip
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import brotli
from backports import zstd

TEXT = b"".join(b"<p>Sentence %d of a page that nobody wrote.</p>\n" % number for number in range(60))
MAXSIZE = 50_000
BIG = TEXT * 60
assert len(BIG) > 2 * MAXSIZE

Kept = Literal["whole", "prefix", "none"]
Truncated = Literal["length", "time", "disconnect"]


@dataclass(frozen=True)
class Case:
    """An answer at `/name`: bytes to send one after the other, a number meaning a pause of so many seconds."""

    name: str
    say: tuple[bytes | float, ...]
    entity: bytes | None = TEXT
    """The entity-body: transfer coding undone, content coding kept; None where there is no whole one."""
    status: int = 200
    method: str = "GET"
    body: bytes = b""
    close: bool = False
    """The server closes the connection after it."""
    kept: Kept = "whole"
    truncated: Truncated | None = None
    interim: int = 0
    """Bytes of 1xx messages before the answer."""
    leading: int = 0
    """Bytes of blank lines before its status line."""
    surplus: int = 0
    """Bytes after its end."""
    decoded: bytes | None = None
    """The payload with its content coding undone; None where a viewer of archives cannot."""
    error: str | None = None
    """Why a response cannot be read."""
    attempts: int = 1
    """Requests that the server reads."""
    later: tuple[bytes | float, ...] | None = None
    """What it says from the second request on."""
    meta: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)


def head(*lines: bytes, first: bytes = b"HTTP/1.1 200 OK", end: bytes = b"\r\n") -> bytes:
    return end.join((first, *lines, b"", b""))


def length(body: bytes, *lines: bytes, **options: bytes) -> bytes:
    return head(b"Content-Type: text/html", *lines, b"Content-Length: %d" % len(body), **options) + body


def chunks(body: bytes, size: int, *, extension: bytes = b"", trailers: bytes = b"", end: bool = True) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    framed = b"".join(b"%X%b\r\n%b\r\n" % (len(piece), extension, piece) for piece in pieces)
    return framed + (b"0\r\n" + trailers + b"\r\n" if end else b"")


def chunked(body: bytes, size: int = 700, *lines: bytes, **options: Any) -> bytes:
    return head(b"Content-Type: text/html", *lines, b"Transfer-Encoding: chunked") + chunks(body, size, **options)


def coded(name: bytes, pack: Callable[[bytes], bytes]) -> tuple[bytes, bytes]:
    body = pack(TEXT)
    return length(body, b"Content-Encoding: " + name), body


def _raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


_GZIP = gzip.compress(TEXT, mtime=0)
_HINTS = head(b"Link: </style.css>; rel=preload", first=b"HTTP/1.1 103 Early Hints")
_PROCESSING = head(first=b"HTTP/1.1 102 Processing")
_WEIRD = head(
    b"sErVeR: rawish/0.1", b"X-Dup: one", b"set-cookie: a=1; Path=/", b"Content-Type:   text/html", b"Set-Cookie: b=2; Path=/",
    b"X-Folded: first\r\n  second", b"X-Latin: caf\xe9", "X-Utf8: \u20ac".encode(), b"this line has no colon", b"x-dup: two  ",
    b"X-Empty:", b"CONTENT-LENGTH: %d" % len(TEXT), b"Keep-Alive: timeout=5, max=100", b"Connection: Keep-Alive",
    first=b"HTTP/1.1 200 Fine By Me, Buddy",
)  # fmt: skip
_ODD_NAMES = head(
    b" X-Continues: nothing", b"X Powered By: x", "\u2018access-control\u2019: *".encode(), b"X-Cache : HIT", b": no name",
    b"Content-Type : text/html", b"X-Null: a\0b", b"Content-Length : %d" % len(TEXT),
)  # fmt: skip
_FORGED = b"<p>before</p>\r\n\r\nWARC/1.1\r\nWARC-Type: response\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n<p>after</p>"
_SLOW = head(b"Content-Type: text/html", b"Content-Length: %d" % len(TEXT)) + TEXT[:800]


def _coded(name: str, coding: bytes, pack: Callable[[bytes], bytes], *, shown: bool = True) -> Case:
    answer, entity = coded(coding, pack)
    return Case(name, (answer,), entity=entity, decoded=TEXT if shown else None)


def _plain(name: str, *say: bytes | float, **facts: Any) -> Case:
    return Case(name, say, **{"decoded": facts.get("entity", TEXT), **facts})


def _cut(name: str, *say: bytes | float, truncated: Truncated, **facts: Any) -> Case:
    return Case(name, say, entity=None, kept="prefix", truncated=truncated, **facts)


def _drops() -> tuple[bytes | float, ...]:
    return tuple(part for byte in _SLOW[:20] for part in (bytes([byte]), 0.2))


def _bad(name: str, *say: bytes | float, **facts: Any) -> Case:
    return _cut(name, *say, **{"truncated": "disconnect", "error": "bad_response", **facts})


def _moved(name: str, to: str, first: bytes) -> Case:
    body = b"<p>This page has moved.</p>"
    return _plain(
        name, length(body, b"Location: /" + to.encode(), first=first), entity=body, status=int(first.split()[1])
    )


CASES: tuple[Case, ...] = (
    _plain("plain", length(TEXT)),
    _plain("weird", _WEIRD + TEXT),
    _plain("bare-lf", length(TEXT, end=b"\n")),
    _plain("no-reason", length(TEXT, first=b"HTTP/1.1 200")),
    _plain("blank-reason", length(TEXT, first=b"HTTP/1.1 200 ")),
    _plain("chunked", chunked(TEXT)),
    _plain("chunk-extensions", chunked(TEXT, 500, extension=b';name="a; b"')),
    _plain("trailers", chunked(TEXT, 500, b"Trailer: X-Sum", trailers=b"X-Sum: 1\r\nX-Late: yes\r\n")),
    # pywb does not show a chunked body without its final line end.
    _plain("no-end-behind-the-last-chunk", chunked(TEXT, 500)[:-2], close=True, decoded=None),
    _plain("tiny-chunks", chunked(TEXT[:400], 1), entity=TEXT[:400]),
    _plain("lower-case-chunks", chunked(TEXT, 0xABC).replace(b"ABC\r\n", b"00abc\r\n")),
    _coded("gzip", b"gzip", lambda body: gzip.compress(body, mtime=0)),
    _coded("x-gzip", b"x-gzip", lambda body: gzip.compress(body, mtime=0), shown=False),
    _coded("deflate", b"deflate", zlib.compress),
    _coded("raw-deflate", b"deflate", _raw_deflate, shown=False),
    _coded("br", b"br", brotli.compress),
    _coded("zstd", b"zstd", zstd.compress, shown=False),
    Case("gzip-chunked", (chunked(_GZIP, 300, b"Content-Encoding: gzip"),), entity=_GZIP, decoded=TEXT),
    Case("gzip-chunked-otherwise", (chunked(_GZIP, 64, b"Content-Encoding: gzip"),), entity=_GZIP, decoded=TEXT),
    _plain("head", length(TEXT).partition(TEXT)[0], entity=b"", method="HEAD"),
    _plain("not-modified", head(b'ETag: "x"', first=b"HTTP/1.1 304 Not Modified"), entity=b"", status=304),
    _plain("no-content", head(first=b"HTTP/1.1 204 No Content"), entity=b"", status=204),
    _plain("empty", length(b""), entity=b""),
    _plain("until-close", head(b"Content-Type: text/html", b"Connection: close") + TEXT, close=True),
    _plain("http-1-0", length(TEXT, first=b"HTTP/1.0 200 OK"), close=True),
    _plain("http-1-0-until-close", head(b"Content-Type: text/html", first=b"HTTP/1.0 200 OK") + TEXT, close=True),
    _cut("early-close", length(TEXT)[:-500], truncated="disconnect", close=True),
    _cut("early-close-in-chunk", head(b"Transfer-Encoding: chunked") + b"FF0\r\n" + TEXT[:90], truncated="disconnect", close=True),
    _cut("early-close-between-chunks", head(b"Transfer-Encoding: chunked") + chunks(TEXT, 500, end=False), truncated="disconnect", close=True),
    _bad("early-close-in-head", b"HTTP/1.1 200 OK\r\nContent-Ty", close=True),
    _bad("early-close-in-status-line", b"HTTP/1.1 2", close=True),
    _cut("too-large-announced", length(BIG), truncated="length", meta={"download_maxsize": MAXSIZE}),
    _cut("too-large-chunked", chunked(BIG, 4000), truncated="length", meta={"download_maxsize": MAXSIZE}),
    _cut("too-large-until-close", head(b"Connection: close") + BIG, truncated="length", meta={"download_maxsize": MAXSIZE}, close=True),
    _cut("too-slow", _SLOW, 20.0, truncated="time", meta={"download_timeout": 1.0}),
    _cut("too-slow-head", b"HTTP/1.1 200 OK\r\nX-A: b\r\n", 20.0, truncated="time", meta={"download_timeout": 1.0}),
    _cut("too-slow-head-byte-by-byte", *_drops(), truncated="time", meta={"download_timeout": 1.0}),
    _moved("moved", "moved-again", b"HTTP/1.1 302 Found"),
    _moved("moved-again", "plain", b"HTTP/1.1 301 Moved Permanently"),
    _plain("not-found", length(b"<p>Nothing here.</p>", first=b"HTTP/1.1 404 Not Found"), entity=b"<p>Nothing here.</p>", status=404),
    _plain("broken", length(b"<p>Our fault.</p>", first=b"HTTP/1.1 500 Oops"), entity=b"<p>Our fault.</p>", status=500),
    _plain("busy", length(b"<p>Later.</p>", first=b"HTTP/1.1 503 Busy"), later=(length(TEXT),), attempts=2),
    _plain("post", length(TEXT), method="POST", body=b"field=" + b"x" * 5000),
    _plain("early-hints", _HINTS + length(TEXT), interim=len(_HINTS)),
    _plain("early-hints-apart", _HINTS, 0.05, _PROCESSING, 0.05, length(TEXT), interim=len(_HINTS + _PROCESSING)),
    _plain("surplus", length(TEXT) + b"EXTRA EXTRA", surplus=11, close=True),
    Case("no-answer", (), entity=None, kept="none", close=True),
    Case("garbage", (b"SSH-2.0-OpenSSH_9.2p1\r\n",), entity=None, truncated="disconnect", error="bad_response", close=True),
    _plain("byte-by-byte-head", *(bytes([byte]) for byte in length(TEXT[:64])), entity=TEXT[:64]),
    _plain("connection-close", length(TEXT, b"Connection: close"), close=True),
    _plain("eighty-headers", length(TEXT, *(b"X-Header-%d: value %d" % (number, number) for number in range(80)))),
    _plain("long-header", length(TEXT, b"X-Long: " + b"a" * 16_000)),
    _plain("longer-header", length(TEXT, b"X-Long: " + b"a" * 16_384)),
    _plain("longest-head", length(TEXT, *(b"X-Long: " + b"a" * 60_000 for _ in range(4)))),
    _plain("two-cookies", length(TEXT, b"Set-Cookie: a=1", b"Set-Cookie: b=2")),
    _plain("lying-charset", length(TEXT + "caf\u00e9".encode(), b"X-Charset: utf-8"), entity=TEXT + "caf\u00e9".encode()),
    _plain("warc-in-the-body", length(_FORGED), entity=_FORGED),
    Case("names-that-are-no-tokens", (_ODD_NAMES + TEXT,)),
    Case("bare-lf-chunks", (chunked(TEXT, 500).replace(b"\r\n", b"\n"),)),
    _plain("padded-chunks", head(b"Transfer-Encoding: chunked") + b"%x  \r\n%b\r\n 0 \r\n\r\n" % (len(TEXT), TEXT)),
    _plain("identity", head(b"Transfer-Encoding: identity") + TEXT, close=True),
    _plain("identity-with-length", length(TEXT, b"Transfer-Encoding: identity")),
    Case("gzip-as-transfer-coding", (head(b"Transfer-Encoding: gzip, chunked") + chunks(_GZIP, 90),), entity=_GZIP),
    Case("blank-lines-first", (b"\r\n\n" + length(TEXT),), leading=3),
    Case("blank-lines-behind-hints", (_HINTS + b"\r\n" + length(TEXT),), interim=len(_HINTS), leading=2),
    Case("lower-case-version", (length(TEXT, first=b"http/1.1 200 ok"),)),
    Case("http-2-in-http-1", (length(TEXT, first=b"HTTP/2 200"),)),
    Case("icy", (length(TEXT, first=b"ICY 200 OK"),)),
    Case("no-version", (length(TEXT, first=b"HTTP 200 OK"),)),
    Case("same-length-twice", (length(TEXT, b"Content-Length: %d" % len(TEXT)),)),
    Case("length-is-no-number", (head(b"Content-Length: many") + TEXT,), close=True),
    Case("length-of-unpacked", (head(b"Content-Encoding: gzip", b"Content-Length: %d" % len(TEXT)) + _GZIP,), entity=_GZIP, close=True),
    Case("two-lengths-and-chunked", (chunked(TEXT, 500, b"Content-Length: 5", b"Content-Length: 7"),)),
    Case("length-too-short", (head(b"Content-Length: 100", b"Connection: close") + TEXT,), entity=TEXT[:100], surplus=len(TEXT) - 100, close=True),
    Case("no-content-with-body", (head(b"Content-Length: 5", first=b"HTTP/1.1 204 No Content") + b"abcde",), entity=b"", status=204, surplus=5),
    Case("reset-with-body", (head(b"Content-Length: 5", first=b"HTTP/1.1 205 Reset Content") + b"abcde",), entity=b"abcde", status=205),
    Case("not-modified-with-body", (head(b"Content-Length: 5", first=b"HTTP/1.1 304 Not Modified") + b"abcde",), entity=b"", status=304, surplus=5),
    Case("surplus-on-an-open-connection", (length(TEXT) + length(b"forged"),), surplus=len(length(b"forged"))),
    _bad("two-lengths", head(b"Content-Length: 5", b"Content-Length: 7") + TEXT),
    _bad("no-chunks", head(b"Transfer-Encoding: chunked") + TEXT, error="data_loss"),
    _bad("endless-trailers", head(b"Transfer-Encoding: chunked") + b"0\r\n" + b"X-Sum: 1\r\n" * 9000, error="data_loss"),
    _bad("change-of-protocol", head(b"Upgrade: h2c", first=b"HTTP/1.1 101 Switching Protocols")),
    _bad("too-long-head", length(TEXT, *(b"X-Long: " + b"a" * 60_000 for _ in range(5))), truncated="length"),
    _bad("too-long-line", b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 300_000, truncated="length"),
    _bad("too-many-lines", length(TEXT, *(b"X: y" for _ in range(5001))), truncated="length"),
    _bad("too-long-status-line", length(TEXT, first=b"HTTP/1.1 200 " + b"a" * 8192), truncated="length"),
    _bad("too-many-hints", _HINTS * 101 + length(TEXT), truncated="length", interim=len(_HINTS) * 101),
    _bad("too-many-blank-lines", b"\r\n" * 2100 + length(TEXT)),
    _bad("no-http", b"<html><p>Some page without a head.\r\n"),
    _plain("length-and-chunked", head(b"Content-Length: 5", b"Transfer-Encoding: chunked") + chunks(TEXT, 500)),
    _plain("no-type", head(b"Content-Length: %d" % len(TEXT)) + TEXT),
)  # fmt: skip
BY_NAME = {case.name: case for case in CASES}
assert len(BY_NAME) == len(CASES)
