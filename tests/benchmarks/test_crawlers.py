"""The paper that crawlers are compared on, and the judge of what they tell of it."""

import re

import pytest

from benchmarks.courier import PLACES, CourierSite
from benchmarks.crawler_programs import Record
from benchmarks.crawlers import FIRST, MOMENTS, Judge


@pytest.fixture(scope="module")
def site() -> CourierSite:
    return CourierSite(FIRST)


@pytest.fixture(scope="module")
def judge(site: CourierSite) -> Judge:
    return Judge(site)


def links(site: CourierSite, *targets: str) -> set[str]:
    """Paths that these lists name."""
    text = "".join(site.answer(target).body.decode() for target in targets)
    found = re.findall(r"(?:href=\"|<link>|<loc>)([^\"<]+)", text)
    return {link.removeprefix(site.room.home).partition("?")[0] for link in found}


def test_each_article_stands_on_those_lists_that_its_place_says(site):
    feed, pages = links(site, "/rss/"), links(site, "/news/", *(f"/news/page/{number}/" for number in range(2, 30)))
    maps = links(site, *links(site, "/sitemap.xml"))
    named = {
        "feed+map": (True, True, True), "feed": (True, False, True), "map+pages": (False, True, True),
        "map": (False, True, False), "pages": (False, False, True),
    }  # fmt: skip
    places = {story.number: site.place(story, FIRST) for story in site.stories(FIRST)}
    assert set(places.values()) == set(PLACES) == set(named)
    for story in site.stories(FIRST):
        path = site.path(story)
        assert (path in feed, path in maps, path in pages) == named[places[story.number]], path
        assert site.kind(path) == "article"
        assert site.answer(path).status == 200


def test_nothing_changes_between_the_first_and_the_second_crawl_and_something_before_the_third(site):
    first, second, third = (
        {(story.number, story.version(moment)) for story in site.stories(moment)} for moment in MOMENTS
    )
    assert first == second
    assert len(third - second) > 10


def test_a_record_tells_the_version_that_it_is_most_like(site, judge):
    headlines = {story.number: site.headline(story) for story in site.room.stories}
    for story in site.room.stories:
        for number, version in enumerate(site.versions(story)):
            record = Record("", f"{headlines[story.number]} - Harbour Courier", "\n\n".join(version.paragraphs))
            assert judge.version(record, headlines) == (story.number, number)
            assert judge.version(Record("", "Page not found", record.text), headlines) is None
    assert judge.version(Record("", headlines[0], "We value your privacy."), headlines) is None
