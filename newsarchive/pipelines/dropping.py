"""A page on its way through the pipelines, and how it is dropped: never without its reason."""

import logging
from dataclasses import dataclass

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from newsarchive import counting as names
from newsarchive.archiving.neighbours import Redirects
from newsarchive.archiving.settling import settle
from newsarchive.capture.extension import ArchiveExtension
from newsarchive.errors import READER_FAILED, ArchiveError, CaptureError, NotAnArticle, ReaderError, described
from newsarchive.items import Article, Capture, Page, Rejection
from newsarchive.judging import answers
from newsarchive.judging.unread import FAILURES, NOT_READ

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class PageItem:
    """What the spider yields: a captured page, and its article as soon as there is one."""

    page: Page
    address: str
    """Under which the page was found; a redirect may have led elsewhere."""
    listed: str | None = None
    """The headline under which a list named it."""
    redirects: Redirects = ()
    """Statuses of the redirects on the way, or `meta refresh`."""
    article: Article | None = None
    sketch: bytes | None = None
    """Of the article's text: `judging.sketches`."""
    is_settled: bool = False
    """Its row or its rejection is written."""

    def __repr__(self) -> str:
        """Scrapy logs an item that is dropped: its address says enough."""
        return f"<page {self.address}>"


def refuse(crawler: Crawler, address: str, reason: str, capture: Capture | None) -> None:
    """An article's address gave no page: keep the reason, count it, and let the ledger say when to ask again."""
    extension = crawler.get_extension(ArchiveExtension)
    is_dropped = answers.policy(reason) in ("gone", "leave", "astray") and reason not in FAILURES
    crawler.stats.inc_value(f"{names.DROPPED if is_dropped else names.FAILED}/{reason}")
    if extension is None:
        return
    if capture and answers.is_told(reason):
        extension.archive.reject(Rejection.of(capture, reason))
    settle(extension.ledger, address, reason)


def drop(crawler: Crawler, item: PageItem, error: NotAnArticle) -> DropItem:
    """Write the reason beside the capture, count it, and return the exception to raise."""
    extension = crawler.get_extension(ArchiveExtension)
    reason, capture = error.what, item.page.capture
    item.is_settled = True
    if extension:
        extension.archive.reject(Rejection.of(capture, reason))
        extension.ledger.rejected(item.address, reason, capture)
    crawler.stats.inc_value(f"{names.FAILED if reason in FAILURES else names.DROPPED}/{reason}")
    return DropItem(str(error), log_level="ERROR" if reason in FAILURES else "INFO")


def failed(crawler: Crawler, item: PageItem, error: BaseException) -> None:
    """Reject a page in whose pipeline an unexpected exception was raised; one that ends the crawl keeps its turn."""
    if item.is_settled or isinstance(error, ArchiveError | CaptureError | ReaderError):
        return
    logger.error("%s", drop(crawler, item, NotAnArticle(item.page.capture.url, READER_FAILED, described(error))))


def let_go(crawler: Crawler, item: PageItem) -> DropItem:
    """The crawl ends before the page is read: it keeps its turn, and the next crawl fetches it again.

    Its capture is in the archive without a line, and the rejections say so.
    """
    extension = crawler.get_extension(ArchiveExtension)
    capture = item.page.capture
    item.is_settled = True
    if extension:
        extension.archive.reject(Rejection.of(capture, NOT_READ))
    crawler.stats.inc_value(names.NOT_READ)
    return DropItem(f"{capture.url}: {NOT_READ}", log_level="INFO")
