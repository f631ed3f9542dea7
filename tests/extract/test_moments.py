from datetime import UTC, datetime

import pytest

from newsarchive import dates
from newsarchive.extract import moments
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
