"""What a person sees of a crawl: the bar while it runs, the report at its end."""

import logging
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from newsarchive import checked, clock, dates, feeds
from newsarchive import counting as names
from newsarchive.capture.extension import ArchiveExtension
from newsarchive.errors import ArchiveError
from newsarchive.outlets import Outlet
from newsarchive.plurals import counted
from newsarchive.report import ArticleLine, ArticleLines, CrawlReport, as_html, as_text, json_pieces
from newsarchive.report.article_lines import Outcome
from newsarchive.report.progress import Progress
from newsarchive.store.database import Database
from newsarchive.store.frontier import Frontier
from newsarchive.watching import HealthWatch

logger = logging.getLogger(__name__)

REPORTS = "reports"
_BUCKETS = 60


class ReportExtension:
    """Counts pages over time, and writes the report when the archive is closed."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._fetched_at: list[int] = []
        self._is_shown = crawler.settings.getbool("REPORT_SHOWN")
        self._progress = Progress(sys.stderr) if self._is_shown else None
        self.report: CrawlReport | None = None
        self._watch = HealthWatch(crawler)
        self._articles: ArticleLines | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if getattr(crawler.spider, "outlet", None) is None or not crawler.settings.getbool("CAPTURE_ENABLED"):
            raise NotConfigured
        extension = cls(crawler)
        crawler.signals.connect(extension.response_received, signal=signals.response_received)
        crawler.signals.connect(extension.spider_closed, signal=signals.spider_closed)
        crawler.signals.connect(extension.article_ended, signal=names.ARTICLE_OUTCOME)
        crawler.signals.connect(extension.feeds_closed, signal=signals.feed_exporter_closed)
        crawler.signals.connect(extension.engine_stopped, signal=signals.engine_stopped)
        return extension

    def response_received(self) -> None:
        stats = self._crawler.stats
        archive = self._crawler.get_extension(ArchiveExtension)
        if archive:
            self._fetched_at.append(int((clock.moment() - archive.started_at).total_seconds()))
        if self._progress is None:
            return
        self._progress.update(
            found=stats.get_value(names.FOUND, 0),
            fetched=stats.get_value(names.FETCHED, 0),
            new=stats.get_value(names.NEW, 0),
            failed=sum(names.family(stats.get_stats(), names.FAILED).values()),
        )

    def article_ended(self, outcome: Outcome, url: str, reason: str) -> None:
        self._articles = self._articles or self._new_articles()
        self._articles.add(ArticleLine(outcome, url, reason))

    def _new_articles(self) -> ArticleLines:
        archive = self._crawler.get_extension(ArchiveExtension)
        shown = checked.whole(self._crawler.settings, "REPORT_ARTICLES_SHOWN")
        return ArticleLines(archive.folder if archive else None, shown=shown)

    def spider_closed(self, spider: Any, reason: str) -> None:
        if self._progress:
            self._progress.close()
        archive = self._crawler.get_extension(ArchiveExtension)
        if archive is None:
            return
        made = _with_past(self._made(archive, spider, reason), archive.root, spider.outlet)
        self.report = self._judged(made, archive.root)
        if self._is_shown or self.report.has_news:
            self.report = _saved(self.report, archive.root / self.report.outlet / REPORTS)

    def feeds_closed(self) -> None:
        """Add feeds that failed at their end, after the report was made."""
        archive, problem = self._crawler.get_extension(ArchiveExtension), feeds.problem(self._crawler.stats.get_stats())
        if archive and self.report and problem and problem not in self.report.warnings:
            report = replace(self.report, warnings=(*self.report.warnings, problem))
            self.report = _saved(report, archive.root / report.outlet / REPORTS)

    def engine_stopped(self) -> None:
        """Print the report below everything that Scrapy logs, its statistics included."""
        if self._is_shown and self.report:
            sys.stderr.write(as_text(self.report))

    def _judged(self, report: CrawlReport, root: Path) -> CrawlReport:
        try:
            verdict = self._watch.judged(report, root)
        except ArchiveError as error:
            return replace(report, warnings=(*report.warnings, f"the outlet's health is not known: {error}"))
        return replace(report, findings=verdict.findings, recovered=verdict.recovered)

    def _made(self, archive: ArchiveExtension, spider: Any, reason: str) -> CrawlReport:
        failure = archive.failure
        return CrawlReport.from_stats(
            self._crawler.stats.get_stats(),
            outlet=spider.outlet.id,
            run=archive.started_at.strftime("%Y%m%dT%H%M%SZ"),
            started_at=dates.utc(archive.started_at),
            ended_at=dates.utc(clock.moment()),
            reason=reason,
            sources=tuple(getattr(spider, "source_lines", ())),
            files=tuple(str(path.relative_to(archive.root)) for path in archive.files),
            timeline=_timeline(self._fetched_at),
            warnings=(*archive.lost.lines(), *_warnings(failure, self._crawler.stats.get_stats())),
            articles=self._articles or self._new_articles(),
        )


def _saved(report: CrawlReport, folder: Path) -> CrawlReport:
    """Write the report in all its forms; return it with a warning if that failed."""
    stem = f"NA-{report.outlet}-{report.run}"
    try:
        folder.mkdir(exist_ok=True)
        with (folder / f"{stem}.json").open("w", encoding="utf-8") as file:
            file.writelines(json_pieces(report))
        for suffix, form in ((".html", as_html), (".txt", as_text)):
            (folder / f"{stem}{suffix}").write_text(form(report), encoding="utf-8")
    except OSError as error:
        problem = f"{error.filename or folder}: the report of the crawl cannot be written ({error.strerror})"
        return replace(report, warnings=(*report.warnings, problem))
    logger.info("report: %s", folder / f"{stem}.html")
    return report


def _with_past(report: CrawlReport, root: Path, outlet: Outlet) -> CrawlReport:
    """With what waits of the past: an outlet's allowance may leave most of it for later crawls."""
    try:
        # The archive's own connection is closed by now.
        database = Database(root / "state.sqlite")
        try:
            waiting = Frontier(database, outlet.id).waiting_past()
        finally:
            database.close()
    except ArchiveError as error:
        return replace(report, warnings=(*report.warnings, f"what waits of the past is not known: {error}"))
    return replace(report, past_waiting=waiting, past_per_day=outlet.crawl.backfill_per_day)


def _warnings(failure: str | None, stats: Mapping[str, Any]) -> Iterator[str]:
    if failure:
        yield f"the crawl was stopped: {failure}"
    if problem := feeds.problem(stats):
        yield problem
    if unread := names.count(stats, names.ENTRY_FAILED):
        yield f"{counted(unread, 'source item')} could not be read: a parser failed, see the log"
    if late := names.count(stats, names.LATE_ERRORS):
        yield f"{counted(late, 'exception')} of item pipelines after a row was written; the log has the tracebacks"
    if errors := names.count(stats, names.CODE_ERRORS):
        yield f"{counted(errors, 'exception')} of callbacks or spider middlewares; the log has the tracebacks"
    if altered := names.count(stats, names.ALTERED):
        yield (
            f"{counted(altered, 'article')} changed by an item pipeline before WritePipeline: the rows are as derived; "
            "give that pipeline an order above that of WritePipeline"
        )
    repeated = names.count(stats, f"{names.DOUBTFUL}/repeated_text")
    if repeated:
        yield f"the text of {counted(repeated, 'article')} stands at other addresses too: is it a wall?"


def _timeline(fetched_at: list[int]) -> tuple[tuple[int, int], ...]:
    """Pages for each of at most sixty stretches of the crawl."""
    if not fetched_at:
        return ()
    width = max(fetched_at) // _BUCKETS + 1
    counts: dict[int, int] = {}
    for second in fetched_at:
        counts[second // width * width] = counts.get(second // width * width, 0) + 1
    return tuple(sorted(counts.items()))
