"""What the capture says is added, and what is not worth a line is dropped."""

import pickle
from typing import Any, Self

from scrapy.crawler import Crawler

from newsarchive import reading
from newsarchive.errors import NotAnArticle
from newsarchive.pipelines.dropping import PageItem, drop


class MetadataPipeline:
    """Adds to an article what its capture and its outlet say."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._outlet = getattr(crawler.spider, "outlet", None)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Any) -> Any:
        if isinstance(item, PageItem) and item.derived:
            try:
                item.derived = reading.complete(item.derived, item.page, self._outlet)
            except NotAnArticle as error:
                raise drop(self._crawler, item, error) from None
            # Much faster than `copy.deepcopy`.
            item.article = pickle.loads(pickle.dumps(item.derived, pickle.HIGHEST_PROTOCOL))  # noqa: S301 - our own bytes
        return item


class ValidatePipeline:
    """Drops an article that lacks what makes one, with the reason."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._outlet = getattr(crawler.spider, "outlet", None)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Any) -> Any:
        if isinstance(item, PageItem) and item.derived:
            reason = reading.judge(item.derived, self._outlet)
            if reason:
                raise drop(self._crawler, item, NotAnArticle(item.page.capture.url, reason))
        return item
