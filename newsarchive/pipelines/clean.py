"""Boilerplate away, metadata out: the page is read, in a worker process."""

from typing import Any, Self

from scrapy.crawler import Crawler

from newsarchive.errors import NotAnArticle
from newsarchive.pipelines.dropping import PageItem, drop
from newsarchive.pipelines.workers import Readers


class CleanPipeline:
    """Page to article; everything else passes."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._readers = Readers(
            getattr(crawler.spider, "outlet", None),
            processes=crawler.settings.getint("EXTRACT_PROCESSES"),
            seconds=crawler.settings.getint("EXTRACT_TIMEOUT"),
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        if isinstance(item, PageItem):
            try:
                item.article, item.sketch = await self._readers.clean(item.page)
            except NotAnArticle as error:
                raise drop(self._crawler, item, error.what) from None
        return item

    def close_spider(self) -> None:
        self._readers.close()
