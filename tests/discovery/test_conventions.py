"""Publishing systems: known by their pages, asked where they keep their lists."""

import pytest

from newsarchive.demoweb import load_articles
from newsarchive.demoweb.pages import render_page
from newsarchive.discovery.conventions import candidates, platform_of

HOME = "https://news.example/"


def addresses(platform: str | None, home: str = HOME) -> list[str]:
    return [lead.url for lead in candidates(platform, home)]


@pytest.mark.parametrize(
    ("page", "platform"),
    [
        ('<meta name="generator" content="WordPress 6.5.2">', "wordpress"),
        ("<meta content='WordPress 6.5.2' name='generator'/>", "wordpress"),
        ('<link rel=stylesheet href="/wp-content/themes/paper/style.css">', "wordpress"),
        ('<meta name="generator" content="Ghost 5.82"><img src="/wp-content/uploads/old.jpg">', "ghost"),
        ('<section class="gh-content gh-canvas">', "ghost"),
        ("<script>window.REBELMOUSE_BOOTSTRAP_DATA = {}</script>", "rebelmouse"),
        ("<script src='/pf/dist/engine/react.js'></script>", "arc"),
        ('<meta name="Generator" content="Drupal 10 (https://www.drupal.org)" />', "drupal"),
        ('<meta name="generator" content="Joomla! - Open Source Content Management" />', "joomla"),
        ('<link href="https://bloximages.chicago2.vip.townnews.com/a.css">', "blox"),
        ("<html><p>WordPress is a publishing system; so is Ghost.</p></html>", None),
        ("", None),
    ],
)
def test_a_page_tells_its_platform(page: str, platform: str | None):
    assert platform_of(page.encode(), {}) == platform


@pytest.mark.parametrize(
    ("name", "value", "platform"),
    [
        ("Link", '<https://news.example/wp-json/>; rel="https://api.w.org/"', "wordpress"),
        ("X-Ghost-Cache-Status", "From Cache", "ghost"),
        ("X-Generator", "Drupal 10 (https://www.drupal.org)", "drupal"),
        ("Server", "nginx", None),
    ],
)
def test_a_header_tells_the_platform(name: str, value: str, platform: str | None):
    assert platform_of(b"<html>", {name: value}) == platform


def test_the_demo_outlets_are_known_by_an_article_of_theirs():
    found = {
        article.layout: platform_of(render_page(article), {})
        for article in load_articles()
        if article.layout in ("rebelmouse", "ghost_b", "ghost_c")
    }
    assert found == {"rebelmouse": "rebelmouse", "ghost_b": "ghost", "ghost_c": "ghost"}


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        ("wordpress", {"feed/", "wp-sitemap.xml", "sitemap_index.xml", "news-sitemap.xml"}),
        ("ghost", {"rss/", "sitemap.xml", "sitemap-posts.xml"}),
        ("rebelmouse", {"feeds/feed.rss", "sitemap.xml"}),
        ("arc", {"arc/outboundfeeds/rss/?outputType=xml", "arc/outboundfeeds/news-sitemap/?outputType=xml"}),
        (None, {"rss.xml", "sitemap.xml", "news-sitemap.xml"}),
        ("a system of their own", {"rss.xml", "sitemap.xml"}),
    ],
)
def test_a_platform_keeps_its_lists_where_it_always_does(platform: str | None, expected: set[str]):
    assert {HOME + path for path in expected} <= set(addresses(platform))


def test_a_site_in_a_folder_is_asked_there_and_at_the_root():
    for home in ("https://news.example/daily/", "https://news.example/daily", "https://news.example/daily/index.html"):
        assert {"https://news.example/daily/feed/", "https://news.example/feed/"} <= set(addresses("wordpress", home))
