"""Watches one crawl for the health of its outlet, and asks the health book for its verdict."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler

from newsarchive import clock
from newsarchive import counting as names
from newsarchive.health import Figures, Limits, page_word
from newsarchive.health.figures import letters
from newsarchive.items import Article
from newsarchive.report import CrawlReport, SourceLine
from newsarchive.store.database import Database
from newsarchive.store.health import HealthBook, Verdict

# The budget of the day and the end of the crawl are the operator's own.
_OWN_LIMITS = frozenset({"budget", "shutdown"})
_STOPPED = frozenset({"shutdown", "time_budget", "closespider_timeout"})
_REQUESTS = "downloader/request_count"


class HealthWatch:
    """Sees what each article has; everything else stands in the report."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._articles: list[str] = []
        crawler.signals.connect(self.item_scraped, signal=signals.item_scraped)

    def item_scraped(self, item: Any) -> None:
        if isinstance(item, Article):
            word = page_word(has_date=item.published_at is not None, has_author=bool(item.authors))
            self._articles.append(word)

    def judged(self, report: CrawlReport, root: Path) -> Verdict:
        """Keep what the crawl showed, and judge; raises `ArchiveError`."""
        database = Database(root / "state.sqlite")
        try:
            return HealthBook(database, Limits.of(self._crawler.settings)).note(self._figures(report))
        finally:
            database.close()

    def _figures(self, report: CrawlReport) -> Figures:
        now = clock.now()
        appeared: Iterable[tuple[int, int | None]] = getattr(self._crawler.spider, "appeared", ())
        found = [(moment, min(published or moment, moment), published) for moment, published in appeared]
        return Figures(
            report.outlet,
            now,
            letters(self._articles, dropped=report.dropped, failed=report.failed, refused=_refused(report)),
            appeared=tuple(published for _, published, _ in found),
            delays=tuple(moment - published for moment, published, said in found if said is not None),
            polls=sum(map(_answered, report.sources)) + sum(report.failed_sources.values()),
            sources_failed=report.failed_sources,
            failed=report.failed,
            articles=report.new,
            requests=names.count(self._crawler.stats.get_stats(), _REQUESTS),
            octets=report.bytes_received,
            arrived=report.new + report.changed + report.unchanged + report.copies,
            in_vain=_in_vain(report),
            postponed={reason: count for reason, count in report.put_off.items() if reason not in _OWN_LIMITS},
            sources_postponed=sum(source.put_off for source in report.sources),
            was_stopped=report.reason in _STOPPED,
        )


def _in_vain(report: CrawlReport) -> dict[str, int]:
    """Pages that were due and gave no article; what was taken down is not due."""
    rejected = {reason: count for reason, count in report.dropped.items() if reason != names.TAKEN_DOWN}
    refused = {"robots": _refused(report)} if _refused(report) else {}
    return dict(Counter(rejected) + Counter(report.failed) + Counter(refused))


def _answered(source: SourceLine) -> bool:
    return source.status is not None and not source.failed


def _refused(report: CrawlReport) -> int:
    """Articles that robots.txt forbids; sources are told by their own failures."""
    return max(0, report.refused_by_robots - report.failed_sources.get("robots", 0))
