"""What one crawl did, and whether a person must look at it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from newsarchive import counting as names
from newsarchive.health import Finding
from newsarchive.plurals import counted
from newsarchive.report.article_lines import ArticleLines
from newsarchive.report.phrases import by_reason

PLANNED_ENDS = frozenset(
    {
        "finished",
        "shutdown",
        "limit",
        "closespider_itemcount",
        "closespider_pagecount",
        "closespider_timeout",
        "time_budget",
    }
)
"""Reasons to end that nobody needs to look at; any other is told as a problem."""
_WITHOUT_STATUS = frozenset({"seed", "warc"})
_MOST_NAMED = 5
"""Failed sources whose URL is named among the problems; all are in the table of sources."""
_FAILING = frozenset({"circuit", "trial", "robots_unreachable"})


@dataclass(frozen=True, slots=True)
class SourceLine:
    """What one source gave in this crawl."""

    url: str
    """Of a seed list: its name."""
    kind: str
    status: int | None
    """HTTP status; null where no answer came, or where none was asked for (a seed list)."""
    links: int
    new: int
    note: str
    """For a person, such as `not modified`; may be empty."""
    put_off: bool = False
    """It waits until its host may be asked again."""
    reason: str = ""
    """Why it could not be read, a slug; empty for a source that was read."""

    @property
    def failed(self) -> bool:
        """No answer came, or the answer is not a source; of a file only the counts are known."""
        if self.put_off:
            return False
        if self.reason:
            return True
        if self.status is None:
            return self.kind not in _WITHOUT_STATUS
        return self.status >= 400


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """One crawl of one outlet in numbers; it is built once, when the crawl has ended."""

    outlet: str
    run: str
    """Start of the run in the form of WARC file names: `20261122T040000Z`."""
    started_at: str
    """RFC 3339, UTC; so is `ended_at`."""
    ended_at: str
    reason: str
    """Why the crawl ended, in Scrapy's words: `finished`, `shutdown`; or ours: `capture_failed`, `no_reader`."""
    found: int
    known: int
    """Found, but not due."""
    out_of_scope: int
    fetched: int
    archived: int
    """Records of the types `response` and `revisit`."""
    new: int
    changed: int
    unchanged: int
    dropped: dict[str, int]
    """Rejected articles by reason: captured, but no row."""
    refused_by_robots: int
    failed: dict[str, int]
    """Pages without a usable response by reason; they are retried."""
    bytes_received: int
    bytes_written: int
    milliseconds: int
    sources: tuple[SourceLine, ...]
    files: tuple[str, ...]
    """Paths of closed files and of the manifest that lists them, relative to the archive."""
    timeline: tuple[tuple[int, int], ...]
    """Second since the start, and pages fetched from then until the next entry."""
    warnings: tuple[str, ...]
    """What a person must see, each in one line."""
    failed_sources: dict[str, int] = field(default_factory=dict)
    """Sources by the reason for which they could not be read."""
    put_off: dict[str, int] = field(default_factory=dict)
    """Postponed requests by reason: their hosts were not asked this time."""
    copies: int = 0
    """Pages that are another address of an article."""
    doubtful: dict[str, int] = field(default_factory=dict)
    """Articles by what speaks against them; they were told."""
    findings: tuple[Finding, ...] = ()
    """Where the outlet falls out of its own history."""
    recovered: tuple[Finding, ...] = ()
    """What was found before, and is over."""
    past_waiting: int = 0
    """Pages of the past that wait for the outlet's allowance."""
    past_per_day: int = 0
    """The allowance: so many requests for the past in a day."""

    articles: ArticleLines | None = None
    """New, changed, rejected, failed and postponed articles with their URLs."""

    @classmethod
    def from_stats(
        cls,
        stats: Mapping[str, Any],
        *,
        outlet: str,
        run: str,
        started_at: str,
        ended_at: str,
        reason: str,
        sources: tuple[SourceLine, ...],
        files: tuple[str, ...],
        timeline: tuple[tuple[int, int], ...],
        warnings: tuple[str, ...],
        articles: ArticleLines | None = None,
    ) -> Self:
        """The report of a crawl that counted under the names of `newsarchive.counting`."""
        records = names.family(stats, names.RECORDS)
        return cls(
            outlet=outlet,
            run=run,
            started_at=started_at,
            ended_at=ended_at,
            reason=reason,
            found=names.count(stats, names.FOUND),
            known=names.count(stats, names.KNOWN),
            out_of_scope=names.count(stats, names.OUT_OF_SCOPE),
            fetched=names.count(stats, names.FETCHED),
            archived=records.get("response", 0) + records.get("revisit", 0),
            new=names.count(stats, names.NEW),
            changed=names.count(stats, names.CHANGED),
            unchanged=names.count(stats, names.UNCHANGED),
            dropped=names.family(stats, names.DROPPED),
            refused_by_robots=names.count(stats, names.ROBOTS_FORBIDDEN),
            failed=names.family(stats, names.FAILED),
            bytes_received=names.count(stats, names.BYTES_RECEIVED),
            bytes_written=names.count(stats, names.BYTES_WRITTEN),
            milliseconds=_milliseconds(started_at, ended_at),
            sources=sources,
            files=files,
            timeline=timeline,
            warnings=warnings,
            failed_sources=names.family(stats, names.SOURCE_FAILED),
            put_off=names.family(stats, names.NOT_NOW),
            copies=names.count(stats, names.COPY),
            doubtful=names.family(stats, names.DOUBTFUL),
            articles=articles,
        )

    @property
    def has_news(self) -> bool:
        """Something was fetched, or a person must see something: more than a look at sources that bring nothing."""
        return bool(self.fetched or self.problems)

    @property
    def problems(self) -> tuple[str, ...]:
        """Everything a person must see, the gravest first; empty when all is well."""
        return (
            *self._bad_end(),
            *map(str, self.findings),
            *self._failed_pages(),
            *self._unread_sources(),
            *self._closed_hosts(),
            *self.warnings,
        )

    @property
    def verdict(self) -> str:
        """The first line of a report without problems."""
        return "Interrupted; the next crawl goes on." if self.reason == "shutdown" else "All well."

    @property
    def exit_code(self) -> int:
        """0 when all is well, 1 when something is wrong that a person must see."""
        return 1 if self.problems else 0

    def _bad_end(self) -> tuple[str, ...]:
        return () if self.reason in PLANNED_ENDS else (f"the crawl ended early: {self.reason}",)

    def _failed_pages(self) -> tuple[str, ...]:
        total = sum(self.failed.values())
        return (f"{counted(total, 'page')} failed: {by_reason(self.failed)}",) if total else ()

    def _closed_hosts(self) -> tuple[str, ...]:
        """A host that asks for time or whose budget is spent is nothing to worry about; one that fails is."""
        failing = {reason: count for reason, count in self.put_off.items() if reason in _FAILING}
        total = sum(failing.values())
        waiting = [source for source in self.sources if source.put_off and source.note.partition(" ")[0] in _FAILING]
        named = [f"{source.url}: {source.note}" for source in waiting[:_MOST_NAMED]]
        return (
            (f"{counted(total, 'request')} postponed, for hosts that fail: {by_reason(failing)}", *named)
            if total
            else ()
        )

    def _unread_sources(self) -> tuple[str, ...]:
        # A source may be unreadable though its status is 200, and a caller may list sources without counting them.
        failed = [source for source in self.sources if source.failed]
        total = max(sum(self.failed_sources.values()), len(failed))
        reasons = f": {by_reason(self.failed_sources)}" if self.failed_sources else ""
        named = [f"{source.url}: {source.note or source.reason}" for source in failed[:_MOST_NAMED]]
        return (f"{counted(total, 'source')} could not be read{reasons}", *named) if total else ()


def _milliseconds(started_at: str, ended_at: str) -> int:
    lasted = datetime.fromisoformat(ended_at) - datetime.fromisoformat(started_at)
    # The wall clock may have been set back during the crawl.
    return max(0, lasted // timedelta(milliseconds=1))
