"""How often a source brings something, by hour of the day and day of the week, as its own history taught it."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

HOUR = 3_600
DAY = 86_400
_WEEK = 7 * DAY
_HALF_LIFE = 28 * DAY
# A source of which nothing is known is taken for one that brings a thing in two days; half a day of watching outweighs
# it.
_PRIOR_EVENTS = 0.25
_PRIOR_SECONDS = DAY / 2
# So many things must have come before an hour or a day of the week is believed.
_DOUBT = 0.25
# So many things that were to be expected and did not come are bad luck; more say that the source has fallen silent.
_BAD_LUCK = 4.0
_NO_HOURS = (0.0,) * 24
_NO_DAYS = (0.0,) * 7


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Counts that fade with a half-life of four weeks."""

    seconds: float = 0.0
    """How long the source has been watched."""
    hours: tuple[float, ...] = _NO_HOURS
    """What came in each hour of the day, UTC."""
    days: tuple[float, ...] = _NO_DAYS
    """What came on each day of the week, Monday first."""

    def learned(self, events: Iterable[int], *, since: int, now: int) -> "Rhythm":
        """Having watched from `since` to `now`, these moments are when something came."""
        if now <= since:
            return self
        fade = 0.5 ** ((now - since) / _HALF_LIFE)
        hours, days = [count * fade for count in self.hours], [count * fade for count in self.days]
        for event in events:
            hours[hour_of(event)] += 1
            days[day_of(event)] += 1
        return replace(self, seconds=self.seconds * fade + now - since, hours=tuple(hours), days=tuple(days))

    @property
    def events(self) -> float:
        return sum(self.hours)

    @property
    def peak(self) -> float:
        """Things a second in the busiest hour of a mean day."""
        mean = (self.events + _PRIOR_EVENTS) / (self.seconds + _PRIOR_SECONDS)
        return mean * (max(self.hours) + _DOUBT) / (self.events / 24 + _DOUBT)

    def rate(self, moment: int) -> float:
        """Things a second at that moment: the mean, times what its hour and its day of the week say."""
        events = self.events
        mean = (events + _PRIOR_EVENTS) / (self.seconds + _PRIOR_SECONDS)
        at_hour = (self.hours[hour_of(moment)] + _DOUBT) / (events / 24 + _DOUBT)
        on_day = (self.days[day_of(moment)] + _DOUBT) / (events / 7 + _DOUBT)
        return mean * at_hour * on_day

    def expected(self, *, since: int, now: int) -> float:
        """How many things were to be expected between two moments."""
        if now - since >= _WEEK:
            return (now - since) * (self.events + _PRIOR_EVENTS) / (self.seconds + _PRIOR_SECONDS)
        return sum(self.rate(moment) * (end - moment) for moment, end in _by_hours(since, now))

    def belief(self, *, silent_since: int, now: int) -> float:
        """What share of the rate is still to be believed after a silence."""
        return min(1.0, _BAD_LUCK / max(_BAD_LUCK, self.expected(since=silent_since, now=now)))

    def next_look(self, after: int, *, worth: int, belief: float = 1.0, latest: int) -> int:
        """When to look next, so that waiting and looking together cost least.

        `worth`: so many seconds of one thing's waiting are worth one look. At a rate r that gives
        sqrt(r / (2 * worth)) looks a second; the next is due when that adds up to one, or at `latest`. `belief` makes
        the rate smaller.
        """
        looks = 0.0
        for moment, end in _by_hours(after, latest):
            density = math.sqrt(belief * self.rate(moment) / (2 * worth))
            left = (1 - looks) / density
            if left <= end - moment:
                return moment + math.ceil(left)
            looks += density * (end - moment)
        return latest


NOTHING = Rhythm()
"""Of a source that was never looked at."""


def spread(count: int, *, since: int, now: int) -> tuple[int, ...]:
    """Moments for things of which it is only known that they came between two looks."""
    width = now - since
    return tuple(since + width * (2 * place + 1) // (2 * count) for place in range(count))


def _by_hours(since: int, until: int) -> Iterator[tuple[int, int]]:
    """The stretch cut at each full hour."""
    moment = since
    while moment < until:
        end = min(until, (moment // HOUR + 1) * HOUR)
        yield moment, end
        moment = end


def hour_of(moment: int) -> int:
    return moment // HOUR % 24


def day_of(moment: int) -> int:
    # 1 January 1970 was a Thursday.
    return (moment // DAY + 3) % 7
