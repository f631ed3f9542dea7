"""What a page itself says of its use is kept as evidence, and the outlet's policy on exports is followed."""

from typing import Any, Self

from scrapy.crawler import Crawler

from newsarchive.archiving import reserved
from newsarchive.capture.extension import ArchiveExtension
from newsarchive.pipelines.dropping import PageItem


class RightsPipeline:
    """Drops nothing: that is the judge's part."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        outlet = getattr(crawler.spider, "outlet", None)
        self._policy = outlet.crawl.reserved if outlet else "record"

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Any) -> Any:
        extension = self._crawler.get_extension(ArchiveExtension)
        if not isinstance(item, PageItem) or not item.derived or not extension:
            return item
        reserved.note(extension.database, item.page, item.derived, address=item.address, policy=self._policy)
        return item
