"""A page on its way through the pipelines, and how it is dropped: never without its reason."""

from dataclasses import dataclass

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from newsarchive import counting as names
from newsarchive.capture.extension import ArchiveExtension
from newsarchive.items import Article, Page, Rejection


@dataclass(slots=True)
class PageItem:
    """What the spider yields: a captured page, and its article as soon as there is one."""

    page: Page
    address: str
    """Under which the page was found; a redirect may have led elsewhere."""
    article: Article | None = None

    def __repr__(self) -> str:
        """Scrapy logs an item that is dropped: its address says enough."""
        return f"<page {self.address}>"


def drop(crawler: Crawler, item: PageItem, reason: str) -> DropItem:
    """Write the reason beside the capture, count it, and give back the exception to raise."""
    extension = crawler.get_extension(ArchiveExtension)
    capture = item.page.capture
    if extension:
        extension.archive.reject(Rejection.of(capture, reason))
        extension.ledger.rejected(item.address, reason, capture)
    crawler.stats.inc_value(f"{names.DROPPED}/{reason}")
    return DropItem(f"{capture.url}: {reason}", log_level="INFO")
