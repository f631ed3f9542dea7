"""A scheduler without a queue on the side: pages are leased from the archive's state when there is room for them.

Scrapy's own resumes nothing after `kill -9`: it notes a request as seen before it is fetched. Here a link and its page
are one row, and the row is done when what was read from the page is in the archive. So nothing of the engine is leaned
on but its public interface: a request that ends otherwise (a redirect, a retry, an error) leaves the lease as it is.
"""

import heapq
import logging
from collections.abc import Iterator
from itertools import count
from typing import Any, Protocol, Self, runtime_checkable

from scrapy import Request, Spider
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import call_later

from newsarchive import clock, fairness
from newsarchive import counting as names
from newsarchive.capture.ending import require_known_engine, wake
from newsarchive.capture.extension import ArchiveExtension
from newsarchive.errors import ArchiveError, CaptureError
from newsarchive.judging.unread import NO_OUTCOME
from newsarchive.outlets import Outlet
from newsarchive.store.frontier import Frontier, KnownLead
from newsarchive.store.sources import DueSource, Sources
from newsarchive.store.state import KnownPage

logger = logging.getLogger(__name__)

_LOOK_SECONDS = 0.1
"""So often a crawl that yields looks whether it still must."""


@runtime_checkable
class Fetcher(Protocol):
    """A spider that turns what is leased into requests."""

    outlet: Outlet

    def room(self) -> int | None:
        """How many more pages it may fetch; None for any number."""

    def source_request(self, source: DueSource) -> Request:
        """The request for a source that is due."""

    def page_request(self, page: KnownPage) -> Request:
        """The request for a page on lease."""

    def lead_request(self, lead: KnownLead) -> Request:
        """The request for a further source on lease."""


class LeaseScheduler(BaseScheduler):
    """For spiders that are a `Fetcher` and crawl into an archive.

    What the spider or a middleware schedules itself (sources, redirects, retries) goes first, and is held in memory:
    it is little, and each of its pages is on lease.
    """

    def __init__(self, crawler: Crawler, *, batch: int) -> None:
        self._crawler = crawler
        self._batch = batch
        self._queue: list[tuple[int, int, Request]] = []
        self._order = count()
        self._spider: Any = None
        self._frontier: Frontier | None = None
        self._sources: Sources | None = None
        self._polled: set[str] = set()
        self._yields = False
        self._yields_until = 0.0
        self._is_to_wake = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler, batch=crawler.settings.getint("CONCURRENT_REQUESTS"))

    def open(self, spider: Spider) -> None:
        """Take back what a dead crawl held; without an archive, as in `scrapy shell`, nothing is leased.

        Raises `SettingError` where the engine is not the one that we know.
        """
        require_known_engine(self._crawler)
        self._spider = spider
        fairness.OF_PROCESS.enter(self._crawler)
        extension = self._crawler.get_extension(ArchiveExtension)
        if extension and isinstance(spider, Fetcher):
            self._frontier = Frontier(extension.database, spider.outlet.id)
            self._sources = Sources(extension.database)
        returned = self._frontier.take_back(now=clock.now()) if self._frontier else 0
        if returned:
            logger.warning("%d pages were being fetched when an earlier crawl died; they are fetched again", returned)
            self._crawler.stats.inc_value(names.RETURNED, returned)

    def close(self, reason: str) -> None:
        """End the leases of what was not finished: it waits for the next crawl."""
        fairness.OF_PROCESS.leave(self._crawler)
        try:
            ended = self._end_leases(reason)
        except (ArchiveError, CaptureError) as error:
            logger.error("%s; the next crawl takes its leases back", error)
            return
        if ended:
            logger.error(
                "%d pages had no outcome: an item pipeline or a middleware did not pass them on; they are retried",
                ended,
            )

    def _end_leases(self, reason: str) -> int:
        """Return the number of pages that ended without an outcome."""
        extension = self._crawler.get_extension(ArchiveExtension)
        if self._frontier is None or extension is None:
            return 0
        ended = extension.settle_owed()
        # In a crawl that was stopped, other leases are of pages that were not fetched.
        for url in self._frontier.leased() if reason == "finished" else ():
            extension.ledger.failed(url, NO_OUTCOME)
            self._crawler.stats.inc_value(f"{names.FAILED}/{NO_OUTCOME}")
            outcome = {"outcome": "failed", "url": url, "reason": NO_OUTCOME}
            self._crawler.signals.send_catch_log(names.ARTICLE_OUTCOME, **outcome)
            ended += 1
        self._frontier.release()
        return ended

    def has_pending_requests(self) -> bool:
        return bool(self._queue) or self._refill() or self._yields

    def enqueue_request(self, request: Request) -> bool:
        heapq.heappush(self._queue, (-request.priority, next(self._order), request))
        return True

    def next_request(self) -> Request | None:
        if not self._queue and not self._refill():
            return None
        return heapq.heappop(self._queue)[2]

    def _refill(self) -> bool:
        """Lease what is due, if there is any and the spider has room for it."""
        try:
            for request in self._leased():
                self.enqueue_request(request)
        except ArchiveError as error:
            extension = self._crawler.get_extension(ArchiveExtension)
            if extension:
                extension.stop(error)
        return bool(self._queue)

    def _leased(self) -> Iterator[Request]:
        self._yields = False
        room, now = self._spider.room() if self._frontier else 0, clock.now()
        if self._frontier is None or self._sources is None or room == 0:
            return
        for source in self._sources.due(self._spider.outlet.id, now):
            # It stays due until what it names is in the state. WARC files are read by the spider, beside the crawl.
            if source.kind != "warc" and source.url not in self._polled:
                self._polled.add(source.url)
                yield self._spider.source_request(source)
        if not self._frontier.has_ready(now=now):
            return
        for lead in self._frontier.lease_leads(self._batch, now=now):
            yield self._spider.lead_request(lead)
        self._yields = fairness.OF_PROCESS.must_yield(self._crawler, self._yields_until)
        if self._yields:
            self._wake_later()
        else:
            yield from self._leased_pages(room, now)

    def _wake_later(self) -> None:
        if not self._is_to_wake:
            self._is_to_wake = True
            call_later(_LOOK_SECONDS, self._wake)

    def _wake(self) -> None:
        self._is_to_wake = False
        wake(self._crawler)

    def _leased_pages(self, room: int | None, now: int) -> Iterator[Request]:
        assert self._frontier
        past_per_day = self._spider.outlet.crawl.backfill_per_day
        limit = min(self._batch, room or self._batch)
        pages = self._frontier.lease(limit, now=now, past_per_day=past_per_day)
        fairness.OF_PROCESS.took(self._crawler, len(pages))
        self._yields_until = fairness.OF_PROCESS.patience(len(pages))
        for page in pages:
            yield self._spider.page_request(page)
