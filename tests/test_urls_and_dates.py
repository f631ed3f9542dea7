"""Addresses and times, with literals."""

from datetime import UTC, datetime

import pytest

from newsarchive import dates, text, urls


@pytest.mark.parametrize(
    "variant",
    [
        "https://a.example/x/", "http://www.a.example/x", "https://a.example/x/?utm_source=n&fbclid=1", "https://a.example/x#top",
        "https://a.example/amp/x/", "https://a.example/x/amp/", "https://amp.a.example/x", "https://m.a.example/x/?amp=1",
        "https://a-example.cdn.ampproject.org/c/s/a.example/x/", "https://a.example:443/x",
    ],
)  # fmt: skip
def test_all_addresses_of_one_article_have_one_key(variant: str):
    assert urls.key(variant) == urls.key("https://a.example/x")


@pytest.mark.parametrize(
    "other", ["https://a.example/x?id=2", "https://a.example/y", "https://b.example/x", "https://a.example/ampere"]
)
def test_different_articles_have_different_keys(other: str):
    assert urls.key(other) != urls.key("https://a.example/x")


def test_unknown_parameters_are_fetched_and_trackers_are_not():
    assert urls.to_fetch("https://a.example/x?id=3&utm_source=n#f") == "https://a.example/x?id=3"


@pytest.mark.parametrize(
    "reference", ["", None, "javascript:x", "mailto:a@b", "http://", "http://[bad", "http://a:99999/"]
)
def test_what_is_no_address_is_none(reference: str | None):
    assert urls.absolute("https://a.example/", reference) is None


@pytest.mark.parametrize(
    ("raw", "value", "precision"),
    [
        ("2024-08-13T01:09:23Z", "2024-08-13T01:09:23+00:00", "second"),
        ("November 15, 2024 4:09 PM", "2024-11-15T16:09:00+02:00", "minute"),
        ("June 3, 2025 12:05 AM", "2025-06-03T00:05:00+03:00", "minute"),
        ("Tue, 03 Jun 2025 13:18:00 GMT", "2025-06-03T13:18:00+00:00", "second"),
        ("3 June 2025", "2025-06-03", "day"),
    ],
)
def test_times_are_read_with_the_zone_that_is_known(raw: str, value: str, precision: str):
    moment = dates.parse(raw, local_zone="Europe/Kyiv")
    assert moment is not None
    assert (moment.value, moment.precision) == (value, precision)


@pytest.mark.parametrize("raw", ["", "yesterday", "2026-13-45", "February 30, 2025", "25:61"])
def test_what_is_no_time_is_none(raw: str):
    assert dates.parse(raw) is None


def test_a_time_after_the_capture_is_not_believed():
    captured = datetime(2026, 11, 22, tzinfo=UTC)
    assert dates.is_believable(dates.Moment("2026-11-22", "day"), captured)
    assert not dates.is_believable(dates.Moment("2026-11-24", "day"), captured)


def test_paragraphs_are_found_again_by_their_spans():
    paragraphs = [text.clean(" One\u00a0 two\x07 "), "Three é"]
    joined = text.join(paragraphs)
    assert [joined[start:end] for start, end in text.spans(paragraphs)] == ["One two", "Three é"]
