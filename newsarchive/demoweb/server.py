"""The demo web's server: a thread of its own, an event loop of its own, two ports, any number of hosts."""

import asyncio
import ssl
import threading
import time
import weakref
from collections.abc import Iterable
from dataclasses import dataclass, replace
from types import TracebackType
from urllib.parse import urlsplit

from newsarchive import clock
from newsarchive.demoweb import certificate, wire
from newsarchive.demoweb.answers import Answer, failure, redirect
from newsarchive.demoweb.articles import DemoArticle
from newsarchive.demoweb.kyiv_independent import KyivIndependent
from newsarchive.demoweb.library import load_articles
from newsarchive.demoweb.responsible_statecraft import ResponsibleStatecraft
from newsarchive.demoweb.sites import Site

_CLOSING_TURNS = 5
_SITES: dict[str, type[Site]] = {
    "responsible_statecraft": ResponsibleStatecraft,
    "kyiv_independent": KyivIndependent,
}


@dataclass(frozen=True, slots=True)
class LoggedExchange:
    """One exchange as the server saw it."""

    scheme: str
    host: str
    method: str
    target: str
    request: bytes
    """Exactly the bytes that were read."""
    response: bytes
    """Exactly the bytes that were sent."""
    status: int
    started: float
    """Monotonic seconds at which the request had been read."""
    at: int
    """The moment of the crawl's clock at which the request had been read."""


class DemoWeb:
    """Plays whole outlets under their real host names on two local ports.

    Clients must be told to connect here (`connect_to`); the server goes by the Host header alone.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        sites: Iterable[Site] | None = None,
        more: Iterable[Site] = (),
        keep_bytes: bool = True,
    ) -> None:
        """`sites` in place of the two demo outlets, `more` beside them.

        Without `keep_bytes` the log only tells what was asked.
        """
        self._bound_to = host
        self._sites = _opened(load_articles()) if sites is None else {site.host: site for site in sites}
        self._sites |= {site.host: site for site in more}
        self._keeps_bytes = keep_bytes
        self.hosts = [name for site in self._sites for name in (site, f"www.{site}")]
        self.certificate, self._private_key = certificate.self_signed(self.hosts)
        self.log: list[LoggedExchange] = []
        self.http_port = 0
        self.https_port = 0
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="demoweb", daemon=True)
        self._conversations: set[asyncio.Task[None]] = set()
        self._connections: weakref.WeakSet[asyncio.WriteTransport] = weakref.WeakSet()
        self._listening = threading.Event()
        self._failure: BaseException | None = None
        self._ended: asyncio.Event | None = None

    def start(self) -> None:
        """Return when both ports listen."""
        self._thread.start()
        self._listening.wait()
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Close the ports and all connections; a second call does nothing."""
        if self._thread.is_alive() and self._ended is not None:
            self._loop.call_soon_threadsafe(self._ended.set)
            self._thread.join()

    def __enter__(self) -> "DemoWeb":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def connect_to(self) -> list[str]:
        """`host:port:127.0.0.1:local port` for every host, as curl's --connect-to takes it."""
        ports = ((80, self.http_port), (443, self.https_port))
        return [f"{host}:{port}:{self._bound_to}:{local}" for host in self.hosts for port, local in ports]

    @property
    def articles(self) -> list[DemoArticle]:
        """All articles as they stand now: edits done, new ones published."""
        with self._lock:
            return [article for site in self._sites.values() for article in site.articles]

    def article(self, url: str) -> DemoArticle:
        """The article at a URL as it stands now."""
        with self._lock:
            return self._site_of(url).article(url)

    def edit(self, url: str, *, paragraphs: list[str]) -> None:
        """Replace the body of an article silently: no word of it on the page, but new validators."""
        with self._lock:
            self._site_of(url).edit(url, paragraphs)

    def publish(self, article: DemoArticle) -> None:
        """Add an article; it appears in feed, sitemap and section page."""
        with self._lock:
            self._site_of(article.url).publish(article)

    def answer(self, url: str, answer: Answer) -> None:
        """Give a scripted answer at a URL, `answer.repeat` times or always; http and https have an answer each."""
        with self._lock:
            self._site_of(url).script(url, answer)

    def withdraw(self, url: str) -> None:
        """Answer 410 at a URL from now on, and list it no more."""
        with self._lock:
            self._site_of(url).withdraw(url)

    def _site_of(self, url: str) -> Site:
        return self._sites[(urlsplit(url).hostname or "").removeprefix("www.")]

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except OSError as error:
            self._failure = error
        finally:
            self._loop.close()
            self._listening.set()

    async def _serve(self) -> None:
        self._ended = asyncio.Event()
        tls = certificate.server_context(self.certificate, self._private_key)
        plain, secure = await self._listen("http", None), await self._listen("https", tls)
        self.http_port = plain.sockets[0].getsockname()[1]
        self.https_port = secure.sockets[0].getsockname()[1]
        self._listening.set()
        await self._ended.wait()
        plain.close()
        secure.close()
        await _end_other_tasks()
        # What is closing still waits for the client's farewell.
        for transport in list(self._connections):
            transport.abort()
        await _turns()

    async def _listen(self, scheme: str, tls: ssl.SSLContext | None) -> asyncio.Server:
        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            # A handshake may be done only after stop(): such a connection must not begin to talk.
            if self._ended is None or self._ended.is_set():
                writer.transport.abort()
                return
            task = self._loop.create_task(self._converse(scheme, reader, writer))
            # The loop itself keeps no task alive.
            self._conversations.add(task)
            task.add_done_callback(self._conversations.discard)
            self._connections.add(writer.transport)

        return await asyncio.start_server(connected, self._bound_to, 0, ssl=tls, backlog=512)

    async def _converse(self, scheme: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await wire.read_request(reader):
                if not await self._exchange(scheme, request, writer):
                    break
        except (OSError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            writer.close()

    async def _exchange(self, scheme: str, request: wire.Request, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False when the connection is to end."""
        started, at = time.monotonic(), clock.now()
        answer = self._answer(scheme, request)
        if answer.delay:
            await asyncio.sleep(answer.delay)
        parts = wire.response(request, answer)
        sent = b"".join(parts)
        # Noted before it is sent, so that whoever has read the answer finds it in the log.
        logged = _logged(scheme, request, sent, started, at)
        self.log.append(logged if self._keeps_bytes else replace(logged, request=b"", response=b""))
        for part in parts:
            writer.write(part)
            await writer.drain()
        return not wire.closes(request, answer)

    def _answer(self, scheme: str, request: wire.Request) -> Answer:
        site = self._sites.get(request.host.removeprefix("www."))
        if site is None:
            return failure(421)
        target = _origin_form(request.target)
        url = f"{scheme}://{request.host}{target}"
        with self._lock:
            scripted = site.scripted(url)
            if scripted is not None:
                return scripted
            if scheme == "http" and site.is_secure:
                return redirect(f"https://{request.host}{target}")
            if request.host.startswith("www."):
                return redirect(f"{scheme}://{site.host}{target}")
            if request.method not in ("GET", "HEAD"):
                return failure(405, ("Allow", "GET, HEAD"))
            return site.answer(target)


async def _end_other_tasks() -> None:
    """Cancel conversations and handshakes."""
    # A connection that was accepted just now must begin before it can be cancelled, or its socket stays open.
    await _turns()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def _turns() -> None:
    """Give transports the turns of the loop that they need to open or close."""
    for _ in range(_CLOSING_TURNS):
        await asyncio.sleep(0)


def _opened(articles: list[DemoArticle]) -> dict[str, Site]:
    sites = [kind(outlet, [one for one in articles if one.outlet == outlet]) for outlet, kind in _SITES.items()]
    return {site.host: site for site in sites}


def _origin_form(target: str) -> str:
    """The target as path and query; a client that takes us for a proxy sends the whole URL."""
    parts = urlsplit(target)
    return parts._replace(scheme="", netloc="", path=parts.path or "/").geturl() if parts.scheme else target


def _logged(scheme: str, request: wire.Request, sent: bytes, started: float, at: int) -> LoggedExchange:
    status = sent.split(b" ", 2)[1:2]
    return LoggedExchange(
        scheme=scheme,
        host=request.host,
        method=request.method,
        target=request.target,
        request=request.raw,
        response=sent,
        status=int(status[0]) if status and status[0].isdigit() else 0,
        started=started,
        at=at,
    )
