"""What is remembered of an outlet: days in sums, its rhythm, and its latest pages."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from newsarchive.freshness.rhythm import DAY, HOUR, NOTHING, Rhythm
from newsarchive.health.arrivals import Arrivals
from newsarchive.health.figures import DELAYS, OTHER_PAGE, Figures
from newsarchive.health.shares import KEPT

_OCCASION = 4 * HOUR


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one outlet, UTC; crawls are summed."""

    day: int
    """Days since 1970."""
    polls: int = 0
    sources_failed: int = 0
    articles: int = 0
    requests: int = 0
    octets: int = 0
    pages: Mapping[str, int] = field(default_factory=dict)
    """How often each letter of `figures` came."""
    delays: Mapping[int, int] = field(default_factory=dict)
    """How many articles were found within each of `DELAYS`, and no sooner."""

    def plus(self, crawl: Figures) -> "Day":
        return Day(
            self.day,
            self.polls + crawl.polls,
            self.sources_failed + sum(crawl.sources_failed.values()),
            self.articles + crawl.articles,
            self.requests + crawl.requests,
            self.octets + crawl.octets,
            Counter(self.pages) + Counter(crawl.pages),
            Counter(self.delays) + Counter(delay_class(delay) for delay in crawl.delays),
        )


@dataclass(frozen=True, slots=True)
class History:
    """All that the judgement knows; times are seconds since 1970, UTC."""

    first_attempt: int | None = None
    last_attempt: int | None = None
    last_success: int | None = None
    last_new: int | None = None
    """When the latest article appeared."""
    learned_until: int | None = None
    """The silence after it is not learned before it has ended, so that a dead outlet is not taken for a slow one."""
    longest_silence: int = 0
    rhythm: Rhythm = NOTHING
    """Of the occasions on which something came."""
    pages: str = ""
    """The letters of the latest pages."""
    days: Sequence[Day] = ()
    """Oldest first."""
    arrivals: Arrivals = field(default_factory=Arrivals)

    def after(self, crawl: Figures, *, is_silent: bool) -> "History":
        """With one more crawl; `days` are summed elsewhere. A silence that was found to be one is no standard."""
        learned = self._learned(crawl, is_silent) if crawl.appeared else self
        return replace(
            learned,
            first_attempt=self.first_attempt or crawl.now,
            last_attempt=crawl.now,
            last_success=crawl.now if crawl.succeeded else self.last_success,
            # What a first look finds is no silence ended.
            learned_until=learned.learned_until or (crawl.now if crawl.succeeded else None),
            pages=(self.pages + crawl.pages.replace(OTHER_PAGE, ""))[-KEPT:],
            arrivals=self.arrivals.after(crawl),
        )

    def _learned(self, crawl: Figures, is_silent: bool) -> "History":
        since, newest = self.learned_until, max(crawl.appeared)
        if since is None:
            return replace(self, last_new=newest, learned_until=crawl.now)
        # Only what was heard while somebody listened.
        silence = 0 if is_silent else (self.last_success or 0) - (self.last_new or crawl.now)
        return replace(
            self,
            rhythm=self.rhythm.learned(_occasions(crawl.appeared, since), since=since, now=crawl.now),
            last_new=max(newest, self.last_new or newest),
            learned_until=crawl.now,
            longest_silence=max(self.longest_silence, silence),
        )

    @property
    def days_watched(self) -> int:
        """Days from the first crawl to the last with a new article; `rhythm.seconds` fades and is always shorter."""
        return (self.learned_until or 0) // DAY - (self.first_attempt or self.learned_until or 0) // DAY

    @property
    def articles_a_day(self) -> float | None:
        """New articles on a day up to the latest, without the first, which found what was there; None for none."""
        days = [day for day in self.days[1:] if day.day <= (self.last_new or 0) // DAY]
        return sum([day.articles for day in days]) / (days[-1].day - self.days[0].day) if days else None


def _occasions(moments: Iterable[int], since: int) -> list[int]:
    """Articles come in bundles; a silence is measured by how often anything comes at all."""
    first: dict[int, int] = {}
    for moment in sorted(moments):
        first.setdefault(moment // _OCCASION, max(since, moment))
    return list(first.values())


def delay_class(seconds: int) -> int:
    """The least of `DELAYS` that is not shorter."""
    return DELAYS[min(bisect_left(DELAYS, seconds), len(DELAYS) - 1)]


def quantile(delays: Mapping[int, int], share: float) -> int | None:
    """Within how many seconds that share of the articles was found."""
    total, counted = sum(delays.values()), 0
    for bound in sorted(delays):
        counted += delays[bound]
        if counted >= share * total:
            return bound
    return None
