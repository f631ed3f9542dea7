"""Whether the crawls of an outlet bring anything: what was due and came, and what was in vain since then. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from newsarchive.freshness.rhythm import DAY
from newsarchive.health.figures import ARTICLE_LETTERS, Figures
from newsarchive.health.shares import at_most
from newsarchive.plurals import counted

_YOUNG = 20
"""Of an outlet with fewer known pages nothing is known of chance: every crawl in vain is reported."""
_CRAWLS_UNREAD = 2


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The arrivals of one outlet; times are seconds since 1970, UTC."""

    last: int | None = None
    """The end of the last crawl with an article: new, changed, unchanged or a copy."""
    last_new: int | None = None
    """The end of the last crawl with a new article."""
    since: int | None = None
    """The end of the first crawl since then that was in vain."""
    crawls: int = 0
    """Crawls since the last article, if there was never any."""
    pages: int = 0
    """Pages in a row that were due and gave no article; all postponed pages of a crawl count as one."""
    reasons: Mapping[str, int] = field(default_factory=dict)
    """Why, for these pages."""
    unread: int = 0
    """Crawls in a row that asked sources and could read none."""
    unread_reasons: Mapping[str, int] = field(default_factory=dict)
    """Why, for these sources."""
    asked: int = 0
    """Pages of the last crawl that asked for any, if at least half of them, and two, gave no article."""
    lost: Mapping[str, int] = field(default_factory=dict)
    """Why, for those that gave none."""

    def after(self, crawl: Figures) -> "Arrivals":
        """Return the arrivals with one more crawl."""
        seen = self._with_sources(crawl)
        if crawl.arrived:
            lost = sum(crawl.in_vain.values())
            is_half = lost >= max(2, crawl.arrived)
            return replace(
                seen,
                asked=crawl.arrived + lost if is_half else 0,
                lost=crawl.in_vain if is_half else {},
                last=crawl.now,
                last_new=crawl.now if crawl.articles else self.last_new,
                since=seen.since if seen.unread else None,
                crawls=0,
                pages=0,
                reasons={},
            )
        postponed = crawl.postponed if sum(crawl.postponed.values()) > crawl.sources_postponed else {}
        in_vain = sum(crawl.in_vain.values()) + bool(postponed)
        is_in_vain = bool(in_vain or crawl.unread or (self.last is None and not crawl.was_stopped))
        return replace(
            seen,
            since=(self.since or crawl.now) if is_in_vain else seen.since,
            crawls=self.crawls + (is_in_vain and self.last is None),
            pages=self.pages + in_vain,
            reasons=_sum(self.reasons, {**crawl.in_vain, **postponed}),
        )

    def _with_sources(self, crawl: Figures) -> "Arrivals":
        if crawl.unread:
            unread_reasons = _sum(self.unread_reasons, crawl.unread)
            return replace(self, since=self.since or crawl.now, unread=self.unread + 1, unread_reasons=unread_reasons)
        if not crawl.succeeded:
            return self
        is_over = not self.pages and self.last is not None
        return replace(self, since=None if is_over else self.since, unread=0, unread_reasons={})


def in_vain(
    arrivals: Arrivals, days: Sequence[Mapping[str, int]], *, chance: float, now: int, last_success: int | None
) -> str | None:
    """Return what was due and did not arrive, in one line; None if chance explains it, or if nothing was due.

    `days` count the letters of the outlet's pages. An outlet that never gave an article is reported at once; one
    with few pages whenever a crawl was in vain; any other if so many failures in a row are unlikely by its own
    history, or if no source could be read for a day.
    """
    if arrivals.last is None:
        return f"no article yet, in {counted(arrivals.crawls, 'crawl')}: {_why(arrivals)}" if arrivals.crawls else None
    good, total = _known(days)
    lost = sum(arrivals.lost.values())
    if arrivals.pages and _is_unlikely(0, arrivals.pages, good=good, total=total, chance=chance):
        return f"the last {counted(arrivals.pages, 'page')} gave no article ({_reasons(arrivals.reasons)})"
    if lost and _is_unlikely(arrivals.asked - lost, arrivals.asked, good=good, total=total, chance=chance):
        return f"{lost:,} of {counted(arrivals.asked, 'page')} gave no article ({_reasons(arrivals.lost)})"
    lasts = arrivals.unread >= _CRAWLS_UNREAD and now - (last_success or 0) >= DAY
    return unread(arrivals) if arrivals.unread and (total < _YOUNG or lasts) else None


def _is_unlikely(arrived: int, asked: int, *, good: int, total: int, chance: float) -> bool:
    """Whether so few of the pages that were asked for are likely by those before; a young outlet has no likelihood."""
    good, total = max(0, good - arrived), max(0, total - asked)
    return total < _YOUNG or at_most(arrived, asked, (good + 1) / (max(good, total) + 2)) < chance


def unread(arrivals: Arrivals) -> str | None:
    """Return why the last crawl could read no source; None if it could read one."""
    if not arrivals.unread:
        return None
    return f"no source named any article in {counted(arrivals.unread, 'crawl')} ({_reasons(arrivals.unread_reasons)})"


def _why(arrivals: Arrivals) -> str:
    parts = []
    if arrivals.pages:
        parts.append(f"{counted(arrivals.pages, 'page')} gave none ({_reasons(arrivals.reasons)})")
    if arrivals.unread:
        parts.append(f"no source named any ({_reasons(arrivals.unread_reasons)})")
    return "; ".join(parts) or "its sources and seeds name no article that is due"


def _known(days: Sequence[Mapping[str, int]]) -> tuple[int, int]:
    """Pages that gave an article, and all pages."""
    letters: Counter[str] = Counter()
    for day in days:
        letters.update(day)
    return sum(letters[letter] for letter in ARTICLE_LETTERS), letters.total()


def _sum(earlier: Mapping[str, int], later: Mapping[str, int]) -> dict[str, int]:
    return dict(Counter(earlier) + Counter(later))


def _reasons(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return ", ".join(f"{count:,} {reason}" for reason, count in ordered)
