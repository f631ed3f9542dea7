"""When an article is captured again: on a falling ladder of ages, sooner on a trusted word, often while it is live."""

from collections.abc import Sequence
from dataclasses import dataclass

from newsarchive.freshness.rhythm import DAY, HOUR

# A date as printed may be that of a day, or of a plan: only one that is clearly older than the capture counts.
_CLEARLY_OLDER = DAY
_LIVE_FOR = 6 * HOUR
_LIVE_SELDOM = HOUR


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


def after_rejection(rungs: Sequence[int], *, again: bool) -> Sequence[int]:
    """The rungs of a page that was no article: none by the hour, and none at all when the same came `again`.

    A listing without validators would be sent whole on every rung. A source may still announce a change.
    """
    return () if again else [rung for rung in rungs if rung >= DAY]


def is_announced(modified: int | None, last_captured: int | None, *, now: int) -> bool:
    """A source says that the article is newer than our capture of it; what is yet to come is no word of a change."""
    return modified is not None and last_captured is not None and last_captured < modified <= now


def _next_live(visits: Visits, every: int) -> int | None:
    """Often after a change, then ever less; a live blog that has not changed for hours is an article like others."""
    silent = visits.last_captured - (visits.last_changed or visits.first_captured)
    if silent >= _LIVE_FOR:
        return None
    return visits.last_captured + min(max(every, silent // 2), max(every, _LIVE_SELDOM))
