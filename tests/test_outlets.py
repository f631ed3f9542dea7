"""Outlets as facts: what a YAML may say, and how its mistakes are told."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsarchive import outlets
from newsarchive.errors import OutletError
from tests.conftest import PROJECT
from tests.outlet_addresses import ADDRESSES

GOOD = """
name: The Example Times
home: https://times.example/
timezone: Europe/London
sources: [{feed: https://times.example/rss}]
articles: {allow: ['^/\\d{4}/'], deny: ['/puzzles/']}
layouts:
  - body: article .story
  - until: 2025-03-01
    body: div.copy
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "outlets").mkdir()
    (tmp_path / "defaults.yaml").write_text((PROJECT / "config/defaults.yaml").read_text())
    return tmp_path


def load(config: Path, facts: str) -> outlets.Outlet:
    (config / "outlets/example_times.yaml").write_text(facts)
    return outlets.load(config, "example_times")


def mistakes(config: Path, facts: str) -> dict[str, tuple[str, str]]:
    with pytest.raises(OutletError) as raised:
        load(config, facts)
    return {key: (found, expected) for key, found, expected in raised.value.mistakes}


def test_the_defaults_hold_for_what_an_outlet_does_not_say(config: Path):
    outlet = load(config, GOOD)
    assert outlet.language == "en"
    assert outlet.crawl.delay == 2.0
    assert outlet.crawl.recapture[:2] == (3600, 21600)


def test_scope_is_host_and_patterns(config: Path):
    outlet = load(config, GOOD)
    assert outlet.is_article("https://www.times.example/2025/a?utm_source=x")
    assert not outlet.is_article("https://times.example/2025/puzzles/1")
    assert not outlet.is_article("https://times.example/about")
    assert not outlet.is_article("https://other.example/2025/a")


def test_an_old_capture_is_read_with_its_old_layout(config: Path):
    outlet = load(config, GOOD)
    old, new = (outlet.layout_at(datetime(2025, 3, day, tzinfo=UTC)) for day in (1, 2))
    assert (old and old.body, new and new.body) == ("div.copy", "article .story")


@pytest.mark.parametrize(
    ("change", "key", "expected"),
    [
        (("name: The Example Times", "name: 5"), "name", "string"),
        (("home: https://times.example/\n", ""), "home", "a value"),
        (("https://times.example/\n", "times.example\n"), "home", "http"),
        (("Europe/London", "Mars/Base"), "timezone", "IANA"),
        (("{feed:", "{fed:"), "sources.0.fed", "no such key"),
        (("'^/\\d{4}/'", "'('"), "articles.allow.0", "regular expression"),
        (("article .story", "div["), "layouts.0.body", "CSS selector"),
        (("sources: [{feed: https://times.example/rss}]", "sources: []"), "sources", "at least 1"),
    ],
)
def test_a_mistake_names_its_key_and_what_was_expected(config: Path, change: tuple[str, str], key: str, expected: str):
    assert change[0] in GOOD
    assert expected in mistakes(config, GOOD.replace(*change))[key][1]


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("STORIES.Times.example", "https://stories.times.example/2025/a"),
        ("stories.times.example.", "https://stories.times.example/2025/a"),
        ("geschäft.example", "https://xn--geschft-9wa.example/2025/a"),
        ("XN--GESCHFT-9WA.example", "https://xn--geschft-9wa.example/2025/a"),
    ],
)
def test_all_spellings_of_a_host_name_are_one_host(config: Path, written: str, link: str):
    as_other = load(config, GOOD.replace("articles: {", f"articles: {{hosts: ['{written}'], "))
    assert as_other.is_article(link)
    as_home = load(config, GOOD.replace("home: https://times.example/", f"home: https://{written}/"))
    assert as_home.is_article(link)
    host = link.split("/")[2]
    assert as_home.home == f"https://{host}/"
    as_source = load(config, GOOD.replace("feed: https://times.example/", f"feed: https://{written}:8080/"))
    assert as_source.sources[0].url == f"https://{host}:8080/rss"
    day = f"daily: 'https://{written}/{{year}}/{{month}}/{{day}}'"
    assert load(config, GOOD.replace("feed: https://times.example/rss", day)).source_hosts == {host}
    archived = GOOD.replace("feed: https://times.example/rss", f"warc: 'https://{written}/a.warc.gz'")
    assert load(config, archived).source_hosts == {host}
    assert [outlet.id for outlet in outlets.on_host(config, f"https://{host}/a.warc.gz")] == []
    load(config, GOOD.replace("articles: {", f"articles: {{hosts: ['{written}'], "))
    assert [outlet.id for outlet in outlets.on_host(config, link)] == ["example_times"]


@pytest.mark.parametrize(
    "written",
    ["https://stories.times.example/", "stories.times.example:80", "*.times.example", "a/b", "a b.example", "", ".", "[::1]"],
)  # fmt: skip
def test_a_host_with_more_than_its_name_is_refused(config: Path, written: str):
    errors = mistakes(config, GOOD.replace("articles: {", f"articles: {{hosts: [times.example, '{written}'], "))
    found, expected = errors["articles.hosts.1"]
    assert found == repr(written)
    assert "a host name such as stories.example.org" in expected


@pytest.mark.parametrize("key", ["home: https://times.example/", "feed: https://times.example/"])
def test_a_url_whose_host_is_a_pattern_is_refused(config: Path, key: str):
    (expected,) = (
        error[1] for error in mistakes(config, GOOD.replace(key, key.replace("times.", "*.times."))).values()
    )
    assert "an absolute http or https URL" in expected


_KINDS = ("feed", "sitemap", "section", "daily", "robots", "follow", "cdx", "warc")


@pytest.mark.parametrize("password", ["Zq9secret", "Zq9secret/x", "Zq9secret#", "Zq9 secret", "Zq9secret@"])
@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("home: ", "home: ", "home"),
        ("home: ", "publisher: {url: 'URL'}\nhome: ", "publisher.url"),
        ("{feed: ", "{hom: 'URL', feed: ", "sources.0.hom"),
        *(("{feed: ", f"{{{kind}: 'URL'}}, {{feed: ", f"sources.0.{kind}") for kind in _KINDS),
    ],
)
def test_an_address_with_a_password_is_refused_without_the_password(
    config: Path, old: str, new: str, key: str, password: str
):
    url = f"https://u:{password}@times.example/{{year}}{{month}}{{day}}"
    facts = GOOD.replace(old, new.replace("URL", url))
    found, expected = mistakes(config, facts.replace("home: https://times.example/", f"home: '{url}'"))[key]
    assert "Zq9" not in found + expected
    assert "[redacted]@times.example" in found


def test_a_path_with_an_at_sign_and_recorded_facts_with_a_user_name_are_accepted(config: Path):
    for kind, value in (("warc", "old@times/*.warc.gz"), ("section", "https://times.example/@editor")):
        assert load(config, GOOD.replace("{feed: https://times.example/rss", f"{{{kind}: '{value}'")).sources
    recorded = load(config, GOOD).model_copy(update={"home": "https://u:p@times.example/"})
    assert outlets.from_reading_facts(outlets.reading_facts(recorded)).home == recorded.home


def test_a_key_that_stands_twice_and_broken_yaml_are_mistakes(config: Path):
    assert "twice" in next(iter(mistakes(config, GOOD + "name: Again\n").values()))[0]
    assert "line" in next(iter(mistakes(config, "name: [\n")))
    assert mistakes(config, "just text")["file"]


def test_the_digest_changes_with_what_a_reading_depends_on_alone(config: Path):
    first = load(config, GOOD).digest
    assert load(config, GOOD.replace("/rss", "/atom")).digest == first
    assert load(config, GOOD.replace("div.copy", "div.text")).digest != first


def test_the_outlets_that_are_shipped_are_right():
    """None was seen live, so none is harvested unasked; and those beside the first two bring no layouts."""
    shipped = [outlets.load(PROJECT / "config", name) for name in outlets.names(PROJECT / "config")]
    assert len(shipped) >= 42
    assert all(one.unverified for one in shipped)
    library = [one for one in shipped if one.id not in ("kyiv_independent", "responsible_statecraft")]
    assert all(one.evidence and not one.layouts and one.platform is None for one in library)
    assert all(one.articles.allow and one.crawl.delay >= 5 for one in library)
    assert len({one.language for one in library}) >= 20
    assert {one.id for one in library} == set(ADDRESSES)


@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_a_shipped_outlet_tells_articles_from_other_pages(name: str):
    outlet = outlets.load(PROJECT / "config", name)
    articles, others = ADDRESSES[name]
    assert [url for url in articles if not outlet.is_article(url)] == []
    assert [url for url in others if outlet.is_article(url)] == []
    assert [url for url in (outlet.home, *(source.url for source in outlet.sources)) if outlet.is_article(url)] == []
