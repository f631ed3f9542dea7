"""A `lastmod` that lies, and one that does not."""

from datetime import UTC, datetime, timedelta

import pytest

from newsarchive.discovery.lastmod import FEWEST_PAGES, Claim, claims, is_lie, without
from newsarchive.items import Link

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
NOW = int(NOON.timestamp())
DAY = 86_400


def listing(count: int, *, step: int, age: int = 0, exact: bool = True, published: int | None = None) -> list[Claim]:
    return [Claim(NOW - age - step * number, exact, published and published - number) for number in range(count)]


@pytest.mark.parametrize(
    "said",
    [
        listing(500, step=0, age=3 * DAY),
        listing(59, step=1, age=3600),
        [*listing(100, step=0), *listing(5, step=DAY, age=DAY)],
        listing(200, step=60, published=NOW - 400 * DAY),
        listing(200, step=0, exact=False, age=NOW % DAY, published=NOW - 400 * DAY),
        listing(50, step=-DAY, age=-2 * DAY),
    ],
    ids=["all equal", "one run", "nearly all equal", "old pages all today", "old pages all this day", "in the future"],
)
def test_a_sitemap_that_says_everything_changed_lies(said: list[Claim]):
    assert is_lie(said, now=NOW)


@pytest.mark.parametrize(
    "said",
    [
        [],
        listing(FEWEST_PAGES - 1, step=0),
        listing(500, step=1800),
        listing(40, step=0, exact=False),
        listing(40, step=600, published=NOW - DAY),
        listing(300, step=DAY, published=NOW - 400 * DAY),
    ],
    ids=["nothing", "few pages", "edits of ten days", "a news sitemap of one day", "today's news", "an archive"],
)
def test_a_sitemap_that_may_be_right_is_not_called_a_liar(said: list[Claim]):
    assert not is_lie(said, now=NOW)


def test_claims_are_read_from_links_as_they_were_printed():
    def link(modified: str | None, published: str | None = None) -> Link:
        return Link("https://a.example/x", "s", "sitemap", published_raw=published, modified_raw=modified)

    said = claims([link("2026-11-25T12:00:00Z", "2026-11-24"), link("2026-11-25"), link("2026-13-45"), link(None)])
    midnight = int((NOON - timedelta(hours=12)).timestamp())
    assert said == [Claim(NOW, is_exact=True, published=midnight - DAY), Claim(midnight, is_exact=False)]


def test_what_is_not_believed_is_forgotten():
    links = (Link("https://a.example/x", "s", "sitemap", published_raw="2020-01-01", modified_raw="2026-11-25"),)
    assert [(one.published_raw, one.modified_raw) for one in without(links)] == [("2020-01-01", None)]
