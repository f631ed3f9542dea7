"""The invented world: the same for the same seed, and nothing before its time."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from newsarchive import clock, discovery, outlets
from newsarchive.demoweb.world import newsroom
from newsarchive.demoweb.world.newsroom import Newsroom, newsrooms, write_config
from newsarchive.demoweb.world.schedule import Habit, stories
from newsarchive.demoweb.world.site import InventedSite
from newsarchive.extract import extract
from tests.conftest import PROJECT

DAY = 86_400
START = 1_803_859_200
"""1 March 2027, a Monday."""


@pytest.fixture
def set_clock() -> Iterator[object]:
    yield lambda moment: clock.advance(moment - clock.now())
    clock.reset()


@pytest.fixture(scope="module")
def rooms() -> list[Newsroom]:
    return newsrooms("1", 50, start=START, days=20)


def listed(site: InventedSite, path: str, kind: str) -> list[str]:
    answer = site.answer(path)
    found = discovery.read_source(answer.body, content_type=None, url=site.room.home + path, kind=kind)
    urls = [link.url for link in found.links]
    for lead in found.leads:
        urls += listed(site, urlsplit(lead.url).path, kind)
    return urls


def test_the_same_seed_is_the_same_world(rooms):
    assert newsrooms("1", 50, start=START, days=20) == rooms
    assert [room.stories for room in newsrooms("1", 50, start=START, days=20)] == [room.stories for room in rooms]
    assert newsrooms("2", 50, start=START, days=20)[0].stories != rooms[0].stories


def test_a_world_has_many_kinds_of_outlets(rooms):
    assert {room.platform for room in rooms} == {"ghost", "wordpress", "plain", "rebelmouse"}
    assert {room.tags for room in rooms} == {"honest", "frozen", "none"}
    assert {room.lastmod for room in rooms} == {"honest", "lying", "none"}
    assert len({room.language for room in rooms}) == 5
    assert all(room.feed or room.sitemap for room in rooms)


def test_a_newsroom_keeps_its_days_and_its_rate():
    told = stories(Habit(5, "office", (0, 1, 2, 3, 4)), start=START, days=70, seed="x")
    assert {(one.published // DAY + 3) % 7 for one in told} == {0, 1, 2, 3, 4}
    assert 200 < len(told) < 300
    assert all(one.published < edit for one in told for edit in one.edits)


def test_a_story_is_nowhere_before_its_time_and_everywhere_after_it(rooms, set_clock):
    for room in rooms:
        site = InventedSite(room)
        story = room.stories[-1]
        set_clock(story.published - 2)
        sources = [
            (path, kind)
            for path, kind in ((room.feed, "feed"), (room.sitemap, "sitemap"), (room.section, "section"))
            if path
        ]
        assert site.answer(site.path(story)).status == 404
        assert not [path for path, kind in sources if site.url(story) in listed(site, path, kind)]
        set_clock(story.published)
        assert site.answer(site.path(story)).status == 200
        assert [path for path, kind in sources if site.url(story) in listed(site, path, kind)] == [
            one for one, _ in sources
        ]


def test_every_page_is_read_as_the_article_that_it_is(rooms, set_clock):
    set_clock(START + 19 * DAY)
    for room in rooms[:20]:
        site, story = InventedSite(room), room.stories[0]
        answer = site.answer(site.path(story))
        article = extract(
            answer.body, content_type="text/html; charset=utf-8", url=site.url(story), captured_at=clock.moment()
        )
        prose = newsroom.prose.written(room.language, f"{room.seed}/{story.number}", story.version(clock.now()))
        assert article.headline == prose.headline
        assert tuple(article.body()) == prose.paragraphs, room.platform
        assert article.language.code == room.language


def test_an_edit_shows_at_its_moment_in_page_and_validators(rooms, set_clock):
    room = next(room for room in rooms if room.tags == "honest")
    site = InventedSite(room)
    story = next(one for one in room.stories if one.edits)
    set_clock(story.edits[0] - 2)
    before = site.answer(site.path(story))
    set_clock(story.edits[0])
    after = site.answer(site.path(story))
    assert before.body != after.body
    assert dict(before.headers)["ETag"] != dict(after.headers)["ETag"]


def test_the_config_of_a_world_is_valid(rooms, tmp_path):
    defaults = (PROJECT / "config" / "defaults.yaml").read_text(encoding="utf-8")
    write_config(tmp_path / "config", rooms, defaults=defaults, crawl={"delay": 0.0})
    assert outlets.names(tmp_path / "config") == [room.id for room in rooms]
    for room in rooms:
        outlet = outlets.load(tmp_path / "config", room.id)
        assert outlet.is_article(InventedSite(room).url(room.stories[0]))
