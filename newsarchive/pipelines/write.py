"""The line beside the capture; from here on the item is the article itself, as feed exports expect it."""

from typing import Any, Self

from scrapy.crawler import Crawler

from newsarchive import counting as names
from newsarchive.archiving.neighbours import Arrived, Neighbours
from newsarchive.capture.extension import ArchiveExtension
from newsarchive.pipelines import neighbours
from newsarchive.pipelines.dropping import PageItem, report_outcome


class WritePipeline:
    """Writes first, and lets the ledger know second."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._neighbours: Neighbours | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Any) -> Any:
        if not isinstance(item, PageItem) or not item.derived:
            return item
        extension = self._crawler.get_extension(ArchiveExtension)
        if extension:
            extension.archive.tell(item.derived)
            self._neighbours = self._neighbours or neighbours.of_crawl(self._crawler, extension)
            arrived = Arrived(item.page, item.address, item.listed, item.redirects, item.sketch)
            change = self._neighbours.learn(arrived, item.derived)
            self._crawler.stats.inc_value(f"article/{change or 'copy'}")
            if change in ("new", "changed"):
                report_outcome(self._crawler, change, item.address)
            assert f"article/{change or 'copy'}" in (names.NEW, names.CHANGED, names.UNCHANGED, names.COPY)
        if item.article != item.derived:
            self._crawler.stats.inc_value(names.ALTERED)
        return item.article or item.derived
