"""Addresses on pages, and times, with literals."""

from datetime import UTC, datetime

import pytest

from newsarchive import dates, text, urls


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


@pytest.mark.parametrize(
    ("raw", "value", "precision"),
    [
        ("Do 25.04.24 | 14:07 Uhr | Von Ada Lens", "2024-04-25T14:07:00", "minute"),
        ("Publié le 29 juin 2019 à 14h30", "2019-06-29T14:30:00", "minute"),
        ("opublikowano 3 maja 2020 o godz. 12:30", "2020-05-03T12:30:00", "minute"),
        ("20.09.2020 alle ore 12.30", "2020-09-20T12:30:00", "minute"),
        ("12:05, 5 May 2020", "2020-05-05T12:05:00", "minute"),
        ("Published 8:00 PM EST, Tue December 19, 2023", "2023-12-19T20:00:00-05:00", "minute"),
        ("2024年04月24日23:52", "2024-04-24T23:52:00", "minute"),
        ("2020年3月4日 午後3時05分", "2020-03-04T15:05:00", "minute"),
        ("07 أكتوبر 2020 - 02:09 م", "2020-10-07T14:09:00", "minute"),
        ("الجمعة 24 نيسان / أبريل 2020 09:22 مساءً", "2020-04-24T21:22:00", "minute"),
        ("الجمعة 24 أبريل 2020 09:22 صباحًا", "2020-04-24T09:22:00", "minute"),
        ("1507287600", "2017-10-06T11:00:00+00:00", "second"),
        ("20191016", "2019-10-16", "day"),
        ("3 May 2024, 12 comments", "2024-05-03", "day"),
    ],
)
def test_printed_times_of_many_languages_are_read(raw: str, value: str, precision: str):
    moment = dates.parse(raw)
    assert moment is not None
    assert (moment.value, moment.precision) == (value, precision)


@pytest.mark.parametrize(("region", "value"), [(None, "2024-03-05"), ("us", "2024-03-05"), ("gb", "2024-05-03")])
def test_english_puts_the_month_first_unless_its_country_does_not(region: str | None, value: str):
    moment = dates.parse("3/5/2024", writing=dates.writing("en", region))
    assert moment is not None
    assert moment.value == value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("2024/11/15/slug", "2024-11-15"),
        ("2024/nov/15/slug", "2024-11-15"),
        ("2024-11-15_slug", "2024-11-15"),
        ("2024/1115/c1", "2024-11-15"),
        ("2024-11/15/c1", "2024-11-15"),
        ("slug-20241115-x", "2024-11-15"),
        ("15-11-2024", "2024-11-15"),
        ("2024/11/slug", None),
        ("web/20160330101229/x", None),
        ("c1001-40223222.html", None),
        ("2024/13/45/x", None),
    ],
)
def test_a_day_in_an_address_is_found_in_its_path(path: str, value: str | None):
    moment = dates.from_url(f"https://a.example/{path}?d=2020/01/01")
    assert (moment.value if moment else None) == value


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


@pytest.mark.parametrize(
    ("raw", "hour"),
    [
        # Clocks in New York went forward on 8 March 2026 and went back on 1 November.
        ("November 1, 2026 1:30 AM", "twice"),
        ("November 1, 2026 2:30 AM", "once"),
        ("March 8, 2026 2:30 AM", "never"),
        ("2026-11-01T01:30:00", "twice"),
        # What names its zone is in no doubt, nor is a day.
        ("2026-11-01T01:30:00-05:00", "once"),
        ("November 1, 2026 1:30 AM EST", "once"),
        ("November 1, 2026", "once"),
        ("nonsense", "once"),
    ],
)
def test_an_hour_that_is_shown_twice_or_never_is_known(raw: str, hour: str):
    assert dates.hour_told(raw, local_zone="America/New_York") == hour


def test_of_an_hour_shown_twice_the_first_is_told_and_of_a_missing_one_the_offset_before():
    twice = dates.parse("November 1, 2026 1:30 AM", local_zone="America/New_York")
    never = dates.parse("March 8, 2026 2:30 AM", local_zone="America/New_York")
    assert twice
    assert never
    assert twice.value == "2026-11-01T01:30:00-04:00"
    assert never.value == "2026-03-08T02:30:00-05:00"


@pytest.mark.parametrize(
    "raw",
    [
        "0001-01-01T00:00:00+02:00",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-05:00",
        "Mon, 01 Jan 0001 00:00:00 +0200",
        "January 1, 0001 12:00 AM CET",
        "31 December 9999",
    ],
)
def test_the_time_that_programs_print_for_no_date_is_no_time(raw: str):
    assert dates.parse(raw) is None
    assert dates.parse(raw, local_zone="Europe/Kyiv") is None


@pytest.mark.parametrize(
    "url", ["https://www.google.com/amp/s/[::1", "https://a.cdn.ampproject.org/c/s/h:99999/x", "https://a.example/amp/"]
)
def test_an_amp_address_around_no_address_has_a_key_of_its_own(url: str):
    assert urls.canonical(url).startswith("https://")
    assert urls.key(url) != urls.key("https://a.example/")


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        ("https://a.example/x/../y", "https://a.example/y"),
        ("https://a.example/x/./y/..", "https://a.example/x/"),
        ("https://a.example/../../y", "https://a.example/y"),
        ("https://a.example/x/%2E%2e/y?z=/../w", "https://a.example/y?z=/../w"),
        ("https://a.example/.well-known/x", "https://a.example/.well-known/x"),
        ("https://ada:secret@a.example:8080/x", "https://a.example:8080/x"),
        ("//ada@a.example/@b", "https://a.example/@b"),
    ],
)
def test_dots_and_credentials_of_a_link_are_not_kept(reference: str, url: str):
    assert urls.absolute("https://news.example/", reference) == url
    assert urls.absolute("https://news.example/", url) == url


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        (r"\l0", "http://c.example/l0"),
        (r"x\l0?a\b", "http://c.example/sec/x/l0?a%5Cb"),
        (r"http:\\c.example\l1", "http://c.example/l1"),
        (r"\\c.example\l2", "http://c.example/l2"),
        ("///c.example/l3", "http://c.example/l3"),
        ("http:///c.example/l4", "http://c.example/l4"),
        ("https:/c.example/l5", "https://c.example/l5"),
        ("http:/l6", "http://c.example/l6"),
        ("http:l7", "http://c.example/sec/l7"),
        ("\x00 /l8\x1f ", "http://c.example/l8"),
        ("ht\ntp://c.example/l\t9", "http://c.example/l9"),
        ("?l=10", "http://c.example/sec/?l=10"),
        ("ftp:///c.example/x", None),
    ],
)
def test_slashes_of_a_link_are_read_as_browsers_read_them(reference: str, url: str | None):
    assert urls.absolute("http://c.example/sec/", reference) == url


@pytest.mark.parametrize(
    ("printed", "url"),
    [
        (b"http://c.example/x/../a1", "http://c.example/a1"),
        (b"../a/./b#c", "http://c.example/a/b"),
        (b"\\\\c.example\\x", "http://c.example/x"),
        (b"/caf\xc3\xa9/\xe9", "http://c.example/caf%C3%A9/%E9"),
        (b" ", "http://c.example/x/y"),
        (b"mailto:ada@c.example", "mailto:ada@c.example"),
        (b"http://[", None),
        (b"app://[", None),
    ],
)
def test_a_redirect_leads_where_a_link_would(printed: bytes, url: str | None):
    assert urls.target("http://c.example/x/y", printed) == url


def test_a_character_reference_with_endless_digits_is_no_character():
    assert text.unescape("a&#" + "9" * 5000 + ";b&#233;") == "a\ufffdbé"
