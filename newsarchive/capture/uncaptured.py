"""Responses that no download handler of the archive has fetched: they fail their requests, or are reported."""

import logging
from http import HTTPStatus
from typing import Any, Self

from scrapy import Request
from scrapy.core.downloader import Downloader
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object

from newsarchive import urls
from newsarchive.capture import rebuilding
from newsarchive.capture.extension import ArchiveExtension
from newsarchive.capture.handler import Capturing, target_uri
from newsarchive.capture.options import SCHEMES, Options
from newsarchive.errors import CaptureError, SettingError

logger = logging.getLogger(__name__)

# Not file: and data:, which nothing is exchanged for; s3: is requested by the handler for https, and captured there.
_EXCHANGED = (*SCHEMES, "ftp")


class UncapturedError(CaptureError, IgnoreRequest):
    """A response came past the archive; the request goes to its errback without a traceback in the log."""


class UncapturedMiddleware:
    """The outermost downloader middleware: lets no response past that is not in the archive.

    Such a response comes from another download handler or from a downloader middleware that answers requests itself
    (a browser, a service), or from Scrapy's HTTP cache, which may be older than the archive.
    """

    def __init__(self, extension: ArchiveExtension | None, *, fails: bool) -> None:
        self._extension = extension
        self._fails = fails
        self._is_reported = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        # `scrapy shell` has no spider yet, and archives nothing.
        if crawler.spider is None or not crawler.settings.getbool("CAPTURE_ENABLED"):
            raise NotConfigured
        extension = crawler.get_extension(ArchiveExtension)
        return cls(extension, fails=Options.of(crawler.settings).fails_uncaptured)

    def process_request(self, request: Request) -> None:
        # A redirect or a retry copies meta, and a middleware may answer before a download handler removes this.
        request.meta.pop("capture", None)

    def process_response(self, request: Request, response: Response) -> Response:
        """Raises `UncapturedError`."""
        is_exchange = request.url.partition(":")[0] in _EXCHANGED
        if not is_exchange or self._is_captured(request, response):
            return response
        if self._extension:
            self._extension.uncaptured += 1
        url = urls.without_userinfo(request.url)
        failure = UncapturedError(
            url, "the response came past the archive, from a downloader middleware, a handler or a cache"
        )
        if not self._is_reported:
            self._is_reported = True
            remedy = "; CAPTURE_UNCAPTURED=report lets it pass" if self._fails else ""
            logger.error("%s%s", failure, remedy)
        if self._fails:
            raise failure
        return response

    def _is_captured(self, request: Request, response: Response) -> bool:
        if "cached" not in response.flags:
            return "capture" in request.meta
        # The state has the answers that may become originals; of others, and of pages of a browser, it knows nothing.
        is_known_kind = request.method == "GET" and response.status == HTTPStatus.OK
        if not is_known_kind or self._extension is None or rebuilding.rendering(request, response):
            return True
        return self._extension.has_answer(target_uri(request))


def require_capturing(settings: BaseSettings) -> None:
    """Raises `SettingError` if a download handler in effect does not archive.

    The add-on has replaced each of them; another add-on may have set its own since.
    """
    for scheme in SCHEMES:
        handler: Any = settings.getwithbase("DOWNLOAD_HANDLERS").get(scheme)
        if handler is None:
            continue
        loaded = load_object(handler)
        if not (isinstance(loaded, type) and issubclass(loaded, Capturing)):
            raise SettingError(
                f"DOWNLOAD_HANDLERS[{scheme!r}]",
                f"{loaded.__module__}.{loaded.__qualname__}",
                "a handler that the add-on newsarchive.capture.Addon has seen (give the add-on a higher number in "
                "ADDONS), or CAPTURE_UNCAPTURED=report",
            )


def require_middlewares(settings: BaseSettings) -> None:
    """Raises `SettingError` if the downloader in effect need not call the downloader middlewares.

    Scrapy's `fetch()` calls them, ours among them; another one may answer a request without any.
    """
    loaded: Any = load_object(settings["DOWNLOADER"])
    if getattr(loaded, "fetch", None) is not Downloader.fetch:
        raise SettingError(
            "DOWNLOADER",
            getattr(loaded, "__qualname__", loaded),
            "scrapy.core.downloader.Downloader, or a subclass that does not override fetch(): its responses could come "
            "past the archive",
        )
