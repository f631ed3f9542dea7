"""Between the network and the spider: no redirect is followed to a wall, and a closed door is not stormed."""

import logging
from typing import Any, Self
from urllib.parse import urljoin

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import HtmlResponse, Response
from scrapy.utils.defer import deferred_from_coro
from scrapy.utils.response import get_meta_refresh
from w3lib.url import safe_url_string

from newsarchive.judging import arrival, refusals
from newsarchive.outlets import Outlet
from newsarchive.warc.exchange import Purpose

logger = logging.getLogger(__name__)

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


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
        self._outlet = outlet

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        if not _is_for_article(request):
            return response
        if response.status in _REDIRECTS and (location := response.headers.get("Location")):
            self._judge(request, urljoin(request.url, safe_url_string(location)))
        elif response.status == 200 and isinstance(response, HtmlResponse):
            self._look_at_refresh(request, response)
        return response

    def _judge(self, request: Request, target: str) -> None:
        """Raises `Unfollowed`."""
        before = {request.url, *request.meta.get("redirect_urls", ())}
        reason = arrival.unfollowed(target, before, self._outlet)
        if reason:
            raise Unfollowed(reason)

    def _look_at_refresh(self, request: Request, response: HtmlResponse) -> None:
        """A page that loads itself anew is a page; one that leads elsewhere at once is a redirect."""
        seconds, target = get_meta_refresh(response)
        if not target:
            return
        if seconds or target.partition("#")[0] == request.url:
            request.meta["dont_redirect"] = True
        else:
            self._judge(request, target)


class BlockGuard:
    """Ends the crawl of an outlet that refuses its articles several times in a row; it is told as `blocked`."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._most = crawler.settings.getint("BLOCKED_MOST")
        if getattr(crawler.spider, "outlet", None) is None or not self._most:
            raise NotConfigured
        self._in_a_row = 0
        self._closing: Any = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        if _is_for_article(request):
            is_refused = refusal(response)[1] == "back_off"
            self._in_a_row = self._in_a_row + 1 if is_refused else 0
            if is_refused:
                # Scrapy would knock twice more within seconds at a challenge of status 503.
                request.meta["dont_retry"] = True
            if self._in_a_row >= self._most and self._closing is None:
                logger.error("%d answers in a row refuse the crawl, the last at %s; it ends", self._most, request.url)
                self._closing = deferred_from_coro(self._crawler.engine.close_spider_async(reason="blocked"))
        return response


def refusal(response: Response) -> tuple[str, refusals.Policy]:
    """Why an answer that is no page gives none, and what is done after it."""
    if response.status in refusals.MEANT:
        return "", "retry"
    fields = {name.decode("latin-1").lower(): values[-1].decode("latin-1") for name, values in response.headers.items()}
    reason = refusals.reason(response.status, fields, response.body)
    return reason, refusals.policy(reason)


def _is_for_article(request: Request) -> bool:
    purpose = request.meta.get("purpose")
    return isinstance(purpose, Purpose) and purpose.role == "article"
