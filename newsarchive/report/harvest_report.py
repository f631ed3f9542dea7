"""What one harvest did: a line for each outlet that was due, and whether a person must look at it."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Self

from newsarchive.plurals import counted, number
from newsarchive.report.article_lines import ArticleLine
from newsarchive.report.crawl_report import CrawlReport
from newsarchive.report.phrases import period, printable

SCHEMA = "harvest-report/1"


@dataclass(frozen=True, slots=True)
class OutletLine:
    """One crawl of a harvest."""

    outlet: str
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    dropped: int = 0
    failed: int = 0
    busy: bool = False
    """Another process was crawling it."""
    problems: tuple[str, ...] = ()
    recovered: tuple[str, ...] = ()
    """What was found by an earlier crawl, and is over."""
    articles: tuple[ArticleLine, ...] = ()
    """Failed, rejected, postponed and new articles, `REPORT_ARTICLES_SHOWN` of each; the crawl's own report has all."""

    @classmethod
    def of(cls, report: CrawlReport) -> Self:
        groups = report.articles.groups() if report.articles else []
        return cls(
            report.outlet,
            new=report.new,
            changed=report.changed,
            unchanged=report.unchanged,
            dropped=sum(report.dropped.values()),
            failed=sum(report.failed.values()),
            problems=report.problems,
            recovered=tuple(map(str, report.recovered)),
            articles=tuple(line for _, lines, _ in groups for line in lines),
        )


@dataclass(frozen=True, slots=True)
class HarvestReport:
    """One harvest in numbers."""

    started_at: str
    """RFC 3339, UTC; so is `ended_at`."""
    ended_at: str
    due: int
    """Outlets that were due at the start."""
    stopped: str | None
    """Why not all of them were crawled: `shutdown`, `time_budget`."""
    outlets: tuple[OutletLine, ...]
    next_due: int | None = None
    """When the next outlet is due, in seconds since 1970; only where none was due."""

    @property
    def exit_code(self) -> int:
        """0 when all is well, 1 when something is wrong that a person must see."""
        return 1 if any(line.problems for line in self.outlets) else 0

    def as_json(self) -> str:
        """All fields with `schema` and `exit_code`."""
        told = asdict(self) | {"schema": SCHEMA, "exit_code": self.exit_code}
        return json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True) + "\n"

    def as_text(self) -> str:
        """For a terminal or a mail: outlets with problems first, then those that brought something."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        yield f"Harvest of {counted(len(self.outlets), 'outlet')}, {period(self.started_at, self.ended_at)}"
        if not self.due:
            yield f"  Nothing was due; the next outlet is due at {_moment(self.next_due)}"
        if self.stopped:
            yield f"  ended early ({self.stopped}): {number(self.due - len(self.outlets))} of {number(self.due)} wait"
        for line in self.outlets:
            for problem in line.problems:
                yield f"  ! {line.outlet}: {printable(problem)}"
            for article in line.articles if line.problems else ():
                if article.reason:
                    yield f"      {article.outcome}: {printable(article.url)} ({printable(article.reason)})"
            for finding in line.recovered:
                yield f"  {line.outlet}: well again: {printable(finding)}"
        for line in self.outlets:
            if line.new or line.changed:
                yield f"  {line.outlet}: {number(line.new)} new, {number(line.changed)} changed"
        new, changed = sum(line.new for line in self.outlets), sum(line.changed for line in self.outlets)
        unchanged = sum(line.unchanged for line in self.outlets)
        yield f"Articles: {number(new)} new, {number(changed)} changed, {number(unchanged)} unchanged"


def _moment(seconds: int | None) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if seconds else "an unknown time"
