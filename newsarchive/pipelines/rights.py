"""What a page itself says of its use is kept as evidence, and the outlet's policy on exports is followed."""

from collections.abc import Iterable
from typing import Any, Self

from scrapy.crawler import Crawler

from newsarchive import clock, urls
from newsarchive.capture.extension import ArchiveExtension
from newsarchive.items import Article
from newsarchive.pipelines.dropping import PageItem
from newsarchive.politeness import reservations
from newsarchive.politeness.reservations import Signal
from newsarchive.store.signals import SignalBook


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
        if not isinstance(item, PageItem) or not item.article or not extension:
            return item
        rights, capture = item.article.rights, item.page.capture
        said = reservations.on_page(
            x_robots_tag=rights.x_robots_tag, meta_robots=rights.meta_robots, tdm_reservation=rights.tdm_reservation
        )
        book = SignalBook(extension.database)
        in_page = [one for one in said if one.name == "robots" or item.page.tdm_reservation is None]
        in_page = [one for one in in_page if one.name != "x-robots-tag"]
        book.note(capture.url, "page", in_page, record_id=capture.record_id, now=clock.now())
        if self._policy == "exclude-from-export":
            self._withhold(book, item, item.article, said)
        return item

    def _withhold(self, book: SignalBook, item: PageItem, article: Article, said: Iterable[Signal]) -> None:
        """For what the page says, or for what its site said before it was asked for."""
        outlet = article.outlet or ""
        reserving = next((f"{one.name}:{one.value}" for one in said if one.reserves), None)
        reason = reserving or book.withheld_for(outlet, urls.key(item.address))
        if reason:
            book.withhold(outlet, item.page.capture.url, reason, now=clock.now(), key=article.article_key)
