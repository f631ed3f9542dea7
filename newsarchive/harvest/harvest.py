"""One round over all outlets that are due: many crawls at once, each an outlet's own, and none can harm another."""

import asyncio
import gc
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

from scrapy.crawler import AsyncCrawlerRunner, Crawler

from newsarchive import checked, clock, dates
from newsarchive.errors import ArchiveError, NewsArchiveError, OutletBusyError
from newsarchive.extensions import ReportExtension
from newsarchive.harvest.plan import Plan, Turn
from newsarchive.readers import Pool
from newsarchive.report import CrawlReport
from newsarchive.report.harvest_report import HarvestReport, OutletLine
from newsarchive.store.database import Database

logger = logging.getLogger(__name__)

_SHUTDOWN = "shutdown"
_LOOK_SECONDS = 0.05


class Harvest:
    """Crawls in a running reactor, within the limits that the settings `HARVEST_…` name."""

    def __init__(self, runner: AsyncCrawlerRunner, outlets: Sequence[str]) -> None:
        """Raises `SettingError`, and `ArchiveError` when the state of the archive cannot be opened."""
        settings = runner.settings
        self._runner = runner
        self._pages = str(checked.whole(settings, "HARVEST_PAGES"))
        self._at_once = checked.whole(settings, "HARVEST_AT_ONCE")
        self._seconds = checked.number(settings, "HARVEST_MINUTES") * 60
        outlet_seconds = checked.number(settings, "HARVEST_OUTLET_MINUTES") * 60
        settings.set("REPORT_SHOWN", value=False, priority="spider")
        settings.set("CLOSESPIDER_TIMEOUT", outlet_seconds, priority="cmdline")
        self._database = _state_of(Path(settings["ARCHIVE_DIR"]))
        self._plan = Plan(self._database, outlets)
        self._pool = Pool.hold(
            processes=settings.getint("EXTRACT_PROCESSES"),
            seconds=settings.getint("EXTRACT_TIMEOUT"),
            memory_mb=settings.getint("EXTRACT_MEMORY_MB"),
        )
        self._opening = asyncio.Lock()
        self._is_loaded = False
        self._crawling: set[Crawler] = set()
        self._stopping: str | None = None
        self._ending: asyncio.Future[None] | None = None

    async def round(self) -> HarvestReport:
        """Crawl every outlet that is due now, once."""
        started_at = clock.moment()
        waiting = self._plan.due(now=clock.now())
        loop = asyncio.get_running_loop()
        ending = loop.call_later(self._seconds, self.stop, "time_budget") if self._seconds else None
        warming = asyncio.ensure_future(self._pool.warm()) if waiting else None
        lines: list[OutletLine] = []
        try:
            turns = iter(waiting)
            await asyncio.gather(*(self._crawl_in_turn(turns, lines) for _ in range(min(self._at_once, len(waiting)))))
        finally:
            if ending:
                ending.cancel()
            if warming:
                await warming
        return HarvestReport(
            started_at=dates.utc(started_at),
            ended_at=dates.utc(clock.moment()),
            due=len(waiting),
            stopped=self._stopping,
            outlets=tuple(sorted(lines, key=lambda line: line.outlet)),
            next_due=None if waiting else self.next_due(),
        )

    def next_due(self) -> int | None:
        """The moment, in seconds since 1970, at which the next outlet is due; None when there is no outlet."""
        return self._plan.next_due(now=clock.now())

    def stop(self, reason: str = _SHUTDOWN) -> None:
        """No further crawl begins, and those that run are ended."""
        if self._stopping is None:
            self._stopping = reason
            self._ending = asyncio.ensure_future(self._end_all(reason))

    def close(self) -> None:
        """Give back the state and the reading processes."""
        self._pool.release()
        self._database.close()

    async def _end_all(self, reason: str) -> None:
        """One that is just being opened cannot be ended before it runs, and Scrapy tells nobody when it does."""
        ended: dict[Crawler, asyncio.Future[None]] = {}
        while self._crawling:
            for crawler in self._crawling - set(ended):
                if _runs(crawler):
                    ended[crawler] = asyncio.ensure_future(crawler.engine.close_spider_async(reason=reason))
            await asyncio.sleep(_LOOK_SECONDS)

    async def _crawl_in_turn(self, turns: Iterator[Turn], lines: list[OutletLine]) -> None:
        for turn in turns:
            if self._stopping:
                return
            if line := await self._crawl(turn.outlet):
                lines.append(line)

    async def _crawl(self, outlet: str) -> OutletLine | None:
        """None when the harvest was stopped before the crawl could begin."""
        try:
            opened = await self._opened(outlet)
            if opened is None:
                return None
            report = await self._report_of(*opened)
        except OutletBusyError:
            return OutletLine(outlet, busy=True)
        except NewsArchiveError as error:
            return OutletLine(outlet, problems=(str(error),))
        except Exception as error:  # whatever one outlet's code does, the others are crawled
            logger.exception("the crawl of %s ended with an error", outlet)
            return OutletLine(outlet, problems=(f"{type(error).__name__}: {error}",))
        return OutletLine.of(report) if report else OutletLine(outlet, problems=("the crawl gave no report",))

    async def _report_of(self, crawler: Crawler, crawl: "asyncio.Task[None]") -> CrawlReport | None:
        try:
            await crawl
        finally:
            self._crawling.discard(crawler)
        extension = crawler.get_extension(ReportExtension)
        return extension.report if extension else None

    async def _opened(self, outlet: str) -> "tuple[Crawler, asyncio.Task[None]] | None":
        """One after the other, and the reactor has its turn before each step, for to open a crawl takes a while."""
        async with self._opening:
            await asyncio.sleep(0)
            if self._stopping:
                return None
            crawler = self._runner.create_crawler(outlet)
            self._crawling.add(crawler)
            await asyncio.sleep(0)
            crawl = self._runner.crawl(crawler, due="1", limit=self._pages)
            await asyncio.sleep(0)
            self._keep_loaded()
            return crawler, crawl

    def _keep_loaded(self) -> None:
        """What the first crawl loaded stays for good: to look through it again and again for garbage is what keeps the
        reactor longest.
        """
        if not self._is_loaded:
            self._is_loaded = True
            gc.collect()
            gc.freeze()


def _runs(crawler: Crawler) -> bool:
    """Its spider is open, and may be closed."""
    try:
        return crawler.engine.running and crawler.engine.spider is not None
    except RuntimeError:
        # It has no engine yet.
        return False


def _state_of(archive: Path) -> Database:
    try:
        archive.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(archive, f"cannot be written ({error.strerror})") from error
    return Database(archive / "state.sqlite")
