"""When an invented newsroom publishes and edits: daily and weekly rhythm, bursts, batches, late corrections."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

HOUR = 3_600
DAY = 86_400
_EARLIEST_EDIT = 8 * 60
_LATEST_EDIT = 25 * DAY
_LIVE_EDITS = 15
_LIVE_HOURS = 4

Shape = Literal["office", "mornings", "all_day", "evenings", "edition"]

# What share of a day's stories comes in each local hour; an edition comes out at one stroke.
_HOURS: dict[Shape, tuple[float, ...]] = {
    "office": (0, 0, 0, 0, 0, 0, 1, 3, 6, 8, 9, 9, 7, 8, 9, 8, 7, 5, 3, 2, 1, 1, 0, 0),
    "mornings": (0, 0, 0, 1, 6, 9, 9, 6, 3, 2, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    "all_day": (3, 2, 2, 2, 2, 3, 4, 5, 6, 6, 6, 6, 5, 5, 6, 6, 6, 6, 5, 5, 5, 4, 4, 3),
    "evenings": (2, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 3, 5, 8, 9, 9, 7, 5, 4, 3),
    "edition": (0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
}


@dataclass(frozen=True, slots=True)
class Habit:
    """How a newsroom works."""

    per_day: float
    """Stories on a day on which it works."""
    shape: Shape
    days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    """Days of the week on which it works, Monday is 0; fewer are wholly silent."""
    zone: int = 0
    """Hours ahead of UTC."""
    bursts: float = 0.0
    """Share of days with a burst: a third of a day's stories, and four more, within two hours at any time."""
    edited: float = 0.25
    """Share of stories that are edited at least once."""
    live: float = 0.0
    """Share of stories that are live blogs."""


@dataclass(frozen=True, slots=True)
class Story:
    """One story of a newsroom; moments are seconds since 1970, UTC."""

    number: int
    published: int
    edits: tuple[int, ...] = ()
    is_live: bool = False

    def version(self, now: int) -> int:
        """How often it has been edited by now."""
        return sum(edit <= now for edit in self.edits)

    def touched(self, now: int) -> int:
        """When it was last published or edited."""
        return max((edit for edit in self.edits if edit <= now), default=self.published)


def stories(habit: Habit, *, start: int, days: int, seed: str) -> tuple[Story, ...]:
    """All stories of so many days from a midnight UTC on, oldest first, no two in one second."""
    random = Random(f"{seed}/stories")  # noqa: S311 - a world is played, nothing is kept secret
    moments = sorted({moment for day in range(days) for moment in _of_day(habit, start + day * DAY, random)})
    return tuple(_story(habit, number, moment, random) for number, moment in enumerate(moments))


def _of_day(habit: Habit, midnight: int, random: Random) -> Iterator[int]:
    local = midnight - habit.zone * HOUR
    if (midnight // DAY + 3) % 7 not in habit.days:
        return
    weights = _HOURS[habit.shape]
    width = 120 if habit.shape == "edition" else HOUR
    for hour, weight in enumerate(weights):
        for _ in range(_poisson(habit.per_day * weight / sum(weights), random)):
            yield local + hour * HOUR + random.randrange(width)
    if random.random() < habit.bursts:
        begin = local + random.randrange(20) * HOUR
        for _ in range(int(habit.per_day / 3) + 4):
            yield begin + random.randrange(2 * HOUR)


def _story(habit: Habit, number: int, published: int, random: Random) -> Story:
    if random.random() < habit.live:
        return Story(number, published, tuple(sorted(_live_edits(published, random))), is_live=True)
    count = 0
    while count < 3 and random.random() < habit.edited:
        count += 1
    return Story(number, published, tuple(sorted(published + _age(random) for _ in range(count))))


def _age(random: Random) -> int:
    """As many edits between one hour and two as between one day and two."""
    low, high = math.log(_EARLIEST_EDIT), math.log(_LATEST_EDIT)
    return int(math.exp(random.uniform(low, high)))


def _live_edits(published: int, random: Random) -> Iterator[int]:
    for _ in range(_LIVE_EDITS):
        yield published + random.randrange(5 * 60, _LIVE_HOURS * HOUR)


def _poisson(mean: float, random: Random) -> int:
    """Knuth's way, good for small means."""
    limit, product, count = math.exp(-mean), random.random(), 0
    while product > limit:
        product *= random.random()
        count += 1
    return count
