"""Which crawl yields to which."""

import asyncio
import time
from dataclasses import dataclass, field

from newsarchive.fairness import MOST_WAIT, SHARE, Fairness, Lateness


@dataclass
class Times:
    """A clock under control."""

    computed: float = 0.0
    is_late: bool = True
    fairness: Fairness = field(init=False)

    def __post_init__(self) -> None:
        self.fairness = Fairness(computed=lambda: self.computed, is_late=lambda: self.is_late)
        for crawl in ("flood", "times"):
            self.fairness.enter(crawl)


def flooded() -> Times:
    times = Times()
    times.fairness.took("flood", SHARE)
    return times


def test_who_had_its_share_yields_to_who_had_not():
    times = flooded()
    until = times.fairness.patience()
    assert times.fairness.must_yield("flood", until)
    assert not times.fairness.must_yield("times", until)


def test_nobody_yields_while_there_is_time_for_all():
    times = flooded()
    times.is_late = False
    assert not times.fairness.must_yield("flood", times.fairness.patience())


def test_nobody_yields_to_who_waits_for_its_host_or_has_ended():
    times = flooded()
    times.computed = 10.0
    assert not times.fairness.must_yield("flood", times.fairness.patience())
    times.fairness.took("times")
    assert times.fairness.must_yield("flood", times.fairness.patience())
    times.fairness.leave("times")
    assert not times.fairness.must_yield("flood", times.fairness.patience())


def test_who_yields_has_its_turn_in_the_end():
    times = flooded()
    until = times.fairness.patience(2)
    times.computed = 1.9 * MOST_WAIT
    times.fairness.took("times")
    assert times.fairness.must_yield("flood", until)
    times.computed = 2.1 * MOST_WAIT
    assert not times.fairness.must_yield("flood", until)


def test_two_that_flood_do_not_wait_for_each_other():
    times = flooded()
    times.fairness.took("times", SHARE)
    assert not times.fairness.must_yield("flood", times.fairness.patience())
    assert not times.fairness.must_yield("times", times.fairness.patience())


def test_a_reactor_that_always_computes_has_no_time_for_all_though_it_is_never_late():
    async def is_late() -> bool:
        lateness = Lateness(computed=time.monotonic)
        assert not lateness.is_late()
        await asyncio.sleep(1.5)
        return lateness.is_late()

    assert asyncio.run(is_late())
