"""A process that harvests: started by a command, ended by its work, by SIGTERM or by Ctrl-C."""

import asyncio
from collections.abc import Sequence

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from newsarchive.harvest.harvest import Harvest
from newsarchive.report.harvest_report import HarvestReport


class HarvestProcess(AsyncCrawlerProcess):
    """Scrapy's own, which also waits for the report of what was ended early."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._harvest: Harvest | None = None
        self._task: asyncio.Task[HarvestReport] | None = None

    def harvest(self, outlets: Sequence[str]) -> HarvestReport:
        """Crawl all that are due, and return when that is done or a signal ended it."""
        self._harvest = Harvest(self, outlets)
        self._task = asyncio.get_event_loop().create_task(self._harvest.round())
        self._task.add_done_callback(self._stop_reactor)
        try:
            self.start(stop_after_crawl=False)
            return self._task.result()
        finally:
            self._harvest.close()

    async def stop(self) -> None:
        """Begin no further crawl, end those that run, and wait for the report."""
        if self._harvest and self._task and not self._task.done():
            # Scrapy's own would let those slip that are just being opened.
            self._harvest.stop()
            await asyncio.wait([self._task])
