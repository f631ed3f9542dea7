"""Between the network and the spider: no redirect is followed to a wall, and a closed door is not stormed.

What an article's answer means was decided when it was captured (`request.meta["outcome"]`); here it is obeyed.
"""

import logging
import sys
from collections.abc import Callable
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares import redirect as scrapy_redirects
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import HtmlResponse, Response, TextResponse
from scrapy.responsetypes import responsetypes
from scrapy.settings import BaseSettings
from scrapy.utils.defer import deferred_from_coro

from newsarchive import urls
from newsarchive.items import PAGES
from newsarchive.judging import answers, arrival, refresh, refusals
from newsarchive.judging.answers import Outcome
from newsarchive.outlets import Outlet
from newsarchive.warc.exchange import Purpose, Role
from newsarchive.warc.payload import TOO_LARGE, TooLarge, decoded, front, undone

logger = logging.getLogger(__name__)

_WEB = ("http://", "https://")
_VALIDATORS = ("If-None-Match", "If-Modified-Since")


class Unfollowed(IgnoreRequest):
    """A redirect that leads to no article; `reason` says whereto."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RedirectGuard:
    """Ends an article's redirects before they lead to a consent page, to the home page, to another site or in a circle.

    Scrapy would drop some of these without a word: the request for the article would have no end.
    """

    def __init__(self, crawler: Crawler) -> None:
        outlet: Outlet | None = getattr(crawler.spider, "outlet", None)
        if outlet is None:
            raise NotConfigured

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Remove validators that belong to the address where a redirect began."""
        if request.meta.get("redirect_urls"):
            for name in _VALIDATORS:
                request.headers.pop(name, None)

    def process_response(self, request: Request, response: Response) -> Response:
        outcome = outcome_of(request)
        if outcome is None or not outcome.target:
            return response
        if outcome.meaning == "refused":
            raise Unfollowed(outcome.reason)
        if arrival.is_circle(outcome.target, {request.url, *request.meta.get("redirect_urls", ())}):
            raise Unfollowed("redirect_loop")
        return response


class RedirectMiddleware(scrapy_redirects.RedirectMiddleware):
    """Scrapy's middleware, for the URL that a link with the text of the `Location` field would have."""

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy's form
    ) -> Request | Response:
        location = response.headers.get("Location")
        if response.status not in answers.REDIRECTS or location is None:
            return response
        target = urls.target(request.url, location)
        # Scrapy cannot build a request for `mailto:`.
        if target is None or not target.startswith(_WEB):
            return response
        headers = response.headers.copy()
        headers["Location"] = target
        readable = response.replace(headers=headers)
        redirected = super().process_response(request, readable)
        return response if redirected is readable else redirected


class RefreshMiddleware(scrapy_redirects.MetaRefreshMiddleware):
    """Scrapy's middleware with the reader of refreshes of this package.

    For an article `request.meta["outcome"]` states the target.
    """

    # What an article's page means does not hang on whether Scrapy follows refreshes elsewhere.
    enabled_setting = "REDIRECT_ENABLED"

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self._follows_others = settings.getbool("METAREFRESH_ENABLED")

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy's form
    ) -> Request | Response:
        outcome = outcome_of(request)
        target = self._target_of_other(request, response) if outcome is None else ""
        if outcome and outcome.meaning == "onward" and response.status not in answers.REDIRECTS:
            target = outcome.target
        if not target:
            return response
        return self._redirect(self._redirect_request_using_get(request, response, target), request, "meta refresh")

    def _target_of_other(self, request: Request, response: Response) -> str:
        """Return where an answer leads that is not an article's; empty if it leads nowhere soon."""
        is_followed = self._follows_others and not request.meta.get("dont_redirect") and request.method != "HEAD"
        if not is_followed or response.status not in PAGES:
            return ""
        page = response.body[: refresh.MAX_BYTES] if isinstance(response, HtmlResponse) else b""
        field, content_type = (_text(response.headers.get(name)) for name in ("Refresh", "Content-Type"))
        found = refresh.read(field, page, content_type, response.url)
        is_soon = found is not None and found.seconds < self._maxdelay and found.url != response.url
        return found.url if found and is_soon and found.url.startswith(_WEB) else ""


def _text(value: bytes | None) -> str | None:
    return value.decode("latin-1") if value is not None else None


class Undecodable(IgnoreRequest):
    """A content coding of a source or of robots.txt is broken, unknown or expands to too much."""

    def __init__(self, url: str, problem: ValueError) -> None:
        super().__init__(f"{url}: {problem}")
        self.slug = TOO_LARGE if isinstance(problem, TooLarge) else "undecodable"


class DecodingMiddleware(HttpCompressionMiddleware):
    """Scrapy's middleware with the decoders of `newsarchive.warc.payload`: the bytes decide which codings there are.

    An article that cannot be decoded goes on as it came: its reader reports the reason.
    """

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy's form
    ) -> Request | Response:
        purpose: Purpose | None = request.meta.get("purpose")
        decode = _DECODERS_OF_ROLES.get(purpose.role, undone) if purpose else undone
        coding = b", ".join(dict.fromkeys(response.headers.getlist("Content-Encoding"))).decode("latin-1")
        limit = request.meta.get("download_maxsize", self._max_size) or sys.maxsize
        if request.method == "HEAD" or (not coding and decode is undone):
            return response
        try:
            body = decode(response.body, coding, limit=limit)
        except ValueError as error:
            if outcome_of(request) is None:
                logger.warning("%s cannot be decoded: %s", response.url, error)
                raise Undecodable(response.url, error) from error
            return response
        return _replaced(response, body)


def _text_file(entity: bytes, coding: str | None, *, limit: int) -> bytes:
    """Decode a short text, packed or not; of a long one the beginning is enough."""
    try:
        return decoded(entity, coding, limit=limit)
    except TooLarge:
        return front([entity], coding, most=limit)


# A source may be a packed file, and is unpacked by its reader.
_DECODERS_OF_ROLES: dict[Role, Callable[..., bytes]] = {"robots": _text_file, "other": _text_file}


def _replaced(response: Response, body: bytes) -> Response:
    """The response with the decoded body, in the class that fits it."""
    headers = response.headers.copy()
    headers.pop("Content-Encoding", None)
    kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
    # An encoding that was guessed from the bytes as sent is guessed again.
    guessed = {"encoding": None} if issubclass(kind, TextResponse) else {}
    return response.replace(cls=kind, headers=headers, body=body, **guessed)


class BlockGuard:
    """Ends the crawl of an outlet that refuses its articles several times in a row; it is told as `blocked`."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._most = crawler.settings.getint("BLOCKED_MOST")
        if getattr(crawler.spider, "outlet", None) is None:
            raise NotConfigured
        self._in_a_row = 0
        self._closing: Any = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        outcome = outcome_of(request)
        if outcome:
            if outcome.meaning == "refused" and answers.is_told(outcome.reason):
                # Scrapy would knock twice more within seconds at a challenge of status 503.
                request.meta["dont_retry"] = True
            is_refused = outcome.meaning == "refused" and refusals.policy(outcome.reason) == "back_off"
            self._count(request, is_refused=is_refused)
        return response

    def _count(self, request: Request, *, is_refused: bool) -> None:
        self._in_a_row = self._in_a_row + 1 if is_refused else 0
        if self._most and self._in_a_row >= self._most and self._closing is None:
            logger.error("%d answers in a row refuse the crawl, the last at %s; it ends", self._most, request.url)
            self._closing = deferred_from_coro(self._crawler.engine.close_spider_async(reason="blocked"))


def outcome_of(request: Request) -> Outcome | None:
    """What the answer means that was captured for this request; None where none was, or it was not for an article."""
    return request.meta.get("outcome")
