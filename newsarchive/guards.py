"""Between the network and the spider: no redirect is followed to a wall, and a closed door is not stormed.

What an article's answer means was decided when it was captured (`request.meta["outcome"]`); here it is obeyed.
"""

import logging
import zlib
from typing import Any, Self

import brotli
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.utils.defer import deferred_from_coro

from newsarchive.judging import answers, arrival, refusals
from newsarchive.judging.answers import Outcome
from newsarchive.outlets import Outlet

logger = logging.getLogger(__name__)


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

    def process_response(self, request: Request, response: Response) -> Response:
        outcome = outcome_of(request)
        if outcome is None or not outcome.target:
            return response
        if outcome.meaning == "refused":
            raise Unfollowed(outcome.reason)
        if arrival.is_circle(outcome.target, {request.url, *request.meta.get("redirect_urls", ())}):
            raise Unfollowed("redirect_loop")
        return response


class RefreshMiddleware(MetaRefreshMiddleware):
    """Scrapy's own, but for articles, where a page that leads elsewhere at once was known for a redirect before."""

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
        if outcome is None:
            return super().process_response(request, response) if self._follows_others else response
        if outcome.meaning != "onward" or response.status in answers.REDIRECTS:
            return response
        return self._redirect(
            self._redirect_request_using_get(request, response, outcome.target), request, "meta refresh"
        )


class DecodingMiddleware(HttpCompressionMiddleware):
    """Scrapy's own, but an article in a coding that is broken or a bomb goes on as it came: its reader says why."""

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy's form
    ) -> Request | Response:
        try:
            return super().process_response(request, response)
        except (IgnoreRequest, zlib.error, brotli.error, OSError, EOFError, ValueError):
            if outcome_of(request) is None:
                raise
            return response


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
