"""Each kind of source that a YAML may name, crawled over real sockets; limits are asserted from the server's log."""

import gzip
import json
import shutil
import sqlite3
import time
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from newsarchive import dates
from newsarchive.demoweb import Answer, DemoWeb
from newsarchive.demoweb.answers import page
from tests.conftest import PROJECT, Crawler
from tests.test_foreign import warc

pytestmark = pytest.mark.long

HOST = "kyivindependent.com"
SITE = f"https://{HOST}"
HEAD = f"name: Paper\nhome: {SITE}/\nlanguage: en\ntimezone: Europe/Kyiv\nplatform: ghost\n"
ARTICLES = "articles: {allow: ['^/[a-z0-9-]+/?$'], deny: ['^/(news|calendar|world|sport|list|login)(/|$)']}\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PROJECT / "config", tmp_path / "config"))


@pytest.fixture
def crawl(crawler: Crawler, config: Path):
    """Crawl an outlet with these sources, and say what its report says."""

    def crawled(sources: str, *arguments: str, more: str = "", **settings: object) -> dict:
        (config / "outlets" / "paper.yaml").write_text(f"{HEAD}sources:\n{sources}{ARTICLES}{more}")
        done = crawler.run("crawl", "paper", *arguments, CONFIG_DIR=config, **settings)
        assert done.code in (0, 1), done.err
        assert "Traceback" not in done.err, done.err
        reports = sorted((crawler.archive / "paper").rglob("reports/NA-*.json"))
        return json.loads(reports[-1].read_text())

    return crawled


def stories(web: DemoWeb, count: int) -> list[str]:
    """Addresses of ordinary articles, without the host."""
    found = [
        one.url.removeprefix(SITE)
        for one in web.articles
        if one.outlet == "kyiv_independent" and one.layout == "ghost_c"
    ]
    return found[:count]


def links(*addresses: str, head: str = "") -> Answer:
    anchors = "".join(f'<li><a href="{address}">{address}</a></li>' for address in addresses)
    return page(f"<html><head>{head}</head><body><ul>{anchors}</ul></body></html>".encode())


def asked(web: DemoWeb) -> list[str]:
    """Targets of all requests for the outlet over https, those aside that are only asked for leave."""
    asked = [one.target for one in web.log if one.host == HOST and one.scheme == "https"]
    return [target for target in asked if target not in ("/robots.txt", "/.well-known/tdmrep.json")]


def captured(crawler: Crawler) -> set[str]:
    found = set()
    for path in crawler.files(".jsonl.gz"):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            found |= {json.loads(line)["url"].removeprefix(SITE) for line in lines}
    return found


def source(report: dict, url: str) -> dict:
    return next(line for line in report["sources"] if line["url"] == url)


def test_robots_txt_leads_to_sitemaps_and_those_to_articles(web: DemoWeb, crawler: Crawler, crawl):
    one, two = stories(web, 2)
    web.answer(
        f"{SITE}/robots.txt",
        page(
            b"User-agent: *\nDisallow:\nSitemap: /maps/index.xml\nSitemap: https://elsewhere.example/s.xml\n",
            content_type="text/plain",
        ),
    )
    web.answer(
        f"{SITE}/maps/index.xml",
        page(
            b"<sitemapindex><sitemap><loc>/maps/1.xml</loc></sitemap><sitemap><loc>/maps/index.xml</loc></sitemap></sitemapindex>"
        ),
    )
    web.answer(
        f"{SITE}/maps/1.xml",
        page(f"<urlset><url><loc>{SITE}{one}</loc></url><url><loc>{SITE}{two}</loc></url></urlset>".encode()),
    )
    report = crawl(f"  - robots: {SITE}/robots.txt\n")
    assert captured(crawler) == {one, two}
    assert "host that the outlet's YAML does not name" in source(report, f"{SITE}/robots.txt")["note"]
    assert sorted(asked(web)) == sorted(["/maps/index.xml", "/maps/1.xml", one, two])


def test_indexes_that_name_each_other_end(web: DemoWeb, crawler: Crawler, crawl):
    (one,) = stories(web, 1)
    for name, other in (("a", "b"), ("b", "a")):
        web.answer(
            f"{SITE}/{name}.xml",
            page(
                f"<sitemapindex><sitemap><loc>/{other}.xml</loc></sitemap><url><loc>{SITE}{one}</loc></url></sitemapindex>".encode()
            ),
        )
    crawl(f"  - sitemap: {SITE}/a.xml\n")
    assert sorted(asked(web)) == sorted(["/a.xml", "/b.xml", one])


def test_indexes_within_indexes_end_where_the_setting_says(web: DemoWeb, crawl):
    for depth in range(9):
        web.answer(
            f"{SITE}/{depth}.xml",
            page(f"<sitemapindex><sitemap><loc>/{depth + 1}.xml</loc></sitemap></sitemapindex>".encode()),
        )
    report = crawl(f"  - sitemap: {SITE}/0.xml\n", SITEMAP_DEPTH=3)
    assert asked(web) == ["/0.xml", "/1.xml", "/2.xml", "/3.xml"]
    assert source(report, f"{SITE}/3.xml")["note"] == "not followed (SITEMAP_DEPTH): 1"


def test_a_flood_of_sitemaps_is_bounded_and_those_that_changed_last_come_first(web: DemoWeb, crawl):
    children = "".join(
        f"<sitemap><loc>/maps/{number}.xml</loc><lastmod>2026-11-{number % 28 + 1:02}</lastmod></sitemap>"
        for number in range(50_000)
    )
    web.answer(f"{SITE}/index.xml", page(f"<sitemapindex>{children}</sitemapindex>".encode()))
    report = crawl(f"  - sitemap: {SITE}/index.xml\n", SITEMAPS_PER_CRAWL=5)
    assert sorted(asked(web)) == sorted(["/index.xml", *(f"/maps/{number}.xml" for number in (27, 55, 83, 111, 139))])
    assert source(report, f"{SITE}/index.xml")["note"] == "not followed (SITEMAPS_PER_CRAWL): 49995"


def test_the_report_says_how_much_of_the_past_waits(web: DemoWeb, crawl):
    pages = "".join(
        f"<url><loc>{SITE}{one}</loc><lastmod>2019-05-{day:02}T00:00:00Z</lastmod></url>"
        for day, one in enumerate(stories(web, 3), 1)
    )
    web.answer(f"{SITE}/s.xml", page(f"<urlset>{pages}</urlset>".encode()))
    report = crawl(f"  - sitemap: {SITE}/s.xml\n", more="crawl: {backfill_per_day: 12}\n")
    assert (report["new"], report["past_waiting"], report["past_per_day"]) == (1, 2, 12)
    assert report["exit_code"] == 0


def test_a_sitemap_whose_pages_all_changed_at_once_is_not_believed(web: DemoWeb, crawl):
    dated = (f"<loc>{SITE}/story-{number}/</loc><lastmod>2019-05-05T00:00:00Z</lastmod>" for number in range(12))
    pages = "".join(f"<url>{one}</url>" for one in dated)
    web.answer(f"{SITE}/s.xml", page(f"<urlset>{pages}</urlset>".encode()))
    report = crawl(f"  - sitemap: {SITE}/s.xml\n", "-a", "since=2026-01-01", "-a", "limit=3")
    assert source(report, f"{SITE}/s.xml")["note"] == "its lastmod is not believed"
    assert source(report, f"{SITE}/s.xml")["new"] == 12


def test_what_a_sitemap_announces_is_captured_until_its_own_record_says_that_it_lies(
    web: DemoWeb, crawler: Crawler, crawl
):
    # Too few for their dates alone to be a lie.
    found = stories(web, 6)

    def crawled(*changed: str) -> tuple[dict, set[str]]:
        """The report, and the articles that were asked for, when the sitemap says that these have changed just now."""
        # Later than the captures by whole seconds.
        time.sleep(1.1)
        said = dict.fromkeys(found, "2026-01-05T10:00:00Z") | dict.fromkeys(changed, dates.utc(datetime.now(UTC)))
        pages = "".join(f"<url><loc>{SITE}{one}</loc><lastmod>{day}</lastmod></url>" for one, day in said.items())
        web.answer(f"{SITE}/s.xml", page(f"<urlset>{pages}</urlset>".encode(), content_type="application/xml"))
        earlier = len(asked(web))
        report = crawl(f"  - sitemap: {SITE}/s.xml\n")
        return source(report, f"{SITE}/s.xml"), set(asked(web)[earlier:]) - {"/s.xml"}

    assert crawled()[1] == set(found)
    web.edit(f"{SITE}{found[0]}", paragraphs=["The council has changed its mind about the bridge. " * 20] * 3)
    assert crawled(*found)[1] == set(found)
    line, again = crawled(*found)
    assert again == set()
    assert line["note"] == "its lastmod is not believed"
    with sqlite3.connect(crawler.archive / "state.sqlite") as database:
        assert set(database.execute("SELECT kept, vain FROM credit")) == {(1, 5)}
        assert set(database.execute("SELECT changes FROM page")) == {(1,), (0,)}


def test_an_article_is_asked_for_again_when_its_sitemap_says_that_it_has_changed(web: DemoWeb, crawl):
    one, two = stories(web, 2)

    def sitemap(changed: str) -> Answer:
        said = ((one, changed), (two, "2026-01-02T00:00:00Z"))
        pages = "".join(f"<url><loc>{SITE}{path}</loc><lastmod>{day}</lastmod></url>" for path, day in said)
        return page(f"<urlset>{pages}</urlset>".encode())

    web.answer(f"{SITE}/s.xml", sitemap("2026-01-01T00:00:00Z"))
    crawl(f"  - sitemap: {SITE}/s.xml\n")
    # The state knows seconds: a change in that of the capture is none that came after it.
    time.sleep(1)
    web.answer(f"{SITE}/s.xml", sitemap(dates.utc(datetime.now(UTC))))
    report = crawl(f"  - sitemap: {SITE}/s.xml\n")
    assert [target for target in asked(web) if target in (one, two)].count(one) == 2
    assert [target for target in asked(web) if target in (one, two)].count(two) == 1
    assert report["unchanged"] == 1


def test_pages_are_followed_to_a_depth(web: DemoWeb, crawler: Crawler, crawl):
    one, two, three, far = stories(web, 4)
    web.answer(
        f"{SITE}/news/", links("/world/", "/sport/", one, "/login", "/files/a.pdf", "https://elsewhere.example/x")
    )
    web.answer(f"{SITE}/world/", links("/world/europe/", two, "/news/"))
    web.answer(f"{SITE}/sport/", links(two, one))
    web.answer(f"{SITE}/world/europe/", links("/world/europe/east/", three))
    web.answer(f"{SITE}/world/europe/east/", links(far))
    crawl(f"  - follow: {SITE}/news/\n    depth: 2\n")
    assert captured(crawler) == {one, two, three}
    assert sorted(asked(web)) == sorted(["/news/", "/world/", "/sport/", "/world/europe/", one, two, three])


def test_an_endless_calendar_is_followed_for_a_while_and_no_further_the_next_time(
    web: DemoWeb, crawler: Crawler, crawl
):
    (one,) = stories(web, 1)
    months = [f"/calendar/{2026 + number // 12}/{number % 12 + 1}/" for number in range(40)]
    for here, following in pairwise(months):
        web.answer(f"{SITE}{here}", links(following))
    web.answer(f"{SITE}/news/", links(months[0], one))
    sources = f"  - follow: {SITE}/news/\n    depth: 20\n    within: ['^/calendar/']\n"
    crawl(sources, FOLLOW_PAGES_OF_A_SHAPE=4)
    crawl(sources, FOLLOW_PAGES_OF_A_SHAPE=4)
    assert {target for target in asked(web) if target.startswith("/calendar/")} == set(months[:4])
    assert captured(crawler) == {one}


def test_numbered_pages_are_read_as_far_as_the_yaml_says(web: DemoWeb, crawler: Crawler, crawl):
    found = stories(web, 4)
    for number, story in enumerate(found, start=1):
        web.answer(
            f"{SITE}/list/?page={number}" if number > 1 else f"{SITE}/list/", links(story, f"/list/?page={number + 1}")
        )
        web.answer(
            f"{SITE}/world/page/{number}/" if number > 1 else f"{SITE}/world/", links(f"/world/page/{number + 1}/")
        )
    day, sections = datetime.now(UTC).date(), f"  - section: {SITE}/list/\n  - section: {SITE}/world/\n"
    crawl(sections, more="crawl: {section_pages: 3}\n")
    assert captured(crawler) == set(found[:3])
    assert sorted(set(asked(web)) - set(found)) == [
        "/list/",
        "/list/?page=2",
        "/list/?page=3",
        "/world/",
        "/world/page/2/",
        "/world/page/3/",
    ]
    before = len(asked(web))
    crawl(sections, more="crawl: {section_pages: 3}\n")
    unchanged = sorted(asked(web)[before:])
    web.answer(f"{SITE}/list/", links(found[3], found[0], "/list/?page=2"))
    crawl(sections, more="crawl: {section_pages: 3}\n")
    # The first look of another day goes through the whole list.
    if datetime.now(UTC).date() == day:
        assert unchanged == ["/list/", "/world/"]
        assert sorted(asked(web)[before + 2 :]) == sorted(["/list/", "/list/?page=2", "/world/", found[3]])


def test_lists_of_days_are_read_for_the_days_that_it_is_where_the_outlet_is(web: DemoWeb, crawl):
    crawl(f"  - daily: {SITE}/list/{{year}}/{{month}}/{{day}}/\n    days: 3\n")
    days = [target for target in asked(web) if target.startswith("/list/")]
    assert len(days) == len(set(days)) == 3
    assert all(len(target) == len("/list/2026/11/25/") for target in days)


def test_an_index_of_a_web_archive_names_articles(web: DemoWeb, crawler: Crawler, crawl):
    one, two = stories(web, 2)
    lines = [
        {"timestamp": "20261101000000", "url": f"{SITE}{one}", "mime": "text/html", "status": "200"},
        {"timestamp": "20261101000000", "url": f"{SITE}{two}", "mime": "text/html", "status": "404"},
        {"timestamp": "20261101000000", "url": "https://elsewhere.example/x/", "mime": "text/html", "status": "200"},
    ]
    web.answer(
        "https://responsiblestatecraft.org/index",
        page("\n".join(map(json.dumps, lines)).encode(), content_type="text/x-ndjson"),
    )
    crawl("  - cdx: https://responsiblestatecraft.org/index\n")
    assert captured(crawler) == {one}


def test_a_feed_on_another_host_is_asked_and_its_articles_are_those_of_the_outlet(
    web: DemoWeb, crawler: Crawler, crawl
):
    (one,) = stories(web, 1)
    feed = f"<rss version='2.0'><channel><item><link>{SITE}{one}</link></item><item><link>https://responsiblestatecraft.org/x/</link></item></channel></rss>"
    web.answer("https://responsiblestatecraft.org/paper.rss", page(feed.encode(), content_type="application/rss+xml"))
    crawl("  - feed: https://responsiblestatecraft.org/paper.rss\n")
    assert captured(crawler) == {one}


def test_warc_files_of_another_archive_name_articles_and_are_read_once(
    web: DemoWeb, crawler: Crawler, crawl, config: Path
):
    one, two = stories(web, 2)
    folder = config.parent / "cc-news"
    folder.mkdir()
    pages = ((f"{SITE}{one}", "200 OK", "text/html"), ("https://elsewhere.example/x/", "200 OK", "text/html"))
    (folder / "1.warc.gz").write_bytes(warc(*pages))
    broken = warc((f"{SITE}{two}", "200 OK", "text/html"), *pages)
    (folder / "2.warc.gz").write_bytes(broken[:-700])
    sources = "  - warc: cc-news/*.warc.gz\n  - warc: nothing/*.warc.gz\n"
    report = crawl(sources)
    assert captured(crawler) == {one, two}
    assert (source(report, str(folder / "1.warc.gz"))["links"], source(report, str(folder / "1.warc.gz"))["new"]) == (
        2,
        1,
    )
    assert "offset" in source(report, str(folder / "2.warc.gz"))["note"]
    assert "no such file" in source(report, "nothing/*.warc.gz")["note"]
    before = len(asked(web))
    assert source(crawl(sources), str(folder / "1.warc.gz"))["note"] == "not modified"
    assert len(asked(web)) == before


def test_a_warc_file_is_fetched_from_another_host_and_not_archived_again(web: DemoWeb, crawler: Crawler, crawl):
    (one,) = stories(web, 1)
    address = "http://responsiblestatecraft.org/cc/1.warc.gz"
    payload = warc((f"{SITE}{one}", "200 OK", "text/html"))
    headers = (("Content-Type", "application/octet-stream"), ("ETag", '"1"'))
    web.answer(address, Answer(headers=headers, body=payload))
    report = crawl(f"  - warc: {address}\n")
    assert (source(report, address)["status"], source(report, address)["new"]) == (200, 1)
    assert captured(crawler) == {one}
    assert not any(payload[:200] in path.read_bytes() for path in crawler.files(".warc.gz"))
    assert not [path for path in crawler.archive.rglob("*") if path.name.startswith("tmp")]
    fetched = [exchange for exchange in web.log if exchange.target == "/cc/1.warc.gz"]
    assert len(fetched) == 1
    assert b"user-agent: newsarchive/" in fetched[0].request.lower()
    assert source(crawl(f"  - warc: {address}\n"), address)["status"] == 304


def test_a_warc_file_that_robots_txt_forbids_is_not_fetched(web: DemoWeb, crawl):
    address = "http://responsiblestatecraft.org/cc/1.warc.gz"
    web.answer(
        "http://responsiblestatecraft.org/robots.txt",
        page(b"User-agent: *\nDisallow: /cc/\n", content_type="text/plain"),
    )
    report = crawl(f"  - warc: {address}\n")
    assert "robots.txt" in source(report, address)["note"]
    assert not [exchange for exchange in web.log if exchange.target == "/cc/1.warc.gz"]


def test_the_host_of_a_warc_file_is_spared_like_any_other(web: DemoWeb, crawler: Crawler, crawl):
    (one,) = stories(web, 1)
    site = "http://responsiblestatecraft.org"
    for number in (1, 2):
        web.answer(f"{site}/cc/{number}.warc.gz", Answer(status=301, headers=(("Location", f"/real/{number}.gz"),)))
        web.answer(f"{site}/real/{number}.gz", Answer(body=warc((f"{SITE}{one}", "200 OK", "text/html"))))
    sources = f"  - warc: {site}/cc/1.warc.gz\n  - warc: {site}/cc/2.warc.gz\n"
    report = crawl(sources, more="crawl: {daily_requests: 6}\n", HOST_DELAY_FLOOR=0.4, TDMREP_ENABLED=False)
    asked_there = [one for one in web.log if one.host == "responsiblestatecraft.org" and one.scheme == "http"]
    # With robots.txt over https these are all six of the day; nothing is left for the article's host.
    assert [one.target for one in asked_there] == [
        "/robots.txt", "/cc/1.warc.gz", "/real/1.gz", "/cc/2.warc.gz", "/real/2.gz",
    ]  # fmt: skip
    moments = [one.started for one in asked_there]
    assert min(later - earlier for earlier, later in pairwise(moments)) > 0.38
    assert source(report, f"{site}/cc/1.warc.gz")["new"] == 1
    assert not asked(web)
    assert captured(crawler) == set()


def test_a_warc_file_is_put_off_when_its_host_asks_for_it(web: DemoWeb, crawl):
    address = "http://responsiblestatecraft.org/cc/1.warc.gz"
    web.answer(address, Answer(status=503, headers=(("Retry-After", "3600"),)))
    report = crawl(f"  - warc: {address}\n")
    assert source(report, address)["note"] == "retry_after"
    crawl(f"  - warc: {address}\n")
    assert len([one for one in web.log if one.target == "/cc/1.warc.gz"]) == 1


def test_an_outlet_with_nothing_but_warc_files_is_harvested_when_they_are_due(
    web: DemoWeb, crawler: Crawler, config: Path
):
    one, two = stories(web, 2)
    sources = "sources:\n  - warc: cc-news/*.warc.gz\n"
    (config / "outlets" / "paper.yaml").write_text(f"{HEAD}{sources}{ARTICLES}crawl: {{poll: [1h, 12h]}}\n")
    (config.parent / "cc-news").mkdir()

    def harvested(number: int, story: str) -> tuple[int, set[str]]:
        path = config.parent / "cc-news" / f"{number}.warc.gz"
        path.write_bytes(warc((f"{SITE}{story}", "200 OK", "text/html")))
        done = crawler.run("harvest", "paper", "--json", CONFIG_DIR=config)
        assert done.code == 0, done.out + done.err
        return json.loads(done.out)["due"], captured(crawler)

    assert harvested(1, one) == (1, {one})
    assert harvested(2, two) == (0, {one})
    with sqlite3.connect(crawler.archive / "state.sqlite") as database:
        assert database.execute("UPDATE source SET next_poll = 0").rowcount == 1
    assert harvested(3, two) == (1, {one, two})


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (Answer(status=503), "answered 503"),
        (Answer(body=bytes(2_000_000)), "BORROWED_WARC_MAX_MB"),
        (Answer(body=bytes(5_000), cut_after=1_000), "cannot be fetched"),
        (Answer(body=b"<html>no WARC</html>"), "offset 0"),
    ],
    ids=["error", "too large", "cut off", "something else"],
)
def test_a_warc_file_that_cannot_be_had_is_told_and_the_crawl_goes_on(
    web: DemoWeb, crawler: Crawler, crawl, answer: Answer, word: str
):
    (one,) = stories(web, 1)
    address = "http://responsiblestatecraft.org/cc/1.warc.gz"
    web.answer(address, answer)
    web.answer(f"{SITE}/list/", links(one))
    report = crawl(f"  - warc: {address}\n  - section: {SITE}/list/\n", BORROWED_WARC_MAX_MB=1)
    assert word in source(report, address)["note"]
    assert captured(crawler) == {one}
