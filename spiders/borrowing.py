"""A WARC file of another archive, fetched into a file of ours without a name, for it may be larger than any memory.

It is no page of the outlet and already an archive, so it is not archived again. Otherwise it is requested as any page:
through the crawl's proxy, to addresses of the crawl's resolver, so that `CONNECT_TO` and the ban on private addresses
hold, and with the limits of the head; certificates are verified.

Private name of Scrapy: `_ScrapyAgent`, which chooses between a direct connection, a proxy and a tunnel.
"""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Self, cast

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import _ScrapyAgent, _TunnelingAgent
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpproxy import HttpProxyMiddleware
from scrapy.settings import BaseSettings
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from twisted.web.client import BrowserLikePolicyForHTTPS, HTTPConnectionPool, ResponseDone
from twisted.web.http import PotentialDataLoss
from twisted.web.http_headers import Headers

from newsarchive import urls
from newsarchive.capture.normalizer import HeadLimits
from newsarchive.capture.resolver import Resolver, to_a_proxy
from newsarchive.capture.wire import ListeningPool
from newsarchive.errors import PageError

_SILENCE = 60
"""Seconds after which a server that sends nothing more of the file is given up."""
_MB = 1_000_000
# Twisted's own types do not know their interfaces.
_POOL: Any = HTTPConnectionPool
_POLICY: Any = BrowserLikePolicyForHTTPS
_FAILURE: Any = Failure


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one file."""

    head_seconds: float
    """Until the head of the response has arrived."""
    seconds: float
    """Until the whole file has arrived."""
    size: int

    @classmethod
    def of(cls, settings: BaseSettings) -> Self:
        return cls(
            head_seconds=settings.getfloat("DOWNLOAD_TIMEOUT"),
            seconds=60 * settings.getint("BORROWED_WARC_MAX_MINUTES"),
            size=_MB * settings.getint("BORROWED_WARC_MAX_MB"),
        )


@dataclass(frozen=True, slots=True)
class Borrowed:
    """The answer; only one of 200 has a `file`."""

    status: int
    etag: str | None
    last_modified: str | None
    location: str | None
    retry_after: str | None
    file: BinaryIO | None


async def borrow(request: Request, *, crawler: Crawler, folder: Path) -> Borrowed:
    """Send a request once; raises `PageError` when there is no answer or it does not come whole."""
    from twisted.internet import reactor  # noqa: PLC0415 - it is installed by now, not before

    resolver, limits = Resolver.from_crawler(crawler, reactor), Limits.of(crawler.settings)
    is_proxied = await _is_proxied(request, crawler, resolver)
    token = to_a_proxy.set(is_proxied)
    try:
        asking = _ask(request, crawler, reactor, resolver, limits)
        answer = await maybe_deferred_to_future(asking)
        file = await _body(answer, folder, limits, reactor)
    except Exception as error:
        raise PageError(request.url, f"cannot be fetched ({_said(error)})") from error
    finally:
        to_a_proxy.reset(token)
    return Borrowed(
        answer.code,
        etag=_field(answer, b"ETag"),
        last_modified=_field(answer, b"Last-Modified"),
        location=_field(answer, b"Location"),
        retry_after=_field(answer, b"Retry-After"),
        file=file,
    )


async def _is_proxied(request: Request, crawler: Crawler, resolver: Resolver) -> bool:
    """Give the request the crawl's proxy, if it has one; raises `PageError` where a proxy may not be given the host."""
    proxies: Any = crawler.get_downloader_middleware(HttpProxyMiddleware)
    if proxies:
        proxies.process_request(request)
    if not request.meta.get("proxy"):
        return False
    if not crawler.settings.getbool("ALLOW_PRIVATE_ADDRESSES"):
        why = await resolver.why_not_passed_on(urls.place(request.url)[0])
        if why:
            raise PageError(request.url, f"{why}, so it is not requested through a proxy")
    return True


def _ask(request: Request, crawler: Crawler, reactor: Any, resolver: Resolver, limits: Limits) -> "Deferred[Any]":
    """Send the request; the head of the response has to arrive in time and within the limits of the crawl."""
    pool = ListeningPool.like(_POOL(reactor, persistent=False), reactor, resolver, HeadLimits.of(crawler.settings))
    client = _ScrapyAgent(contextFactory=_POLICY(), pool=pool, crawler=crawler)
    agent: Any = client._get_agent(request, limits.head_seconds)  # noqa: SLF001 - see the module's docstring
    headers = Headers(request.headers)
    if isinstance(agent, _TunnelingAgent):
        headers.removeHeader(b"Proxy-Authorization")
    asking: Deferred[Any] = agent.request(b"GET", request.url.encode("ascii"), headers)
    late = TimeoutError(f"no answer within {limits.head_seconds:g} s")
    return asking.addTimeout(limits.head_seconds, reactor, lambda *_: _FAILURE(late))


class _Body(Protocol):
    """Writes a body to a file; `done` fails when it is cut off, too long, too slow or stops coming."""

    def __init__(self, file: BinaryIO, done: "Deferred[None]", limits: Limits, reactor: Any) -> None:
        self._file = file
        self._done = done
        self._left = limits.size
        self._silence: Any = reactor.callLater(_SILENCE, self._end, TimeoutError(f"nothing came for {_SILENCE} s"))
        slow = TimeoutError(f"not whole after {limits.seconds:g} s (BORROWED_WARC_MAX_MINUTES)")
        self._slow: Any = reactor.callLater(limits.seconds, self._end, slow)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        self._left -= len(data)
        if self._left < 0:
            self._end(ValueError("longer than BORROWED_WARC_MAX_MB"))
        if self._done.called:
            return
        self._silence.reset(_SILENCE)
        try:
            self._file.write(data)
        except OSError as error:
            self._end(error)

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802 - Twisted's name
        # Without Content-Length the close of the connection ends the body (RFC 9112, 6.3).
        is_end = isinstance(reason.value, ResponseDone | PotentialDataLoss)
        self._end(None if is_end else reason.value)

    def _end(self, error: BaseException | None) -> None:
        if self._done.called:
            return
        for timer in (self._silence, self._slow):
            if timer.active():
                timer.cancel()
        if error is None:
            self._done.callback(None)
            return
        self._done.errback(error)
        transport: Any = self.transport
        transport.loseConnection()


async def _body(answer: Any, folder: Path, limits: Limits, reactor: Any) -> BinaryIO | None:
    if answer.code != 200:
        answer.deliverBody(_Unread())
        return None
    file = cast("BinaryIO", TemporaryFile(dir=folder))  # noqa: SIM115 - it is handed on
    done: Deferred[None] = Deferred()
    answer.deliverBody(_Body(file, done, limits, reactor))
    try:
        await maybe_deferred_to_future(done)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


class _Unread(Protocol):
    """Nobody wants the body, which may be long."""

    def connectionMade(self) -> None:  # noqa: N802 - Twisted's name
        transport: Any = self.transport
        transport.loseConnection()


def _field(answer: Any, name: bytes) -> str | None:
    values = answer.headers.getRawHeaders(name, [])
    return values[0].decode("latin-1") if values else None


def _said(error: Exception) -> str:
    reasons = getattr(error, "reasons", None)
    return str(reasons[0].value if reasons else error) or "the response cannot be read"
