"""Sources as they are found: whole, broken, packed, lying."""

import gzip

import pytest

from newsarchive.discovery import MAX_LINKS, read_seeds, read_source
from newsarchive.errors import SettingError

URL = "https://news.example/feed"
RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>
<item><title>Bridge &amp; tunnel</title><link>https://news.example/bridge/?a=1&amp;b=2</link><pubDate>Tue, 03 Jun 2025 13:18:00 CEST</pubDate></item>
<item><title>Second</title><link>/second/</link></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.example/"><link rel="next" href="?page=2"/>
<entry><title>One</title><link href="one/"/><published>2025-06-03T13:18:00Z</published><updated>2025-06-04T00:00:00Z</updated></entry></feed>"""


def urls(payload: bytes | str, kind: str = "feed", content_type: str | None = None) -> list[str]:
    body = payload.encode() if isinstance(payload, str) else payload
    return [link.url for link in read_source(body, content_type=content_type, url=URL, kind=kind).links]


def test_rss_gives_links_headlines_and_times_as_printed():
    found = read_source(RSS.encode(), content_type="application/rss+xml", url=URL, kind="feed")
    assert [link.url for link in found.links] == [
        "https://news.example/bridge/?a=1&b=2",
        "https://news.example/second/",
    ]
    assert found.links[0].headline == "Bridge & tunnel"
    assert found.links[0].published_raw == "Tue, 03 Jun 2025 13:18:00 CEST"


def test_atom_gives_links_and_the_next_page():
    found = read_source(ATOM.encode(), content_type=None, url=URL, kind="feed")
    assert [link.url for link in found.links] == ["https://news.example/one/"]
    assert found.links[0].modified_raw == "2025-06-04T00:00:00Z"
    assert [lead.kind for lead in found.leads] == ["feed"]


def test_json_feed_is_read():
    feed = '{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","url":"https://news.example/a/","title":"A","date_published":"2025-06-03"}]}'
    assert urls(feed, content_type="application/feed+json") == ["https://news.example/a/"]


@pytest.mark.parametrize(
    "broken",
    [
        RSS.replace("&amp;b", "&b"),
        "Warning: mysqli::connect() failed in /var/www/db.php on line 3\n" + RSS,
        RSS.replace('version="1.0"', 'version="1.0" encoding="utf-16"'),
        RSS.replace("tunnel", "tun\x0bnel"),
        "\ufeff  " + RSS,
        RSS.replace("</channel></rss>", ""),
    ],
    ids=["bare ampersand", "PHP warning", "wrong encoding", "control character", "BOM and blanks", "cut off"],
)
def test_a_broken_feed_still_gives_its_links(broken: str):
    assert urls(broken)[0] == "https://news.example/bridge/?a=1&b=2"


def test_an_ampersand_that_looks_like_an_entity_stays_in_the_url():
    assert urls(RSS.replace("?a=1&amp;b=2", "?x=1&copy=3"))[0] == "https://news.example/bridge/?x=1&copy=3"


def test_sitemaps_give_articles_with_dates_and_no_images():
    sitemap = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"
     xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://news.example/a/</loc><lastmod>2025-06-03</lastmod>
     <image:image><image:loc>https://news.example/a.jpg</image:loc></image:image>
     <news:news><news:publication_date>2025-06-02</news:publication_date><news:title>A</news:title></news:news></url></urlset>"""
    for payload in (sitemap.encode(), gzip.compress(sitemap.encode())):
        found = read_source(payload, content_type=None, url=URL, kind="sitemap")
        assert [link.url for link in found.links] == ["https://news.example/a/"]
        assert (found.links[0].published_raw, found.links[0].modified_raw) == ("2025-06-02", "2025-06-03")


def test_an_index_names_its_children():
    index = "<sitemapindex><sitemap><loc>/s1.xml.gz</loc></sitemap><sitemap><loc>/s2.xml</loc></sitemap></sitemapindex>"
    found = read_source(index.encode(), content_type=None, url=URL, kind="sitemap")
    assert [lead.url for lead in found.leads] == ["https://news.example/s1.xml.gz", "https://news.example/s2.xml"]


def test_a_section_page_gives_its_links_and_the_next_page():
    page = '<html><head><link rel="next" href="/page/2/"></head><body><a href="/one/"> One  story</a><a href="mailto:x@y">m</a></body></html>'
    found = read_source(page.encode(), content_type="text/html", url=URL, kind="section")
    assert ("https://news.example/one/", "One story") in [(link.url, link.headline) for link in found.links]
    assert "https://news.example/page/2/" in [lead.url for lead in found.leads]


def test_a_feed_address_that_answers_with_a_page_is_read_as_a_page_and_said_so():
    found = read_source(
        b"<!doctype html><html><a href='/one/'>x</a></html>", content_type="text/html", url=URL, kind="feed"
    )
    assert [link.url for link in found.links] == ["https://news.example/one/"]
    assert found.problems


@pytest.mark.parametrize("kind", ["feed", "sitemap", "section"])
@pytest.mark.parametrize(
    "payload",
    [b"", b"\0\0\0", b"<", b"{", b"{]", b"\x1f\x8b\x08broken", b"<rss>" * 5000, bytes(range(256)) * 10, b"<!DOCTYPE a [<!ENTITY a '&a;&a;'>]><rss>&a;</rss>"],
)  # fmt: skip
def test_nothing_that_a_server_sends_is_fatal(payload: bytes, kind: str):
    assert read_source(payload, content_type=None, url=URL, kind=kind).links == ()


def test_entities_are_not_expanded():
    levels = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    bomb = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "x">{levels}]><rss><channel><item><title>&l9;</title><link>https://news.example/a/</link></item></channel></rss>'
    found = read_source(bomb.encode(), content_type=None, url=URL, kind="feed")
    assert all(len(link.headline or "") < 1000 for link in found.links)


def test_an_endless_list_is_cut_and_said_so():
    many = "\n".join(f"https://news.example/{number}" for number in range(MAX_LINKS + 5))
    found = read_source(many.encode(), content_type="text/plain", url=URL, kind="sitemap")
    assert len(found.links) == MAX_LINKS
    assert found.problems


def test_a_text_sitemap_gives_the_lines_without_a_scheme_and_counts_those_it_cannot_read():
    lines = "# all\n\nc.example/t1\r\nwww.c.example/t2\nhttp://c.example/t3\n//c.example/t4\n/t5\nno line\nhttp://[/\n"
    for text in (lines, lines.replace("http://c", "c")):
        found = read_source(text.encode(), content_type="text/plain", url="http://c.example/s.txt", kind="sitemap")
        assert [link.url for link in found.links] == [
            "http://c.example/t1", "http://www.c.example/t2", "http://c.example/t3", "http://c.example/t4",
            "http://c.example/t5",
        ]  # fmt: skip
        assert found.problems == ("lines that are not a URL: 1", "links that cannot be read: 1")
        assert found.unreadable is None


def test_a_text_sitemap_without_any_url_is_unreadable_and_a_robots_txt_for_one_is_read():
    def reading(text: str):
        return read_source(text.encode(), content_type="text/plain", url="http://c.example/s.txt", kind="sitemap")

    assert reading("We are busy.\n1.5/2\n").unreadable.reason == "unknown_format"
    assert reading("http://[/\nWe are busy.\n").unreadable.reason == "no_links"
    robots = reading("User-agent: *\nDisallow: /x\nSitemap: http://c.example/all.xml\n")
    assert ([lead.url for lead in robots.leads], robots.problems) == (["http://c.example/all.xml"], ())


def test_a_bomb_is_not_unpacked():
    found = read_source(gzip.compress(bytes(80_000_000)), content_type=None, url=URL, kind="sitemap")
    assert found.links == ()
    assert found.problems


def test_seed_lists_name_the_wrong_line():
    assert [link.url for link in read_seeds("# a\n\nhttps://news.example/a/\n", name="s.txt")] == [
        "https://news.example/a/"
    ]
    with pytest.raises(SettingError, match="2"):
        read_seeds("https://news.example/a/\nftp://news.example/\n", name="s.txt")
    for userinfo in ("u:Zq9secret", "Zq9secret", "u:Zq9secret/x", "u:Zq9 secret"):
        with pytest.raises(SettingError, match=r"s.txt, line 1: found '\S+\[redacted\]@news.example/a/'") as raised:
            read_seeds(f"https://{userinfo}@news.example/a/\n", name="s.txt")
        assert "Zq9" not in str(raised.value)
    with pytest.raises(SettingError, match="without a user name"):
        read_seeds("https:\\\\u:p@news.example\\a\n", name="s.txt")
