"""Boilerplate away, metadata out: the page is read, in a worker process."""

from typing import Any, Self

from scrapy.crawler import Crawler

from newsarchive.capture.ending import BrokenOff
from newsarchive.capture.extension import ArchiveExtension
from newsarchive.errors import NotAnArticle, ReaderError
from newsarchive.items import Page
from newsarchive.pipelines.dropping import PageItem, drop, let_go
from newsarchive.readers import Readers
from newsarchive.readers.serving import Reading


class CleanPipeline:
    """Page to article; everything else passes."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._readers = Readers(
            getattr(crawler.spider, "outlet", None),
            processes=crawler.settings.getint("EXTRACT_PROCESSES"),
            seconds=crawler.settings.getint("EXTRACT_TIMEOUT"),
            memory_mb=crawler.settings.getint("EXTRACT_MEMORY_MB"),
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        if isinstance(item, PageItem):
            try:
                item.derived, item.sketch = await self._read(item.page)
            except NotAnArticle as error:
                raise drop(self._crawler, item, error) from None
            except ReaderError as error:
                self._stop(error)
                raise let_go(self._crawler, item) from None
            except BrokenOff:
                raise let_go(self._crawler, item) from None
        return item

    def close_spider(self) -> None:
        self._readers.close()

    def _stop(self, error: ReaderError) -> None:
        extension = self._crawler.get_extension(ArchiveExtension)
        if extension:
            extension.stop(error)

    async def _read(self, page: Page) -> Reading:
        extension = self._crawler.get_extension(ArchiveExtension)
        reading = self._readers.clean(page)
        return await (extension.under_way.wait_for(page.capture.url, reading) if extension else reading)
