"""One round over all outlets that are due: many crawls at once, each an outlet's own, and none can harm another."""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

from scrapy.crawler import AsyncCrawlerRunner, Crawler

from newsarchive import checked, clock, dates
from newsarchive.errors import ArchiveError, NewsArchiveError, OutletBusyError
from newsarchive.extensions import ReportExtension
from newsarchive.harvest.plan import Plan, Turn
from newsarchive.pipelines.workers import Pool
from newsarchive.report import CrawlReport
from newsarchive.report.harvest_report import HarvestReport, OutletLine
from newsarchive.store.database import Database

logger = logging.getLogger(__name__)

_SHUTDOWN = "shutdown"


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
        self._database = _opened(Path(settings["ARCHIVE_DIR"]))
        self._plan = Plan(self._database, outlets)
        self._pool = Pool.hold(
            processes=settings.getint("EXTRACT_PROCESSES"), seconds=settings.getint("EXTRACT_TIMEOUT")
        )
        self._crawling: set[Crawler] = set()
        self._ending: list[asyncio.Future[None]] = []
        self._stopping: str | None = None

    async def round(self) -> HarvestReport:
        """Crawl every outlet that is due now, once."""
        started_at = clock.moment()
        waiting = self._plan.due(now=clock.now())
        ending = asyncio.get_running_loop().call_later(self._seconds, self._end) if self._seconds else None
        lines: list[OutletLine] = []
        try:
            turns = iter(waiting)
            await asyncio.gather(*(self._crawl_in_turn(turns, lines) for _ in range(min(self._at_once, len(waiting)))))
        finally:
            if ending:
                ending.cancel()
        return HarvestReport(
            started_at=dates.utc(started_at),
            ended_at=dates.utc(clock.moment()),
            due=len(waiting),
            stopped=self._stopping,
            outlets=tuple(sorted(lines, key=lambda line: line.outlet)),
        )

    def next_due(self) -> int | None:
        """The moment, in seconds since 1970, at which the next outlet is due; None when there is no outlet."""
        return self._plan.next_due(now=clock.now())

    def stop(self, reason: str = _SHUTDOWN) -> None:
        """No further crawl begins; those that run are ended by who calls."""
        self._stopping = self._stopping or reason

    def close(self) -> None:
        """Give back the state and the reading processes."""
        self._pool.release()
        self._database.close()

    def _end(self) -> None:
        self.stop("time_budget")
        for crawler in self._crawling:
            if crawler.engine and crawler.engine.running:
                self._ending.append(asyncio.ensure_future(crawler.engine.close_spider_async(reason="time_budget")))

    async def _crawl_in_turn(self, turns: Iterator[Turn], lines: list[OutletLine]) -> None:
        for turn in turns:
            if self._stopping:
                return
            lines.append(await self._crawl(turn.outlet))

    async def _crawl(self, outlet: str) -> OutletLine:
        try:
            report = await self._report_of(outlet)
        except OutletBusyError:
            return OutletLine(outlet, busy=True)
        except NewsArchiveError as error:
            return OutletLine(outlet, problems=(str(error),))
        except Exception as error:  # whatever one outlet's code does, the others are crawled
            logger.exception("the crawl of %s ended with an error", outlet)
            return OutletLine(outlet, problems=(f"{type(error).__name__}: {error}",))
        return OutletLine.of(report) if report else OutletLine(outlet, problems=("the crawl gave no report",))

    async def _report_of(self, outlet: str) -> CrawlReport | None:
        crawler = self._runner.create_crawler(outlet)
        self._crawling.add(crawler)
        try:
            await self._runner.crawl(crawler, due="1", limit=self._pages)
        finally:
            self._crawling.discard(crawler)
        extension = crawler.get_extension(ReportExtension)
        return extension.report if extension else None


def _opened(archive: Path) -> Database:
    try:
        archive.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(archive, f"cannot be written ({error.strerror})") from error
    return Database(archive / "state.sqlite")
