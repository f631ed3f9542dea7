"""Which outlets are due, and in which order."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsarchive.freshness import polling
from newsarchive.freshness.polling import Pace
from newsarchive.harvest.plan import NEVER, Plan
from newsarchive.items import Link
from newsarchive.store.database import Database
from newsarchive.store.frontier import Frontier, KnownLead
from newsarchive.store.sources import Sources
from newsarchive.store.state import Named, State

NOW = 1_790_000_000
OUTLETS = ("evening", "times")
FEED = "https://times.example/rss"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "state.sqlite")
    yield database
    database.close()


@pytest.fixture
def polled(database: Database) -> int:
    """Both outlets were crawled, and nothing waits: when the first source is due again."""
    sources = Sources(database)
    for outlet in OUTLETS:
        sources.know(outlet, [(FEED, "feed")], pace=Pace(), now=NOW)
        sources.note(outlet, FEED, polling.read(listed=20, new=0, digest="sha1:A"), NOW)
    moment = min(sources.next_due(outlet) or NOW for outlet in OUTLETS)
    assert moment > NOW
    return moment


def due(database: Database, now: int = NOW) -> list[str]:
    return [turn.outlet for turn in Plan(database, OUTLETS).due(now=now)]


def test_an_outlet_that_nobody_crawled_is_due_at_once(database):
    assert due(database) == list(OUTLETS)
    assert Plan(database, OUTLETS).next_due(now=NOW) == NEVER


@pytest.mark.parametrize("name", ["z\udcfcrich", "Times", "times-2"])
def test_a_name_that_no_outlet_may_have_is_due_without_a_look_at_the_state(database, polled, name):
    plan = Plan(database, (*OUTLETS, name))
    assert [turn.outlet for turn in plan.due(now=NOW)] == [name]


def test_no_outlet_is_due_when_there_is_none(database):
    assert Plan(database, ()).due(now=NOW) == []
    assert Plan(database, ()).next_due(now=NOW) is None


def test_nothing_is_due_before_a_source_is(database, polled):
    assert due(database, polled - 1) == []
    assert Plan(database, OUTLETS).next_due(now=NOW) == polled
    assert due(database, polled)


def test_who_has_waited_longest_comes_first(database, polled):
    for outlet, since in (("evening", NOW - 10), ("times", NOW - 20)):
        Frontier(database, outlet).add_leads([KnownLead(FEED, "feed", FEED)], now=since)
    assert due(database) == ["times", "evening"]


def test_an_outlet_whose_crawl_died_with_its_last_pages_is_due(database, polled):
    State(database).discover("times", [Named(Link("https://times.example/1", FEED, "feed"))], now=NOW)
    assert Frontier(database, "times").lease(10, now=NOW, past_per_day=0)
    assert due(database) == ["times"]
