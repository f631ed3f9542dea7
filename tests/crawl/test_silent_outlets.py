"""No outlet that brings nothing is called well: not after its first harvest, and not after it breaks."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.crawl.broken_outlets import WALL, Outlets, Reply, article, feed

pytestmark = pytest.mark.long

PAGE = "<html><head><title>{}</title></head><body><h1>{}</h1></body></html>"
JSON_FEED = '{"version": "https://jsonfeed.org/version/1.1", "items": [%s'

SOURCES = {
    "html_page": Reply("<html><body><h1>Error establishing a database connection</h1></body></html>"),
    "empty": Reply(b"", kind="application/rss+xml"),
    "challenge": Reply(PAGE.format("Just a moment...", ""), 200, cf_mitigated="challenge"),
    "waf": Reply("<html><noscript>JavaScript is disabled</noscript></html>", 202, x_amzn_waf_action="challenge"),
    "broken_json": Reply(JSON_FEED % "", kind="application/feed+json"),
    "not_a_feed": Reply('{"error": "quota"}', kind="application/json"),
    "zip": Reply(b"PK\3\4" + b"junk" * 50, kind="application/zip"),
    "pdf": Reply(b"%PDF-1.4 junk", kind="application/pdf"),
    "broken_xml": Reply("<rss version='2.0'><channel><title>T", kind="application/rss+xml"),
    "unknown_format": Reply("quota exceeded", kind="text/plain"),
    "out_of_scope": feed("stories.example", "/a/1"),
    "http_500": Reply("", 500),
    "http_451": Reply("", 451),
    "blocked": Reply("", 403),
    "retry_after": Reply("", 429, Retry_After="7200"),
    "closed": Reply(status=None),
    "bad_redirect": Reply("", 302, Location="http://["),
    "moved_home": Reply("", 301, Location="http://moved_home.example/"),
    "valid_but_empty": feed("x.example"),
}
SLUGS = {"waf": "challenge", "moved_home": "html_page", "valid_but_empty": "name no article", "closed": "Failed"}

PAGES = {
    "consent_wall": Reply(WALL),
    "soft_404": Reply(PAGE.format("Page not found", "Page not found")),
    "undecodable": Reply(b"\0\1junk" * 50, Content_Encoding="gzip"),
    "p_http_404": Reply("", 404),
    "p_http_451": Reply("", 451),
    "p_http_500": Reply("", 500),
    "p_retry_after": Reply("", 429, Retry_After="7200"),
    "p_blocked": Reply("", 403),
    "p_redirect_loop": Reply("", 302, Location="/a/1"),
    "p_bad_redirect": Reply("", 302, Location="http://["),
    "p_login_wall": Reply("", 302, Location="/login"),
    "p_empty": Reply(b""),
    "p_closed": Reply(status=None),
    "p_too_large": Reply(b"<html>" + bytes(10_500_000)),
}
PAGE_SLUGS = {"p_closed": "Failed"}
ESTABLISHED = ("quiet", "later_walls", "later_error_page", "later_moved", "half_gone")


@pytest.fixture(scope="module")
def outlets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outlets]:
    made = Outlets(tmp_path_factory.mktemp("broken"))
    for name, reply in SOURCES.items():
        made.add(name, feed=reply, home=Reply("<html><a href='/a/1'>A story of the day</a></html>"), a1=article(1))
    for name, reply in PAGES.items():
        host = f"{name}.example"
        made.add(name, feed=feed(host, "/a/1", "/a/2"), a1=reply, a2=reply)
    forbidden = Reply("User-agent: *\nDisallow: /a/\n", kind="text/plain")
    made.add("robots", robots=forbidden, feed=feed("robots.example", "/a/1"), a1=article(1))
    made.add("seeds_out_of_scope", feed=feed("x.example"))
    (made.folder / "seeds" / "seeds_out_of_scope.txt").write_text("http://seeds_out_of_scope.example/tag/1\n")
    made.add("seeds_gone", feed=feed("x.example"))
    (made.folder / "seeds" / "seeds_gone.txt").write_text("http://seeds_gone.example/a/1\n")
    made.add("past", feed=feed("past.example", "/a/1", "/a/2", day="28 Nov 2019"), a1=Reply("", 404), a2=Reply("", 404))
    for number, name in enumerate(ESTABLISHED):
        made.add(name, feed=feed(f"{name}.example", "/a/1"), a1=article(10 + number))
    yield made
    made.close()


@pytest.fixture(scope="module")
def first(outlets: Outlets) -> tuple[int, dict[str, dict], dict[str, dict]]:
    names = sorted(path.stem for path in (outlets.folder / "config" / "outlets").iterdir())
    return *outlets.harvest(*names), outlets.health()


NEVER = (
    *((name, SLUGS.get(name, name)) for name in SOURCES),
    *((name, PAGE_SLUGS.get(name, name.removeprefix("p_"))) for name in PAGES),
    ("robots", "robots"),
    ("seeds_out_of_scope", "out_of_scope"),
    ("seeds_gone", "http_404"),
    ("past", "http_404"),
)


@pytest.mark.parametrize(("name", "reason"), NEVER, ids=[name for name, _ in NEVER])
def test_an_outlet_without_an_article_is_reported_with_the_reason_from_the_first_harvest_on(first, name, reason):
    code, lines, health = first
    assert code == 1
    assert reason in " ".join(lines[name]["problems"]), lines[name]
    assert health[name]["findings"], health[name]
    if name != "moved_home":
        assert health[name]["last_new"] is None


def test_a_failed_source_is_named_with_what_came_instead(first):
    _, lines, _ = first
    problems = " ".join(lines["html_page"]["problems"])
    assert "http://html_page.example/feed: an HTML page instead of a feed" in problems
    assert "Error establishing a database connection" in problems
    assert "such as http://stories.example/a/1" in " ".join(lines["out_of_scope"]["problems"])


def test_every_article_is_listed_with_its_outcome_and_reason(outlets: Outlets, first):
    _, lines, _ = first
    failed = lines["p_http_500"]["articles"]
    assert sorted((one["outcome"], one["url"], one["reason"]) for one in failed) == [
        ("failed", f"http://p_http_500.example/a/{number}", "http_500") for number in (1, 2)
    ]
    assert {article["outcome"] for article in lines["p_http_404"]["articles"]} == {"rejected"}
    assert {article["outcome"] for article in lines["p_retry_after"]["articles"]} == {"postponed"}
    assert lines["robots"]["articles"] == [
        {"outcome": "postponed", "url": "http://robots.example/a/1", "reason": "robots"}
    ]
    (report,) = (outlets.crawler.archive / "p_http_500" / "reports").glob("*.json")
    assert json.loads(report.read_text())["articles"] == failed
    for suffix in (".html", ".txt"):
        assert "http://p_http_500.example/a/1" in report.with_suffix(suffix).read_text()


@pytest.mark.parametrize("name", ESTABLISHED)
def test_an_outlet_with_an_article_is_well(first, name):
    _, lines, health = first
    assert (lines[name]["new"], lines[name]["problems"], health[name]["findings"]) == (1, [], [])


@pytest.fixture(scope="module")
def later(outlets: Outlets, first) -> tuple[dict[str, dict], dict[str, dict]]:
    """The harvest after some newsrooms broke."""
    outlets.answer("quiet", feed=feed("quiet.example"))
    outlets.answer("later_walls", feed=feed("later_walls.example", "/a/1", "/a/2"), a2=Reply(WALL))
    outlets.answer("later_error_page", feed=SOURCES["html_page"])
    outlets.answer("later_moved", feed=feed("stories.example", "/a/1", "/a/2"))
    outlets.answer("half_gone", feed=feed("half_gone.example", *(f"/a/{n}" for n in range(2, 6))))
    outlets.answer("half_gone", a2=article(2), a3=article(3))
    _, lines = outlets.harvest(*ESTABLISHED)
    return lines, outlets.health()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("later_walls", "1 consent_wall"),
        ("later_error_page", "html_page"),
        ("later_moved", "out_of_scope"),
        ("half_gone", "2 of 4 pages gave no article (2 http_404)"),
    ],
)
def test_an_outlet_that_breaks_is_reported_in_the_next_harvest(later, name, reason):
    lines, health = later
    assert reason in " ".join(lines[name]["problems"]), lines[name]
    assert health[name]["findings"] or health[name]["unread"]


def test_a_valid_feed_without_entries_is_no_failure_of_an_outlet_that_gave_articles(later):
    lines, health = later
    assert (lines["quiet"]["problems"], health["quiet"]["findings"], health["quiet"]["unread"]) == ([], [], None)


def test_an_outlet_that_recovers_is_well_again_and_says_so_once(outlets: Outlets, later):
    outlets.answer("later_walls", feed=feed("later_walls.example", "/a/1", "/a/3"), a3=article(33))
    outlets.answer("later_error_page", feed=feed("later_error_page.example", "/a/1"))
    code, lines = outlets.harvest("later_walls", "later_error_page")
    assert code == 0, lines
    for name in ("later_walls", "later_error_page"):
        assert any(said.startswith("nothing arrived") for said in lines[name]["recovered"]), lines[name]
        assert outlets.health()[name]["findings"] == []
    _, again = outlets.harvest("later_walls", "later_error_page")
    assert [line["recovered"] for line in again.values()] == [[], []]


def test_a_host_without_a_name_is_reported_as_such_and_not_well(outlets: Outlets, tmp_path: Path):
    outlets.add("nameless")
    (outlets.folder / "seeds" / "nameless.txt").write_text("http://nameless.example/a/1\n")
    apart = replace(outlets.crawler, archive=tmp_path / "archive", connect_to=[])
    chosen = {"CONFIG_DIR": outlets.folder / "config", "SEEDS_DIR": outlets.folder / "seeds", "CONTACT": "a@b.example"}
    done = apart.run("crawl", "nameless", DNS_SERVERS="127.0.0.1:9", DNS_TIMEOUT=1, RETRY_TIMES=0, **chosen)
    assert done.code == 1
    assert "http://nameless.example/feed: robots_unreachable (dns)" in " ".join(done.err.split())
    health = apart.run("outlet", "health", "--json", **chosen)
    assert health.code == 1
    told = json.loads(health.out)
    assert ([one["cause"] for one in told["findings"]], told["last_new"]) == (["nothing_arrived"], None)


def test_a_crawl_and_a_check_of_the_sources_report_the_same(outlets: Outlets, first, tmp_path: Path):
    done = outlets.run("crawl", "html_page")
    assert done.code == 1
    assert "All well" not in done.err
    checked = outlets.run("outlet", "check", "--all")
    assert checked.code == 1
    line = next(line for line in checked.out.splitlines() if " html_page: " in line)
    assert "an HTML page instead of a feed" in line
