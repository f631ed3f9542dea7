"""Stories and aliases in a state of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsarchive.judging import sketches
from newsarchive.store.aliases import Alias, Aliases
from newsarchive.store.database import Database
from newsarchive.store.stories import Stories, Story
from tests.judging.test_sketches import prose

DAY = 86400


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "state.sqlite")
    yield database
    database.close()


def story(outlet: str, path: str, seed: int) -> Story:
    return Story(outlet, f"https://{outlet}.example/{path}", bytes([seed]) * 16, sketches.sketch(prose(seed)))


def tell(stories: Stories, one: Story, *, now: int = 0) -> None:
    stories.tell(one, now=now)


def test_a_like_story_of_another_outlet_is_found_and_the_story_itself_is_not(database: Database):
    stories = Stories(database, days=14, bands=sketches.bands)
    first, copy = story("a", "x", 1), story("b", "y", 1)
    for one in (first, story("a", "z", 2), copy):
        tell(stories, one)
    assert stories.sharing(copy) == [first]


def test_a_story_told_anew_takes_the_place_of_the_old_one(database: Database):
    stories = Stories(database, days=14, bands=sketches.bands)
    tell(stories, story("a", "x", 1))
    tell(stories, story("a", "x?utm_source=n", 2))
    assert stories.at("a", "https://a.example/x").text_digest == bytes([2]) * 16
    assert stories.sharing(story("b", "y", 1)) == []


def test_what_is_old_is_forgotten_little_by_little(database: Database):
    stories = Stories(database, days=14, bands=sketches.bands)
    for number in range(6):
        tell(stories, story("a", f"old-{number}", number))
    for number in range(6, 9):
        tell(stories, story("a", f"new-{number}", number), now=15 * DAY)
    assert [stories.at("a", f"https://a.example/old-{number}") for number in range(6)] == [None] * 6
    assert database.run("SELECT count(*) FROM story_band").fetchone() == (3 * 16,)


def test_addresses_of_one_text_are_counted_up_to_a_limit(database: Database):
    stories = Stories(database, days=14, bands=sketches.bands)
    for number in range(5):
        tell(stories, story("a", f"wall-{number}", 7))
    assert stories.addresses_of("a", bytes([7]) * 16, most=3) == 3
    assert stories.addresses_of("b", bytes([7]) * 16, most=3) == 0


def test_every_look_up_goes_by_an_index(database: Database):
    stories, aliases = Stories(database, days=14, bands=sketches.bands), Aliases(database)
    asked: list[str] = []
    run = database.run
    stories._run = aliases._run = lambda statement, values=(): (
        asked.append((statement, values)) or run(statement, values)
    )
    tell(stories, story("a", "x", 1))
    stories.at("a", "https://a.example/x")
    stories.sharing(story("a", "x", 1))
    stories.addresses_of("a", bytes(16), most=3)
    aliases.leads_to("a", "https://a.example/x")
    aliases.of("a", "https://a.example/x")
    for statement, values in asked:
        if statement.strip().startswith("SELECT"):
            plan = run(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
            assert not [step for step in plan if step[3].startswith("SCAN")], (statement, plan)


def test_an_alias_leads_to_the_article_from_any_spelling(database: Database):
    aliases = Aliases(database)
    old, new = "https://a.example/old", "https://a.example/new"
    aliases.note("a", Alias(old, new, "moved"), now=0)
    assert aliases.leads_to("a", "http://www.a.example/old/?utm_source=n") == new
    assert aliases.leads_to("b", old) is None
    assert aliases.of("a", new) == [Alias(old, new, "moved")]
