from datetime import UTC, datetime

import pytest

from newsarchive import dates
from newsarchive.extract import moments, surroundings
from newsarchive.extract.document import Document
from newsarchive.extract.parts import Parts
from tests.extract.pages import json_ld, plain

CAPTURED = datetime(2024, 11, 20, tzinfo=UTC)
KYIV = "Europe/Kyiv"


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("August 12, 2024 9:09PM ET", "2024-08-12T21:09:00-04:00"),
        ("December 12, 2023 9:09 p.m. ET", "2023-12-12T21:09:00-05:00"),
        ("July 4, 2024, 10:00 EST", "2024-07-04T10:00:00-05:00"),
        ("4 July 2024 at 10:00 BST", "2024-07-04T10:00:00+01:00"),
        ("4 July 2024 10:00 (EEST)", "2024-07-04T10:00:00+03:00"),
        ("4 July 2024 10:00 GMT+2", "2024-07-04T10:00:00+02:00"),
        ("4 July 2024 10:00 XYZT", "2024-07-04T10:00:00"),
        ("November 15, 2024 4:09 PM", "2024-11-15T16:09:00+02:00"),
        ("November 15, 2024 4:09 PM 2 min read", "2024-11-15T16:09:00+02:00"),
        ("November 15, 2024 4:09 PM by Ada", "2024-11-15T16:09:00+02:00"),
        ("Tue Jun 03 2025 13:18:00 GMT+0000 (Coordinated Universal Time)", "2025-06-03T13:18:00+00:00"),
        ("2024-11-15T14:09:00+5:30", "2024-11-15T14:09:00+05:30"),
        ("2024-11-15T14:09:31.000Z", "2024-11-15T14:09:31+00:00"),
        ("2024-11-15", "2024-11-15"),
    ],
)
def test_printed_times_keep_the_zone_that_is_known(raw: str, wanted: str) -> None:
    moment = dates.parse(raw, local_zone=KYIV)
    assert moment is not None
    assert moment.value == wanted


def published(head: str = "", body: str = "", url: str = "https://times.example/story") -> tuple[str, str] | None:
    document = Document(plain(body, head), url)
    found = moments.published(document, Parts(), CAPTURED, KYIV)
    return (found.value, found.source) if found else None


META = "<meta property=article:published_time content='2024-11-15T10:00:00+00:00'>"


def test_json_ld_comes_before_meta_before_time_before_url() -> None:
    stated = json_ld(**{"@type": "Article", "datePublished": "2024-11-14T09:00:00Z"})
    time = "<article><time datetime='2024-11-16T08:00:00Z'>Nov 16</time></article>"
    dated = "https://times.example/2024/11/13/story"
    assert published(stated + META, time, dated) == ("2024-11-14T09:00:00+00:00", "json-ld")
    assert published(META, time, dated) == ("2024-11-15T10:00:00+00:00", "meta")
    assert published("", time, dated) == ("2024-11-16T08:00:00+00:00", "time")
    assert published("", "", dated) == ("2024-11-13", "url")
    assert published() is None


def test_a_day_gets_its_time_of_day_from_a_later_statement() -> None:
    stated = json_ld(**{"@type": "Article", "datePublished": "2024-11-15"})
    assert published(stated + META) == ("2024-11-15T10:00:00+00:00", "meta")


def test_a_time_after_the_capture_is_not_believed() -> None:
    assert published(json_ld(**{"@type": "Article", "datePublished": "2031-01-01T00:00:00Z"})) is None
    assert published(META.replace("2024", "2025")) is None


def test_visible_time_without_zone_is_on_the_newsroom_s_clock() -> None:
    assert published(body="<main><time datetime=>November 15, 2024 4:09 PM</time></main>") == (
        "2024-11-15T16:09:00+02:00",
        "byline",
    )


def test_update_is_what_the_machine_readable_part_states() -> None:
    document = Document(
        plain("", json_ld(**{"@type": "Article", "dateModified": "2024-11-16T09:00:00Z"})), "https://t.example/a"
    )
    found = moments.updated(document, CAPTURED)
    assert found is not None
    assert (found.value, found.precision, found.raw) == ("2024-11-16T09:00:00+00:00", "second", "2024-11-16T09:00:00Z")


def beside_headline(body: str, head: str = "") -> tuple[str, str] | None:
    document = Document(plain(f"<main><h1>Harbour closes early</h1>{body}</main>", head), "https://times.example/story")
    around = surroundings.read(document.first("h1"))
    found = moments.published(document, Parts(), CAPTURED, None, around)
    return (found.value, found.source) if found else None


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("<p>Do 14.11.24 | 14:07 Uhr</p>", "2024-11-14T14:07:00"),
        ("<p>Last updated 16 November 2024</p><p>Published 14 November 2024</p>", "2024-11-14"),
        ("<p>Published 14 November 2024 - Last updated 16 November 2024</p>", "2024-11-14"),
        ("<p>Updated 16 November 2024</p>", "2024-11-16"),
        ("<h2 class=date-header>Thursday, November 14, 2024</h2>", "2024-11-14"),
        ("<abbr itemprop=datePublished title='2024-11-14T21:05:00-07:00'>9:05 PM</abbr>", "2024-11-14T21:05:00-07:00"),
        ("<time datetime='2024-11-18T10:00:00Z'>Publié le 14 novembre 2024</time>", "2024-11-14"),
        ("<ul class=related><li><time datetime='2024-11-01'>x</time></ul><p>14 November 2024</p>", "2024-11-14"),
        ("<blockquote>A post, November 1, 2024</blockquote>", None),
    ],
)
def test_a_printed_day_is_found_beside_the_headline(body: str, wanted: str | None) -> None:
    found = beside_headline(body)
    assert (found[0] if found else None) == wanted


@pytest.mark.parametrize(
    ("clock", "wanted"),
    [
        ("November 14, 2024 11:30 p.m.", "2024-11-14T23:30:59-06:00"),
        ("November 14, 2024 11:30 p.m. CST", "2024-11-14T23:30:59-06:00"),
        ("November 14, 2024 11:31 p.m.", "2024-11-15T05:30:59+00:00"),
        ("November 16, 2024 11:30 p.m.", "2024-11-15T05:30:59+00:00"),
    ],
)
def test_an_instant_is_told_on_the_clock_of_its_place_where_the_page_has_one(clock: str, wanted: str) -> None:
    stated = json_ld(**{"@type": "Article", "datePublished": "2024-11-15T05:30:59Z"})
    assert beside_headline(f"<p>{clock}</p>", stated) == (wanted, "json-ld")


def test_the_day_of_the_visit_is_never_the_day_of_publication() -> None:
    assert published(body="<div class=today-date>Wednesday, November 20, 2024</div><h1>A</h1>") is None
    assert published(body="<p>Today is November 20, 2024</p>") is None
    assert published(body="<div class=date>November 14, 2024</div>") == ("2024-11-14", "byline")


def test_a_meta_date_may_be_of_the_last_change() -> None:
    meta = "<meta name=date content=2024-11-18>"
    assert beside_headline("<p>14.11.2024</p>", meta) == ("2024-11-14", "byline")
    assert beside_headline("", meta) == ("2024-11-18", "meta")


@pytest.mark.parametrize(
    ("head", "body", "wanted"),
    [
        (json_ld(**{"@type": "Recipe", "datePublished": "2024-11-14"}), "", ("2024-11-14", "json-ld")),
        (
            '<script>var a = {"publishedAt": "2024-11-14T10:00:00Z"}</script>',
            "",
            ("2024-11-14T10:00:00+00:00", "json-ld"),
        ),
        ("<meta property=og:title content='Harbour closes | 14.11.2024'>", "", ("2024-11-14", "byline")),
        ("", "<footer>Datum: 14.11.2024</footer>", ("2024-11-14", "byline")),
    ],
)
def test_weaker_statements_stand_in_where_there_are_no_better(head: str, body: str, wanted: tuple[str, str]) -> None:
    assert published(head, body) == wanted
