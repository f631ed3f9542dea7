"""When a host may be asked, over literals."""

from dataclasses import replace

import pytest

from newsarchive.politeness import budgets
from newsarchive.politeness.hosts import (
    Closed,
    Limits,
    Standing,
    Turn,
    after,
    confirm,
    distance,
    reserve,
    seconds_of,
    sent,
)

LIMITS = Limits(
    floor=0.5, longest_crawl_delay=60, longest_retry_after=1000, backoff=10, longest_backoff=35,
    failures=3, circuit=300, longest_circuit=1000, trial=60,
)  # fmt: skip
NOW = 1_800_000_000.25


def told(standing: Standing, status: int | None, retry_after: float | None = None, now: float = NOW) -> Standing:
    return after(standing, status=status, retry_after=retry_after, now=now, limits=LIMITS)


@pytest.mark.parametrize(
    ("crawl_delay", "delay", "kept"), [(None, 2.0, 2.0), (5.0, 2.0, 5.0), (1.0, 2.0, 2.0), (900.0, 2.0, 60), (0.0, 0.0, 0.5)]
)  # fmt: skip
def test_the_longest_of_all_distances_is_kept(crawl_delay: float | None, delay: float, kept: float):
    assert distance(Standing(crawl_delay=crawl_delay), delay=delay, limits=LIMITS) == kept


def test_turns_follow_each_other_and_the_moment_that_counts_is_that_of_the_request():
    standing, first = reserve(Standing(), now=NOW, delay=2.0, limits=LIMITS)
    standing, second = reserve(standing, now=NOW, delay=3.0, limits=LIMITS)
    assert (first, second) == (Turn(NOW), Turn(NOW + 3))
    # The first one wakes late, and the second must not follow at once.
    standing, go = confirm(standing, now=NOW + 2.5, delay=2.0, limits=LIMITS)
    assert go is None
    assert confirm(standing, now=NOW + 3, delay=3.0, limits=LIMITS)[1] == Turn(NOW + 5.5)
    assert confirm(standing, now=NOW + 5.5, delay=3.0, limits=LIMITS)[1] is None


def test_a_request_that_had_to_wait_for_its_connection_moves_the_next_one_on():
    standing, _ = confirm(Standing(last_turn=NOW), now=NOW, delay=2.0, limits=LIMITS)
    standing = sent(standing, at=NOW + 0.4)
    assert confirm(standing, now=NOW + 2, delay=2.0, limits=LIMITS)[1] == Turn(NOW + 2.4)
    assert sent(standing, at=NOW) == standing


def test_a_clock_that_was_set_back_stops_nobody():
    future = Standing(last_turn=NOW + 1e7, last_sent=NOW + 1e7)
    assert reserve(future, now=NOW, delay=2.0, limits=LIMITS)[1] == Turn(NOW)
    assert confirm(future, now=NOW, delay=2.0, limits=LIMITS)[1] is None


def test_pauses_without_retry_after_double_up_to_a_limit_and_an_answer_ends_them():
    standing, pauses = Standing(), []
    for number in range(4):
        moment = NOW + 100 * number
        standing = replace(told(standing, 503, now=moment), failures=0)
        pauses.append(standing.closed_until - moment)
    assert pauses == [10, 20, 35, 35]
    assert told(standing, 200).busy == 0


def test_retry_after_is_kept_for_the_whole_host_and_a_short_one_shortens_nothing():
    long = told(Standing(), 429, 600.0)
    assert reserve(long, now=NOW + 599, delay=0.0, limits=LIMITS)[1] == Closed(NOW + 600, "retry_after")
    assert told(long, 503, 1.0).closed_until == NOW + 600
    assert told(Standing(), 503, 5000.0).closed_until == NOW + 1000
    assert told(Standing(), 302, 5.0).closed_until == NOW + 5
    assert told(Standing(), 200, 5.0).closed_until == 0


def test_the_circuit_opens_doubles_and_closes():
    standing = Standing()
    for _ in range(3):
        standing = told(standing, None)
    assert reserve(standing, now=NOW, delay=0.0, limits=LIMITS)[1] == Closed(NOW + 300, "circuit")
    # One that was on its way says nothing new.
    assert told(standing, 500).closed_until == NOW + 300
    later = NOW + 301
    standing, go = confirm(standing, now=later, delay=0.0, limits=LIMITS)
    assert go is None
    assert confirm(standing, now=later + 1, delay=0.0, limits=LIMITS)[1] == Closed(later + 2, "trial")
    assert told(standing, 500, now=later + 1).closed_until == later + 601
    closed = told(standing, 404, now=later + 1)
    assert (closed.failures, closed.openings) == (0, 0)
    assert confirm(closed, now=later + 1, delay=0.0, limits=LIMITS)[1] is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120.0), (" 0 ", 0.0), ("Fri, 15 Jan 2027 08:01:00 GMT", 59.75), ("Fri, 15 Jan 2027 07:00:00 GMT", 0.0),
     ("Friday, 15-Jan-27 08:01:00 GMT", 59.75), ("9" * 400, 999_999_999_999.0),
     ("-5", None), ("1.5", None), ("soon", None), ("", None), (None, None), ("٣", None), ("Fri, 99 Jan 2027", None)],
)  # fmt: skip
def test_retry_after_is_a_number_or_a_date(header: str | None, seconds: float | None):
    assert seconds_of(header, now=NOW) == seconds


def test_a_budget_is_whole_again_at_midnight_utc():
    assert budgets.day(NOW) == budgets.day(budgets.ends_at(NOW)) - 1
    assert budgets.ends_at(NOW) == 1_800_057_600.0
