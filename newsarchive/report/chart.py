"""The measures of the charts in the HTML report; the template draws them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from newsarchive.report.crawl_report import CrawlReport

MOST_BARS = 60
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)


@dataclass(frozen=True, slots=True)
class Bar:
    """One outcome; `length` is its part of the longest bar, from 0 to 1."""

    name: str
    count: int
    length: float


@dataclass(frozen=True, slots=True)
class Column:
    """The pages fetched from second `start` on; `height` is its part of the highest column, from 0 to 1."""

    start: int
    count: int
    height: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """Pages over time in columns of equal width, without gaps, from the start of the crawl to its end."""

    step: int
    """Seconds in one column."""
    columns: tuple[Column, ...]

    @property
    def highest(self) -> int:
        """Pages in the highest column; 0 when nothing was fetched."""
        return max((column.count for column in self.columns), default=0)


def outcome_bars(report: CrawlReport) -> tuple[Bar, ...]:
    """What became of the pages, in the order in which a person asks."""
    counts = {
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "rejected": sum(report.dropped.values()),
        "failed": sum(report.failed.values()),
    }
    longest = max(counts.values()) or 1
    return tuple(Bar(name, count, count / longest) for name, count in counts.items())


def timeline(report: CrawlReport) -> Timeline:
    """The report's timeline in at most `MOST_BARS` columns; none when nothing was fetched."""
    if not any(count for _, count in report.timeline):
        return Timeline(1, ())
    seconds = max(report.milliseconds // 1000, *(second for second, _ in report.timeline)) + 1
    step = _step(seconds, _spacing(second for second, _ in report.timeline))
    pages: Counter[int] = Counter()
    for second, count in report.timeline:
        pages[second // step] += count
    highest = max(pages.values())
    columns = range((seconds - 1) // step + 1)
    return Timeline(step, tuple(Column(n * step, pages[n], pages[n] / highest) for n in columns))


def _spacing(seconds: Iterable[int]) -> int:
    """The width of the buckets that were counted: finer columns would show gaps that never were."""
    return min((later - earlier for earlier, later in pairwise(sorted(set(seconds)))), default=1)


def _step(seconds: int, spacing: int) -> int:
    enough = max(-(-seconds // MOST_BARS), spacing)
    if enough == spacing:
        return spacing
    # A multiple of the spacing, so that no column gets more buckets than its neighbour.
    even = (step for step in _STEPS if step >= enough and step % spacing == 0)
    return next(even, -(-enough // spacing) * spacing)
