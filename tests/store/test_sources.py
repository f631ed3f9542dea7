"""The sources of all outlets in the state's file."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from newsarchive.freshness import polling
from newsarchive.freshness.polling import Pace
from newsarchive.store.database import Database
from newsarchive.store.sources import Sources

NOW = 1_790_000_000
FEED, MAP = "https://times.example/rss", "https://times.example/sitemap.xml"
CHILD = "https://times.example/sitemap-2026-09.xml"
PACE = Pace()


@pytest.fixture
def sources(tmp_path: Path) -> Iterator[Sources]:
    database = Database(tmp_path / "state.sqlite")
    sources = Sources(database)
    sources.know("times", [(FEED, "feed"), (MAP, "sitemap")], pace=PACE, now=NOW)
    yield sources
    database.close()


def urls(sources: Sources, now: int, outlet: str = "times") -> list[str]:
    return [one.url for one in sources.due(outlet, now)]


def test_sources_that_nobody_looked_at_are_due_without_validators(sources):
    due = sources.due("times", NOW)
    assert [(one.url, one.kind, one.conditional) for one in due] == [(FEED, "feed", False), (MAP, "sitemap", False)]


def test_a_look_puts_the_next_one_off_within_the_bounds(sources):
    sources.note("times", FEED, polling.read(listed=20, new=20, digest="sha1:A"), NOW)
    assert urls(sources, NOW) == [MAP]
    sources.note("times", MAP, polling.read(listed=500, new=500, digest="sha1:B"), NOW)
    due = sources.next_due("times")
    assert due
    assert PACE.shortest <= due - NOW <= PACE.longest
    assert [one.conditional for one in sources.due("times", due)] == [True]


def test_everything_known_of_a_source_survives_the_file(sources):
    told = sources.note("times", FEED, polling.read(listed=20, new=20, digest="sha1:A"), NOW)
    told = sources.note("times", FEED, polling.read(listed=20, new=3, digest="sha1:B"), NOW + 3600)
    assert told == sources.source("times", FEED)


def test_a_source_that_left_the_yaml_is_forgotten_with_all_it_led_to(sources):
    sources.found("times", CHILD, "sitemap", via=MAP, now=NOW)
    assert CHILD in urls(sources, NOW)
    sources.know("times", [(FEED, "feed")], pace=PACE, now=NOW)
    assert urls(sources, NOW) == [FEED]


def test_new_bounds_reach_sources_that_wait_for_the_old_ones(sources):
    sources.note("times", FEED, polling.read(listed=20, new=20, digest="sha1:A"), NOW)
    sources.know("times", [(FEED, "feed"), (MAP, "sitemap")], pace=Pace(60, 300, 60), now=NOW)
    assert FEED in urls(sources, NOW + 300)


def test_when_a_feed_overflows_the_other_sources_are_asked(sources):
    for moment in (NOW, NOW + 60):
        sources.note("times", MAP, polling.read(listed=500, new=0, digest="sha1:B"), moment)
        sources.note("times", FEED, polling.read(listed=20, new=20, digest="sha1:A"), moment)
    assert urls(sources, NOW + 60) == [MAP]


def test_when_a_feed_fails_three_times_the_other_sources_are_asked_once(sources):
    sources.note("times", MAP, polling.read(listed=500, new=0, digest="sha1:B"), NOW)
    for second in range(4):
        assert (MAP in urls(sources, NOW + second)) == (second == 3)
        sources.note("times", FEED, polling.failed("http_500"), NOW + second)
    sources.note("times", MAP, polling.read(listed=500, new=0, digest="sha1:B"), NOW + 3)
    assert urls(sources, NOW + 4) == []


def test_a_word_about_a_source_that_nobody_knows_teaches_nothing(sources):
    assert sources.note("times", CHILD, polling.not_modified(), NOW) is None
    sources.nudge("times", CHILD, NOW, now=NOW)


def test_depth_is_how_many_sources_stand_between_and_loops_have_an_end(sources):
    chain = [MAP, CHILD, "https://times.example/2.xml", "https://times.example/3.xml"]
    for via, url in pairwise(chain):
        sources.found("times", url, "sitemap", via=via, now=NOW)
    assert [sources.depth("times", url) for url in chain] == [0, 1, 2, 3]
    assert sources.depth("times", "https://times.example/unknown.xml") == 0
    sources.found("times", "https://times.example/a.xml", "sitemap", via="https://times.example/b.xml", now=NOW)
    sources.found("times", "https://times.example/b.xml", "sitemap", via="https://times.example/a.xml", now=NOW)
    assert sources.depth("times", "https://times.example/a.xml") > 10
