"""What was taken down is not asked for again, whoever names it: a link, a redirect, a person's list."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured

from newsarchive import clock
from newsarchive import counting as names
from newsarchive.capture import options
from newsarchive.errors import TakenDown
from newsarchive.keeping.access import Access
from newsarchive.parameters import ORDINARY


class Refused(TakenDown, IgnoreRequest):
    """`TakenDown` as Scrapy takes it: a request that goes to its errback without a noise."""


class TakedownsMiddleware:
    """Refuses requests for addresses under an act that stands; the acts are read once, when the crawl begins."""

    def __init__(self, crawler: Crawler) -> None:
        """Raises `SnapshotError` where an act cannot be read: then nobody knows what must not be asked for."""
        if not crawler.settings.getbool("CAPTURE_ENABLED"):
            raise NotConfigured
        self._access = Access.of(options.keepers_folder(crawler.settings))
        if not self._access:
            raise NotConfigured
        outlet = getattr(crawler.spider, "outlet", None)
        self._outlet = outlet.id if outlet else ""
        self._selection = outlet.selection if outlet else ORDINARY

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        if self.is_taken_down(request.url):
            raise Refused(request.url, names.TAKEN_DOWN)

    def is_taken_down(self, url: str) -> bool:
        """It is under an act that stands, and is meant for what is captured now."""
        now = clock.moment()
        return self._access.act(url, now, outlet=self._outlet, selection=self._selection) is not None
