"""What a YAML may name as a source, and how its mistakes are told."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from newsarchive import outlets
from newsarchive.errors import OutletError
from newsarchive.sources import Source
from tests.conftest import PROJECT

SITE = "https://news.example"


@pytest.mark.parametrize(
    ("facts", "kind", "url"),
    [
        ({"feed": f"{SITE}/rss"}, "feed", f"{SITE}/rss"),
        ({"robots": f"{SITE}/robots.txt"}, "robots", f"{SITE}/robots.txt"),
        ({"follow": f"{SITE}/", "depth": 3, "within": ("^/world/",)}, "follow", f"{SITE}/"),
        ({"warc": "cc-news/*.warc.gz"}, "warc", "cc-news/*.warc.gz"),
        ({"cdx": "https://index.example/?url=news.example/*"}, "cdx", "https://index.example/?url=news.example/*"),
    ],
)
def test_a_source_has_one_kind_and_one_address(facts: dict, kind: str, url: str):
    source = Source.model_validate(facts)
    assert (source.kind, source.url) == (kind, url)
    assert list(source.on(date(2026, 11, 25))) == [source]


def test_a_daily_source_is_a_section_for_each_of_its_days():
    source = Source(daily=f"{SITE}/{{year}}/{{month}}/{{day}}/", days=3)
    days = list(source.on(date(2026, 3, 1)))
    assert [(one.kind, one.url.removeprefix(SITE)) for one in days] == [
        ("section", "/2026/03/01/"), ("section", "/2026/02/28/"), ("section", "/2026/02/27/"),
    ]  # fmt: skip
    assert len(list(Source(daily=f"{SITE}/{{year}}{{month}}{{day}}").on(date(2026, 3, 1)))) == 2


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, "exactly one of feed, sitemap, section, daily, robots, follow, cdx, warc"),
        ({"feed": f"{SITE}/rss", "cdx": f"{SITE}/cdx"}, "exactly one of"),
        ({"feed": f"{SITE}/rss", "depth": 2}, "depth and within only with follow"),
        ({"section": f"{SITE}/", "days": 2}, "days only with daily"),
        ({"daily": f"{SITE}/today/"}, "a URL with {year}, {month} and {day}"),
        ({"daily": f"{SITE}/{{jahr}}/{{day}}"}, "no other fields than {year}, {month} and {day}"),
        ({"daily": "/{year}/{month}/{day}"}, "an absolute http or https URL"),
        ({"follow": f"{SITE}/", "within": ("(",)}, "a regular expression"),
        ({"follow": f"{SITE}/", "depth": 0}, "greater than or equal to 1"),
        ({"warc": ""}, "a path or pattern of files"),
    ],
)
def test_a_wrong_source_says_what_was_expected(facts: dict, expected: str):
    with pytest.raises(ValidationError) as raised:
        Source.model_validate(facts)
    assert expected in str(raised.value)


def test_the_days_of_a_source_are_those_of_the_outlets_zone(tmp_path: Path):
    (tmp_path / "outlets").mkdir()
    (tmp_path / "defaults.yaml").write_text((PROJECT / "config" / "defaults.yaml").read_text())
    (tmp_path / "outlets" / "paper.yaml").write_text(
        f"name: Paper\nhome: {SITE}/\ntimezone: Asia/Tokyo\n"
        f"sources:\n  - daily: {SITE}/{{year}}-{{month}}-{{day}}\n    days: 1\n  - feed: https://feeds.example/paper\n"
    )
    paper = outlets.load(tmp_path, "paper")
    asked = [source.url for source in paper.sources_on(datetime(2026, 11, 25, 20, tzinfo=UTC))]
    assert asked == [f"{SITE}/2026-11-26", "https://feeds.example/paper"]
    assert paper.source_hosts == {"news.example", "feeds.example"}


def test_an_unknown_key_of_a_source_is_told_with_those_that_are_known(tmp_path: Path):
    (tmp_path / "outlets").mkdir()
    (tmp_path / "defaults.yaml").write_text((PROJECT / "config" / "defaults.yaml").read_text())
    (tmp_path / "outlets" / "paper.yaml").write_text(f"name: Paper\nhome: {SITE}/\nsources: [{{rss: '{SITE}/rss'}}]\n")
    with pytest.raises(OutletError) as raised:
        outlets.load(tmp_path, "paper")
    assert "sources.0.rss" in str(raised.value)
    assert "robots" in str(raised.value)
