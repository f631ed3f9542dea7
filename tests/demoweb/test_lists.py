import gzip
import re
from collections.abc import Iterator
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

import feedparser
import pytest

from newsarchive.demoweb import DemoWeb
from tests.demoweb.asking import ask

RS = "https://responsiblestatecraft.org"
KI = "https://kyivindependent.com"
LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
LASTMOD = "{http://www.sitemaps.org/schemas/sitemap/0.9}lastmod"
# What is named by a list, and meant to fail.
FAILING = {
    f"{RS}/never-filed-dispatch/", f"{RS}/retracted-embassy-memo/", f"{RS}/lorengau-depot-inventory/",
    f"{KI}/lost-ferry-timetable/", f"{KI}/embargoed-budget-draft/", f"{KI}/grid-monitor-live/",
    f"{RS}/midnight-vote-war-powers/", f"{RS}/ceasefire-monitors-without-fuel/",
}  # fmt: skip


@pytest.fixture(scope="module")
def still() -> Iterator[DemoWeb]:
    with DemoWeb() as web:
        yield web


def links(web: DemoWeb, feed: str) -> list[str]:
    parsed = feedparser.parse(ask(web, feed).decoded)
    assert not parsed.bozo
    return [entry.link for entry in parsed.entries]


def locations(web: DemoWeb, sitemap: str) -> list[str]:
    payload = ask(web, sitemap).decoded
    root = ET.fromstring(gzip.decompress(payload) if sitemap.endswith(".gz") else payload)
    return [element.text or "" for element in root.iter(LOC)]


def test_feed_of_responsible_statecraft_has_pages_of_thirty(still):
    first, second = links(still, f"{RS}/feeds/feed.rss"), links(still, f"{RS}/feeds/feed.rss?page=2")
    assert len(first) == 30
    assert 0 < len(second) <= 30
    assert not set(first) & set(second)
    assert any("utm_source=" in link for link in first)
    assert links(still, f"{RS}/feed/") == first


def test_section_feed_holds_its_section_only(still):
    assert set(links(still, f"{RS}/feeds/analysis.rss")) < {
        one.url + tail
        for one in still.articles
        for tail in ("", "?utm_source=rss&utm_medium=feed&utm_campaign=rs")
        if (one.kicker or "").startswith("Analysis | ")
    }


def test_feed_of_the_kyiv_independent_is_that_of_ghost(still):
    parsed = feedparser.parse(ask(still, f"{KI}/news-archive/rss/").decoded)
    assert not parsed.bozo
    assert len(parsed.entries) == 16
    assert parsed.feed.generator == "Ghost 5.39"
    entry = parsed.entries[0]
    assert re.fullmatch(r"[0-9a-f]{24}", entry.id)
    assert not entry.guidislink
    assert entry.author
    assert entry.content[0].value.startswith("<p>")
    assert any("media_content" in one for one in parsed.entries)


def test_guessed_feeds_of_the_kyiv_independent_do_not_exist(still):
    assert [ask(still, KI + path).status for path in ("/rss/", "/feed/")] == [404, 404]


def test_feeds_give_304(still):
    for feed in (f"{RS}/feeds/feed.rss", f"{KI}/news-archive/rss/"):
        assert ask(still, feed, If_None_Match=ask(still, feed).header("etag")).status == 304


def test_sitemaps_lead_to_every_article(still):
    for home in (RS, KI):
        named = {url for child in locations(still, f"{home}/sitemap.xml") for url in locations(still, child)}
        assert {one.url for one in still.articles if one.url.startswith(home)} <= named


def test_sitemap_has_lastmod_and_pictures(still):
    text = ask(still, f"{RS}/feeds/sitemaps/sitemap_1.xml").text
    assert text.startswith("<?xml")
    assert LASTMOD in {element.tag for element in ET.fromstring(text).iter()}
    assert f"<image:loc>{RS}/media-library/" in text


def test_news_sitemap_holds_the_newest(still):
    assert len(locations(still, f"{RS}/sitemap_news.xml")) == 3


def test_everything_that_is_named_answers(web):
    lists = [*links(web, f"{RS}/feeds/feed.rss"), *links(web, f"{KI}/news-archive/rss/")]
    for home in (RS, KI):
        lists += [url for child in locations(web, f"{home}/sitemap.xml") for url in locations(web, child)]
    statuses = {url: ask(web, url).status for url in set(lists)}
    assert {url.partition("?")[0] for url, status in statuses.items() if status != 200} == FAILING


def test_robots_txt_names_the_sitemap_and_refuses_one_article(still):
    text = ask(still, f"{RS}/robots.txt").text
    assert f"Sitemap: {RS}/sitemap.xml" in text
    refused = [one.address for one in still.articles if one.robots == "refused"]
    assert refused == ["/private-briefing-tessaly-base/"]
    assert "Disallow: /private-briefing-\n" in text


def test_archive_page_leads_to_the_next(still):
    first = ask(still, f"{KI}/news-archive/").text
    assert f'<link rel="next" href="{KI}/news-archive/page/2/">' in first
    stamps = re.findall(r'data-archive-id="([^"]+)"', first)
    assert any(stamp.endswith(".000Z") for stamp in stamps)
    assert any("GMT+0000 (Coordinated Universal Time)" in stamp for stamp in stamps)
    cards = re.findall(r'archiveCard__link" href="([^"]+)"', first)
    assert len(cards) == 10
    assert {ask(still, urljoin(KI, card)).status for card in cards} == {200}
    assert ask(still, f"{KI}/news-archive/page/2/").status == 200
    assert ask(still, f"{KI}/news-archive/page/9/").status == 404


def test_pages_that_are_no_articles_answer(still):
    for path in ("/", "/about/", "/author/tvance/", "/tag/bases/", "/military-industrial-complex/", "/qiosk/"):
        assert ask(still, RS + path).status == 200, path
    for path in ("/", "/about/", "/author/thekyivindependent/", "/tag/news-feed/"):
        assert ask(still, KI + path).status == 200, path
