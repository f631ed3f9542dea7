"""An article among others, as a crawl that is running learns of it."""

from typing import Any

from scrapy.crawler import Crawler

from newsarchive import checked
from newsarchive.archiving.neighbours import Neighbours, Redirects
from newsarchive.capture.extension import ArchiveExtension


def of_crawl(crawler: Crawler, extension: ArchiveExtension) -> Neighbours:
    """What a copy leads to is followed in this crawl, and what is found is counted."""
    spider: Any = crawler.spider
    return Neighbours(
        extension.ledger,
        extension.database,
        outlet=spider.outlet,
        days=checked.whole(crawler.settings, "SAME_STORY_DAYS"),
        repeated=checked.whole(crawler.settings, "REPEATED_TEXT_PAGES"),
        follow=spider.follow,
        count=crawler.stats.inc_value,
    )


def unchanged(crawler: Crawler, address: str, *, landed: str, redirects: Redirects) -> None:
    """As `Neighbours.unchanged`."""
    extension = crawler.get_extension(ArchiveExtension)
    if extension:
        of_crawl(crawler, extension).unchanged(address, landed=landed, redirects=redirects)
