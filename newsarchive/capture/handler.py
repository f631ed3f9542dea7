"""The download handler for http and https: Scrapy's own, with an ear on the wire and an archive behind it."""

from dataclasses import replace
from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    NotConfigured,
    ResponseDataLossError,
)
from scrapy.http import Response
from w3lib.url import safe_url_string

from newsarchive.capture import wire
from newsarchive.capture.extension import ArchiveExtension
from newsarchive.errors import CaptureError
from newsarchive.reading import page_of
from newsarchive.warc.exchange import Exchange, Purpose, Truncation

_TRUNCATIONS: tuple[tuple[type[Exception], Truncation], ...] = (
    (DownloadTimeoutError, "time"),
    (DownloadCancelledError, "length"),
    (ResponseDataLossError, "disconnect"),
)
_ERRORS: tuple[tuple[type[Exception], str], ...] = (
    (CannotResolveHostError, "dns"),
    (DownloadConnectionRefusedError, "refused"),
    (DownloadTimeoutError, "timeout"),
    (DownloadCancelledError, "too_large"),
    (ResponseDataLossError, "data_loss"),
)


class CapturingHandler(HTTP11DownloadHandler):
    """Archives every exchange before anybody sees its answer; an exchange that cannot be archived fails its request."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        if lacking := wire.lacking_names(self):
            raise NotConfigured(f"capture needs {', '.join(lacking)}, which this Scrapy or Twisted lacks")
        from twisted.internet import reactor  # noqa: PLC0415 - it is installed by now, not before

        self._pool = wire.ListeningPool.like(self._pool, reactor)
        self._extension = crawler.get_extension(ArchiveExtension)
        self._obeys_robots = crawler.settings.getbool("ROBOTSTXT_OBEY")

    async def download_request(self, request: Request) -> Response:
        # A redirect or a retry copies meta, so an older pointer may still be here.
        request.meta.pop("capture", None)
        request.meta.pop("page", None)
        if self._extension is None:
            return await super().download_request(request)
        listener = wire.Listener()
        token = wire.current.set(listener)
        try:
            response = await super().download_request(request)
        except Exception as error:
            self._keep(request, listener, error)
            raise
        finally:
            wire.current.reset(token)
        self._keep(request, listener, None)
        return response

    def _keep(self, request: Request, listener: wire.Listener, error: Exception | None) -> None:
        assert self._extension
        try:
            exchange = _exchange(request, listener, error, obeys_robots=self._obeys_robots)
            kept = self._extension.commit(exchange)
        except CaptureError as failure:
            self._extension.stop(failure)
            raise
        if not kept.capture or not kept.bundle.answer:
            return
        request.meta["capture"] = kept.capture
        if exchange.purpose.role == "article" and kept.bundle.answer.status == 200:
            request.meta["page"] = page_of(kept.capture, kept.bundle.answer, exchange.purpose)


def _exchange(request: Request, listener: wire.Listener, error: Exception | None, *, obeys_robots: bool) -> Exchange:
    return Exchange(
        url=safe_url_string(request.url).partition("#")[0],
        method=request.method,
        started_at=listener.started_at,
        duration_ms=listener.elapsed_ms(),
        attempts=listener.attempts(),
        purpose=_purpose(request, obeys_robots=obeys_robots),
        truncated=_named(error, _TRUNCATIONS),
        error=error_name(error) if error else None,
    )


def _purpose(request: Request, *, obeys_robots: bool) -> Purpose:
    """What the spider said of the request; one that robots.txt forbids never comes here."""
    purpose: Any = request.meta.get("purpose")
    if isinstance(purpose, Purpose):
        asked = obeys_robots and not request.meta.get("dont_obey_robotstxt")
        return replace(purpose, robots="allowed" if asked else None)
    return Purpose("robots" if request.url.endswith("/robots.txt") else "other")


def error_name(error: BaseException) -> str:
    """A slug for why there is no answer: `dns`, `refused`, `timeout`, or the error's class."""
    return _named(error, _ERRORS) or type(error).__name__


def _named(error: BaseException | None, table: tuple[tuple[type[Exception], Any], ...]) -> Any:
    return next((name for kind, name in table if isinstance(error, kind)), None)
