"""Download handlers that archive: any handler, with an ear on the wire where it has one, and an archive behind it."""

import logging
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    StopDownload,
)
from scrapy.http import Response
from w3lib.url import safe_url_string

from newsarchive import urls
from newsarchive.capture import rebuilding, wire
from newsarchive.capture.accepting import BadResponseError, accepted
from newsarchive.capture.addresses import is_public
from newsarchive.capture.ending import BrokenOff
from newsarchive.capture.extension import ArchiveExtension
from newsarchive.capture.listener import Listener, current
from newsarchive.capture.normalizer import HeadLimits
from newsarchive.capture.resolver import Resolver, to_a_proxy
from newsarchive.errors import CaptureError, SettingError
from newsarchive.items import Capture, Page, Rejection
from newsarchive.judging.unread import ASKED_AGAIN
from newsarchive.pages import page_of
from newsarchive.warc.exchange import Attempt, Exchange, Purpose, Truncation
from newsarchive.warc.records import Bundle
from newsarchive.warc.terms import as_kept

if TYPE_CHECKING:
    # With it comes what reads YAML; a project that only archives need not load that.
    from newsarchive.outlets import Outlet

logger = logging.getLogger(__name__)

_LIFTED = "ALLOW_PRIVATE_ADDRESSES lifts that"
_TRUNCATIONS: tuple[tuple[type[Exception], Truncation], ...] = (
    (DownloadTimeoutError, "time"),
    (DownloadCancelledError, "length"),
    (ResponseDataLossError, "disconnect"),
    (StopDownload, "unspecified"),
    (BrokenOff, "unspecified"),
)
_ERRORS: tuple[tuple[type[Exception], str], ...] = (
    (CannotResolveHostError, "dns"),
    (DownloadConnectionRefusedError, "refused"),
    (DownloadTimeoutError, "timeout"),
    (DownloadCancelledError, "too_large"),
    (ResponseDataLossError, "data_loss"),
    (BadResponseError, "bad_response"),
    (StopDownload, "stopped"),
    (BrokenOff, "stopped"),
)


class Capturing:
    """Mixed in before a download handler: archives every exchange before anybody sees its answer.

    An exchange that cannot be archived fails its request. Exact bytes come from handlers that are, or descend from,
    Scrapy's own for HTTP/1.1; whatever another one fetches is rebuilt from its objects, and marked.
    """

    crawler: Crawler
    _resolver: Resolver
    _archive: ArchiveExtension | None = None
    _max_payload = 0
    _fails_on_dataloss = True
    _obeys_robots = False
    _allows_private = False
    _is_guarded = False
    """All connections are made by our pool, with our resolver."""
    _is_said = False
    _warned_of_userinfo = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        above = getattr(super(), "from_crawler", None)
        handler: Self = above(crawler) if above else cls()
        handler.crawler = crawler
        handler._max_payload = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        handler._allows_private = crawler.settings.getbool("ALLOW_PRIVATE_ADDRESSES")
        handler._fails_on_dataloss = crawler.settings.getbool("DOWNLOAD_FAIL_ON_DATALOSS")
        handler._obeys_robots = crawler.settings.getbool("ROBOTSTXT_OBEY")
        handler._listen()
        return handler

    async def download_request(self, request: Request) -> Response:
        # A redirect or a retry copies meta, so an older pointer may still be here.
        request.meta.pop("capture", None)
        page: Page | None = request.meta.pop("page", None)
        request.meta.pop("outcome", None)
        extension = self._archive = self._archive or self.crawler.get_extension(ArchiveExtension)
        if extension is None:
            return await self._below(request)
        if page and extension.archive.is_owed(page.capture):
            # A middleware answered a page with this request, so that no callback reads the page.
            extension.archive.reject(Rejection.of(page.capture, ASKED_AGAIN))
        listener = Listener(
            spool=extension.folder,
            max_payload=request.meta.get("download_maxsize", self._max_payload),
            through_proxy=bool(request.meta.get("proxy")),
            tls_host=urls.place(request.url)[0] if request.url.startswith("https:") else None,
        )
        token = current.set(listener)
        try:
            response = await self._below(request)
        except Exception as error:
            await self._keep(extension, request, listener, None, error)
            raise
        finally:
            current.reset(token)
        await self._keep(extension, request, listener, response, None)
        return response

    async def _below(self, request: Request) -> Response:
        extension = self._archive
        download = self._checked(request)
        return await (extension.under_way.wait_for(request.url, download) if extension else download)

    async def _checked(self, request: Request) -> Response:
        """Send a request; raises `CannotResolveHostError` where that leads to an internal address.

        Connections of Scrapy's own handler are made to addresses of our resolver, which gives no internal ones. A proxy
        and any other client look the name up again: each may be given a host only if all its addresses are public, and
        the answer of a client that has connected to an internal one nevertheless is dropped.
        """
        is_proxied = bool(request.meta.get("proxy"))
        if self._allows_private or (self._is_guarded and not is_proxied):
            return await self._sent(request)
        host, port = urls.place(request.url)
        # A proxy knows nothing of CONNECT_TO.
        target = None if is_proxied else self._resolver.target(host, port)
        if target is None and (why := await self._resolver.why_not_passed_on(host)):
            client = "a proxy" if is_proxied else type(self).__mro__[2].__qualname__
            raise CannotResolveHostError(f"{why}, so it is not requested through {client}; {_LIFTED}")
        response = await self._sent(request)
        address = str(response.ip_address) if response.ip_address and not is_proxied else None
        if address and target and address != target:
            raise CannotResolveHostError(
                f"{host} was reached at {address} in spite of CONNECT_TO; its answer is dropped"
            )
        if address and not target and not is_public(address):
            raise CannotResolveHostError(
                f"{address} is an internal address of {host}; its answer is dropped; {_LIFTED}"
            )
        return response

    async def _sent(self, request: Request) -> Response:
        """Send a request without the userinfo of its URL.

        HTTP has no place for it (RFC 9110, 4.2.4), and a password found in a link is not ours to use.
        """
        token = to_a_proxy.set(bool(request.meta.get("proxy")))
        try:
            url = urls.without_userinfo(request.url)
            if url == request.url:
                return await self._received(request)
            self._warn_of_userinfo(url)
            bare = request.replace(url=url)
            try:
                return await self._received(bare)
            finally:
                request.meta.update(bare.meta)
        finally:
            to_a_proxy.reset(token)

    def _warn_of_userinfo(self, url: str) -> None:
        if not self._warned_of_userinfo:
            self._warned_of_userinfo = True
            logger.warning(
                "%s: the user name and password in the URL are not sent; set the header Authorization instead", url
            )

    async def _received(self, request: Request) -> Response:
        download = super().download_request  # type: ignore[misc]
        if isinstance(self, HTTP11DownloadHandler):
            return await accepted(download, request, fails_on_dataloss=self._fails_on_dataloss)
        response: Response = await download(request)
        return response

    def _listen(self) -> None:
        """Put a listener on the handler's connections and let them be made where our resolver points.

        A warning is logged where that is impossible.
        """
        from twisted.internet import reactor  # noqa: PLC0415 - it is installed by now, not before

        self._resolver = Resolver.from_crawler(self.crawler, reactor)
        if not isinstance(self, HTTP11DownloadHandler):
            return
        if lack := wire.lacking(self, reactor):
            self._warn(lack)
            return
        limits = HeadLimits.of(self.crawler.settings)
        self._pool: Any = wire.ListeningPool.like(self._pool, reactor, self._resolver, limits)
        below: Any = type(self).__mro__[2]
        self._is_guarded = below.download_request is HTTP11DownloadHandler.download_request

    def _warn(self, why: str) -> None:
        if not self._is_said:
            self._is_said = True
            logger.warning(
                "CAPTURE IS NOT EXACT: %s. Exchanges are rebuilt from Scrapy's objects and marked "
                "messageReconstructed; header order and case, framing and broken answers are lost",
                why,
            )

    async def _keep(
        self,
        extension: ArchiveExtension,
        request: Request,
        listener: Listener,
        response: Response | None,
        error: Exception | None,
    ) -> None:
        try:
            _check(listener, urls.without_userinfo(request.url))
            exchange = self._exchange(request, listener, response, error)
            kept = await extension.commit(exchange)
        except CaptureError as failure:
            extension.stop(failure)
            raise
        finally:
            listener.end()
        if not kept.capture or not kept.bundle.primary:
            return
        request.meta["capture"] = kept.capture
        if exchange.purpose.role == "article" and kept.bundle.answer and extension.outlet:
            self._decide(request, kept.capture, kept.bundle, exchange.purpose, extension.outlet)
            if "page" in request.meta:
                extension.archive.owe(kept.capture, request.cb_kwargs.get("address", kept.capture.url))

    @staticmethod
    def _decide(request: Request, capture: Capture, bundle: Bundle, purpose: Purpose, outlet: "Outlet") -> None:
        """What the answer means for the article that was asked for: guards and spider go by it."""
        # A project that only archives need not load what reads articles.
        from newsarchive.judging import answers  # noqa: PLC0415

        answer = bundle.answer
        assert answer
        outcome = (
            answers.outcome(answer, url=capture.url, record_type=capture.record_type, outlet=outlet)
            if bundle.payload_digest
            else answers.CUT
        )
        request.meta["outcome"] = outcome
        if outcome.meaning == "page":
            request.meta["page"] = page_of(capture, answer, purpose)

    def _exchange(
        self,
        request: Request,
        listener: Listener,
        response: Response | None,
        error: Exception | None,
    ) -> Exchange:
        heard = listener.attempts()
        # Whoever keeps a distance between requests must know when one really went.
        request.meta["sent_at"] = heard[-1].started_at.timestamp() if heard else None
        exchange = Exchange(
            url=target_uri(request),
            method=request.method,
            started_at=listener.started_at,
            duration_ms=listener.elapsed_ms(),
            attempts=heard,
            purpose=_purpose(request, obeys_robots=self._obeys_robots),
            truncated="length" if listener.was_cut else _truncation(response, error),
            error=error_name(error) if error else None,
            redirected_from=next(map(urls.without_userinfo, request.meta.get("redirect_urls", [])[-1:]), None),
            proxy=_without_credentials(request.meta.get("proxy")),
            lookup=self._lookup(request) if heard else None,
        )
        return exchange if heard or response is None else self._rebuilt(exchange, request, response)

    def _lookup(self, request: Request) -> Any:
        """Return the last lookup of the host; None if name servers were not its source, or a proxy looked it up."""
        return None if request.meta.get("proxy") else self._resolver.lookup(urls.place(request.url)[0])

    def _rebuilt(self, exchange: Exchange, request: Request, response: Response) -> Exchange:
        """The exchange of a handler whose bytes were not heard."""
        below = type(self).__mro__[2]
        self._warn(f"the bytes of {below.__qualname__} cannot be heard")
        mark = rebuilding.mark(below, response)
        if drawn := rebuilding.rendering(request, response):
            return replace(exchange, rendering=drawn, rebuilt=mark)
        attempts: tuple[Attempt, ...] = (rebuilding.attempt(request, response, exchange.started_at),)
        return replace(exchange, attempts=attempts, rebuilt=mark)


class CapturingHandler(Capturing, HTTP11DownloadHandler):
    """Scrapy's own handler for http and https, with an ear on the wire."""


@cache
def capturing(handler: type[Any]) -> type[Any]:
    """Return the same handler, archiving; raises `SettingError`."""
    if not isinstance(handler, type):
        raise SettingError("DOWNLOAD_HANDLERS", handler, "classes")
    if handler is HTTP11DownloadHandler or issubclass(handler, Capturing):
        return CapturingHandler if handler is HTTP11DownloadHandler else handler
    return type(f"Capturing{handler.__name__}", (Capturing, handler), {"__module__": __name__})


def error_name(error: BaseException) -> str:
    """A slug for why there is no answer: `dns`, `refused`, `timeout`, or the error's class."""
    slug: str | None = getattr(error, "slug", None)
    return slug or _named(error, _ERRORS) or type(error).__name__


def target_uri(request: Request) -> str:
    # Scrapy has escaped every URL but those that it was asked to leave as they are.
    url = safe_url_string(request.url) if request.meta.get("verbatim_url") else request.url
    return urls.without_userinfo(url.partition("#")[0])


def _check(listener: Listener, url: str) -> None:
    if listener.failure:
        raise CaptureError(url, listener.failure.strerror or str(listener.failure)) from listener.failure


def _truncation(response: Response | None, error: Exception | None) -> Truncation | None:
    if response is not None and "download_stopped" in response.flags:
        return "unspecified"
    if response is not None and "dataloss" in response.flags:
        return "disconnect"
    if isinstance(error, BadResponseError):
        return error.truncated
    truncation: Truncation | None = _named(error, _TRUNCATIONS)
    return truncation


def _purpose(request: Request, *, obeys_robots: bool) -> Purpose:
    """What the spider said of the request, as a metadata record tells it; one that is forbidden never comes here."""
    purpose: Any = request.meta.get("purpose")
    if isinstance(purpose, Purpose):
        asked = obeys_robots and not request.meta.get("dont_obey_robotstxt")
        via = urls.without_userinfo(" ".join((purpose.via or "").split())) or None
        terms = as_kept(request.meta.get("terms") or purpose.terms)
        return replace(purpose, via=via, robots="allowed" if asked else None, terms=terms)
    referer = (request.headers.get("Referer") or b"").decode("latin-1") or None
    return Purpose("robots" if request.url.endswith("/robots.txt") else "other", referer)


def _without_credentials(proxy: str | None) -> str | None:
    if not proxy:
        return None
    scheme, separator, rest = proxy.rpartition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"


def _named(error: BaseException | None, table: tuple[tuple[type[Exception], Any], ...]) -> Any:
    return next((name for kind, name in table if isinstance(error, kind)), None)
