"""The last gate before the downloader, which every request passes: pages, sources, robots.txt, redirects, retries."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest, ResponseDataLossError, StopDownload
from scrapy.http import Response
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import DeferredLock, DeferredSemaphore

from newsarchive import clock, urls
from newsarchive import counting as names
from newsarchive.capture.ending import SHUTDOWN, is_ending
from newsarchive.errors import NewsArchiveError
from newsarchive.middlewares.book import book_of
from newsarchive.middlewares.contact import Contact, NoContact
from newsarchive.middlewares.options import Options
from newsarchive.middlewares.waiting import Postponed, pause
from newsarchive.politeness import budgets, hosts
from newsarchive.politeness.hosts import Closed, Standing, Turn
from newsarchive.store.hosts import HostBook

logger = logging.getLogger(__name__)

_LINE = "politeness_line"
_LOOK = 1.0
Decision = Callable[..., tuple[Standing, Turn | Closed | None]]
# An answer came, or the fault is ours: nothing is wrong with the host.
_NOT_ITS_FAULT = (DownloadCancelledError, ResponseDataLossError, StopDownload, NewsArchiveError, IgnoreRequest)


class PolitenessMiddleware:
    """Lets a request go when its host's turn has come, and remembers what the host answers.

    A request holds its place in the line of its host until the answer is there, so that nothing stands between the
    turn and the wire. Scrapy's slots keep no distance any more, hence AutoThrottle has nothing to lower.
    """

    def __init__(self, crawler: Crawler) -> None:
        """Raises `SettingError`."""
        self._crawler = crawler
        self._options = Options.of(crawler.settings)
        self._contact = Contact.of(crawler.settings)
        self._delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._concurrency = crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        outlet = getattr(crawler.spider, "outlet", None)
        self._outlet = outlet.id if outlet else ""
        self._budget: int | None = outlet.crawl.daily_requests if outlet else None
        self._lines: dict[str, DeferredSemaphore] = {}
        self._first: dict[str, DeferredLock] = {}
        self._book: HostBook | None = None
        self._is_said = False
        self._is_nameless = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        host = urls.host(request.url)
        if not host or not request.url.startswith(("http://", "https://")):
            return
        self._check_contact(request.url)
        line = self._line(request)
        await maybe_deferred_to_future(line.acquire())
        request.meta[_LINE] = line
        try:
            await self._wait_for_turn(request, host)
            self._spend(request.url)
        except BaseException:
            self._leave(request)
            raise

    def process_response(self, request: Request, response: Response) -> Response:
        if not self._leave(request):
            return response
        closed = self._told(request, response.status, _header(response, "Retry-After"))
        if closed and response.status in (429, 503) and closed.until - clock.seconds() > self._options.longest_wait:
            raise self._not_now(request.url, closed.until, closed.reason)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        if self._leave(request) and not isinstance(exception, _NOT_ITS_FAULT):
            self._told(request, None, None)

    async def _wait_for_turn(self, request: Request, host: str) -> None:
        """Return at the request's turn; raises `Postponed` when the host is closed for long."""
        # One at a time: who waits in this line has not asked for a turn yet, so that other crawls come in between.
        first = self._first.setdefault(host, DeferredLock())
        await maybe_deferred_to_future(first.acquire())
        try:
            self._check_running(request.url)
            decide: Decision = hosts.reserve
            while found := self._decided(decide, request, host):
                await self._wait_for(request.url, found)
                # A pause ends every turn that was given before it.
                decide = hosts.reserve if isinstance(found, Closed) else hosts.confirm
        finally:
            first.release()

    def _decided(self, decide: Decision, request: Request, host: str) -> Turn | Closed | None:
        return self._hosts.change(
            host,
            partial(decide, now=clock.seconds(), delay=self._delay_of(request), limits=self._options.limits),
        )

    async def _wait_for(self, url: str, found: Turn | Closed) -> None:
        """Raises `Postponed` when that takes too long, or the crawl is told to stop meanwhile."""
        moment = found.at if isinstance(found, Turn) else found.until
        if isinstance(found, Closed) and moment - clock.seconds() > self._options.longest_wait:
            raise self._not_now(url, moment, found.reason)
        while (left := moment - clock.seconds()) > 0:
            self._check_running(url)
            await pause(min(left, _LOOK))
        self._check_running(url)

    def _check_contact(self, url: str) -> None:
        """Raises `NoContact`; said once, for Scrapy's commands do not tell."""
        try:
            self._contact.require(url)
        except NoContact as error:
            if not self._is_nameless:
                self._is_nameless = True
                logger.error("%s", error)
            raise

    def _check_running(self, url: str) -> None:
        if is_ending(self._crawler):
            raise self._not_now(url, clock.seconds(), SHUTDOWN)

    def _spend(self, url: str) -> None:
        now = clock.seconds()
        if self._budget is None or self._hosts.spend(self._outlet, now=now, most=self._budget):
            return
        if not self._is_said:
            self._is_said = True
            logger.warning("%s: the %d requests of today (crawl.daily_requests) are spent", self._outlet, self._budget)
        raise self._not_now(url, budgets.ends_at(now), "budget")

    def _told(self, request: Request, status: int | None, retry_after: str | None) -> Closed | None:
        """Remember an answer, and say until when the host is closed now."""
        now, host = clock.seconds(), urls.host(request.url)
        seconds, sent_at = hosts.seconds_of(retry_after, now=now), request.meta.pop("sent_at", None) or 0.0

        def decide(before: Standing) -> tuple[Standing, Standing]:
            told = hosts.sent(before, at=sent_at)
            after = hosts.after(told, status=status, retry_after=seconds, now=now, limits=self._options.limits)
            return after, before

        before = self._hosts.change(host, decide)
        closed = hosts.closed_at(self._hosts.standing(host), now=now)
        if closed and closed.until > before.closed_until:
            self._crawler.stats.inc_value(f"{names.HOST_CLOSED}/{closed.reason}")
            logger.warning("%s is left in peace for %.0f s (%s)", host, closed.until - now, closed.reason)
        return closed

    def _line(self, request: Request) -> DeferredSemaphore:
        """The line of a host, as long as Scrapy's slot is wide; the slot itself waits for nothing."""
        # AutoThrottle would give the slot a delay of its own between the turn and the wire.
        request.meta["autothrottle_dont_adjust_delay"] = True
        downloader = self._crawler.engine.downloader
        key = downloader.get_slot_key(request)
        if key not in self._lines:
            chosen = downloader.per_slot_settings.get(key, {})
            downloader.per_slot_settings[key] = {**chosen, "delay": 0.0, "asked_delay": chosen.get("delay", 0.0)}
            self._lines[key] = DeferredSemaphore(max(1, chosen.get("concurrency", self._concurrency)))
        return self._lines[key]

    def _delay_of(self, request: Request) -> float:
        """The outlet's delay, or a longer one that DOWNLOAD_SLOTS gives the host."""
        downloader = self._crawler.engine.downloader
        slot = downloader.per_slot_settings.get(downloader.get_slot_key(request), {})
        return max(self._delay, float(slot.get("asked_delay", 0.0)))

    def _leave(self, request: Request) -> bool:
        """Give the place in the line to the next one; False for who has none."""
        line = request.meta.pop(_LINE, None)
        if line is None:
            return False
        line.release()
        return True

    def _not_now(self, url: str, until: float, reason: str) -> Postponed:
        self._crawler.stats.inc_value(f"{names.NOT_NOW}/{reason}")
        return Postponed(url, until, reason)

    @property
    def _hosts(self) -> HostBook:
        self._book = self._book or book_of(self._crawler)
        return self._book


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
