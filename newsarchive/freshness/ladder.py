"""When an article is captured again: on a falling ladder of ages, sooner on a trusted word, often while it is live."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from newsarchive.freshness.rhythm import DAY, HOUR

Word = Literal["honest", "lying", "unknown"]
"""What is known of the `lastmod` and `updated` of an outlet's sources."""

# A date as printed may be that of a day, or of a plan: only one that is clearly older than the capture counts.
_CLEARLY_OLDER = DAY
_LIVE_FOR = 6 * HOUR
_LIVE_SELDOM = HOUR
_EMPTY_TALK_SELDOM = 12 * HOUR


@dataclass(frozen=True, slots=True)
class Visits:
    """What is known of an article when it has been captured, now or earlier."""

    first_captured: int
    last_captured: int
    last_changed: int | None = None
    """When a capture last differed from the one before."""
    published: int | None = None
    """As printed by the page or by the source that named it."""
    live_blog: bool = False

    @property
    def born(self) -> int:
        """From when its age counts: an article of years ago does not begin the ladder on the day it was found."""
        if self.published is not None and self.published < self.first_captured - _CLEARLY_OLDER:
            return self.published
        return self.first_captured


def next_visit(rungs: Sequence[int], visits: Visits, *, live_every: int) -> int | None:
    """When the article is captured again after its last capture; None when it is left in peace."""
    rung = next_rung(rungs, visits.born, after=visits.last_captured)
    if not visits.live_blog:
        return rung
    soon = _next_live(visits, live_every)
    return min(moment for moment in (rung, soon) if moment is not None) if soon or rung else None


def next_rung(rungs: Sequence[int], born: int, *, after: int) -> int | None:
    """The first rung that lies after a moment; one that was missed is not made up for, the next one sees its change."""
    return min((born + rung for rung in rungs if born + rung > after), default=None)


def is_announced(modified: int | None, last_captured: int | None, *, word: Word) -> bool:
    """A source says that the article is newer than our capture of it, and its word has not proved a lie."""
    return word != "lying" and modified is not None and last_captured is not None and modified > last_captured


def is_heeded(modified: int | None, visits: Visits, *, word: Word, now: int) -> bool:
    """The announcement makes the article due: at once if the source is honest. Where nothing is known of its word, an
    article that has long been the same is captured for it twice a day at most, for dates that move by themselves would
    cost a request at every look at the source.
    """
    if modified is None or modified > now or not is_announced(modified, visits.last_captured, word=word):
        return False
    same_for = visits.last_captured - (visits.last_changed or visits.first_captured)
    return word == "honest" or now - visits.last_captured >= min(same_for // 2, _EMPTY_TALK_SELDOM)


def vouched(
    due: int | None, rungs: Sequence[int], visits: Visits, *, modified: int | None, word: Word, until: int
) -> int | None:
    """When the article is due, now that an honest source has said that it did not change since our capture.

    `until`: when that source is looked at again, and would announce a change: rungs before that are spared, but for
    the last, which keeps the source honest.
    """
    if due is None or word != "honest" or modified is None or modified > visits.last_captured:
        return due
    if due >= until or visits.live_blog:
        return due
    last = visits.born + max(rungs, default=0)
    spared = next_rung(rungs, visits.born, after=until)
    return last if spared is None else spared


def _next_live(visits: Visits, every: int) -> int | None:
    """Often after a change, then ever less; a live blog that has not changed for hours is an article like others."""
    silent = visits.last_captured - (visits.last_changed or visits.first_captured)
    if silent >= _LIVE_FOR:
        return None
    return visits.last_captured + min(max(every, silent // 2), max(every, _LIVE_SELDOM))
