"""A page on its way through the pipelines, and how it is dropped: never without its reason."""

import logging
from dataclasses import dataclass

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from newsarchive import counting as names
from newsarchive.archiving.neighbours import Redirects
from newsarchive.archiving.settling import settle
from newsarchive.capture.extension import ArchiveExtension
from newsarchive.errors import NotAnArticle, described
from newsarchive.items import Article, Capture, Page, Rejection
from newsarchive.judging import answers
from newsarchive.judging.unread import FAILURES, NOT_READ

logger = logging.getLogger(__name__)

_FIXED = frozenset({"page", "address"})
_LONGEST_MESSAGE = 300


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
    """A copy for pipelines of others, from `MetadataPipeline` on: their changes go into exports, not into the row."""
    sketch: bytes | None = None
    """Of the article's text: `judging.sketches`."""
    derived: Article | None = None
    """The article that the row is written from: a function of the capture alone."""

    def __setattr__(self, name: str, value: object) -> None:
        """Raises `AttributeError` for what a row depends on: an item pipeline cannot exchange the page."""
        if name in _FIXED and hasattr(self, name):
            raise AttributeError(f"{name} of a captured page cannot be changed")
        object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        """Scrapy logs an item that is dropped: its address says enough."""
        return f"<page {self.address}>"


def report_outcome(crawler: Crawler, outcome: str, url: str, reason: str = "") -> None:
    """List the article in the report of the crawl."""
    crawler.signals.send_catch_log(names.ARTICLE_OUTCOME, outcome=outcome, url=url, reason=reason)


def refuse(crawler: Crawler, address: str, reason: str, capture: Capture | None) -> None:
    """An article's address gave no page: keep the reason, count it, and let the ledger say when to ask again."""
    extension = crawler.get_extension(ArchiveExtension)
    is_dropped = answers.policy(reason) in ("gone", "leave", "astray") and reason not in FAILURES
    crawler.stats.inc_value(f"{names.DROPPED if is_dropped else names.FAILED}/{reason}")
    report_outcome(crawler, "rejected" if is_dropped else "failed", address, reason)
    if extension is None:
        return
    if capture and answers.is_told(reason):
        extension.archive.reject(Rejection.of(capture, reason))
    settle(extension.ledger, address, reason)


def reject(crawler: Crawler, address: str, capture: Capture, reason: str, *, error: Exception | None = None) -> None:
    """Write the reason beside the capture, and count it; `error` is that of the operator's code."""
    if extension := crawler.get_extension(ArchiveExtension):
        extension.archive.reject(Rejection.of(capture, reason, _one_line(str(error)) if error else None))
    settle_rejection(crawler, address, capture, reason)


def settle_rejection(crawler: Crawler, address: str, capture: Capture, reason: str) -> None:
    """Count and report a rejection that is written; that of a revisit is the line of its original."""
    if extension := crawler.get_extension(ArchiveExtension):
        extension.ledger.rejected(address, reason, capture)
    crawler.stats.inc_value(f"{names.FAILED if reason in FAILURES else names.DROPPED}/{reason}")
    report_outcome(crawler, "failed" if reason in FAILURES else "rejected", address, reason)


def fail(crawler: Crawler, address: str, capture: Capture, reason: str, error: Exception) -> None:
    """Write beside the capture that code of the operator failed on it, count it as failed, and let it be retried."""
    message = _one_line(described(error))
    logger.error("%s: %s (%s)", capture.url, reason, message)
    if extension := crawler.get_extension(ArchiveExtension):
        extension.archive.reject(Rejection.of(capture, reason, message))
        extension.ledger.failed(address, reason)
    crawler.stats.inc_value(f"{names.FAILED}/{reason}")
    report_outcome(crawler, "failed", address, reason)


def _one_line(text: str) -> str | None:
    return " ".join(text.split())[:_LONGEST_MESSAGE] or None


def drop(crawler: Crawler, item: PageItem, error: NotAnArticle) -> DropItem:
    """Reject a page, and return the exception to raise."""
    reject(crawler, item.address, item.page.capture, error.what)
    return DropItem(str(error), log_level="ERROR" if error.what in FAILURES else "INFO")


def let_go(crawler: Crawler, item: PageItem) -> DropItem:
    """The crawl ends before the page is read: it keeps its turn, and the next crawl fetches it again.

    Its capture is in the archive without a line, and the rejections say so.
    """
    extension = crawler.get_extension(ArchiveExtension)
    capture = item.page.capture
    if extension:
        extension.archive.reject(Rejection.of(capture, NOT_READ))
    crawler.stats.inc_value(names.NOT_READ)
    report_outcome(crawler, "rejected", item.address, NOT_READ)
    return DropItem(f"{capture.url}: {NOT_READ}", log_level="INFO")
