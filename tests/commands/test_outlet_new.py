"""`scrapy outlet new`: from a home page to a YAML with which a crawl finds the articles, over real sockets."""

import gzip
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from newsarchive import outlets
from newsarchive.demoweb import DemoWeb
from tests.conftest import Crawler, Ran
from tests.extract import pages
from tests.extract.pages import PROSE

pytestmark = pytest.mark.long

SLUGS = [f"{a}-{b}" for a in ("harbour", "mayor", "storm", "ferry") for b in ("is-closed", "returns", "is-late")]


@dataclass
class Sites:
    """Invented sites on one port of the loopback, told apart by their Host header."""

    pages: dict[str, tuple[str, str]] = field(default_factory=dict)
    """URL to (Content-Type, body)."""
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def page(self, url: str, body: str, content_type: str = "text/html; charset=utf-8") -> None:
        self.pages[url] = (content_type, body)

    def article(self, url: str, headline: str, published: str, head: str = "") -> None:
        metas = (
            f'<meta property="og:type" content="article"><meta property="article:published_time" content="{published}">'
        )
        self.page(url, pages.plain(f"<article><h1>{headline}</h1>{pages.paragraphs(PROSE)}</article>", metas + head))

    @property
    def connect_to(self) -> list[str]:
        hosts = {url.split("/")[2] for url in self.pages}
        return [f"{host}:80:127.0.0.1:{self.port}" for host in sorted(hosts)]


@pytest.fixture
def sites() -> Iterator[Sites]:
    found = Sites()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = f"http://{self.headers['Host']}{self.path}"
            found.asked.append(url)
            content_type, body = found.pages.get(url, ("text/plain", ""))
            self.send_response(200 if url in found.pages else 404)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """The log is `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass(frozen=True)
class Bench:
    """The two commands of a round trip over one config folder."""

    crawler: Crawler
    config: Path

    def new(self, *arguments: str, **settings: object) -> Ran:
        done = self.crawler.run("outlet", "new", *arguments, CONFIG_DIR=self.config, **settings)
        assert "Traceback" not in done.err
        return done

    def written(self, home: str) -> outlets.Outlet:
        done = self.new(home, "--write")
        assert (done.code, done.err) == (0, "")
        (name,) = re.findall(r"([a-z0-9_]+)\.yaml", done.out)
        return outlets.load(self.config, name)

    def crawled(self, outlet: outlets.Outlet) -> set[str]:
        """The addresses of the articles that a crawl by the new YAML archives."""
        file = self.config / "defaults.yaml"
        file.write_text(re.sub(r"(?m)^  delay: .*$", "  delay: 0", file.read_text()))
        assert self.crawler.run("crawl", outlet.id, CONFIG_DIR=self.config).code in (0, 1)
        rows = [json.loads(line) for path in self.crawler.files(".jsonl.gz") for line in gzip.open(path, "rt")]
        return {row["url"] for row in rows}


@pytest.fixture
def bench(crawler: Crawler, config: Path) -> Bench:
    return Bench(crawler, config)


@pytest.fixture
def invented(sites: Sites, crawler: Crawler, config: Path) -> Iterator[Bench]:
    """Connects when all sites stand."""

    class Late(Bench):
        @property
        def late(self) -> Crawler:
            return replace(crawler, connect_to=sites.connect_to)

        def new(self, *arguments: str, **settings: object) -> Ran:
            return Bench(self.late, config).new(*arguments, **settings)

        def crawled(self, outlet: outlets.Outlet) -> set[str]:
            return Bench(self.late, config).crawled(outlet)

    return Late(crawler, config)


def rss(items: list[tuple[str, str, str]]) -> str:
    told = "".join(f"<item><title>{t}</title><link>{u}</link><pubDate>{d}</pubDate></item>" for u, t, d in items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{told}</channel></rss>'


@pytest.mark.parametrize(
    ("home", "platform", "feed"),
    [
        ("https://kyivindependent.com/", "ghost", "https://kyivindependent.com/news-archive/rss/"),
        ("https://responsiblestatecraft.org/", "rebelmouse", "https://responsiblestatecraft.org/feeds/feed.rss"),
    ],
)
def test_the_demo_outlets_are_drafted_and_crawled(bench: Bench, web: DemoWeb, home: str, platform: str, feed: str):
    known = next(one for one in outlets.on_host(bench.config, home))
    (bench.config / "outlets" / f"{known.id}.yaml").unlink()
    found = bench.written(home)
    assert (found.id, found.name, found.language, found.platform) == (known.id, known.name, "en", platform)
    assert feed in [source.url for source in found.sources]
    asked = len(web.log)
    assert asked <= 25
    listed = {one.url for one in web.articles if one.url.startswith(home) and known.is_article(one.url)}
    assert {url for url in listed if not found.is_article(url)} == set()
    assert len(bench.crawled(found)) >= 0.7 * len(listed)


def test_a_wordpress_site_is_known_by_its_marks(invented: Bench, sites: Sites):
    home = "http://tagblatt.example.de"
    items = [
        (f"{home}/2026/01/{k + 1:02}/{slug}/", slug.replace("-", " "), f"Tue, {k + 1} Jan 2026 10:00:00 +0100")
        for k, slug in enumerate(SLUGS)
    ]
    for url, headline, _ in items:
        sites.article(url, headline, "2026-01-20T09:00:00+00:00")
    head = """<meta name="generator" content="WordPress 6.7"><meta property="og:site_name" content="Das Tagblatt">
      <link rel="alternate" type="application/rss+xml" href="/feed/">
      <link rel="alternate" type="application/rss+xml" href="/comments/feed/">"""
    links = "".join(f'<a href="{url}">{headline} and what came after</a>' for url, headline, _ in items)
    nav = '<nav><a href="/politik/">Politik</a><a href="/tag/wahl-2026/">Wahl 2026</a><a href="/2026/">2026</a></nav>'
    sites.page(
        f"{home}/", f'<html lang="de-DE"><head><title>Start</title>{head}</head><body>{nav}{links}</body></html>'
    )
    sites.page(f"{home}/feed/", rss(items), "application/rss+xml")
    sites.page(f"{home}/comments/feed/", rss([(items[0][0] + "#c1", "Gut", items[0][2])]), "application/rss+xml")
    sites.page(f"{home}/robots.txt", "User-agent: *\nDisallow: /news-sitemap.xml\n", "text/plain")
    text = invented.new(f"{home}/").out
    assert "timezone: Europe/Berlin  # sure: " in text
    assert "\nplatform: wordpress  # sure: " in text
    assert f"{home}/news-sitemap.xml" not in sites.asked
    assert f"{home}/comments/feed/" not in sites.asked
    found = invented.written(f"{home}/")
    assert (found.id, found.name, found.timezone) == ("das_tagblatt", "Das Tagblatt", "Europe/Berlin")
    assert found.articles.allow == (r"^/\d{4}/\d{1,2}/\d{1,2}/[^/]+/?$",)
    assert [source.url for source in found.sources] == [f"{home}/feed/"]
    assert invented.crawled(found) == {url for url, _, _ in items}


def test_a_site_with_nothing_but_a_feed_in_another_script(invented: Bench, sites: Sites):
    home = "http://visnyk.example.ua"
    words = "Порт закрито після продажу останнього крана сусідній громаді"
    items = [
        (f"{home}/suspilstvo/{slug}-{880000 + k}", words, f"2026-01-20T12:00:{k:02}+02:00")
        for k, slug in enumerate(SLUGS)
    ]
    for url, headline, published in items:
        sites.article(url, headline, published)
    sites.page(f"{home}/", '<title>Вісник</title><a href="/rss.xml">RSS</a><a href="/suspilstvo">Суспільство</a>')
    sites.page(f"{home}/rss.xml", rss(items), "text/xml")
    told = json.loads(invented.new("visnyk.example.ua", "--json", RETRY_TIMES=0).out or "{}") or None
    # Without a scheme https is meant, which nobody serves here.
    assert told is None
    told = json.loads(invented.new(home, "--json").out)
    assert told["timezone"] == {"value": "Europe/Kyiv", "sureness": "sure", "because": told["timezone"]["because"]}
    assert told["language"]["value"] == "uk"
    assert told["id"] == "visnyk_example_ua"
    assert told["written"] is None
    found = invented.written(home)
    assert invented.crawled(found) == {url for url, _, _ in items}


def test_a_site_with_nothing_but_a_news_sitemap_and_addresses_by_query(invented: Bench, sites: Sites):
    home = "http://shimbun.example.jp"
    urls = [f"{home}/view.php?id={n}" for n in range(7001, 7013)]
    for url in urls:
        sites.article(url, "A harbour is closed", "2026-01-20T12:00:00+09:00")
    entries = "".join(
        f"<url><loc>{url}</loc><news:news><news:publication_date>2026-01-20T12:00:00+09:00</news:publication_date>"
        "<news:title>港が閉鎖された</news:title></news:news></url>"
        for url in urls
    )
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    sites.page(f"{home}/news.xml", f'<?xml version="1.0"?><urlset {space}>{entries}</urlset>', "text/xml")
    index = f"<sitemapindex><sitemap><loc>{home}/tags.xml</loc></sitemap><sitemap><loc>{home}/news.xml</loc></sitemap></sitemapindex>"
    sites.page(f"{home}/maps.xml", index, "text/xml")
    sites.page(f"{home}/robots.txt", f"User-agent: *\nCrawl-delay: 0\nSitemap: {home}/maps.xml\n", "text/plain")
    sites.page(
        f"{home}/",
        '<html lang="ja"><title>新聞</title><a href="/about.php">会社案内</a><a href="/list.php?c=1">政治</a>',
    )
    found = invented.written(f"{home}/")
    assert (found.language, found.timezone) == ("ja", "Asia/Tokyo")
    assert [source.sitemap for source in found.sources] == [f"{home}/maps.xml"]
    assert not found.is_article(f"{home}/list.php?c=1")
    assert invented.crawled(found) == set(urls)


def test_a_site_without_sources_is_one_clear_line(invented: Bench, sites: Sites):
    sites.page("http://mute.example/", "<title>Mute</title><p>Nothing here.")
    # Answers every address with its front page, as some do.
    sites.page("http://mute.example/feed/", "<title>Mute</title><a href='/a-b'>A</a>")
    done = invented.new("http://mute.example/")
    assert (done.code, done.out) == (1, "")
    assert done.err.count("\n") == 1
    assert "no feed and no sitemap of it answers with articles" in done.err
    assert len(sites.asked) <= 16


def test_a_home_page_that_cannot_be_had_is_one_clear_line(invented: Bench, sites: Sites):
    sites.page("http://gone.example/other", "")
    done = invented.new("http://gone.example/")
    assert (done.code, done.err) == (1, "scrapy: http://gone.example/: answers 404\n")


def test_robots_txt_is_obeyed(invented: Bench, sites: Sites):
    sites.page("http://shy.example/", "<title>Shy</title>")
    sites.page("http://shy.example/robots.txt", "User-agent: *\nDisallow: /\n", "text/plain")
    done = invented.new("http://shy.example/")
    assert done.code == 1
    assert "robots.txt" in done.err
    assert set(sites.asked) == {"http://shy.example/robots.txt"}


def test_requests_end_at_their_limit(invented: Bench, sites: Sites):
    feeds = "".join(f'<link rel="alternate" type="application/rss+xml" href="/rss/{n}">' for n in range(50))
    sites.page("http://many.example/", f"<title>Many</title>{feeds}")
    assert invented.new("http://many.example/", SCOUT_MAX_REQUESTS=5).code == 1
    # And robots.txt, which is asked for before anything.
    assert len(sites.asked) <= 6


def test_a_file_is_never_replaced_and_a_name_is_checked(bench: Bench, web: DemoWeb):
    before = (bench.config / "outlets/kyiv_independent.yaml").read_text()
    done = bench.new("https://kyivindependent.com/", "--write")
    assert done.code == 2
    assert "is there already" in done.err
    assert (bench.config / "outlets/kyiv_independent.yaml").read_text() == before
    assert bench.new("https://kyivindependent.com/", "--write", "--outlet", "another_ki").code == 0
    assert (
        yaml.safe_load((bench.config / "outlets/another_ki.yaml").read_text())["home"] == "https://kyivindependent.com/"
    )


@pytest.mark.parametrize("arguments", [[], ["ftp://times.example/"], ["https://a.example/", "more"]])
def test_wrong_usage_is_exit_code_2(bench: Bench, arguments: list[str]):
    assert bench.new(*arguments).code == 2
