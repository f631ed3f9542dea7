"""Pages and leads in the state: pending, on lease, done; what is leased first, and what comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsarchive.freshness.ladder import Visits
from newsarchive.items import Link
from newsarchive.store.database import Database
from newsarchive.store.frontier import MAX_CRASHES, MAX_LEAD_TRIES, Frontier, KnownLead
from newsarchive.store.state import Named, State

NOW = 1_790_000_000
DAY = 24 * 3600
TIMES = "times"
LEAD = KnownLead("https://times.example/news?page=2", "section", "https://times.example/news", steps=3)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "state.sqlite")
    yield database
    database.close()


@pytest.fixture
def state(database: Database) -> State:
    return State(database)


@pytest.fixture
def frontier(database: Database) -> Frontier:
    return Frontier(database, TIMES)


def url(number: int) -> str:
    return f"https://times.example/{number}"


def discover(state: State, *numbers: int, is_past: bool = False, outlet: str = TIMES) -> None:
    named = [Named(Link(url(number), "rss", "feed"), published=number, is_past=is_past) for number in numbers]
    state.discover(outlet, named, now=NOW)


def leased(frontier: Frontier, limit: int = 100, *, now: int = NOW, past_per_day: int = 0) -> list[int]:
    pages = frontier.lease(limit, now=now, past_per_day=past_per_day)
    return [int(page.url.rpartition("/")[2]) for page in pages]


def settle(state: State, number: int, *, due: int | None) -> None:
    state.settle(TIMES, url(number), standing="read", visits=Visits(NOW, NOW), due=due)


def test_a_page_is_leased_once_the_newest_first(state, frontier):
    discover(state, 1, 3, 2)
    assert leased(frontier, 2) == [3, 2]
    assert leased(frontier) == [1]
    assert leased(frontier) == []
    assert not frontier.has_ready(now=NOW)


def test_each_outlet_leases_its_own(state, database, frontier):
    discover(state, 1)
    discover(state, 1, outlet="evening")
    assert leased(frontier) == [1]
    assert Frontier(database, "evening").has_ready(now=NOW)


def test_news_come_before_captures_of_what_is_known_and_these_before_the_past(state, frontier):
    discover(state, 1, is_past=True)
    discover(state, 2)
    settle(state, 2, due=NOW - DAY)
    discover(state, 3)
    assert leased(frontier, past_per_day=1000) == [3, 2, 1]


def test_the_past_is_leased_within_its_allowance_which_comes_in_over_the_day(state, frontier):
    discover(state, *range(100), is_past=True)
    # A twelfth of a day's may wait to be spent.
    assert len(leased(frontier, past_per_day=120)) == 10
    assert leased(frontier, past_per_day=120) == []
    assert len(leased(frontier, now=NOW + DAY // 120 * 3, past_per_day=120)) == 3


def test_what_waits_of_the_past_is_counted_without_what_was_taken_and_what_is_news(state, frontier):
    discover(state, *range(100), is_past=True)
    discover(state, 100, 101)
    assert frontier.waiting_past() == 100
    assert len(leased(frontier, past_per_day=120)) == 12
    assert frontier.waiting_past() == 90


def test_with_no_allowance_nothing_of_the_past_is_leased(state, frontier):
    discover(state, 1, is_past=True)
    assert leased(frontier, past_per_day=0) == []


def test_what_a_dead_crawl_held_goes_behind_all_others(state, frontier):
    discover(state, 1, 2)
    assert leased(frontier, 1) == [2]
    assert frontier.take_back(now=NOW + 60) == 1
    assert leased(frontier, now=NOW + 60) == [1, 2]


def test_a_page_that_was_on_lease_at_too_many_crashes_is_left_alone(state, frontier):
    discover(state, 1)
    for crash in range(MAX_CRASHES):
        assert leased(frontier, now=NOW + crash) == [1]
        frontier.take_back(now=NOW + crash + 1)
    assert leased(frontier, now=NOW + DAY) == []
    assert frontier.next_due(now=NOW + DAY) is None
    page = state.page(TIMES, url(1))
    assert page
    assert page.standing == "failed"


def test_a_page_that_could_be_read_begins_its_count_of_crashes_anew(state, frontier):
    discover(state, 1)
    for crash in range(2 * MAX_CRASHES):
        assert leased(frontier, now=NOW + crash) == [1]
        frontier.take_back(now=NOW + crash)
        assert leased(frontier, now=NOW + crash) == [1]
        settle(state, 1, due=NOW + crash)


def test_a_stop_gives_leases_back_as_if_they_had_not_been(state, frontier):
    discover(state, 1, 2)
    frontier.add_leads([LEAD], now=NOW)
    before = leased(frontier)
    assert frontier.lease_leads(10, now=NOW) == [LEAD]
    assert frontier.release() == 3
    assert leased(frontier) == before
    assert frontier.lease_leads(10, now=NOW) == [LEAD]


def test_what_was_settled_or_failed_is_no_longer_on_lease_and_waits_for_its_moment(state, frontier):
    discover(state, 1, 2, 3)
    assert leased(frontier) == [3, 2, 1]
    settle(state, 1, due=NOW + 60)
    state.fail(TIMES, url(2), reason="timeout", due=NOW + 30)
    state.postpone(TIMES, url(3), reason="circuit", due=NOW + 90)
    assert frontier.take_back(now=NOW) == 0
    assert [frontier.next_due(now=NOW), leased(frontier, now=NOW + 29)] == [NOW + 30, []]
    assert leased(frontier, now=NOW + 90) == [2, 3, 1]


def test_a_named_page_is_leased_whether_it_is_due_or_not(state, frontier):
    discover(state, 1)
    settle(state, 1, due=None)
    frontier.lease_this(url(1), now=NOW)
    assert frontier.release() == 1


def test_a_lead_is_named_once_and_gone_when_it_was_read(frontier):
    frontier.add_leads([LEAD, LEAD], now=NOW)
    assert frontier.lease_leads(10, now=NOW) == [LEAD]
    assert frontier.lease_leads(10, now=NOW) == []
    frontier.read_lead(LEAD.url)
    assert frontier.take_back(now=NOW) == 0
    assert frontier.next_due(now=NOW) is None


def test_a_lead_is_tried_a_few_times_and_postponed_as_often_as_it_must_be(frontier):
    frontier.add_leads([LEAD], now=NOW)
    for _ in range(2 * MAX_LEAD_TRIES):
        frontier.postpone_lead(LEAD.url, due=NOW)
    for _ in range(MAX_LEAD_TRIES):
        assert frontier.lease_leads(10, now=NOW) == [LEAD]
        frontier.fail_lead(LEAD.url, due=NOW)
    assert frontier.lease_leads(10, now=NOW) == []


@pytest.mark.parametrize("is_past", [False, True])
def test_the_next_moment_is_the_first_at_which_something_can_be_leased(state, frontier, is_past):
    discover(state, *range(20), is_past=is_past)
    now = NOW
    while frontier.has_ready(now=now):
        numbers = leased(frontier, 3, now=now, past_per_day=24)
        for number in numbers:
            settle(state, number, due=None)
        moment = frontier.next_due(now=now)
        if moment is None:
            break
        assert numbers or moment > now
        now = max(now, moment)
    assert now - NOW >= (17 * 3600 if is_past else 0)
    assert not frontier.has_ready(now=now + DAY)


def test_what_is_on_lease_is_due_for_the_crawl_that_takes_it_back(state, frontier):
    discover(state, 1)
    leased(frontier)
    assert frontier.next_due(now=NOW + DAY) == NOW
