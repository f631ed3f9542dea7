"""robots.txt in place of Scrapy's own middleware: RFC 9309 wholly, kept over runs, archived like everything else."""

import logging
from dataclasses import replace
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured, StopDownload
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import DeferredLock

from newsarchive import clock, urls
from newsarchive import counting as names
from newsarchive.capture.handler import error_name
from newsarchive.errors import NewsArchiveError, NotNow, PageError, parsing
from newsarchive.items import RobotsTxt, Terms
from newsarchive.middlewares.book import book_of
from newsarchive.middlewares.options import Options
from newsarchive.middlewares.refusing import refused
from newsarchive.middlewares.waiting import Postponed
from newsarchive.politeness import robots
from newsarchive.politeness.robots import MAX_BYTES, MAX_REDIRECTS, Kept, Rules
from newsarchive.store.hosts import HostBook
from newsarchive.warc.exchange import Purpose

logger = logging.getLogger(__name__)

_MOST_PARSED = 200
_PRIORITY = 1000
_RECEIVED = "robots_bytes"
_LONGEST = 50_000_000
"""The largest Content-Length of a robots.txt that is asked for; the transfer ends after `MAX_BYTES`."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
UNREACHABLE = "robots_unreachable"


class RobotsMiddleware:
    """Lets a request pass if the robots.txt of its host allows it to the crawler of our product token."""

    def __init__(self, crawler: Crawler) -> None:
        """Raises `SettingError`."""
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._crawler = crawler
        self._options = Options.of(crawler.settings)
        agent = crawler.settings.get("ROBOTSTXT_USER_AGENT") or crawler.settings.get("USER_AGENT") or ""
        self.token = robots.product_token(agent)
        self._locks: dict[str, DeferredLock] = {}
        self._parsed: dict[str, tuple[Kept, Rules]] = {}
        self._book: HostBook | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        middleware = cls(crawler)
        crawler.signals.connect(middleware.bytes_received, signal=signals.bytes_received)
        return middleware

    def bytes_received(self, data: bytes, request: Request) -> None:
        """End the transfer of a robots.txt when all that is parsed has come."""
        if _RECEIVED in request.meta:
            request.meta[_RECEIVED] += len(data)
            if request.meta[_RECEIVED] > MAX_BYTES:
                raise StopDownload(fail=False)

    async def process_request(self, request: Request) -> None:
        # A redirect copies meta, and what was said of another address.
        request.meta.pop("terms", None)
        if request.meta.get("dont_obey_robotstxt") or not request.url.startswith(("http://", "https://")):
            return
        kept, rules = await self.known(request)
        applied = rules.applied(request.url, self.token)
        said = RobotsTxt(kept.record_id, kept.means, applied.agent, applied.rule, None)
        request.meta["terms"] = Terms(robots_txt=said)
        if not applied.allows:
            self._crawler.stats.inc_value(names.ROBOTS_FORBIDDEN)
            await refused(self._crawler, request, "robots", f"robots.txt, {applied.agent}: {applied.rule}")
            raise IgnoreRequest("Forbidden by robots.txt")

    async def known(self, request: Request) -> tuple[Kept, Rules]:
        """The robots.txt of the request's host; raises `Postponed` while it cannot be had and no copy may be used."""
        authority = authority_of(request.url)
        if authority in self._parsed and self._is_fresh(self._parsed[authority][0]):
            return self._parsed[authority]
        kept = await self._kept(authority, request)
        if robots.usable(kept, now=clock.seconds(), last_good=self._options.last_good):
            return kept, self._rules(authority, kept)
        self._crawler.stats.inc_value(f"{names.NOT_NOW}/{UNREACHABLE}")
        until = robots.due_at(kept, retry=self._options.robots_retry)
        raise Postponed(request.url, until, UNREACHABLE, kept.why)

    async def _kept(self, authority: str, request: Request) -> Kept:
        """What is known of the host's robots.txt, asked for anew where it is time; all others wait for one request."""
        lock = self._locks.setdefault(authority, DeferredLock())
        await maybe_deferred_to_future(lock.acquire())
        try:
            kept = self._hosts.robots(authority)
            if kept and self._is_fresh(kept):
                return kept
            return await self._fetch(authority, request, kept)
        finally:
            lock.release()

    def _is_fresh(self, kept: Kept) -> bool:
        return clock.seconds() < robots.due_at(kept, retry=self._options.robots_retry)

    async def _fetch(self, authority: str, request: Request, before: Kept | None) -> Kept:
        """Ask for it; a host that is closed is not asked, and then only a good copy helps."""
        try:
            kept = await self._ask(authority, before)
        except NotNow:
            if before and robots.usable(
                replace(before, means="unreachable"), now=clock.seconds(), last_good=self._options.last_good
            ):
                return before
            raise
        self._hosts.keep_robots(authority, kept)
        if kept.means == "unreachable":
            logger.warning("%s/robots.txt cannot be had (%s): %s", authority, kept.why, _consequence(kept))
        else:
            self._note_delay(authority, kept)
            await self._tell(request, kept)
        return kept

    async def _ask(self, authority: str, before: Kept | None) -> Kept:
        """What is remembered after asking; raises what is no fault of the host, such as `NotNow`."""
        asked = Request(f"{authority}/robots.txt")
        self._crawler.stats.inc_value("robotstxt/request_count")
        try:
            asked, response = await self._followed(asked)
        except NewsArchiveError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, there is no answer
            return robots.after(before, means="unreachable", body=b"", now=clock.seconds(), why=error_name(error))
        self._crawler.stats.inc_value("robotstxt/response_count")
        self._crawler.stats.inc_value(f"robotstxt/response_status_count/{response.status}")
        capture = asked.meta.get("capture")
        try:
            with parsing(asked.url):
                Rules(response.body)
        except PageError as error:
            logger.error("%s", error)
            return robots.after(before, means="unreachable", body=b"", now=clock.seconds(), why=error.what)
        return robots.after(
            before,
            means=robots.meaning(response.status, obey_barred=self._options.obey_barred),
            body=response.body,
            now=clock.seconds(),
            why=names.UNREQUESTED_304 if response.status == 304 else f"http_{response.status}",
            record_id=capture.record_id if capture else None,
        )

    async def _followed(self, asked: Request) -> tuple[Request, Response]:
        """The last answer of a chain of redirects, and its request; one that is too long ends with a redirect."""
        via = None
        for _ in range(MAX_REDIRECTS + 1):
            asked = _robots_request(asked.url, via)
            response = await self._crawler.engine.download_async(asked)
            asked = response.request or asked
            location = _location(response)
            if location is None:
                break
            via, asked = asked.url, asked.replace(url=location)
        return response.request or asked, response

    def _note_delay(self, authority: str, kept: Kept) -> None:
        """Keep the Crawl-delay of our group for all crawls; the host has the longest of its origins."""
        delay = self._rules(authority, kept).crawl_delay(self.token)
        longest = self._options.limits.longest_crawl_delay
        if delay and delay > longest:
            logger.warning(
                "%s asks for %g s between requests; %g are kept (HOST_LONGEST_CRAWL_DELAY)", authority, delay, longest
            )
        now = clock.seconds()
        oldest = now - max(self._options.last_good, robots.FRESH_SECONDS)
        self._hosts.note_crawl_delay(urls.host(authority), authority, delay, now=now, oldest=oldest)

    async def _tell(self, request: Request, kept: Kept) -> None:
        """Scrapy's own signal, for extensions that listen to it."""
        parser = ProtegoRobotParser.from_crawler(self._crawler, kept.body)
        await self._crawler.signals.send_catch_log_async(
            signal=signals.robots_parsed, robotparser=parser, request=request
        )

    def _rules(self, authority: str, kept: Kept) -> Rules:
        before, rules = self._parsed.pop(authority, (None, None))
        if rules is None or before is None or before.body != kept.body:
            rules = Rules(kept.body)
        self._parsed[authority] = (kept, rules)
        while len(self._parsed) > _MOST_PARSED:
            del self._parsed[next(iter(self._parsed))]
        return rules

    @property
    def _hosts(self) -> HostBook:
        self._book = self._book or book_of(self._crawler)
        return self._book


def authority_of(url: str) -> str:
    """Scheme, host and port: to these a robots.txt applies (RFC 9309, 2.3)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


def _robots_request(url: str, via: str | None) -> Request:
    meta: dict[str, Any] = {
        "dont_obey_robotstxt": True,
        # Here every answer is told, and redirects are counted.
        "dont_redirect": True,
        "handle_httpstatus_all": True,
        "download_maxsize": _LONGEST,
        _RECEIVED: 0,
        "purpose": Purpose("robots", via),
    }
    # Rules stand where the host sends us, though that be another host (RFC 9309, 2.3.1.2).
    return Request(url, priority=_PRIORITY, meta=meta, callback=NO_CALLBACK, dont_filter=True)


def _location(response: Response) -> str | None:
    value = response.headers.get("Location")
    if response.status not in _REDIRECTS or not value:
        return None
    location = urls.target(response.url, value)
    return location if location and location.startswith(("http://", "https://")) else None


def _consequence(kept: Kept) -> str:
    return "nothing is asked for on this host" if kept.good_at is None else "the last good copy stands in"
