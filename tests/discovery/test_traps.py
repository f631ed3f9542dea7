"""Every way in which a feed or a sitemap was ever met broken, and what is still found in it."""

import gzip

import pytest

from newsarchive import dates
from newsarchive.discovery import Findings, read_source

SITE = "https://news.example"
URL = f"{SITE}/feeds/all"
BRIDGE, TUNNEL = f"{SITE}/bridge", f"{SITE}/tunnel"


def rss(*items: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>', attributes: str = "") -> str:
    return f'{head}<rss version="2.0"{attributes}><channel><title>The Example Times</title><link>{SITE}/</link>{"".join(items)}</channel></rss>'


def item(link: str = BRIDGE, title: str = "The bridge opens", more: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


def atom(*entries: str, attributes: str = "") -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"{attributes}><title>T</title><link href="{SITE}/"/>{"".join(entries)}</feed>'


def urlset(*entries: str, attributes: str = "") -> str:
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"{attributes}>{"".join(entries)}</urlset>'


def page(url: str = BRIDGE, more: str = "") -> str:
    return f"<url><loc>{url}</loc>{more}</url>"


def found(payload: bytes | str, kind: str = "feed", content_type: str | None = None) -> Findings:
    body = payload.encode() if isinstance(payload, str) else payload
    return read_source(body, content_type=content_type, url=URL, kind=kind)


def addresses(payload: bytes | str, kind: str = "feed", content_type: str | None = None) -> list[str]:
    return [link.url for link in found(payload, kind, content_type).links]


TWO = rss(item(), item(TUNNEL, "The tunnel waits"))
FEEDS: dict[str, bytes | str] = {
    "whole": TWO,
    "PHP warning before the XML": f"<br />\n<b>Warning</b>:  Undefined variable $x in <b>/srv/feed.php</b> on line <b>3</b><br />\n{TWO}",
    "PHP warning without markup": f"Notice: Undefined index: id in /srv/feed.php on line 12\n{TWO}",
    "blanks before the declaration": f"\n\n   {TWO}",
    "byte order mark": b"\xef\xbb\xbf" + TWO.encode(),
    "byte order mark twice": b"\xef\xbb\xbf\xef\xbb\xbf" + TWO.encode(),
    "byte order mark and blanks": b"\xef\xbb\xbf \n" + TWO.encode(),
    "says utf-16 and is utf-8": TWO.replace("UTF-8", "utf-16"),
    "is utf-16 with a mark and says utf-8": TWO.encode("utf-16"),
    "is utf-16 without a mark": TWO.encode("utf-16-le"),
    "unknown charset": TWO.replace("UTF-8", "utf8mb4"),
    "undeclared namespaces": rss(
        item(more="<media:thumbnail url='/a.jpg'/><dc:creator>Ada Lens</dc:creator>"),
        item(TUNNEL, more="<content:encoded><![CDATA[<p>x</p>]]></content:encoded>"),
    ),
    "unclosed title": rss(f"<item><title>The bridge opens<link>{BRIDGE}</link></item>", item(TUNNEL)),
    "unclosed item": rss(f"<item><title>The bridge opens</title><link>{BRIDGE}</link>", item(TUNNEL)),
    "tags closed crosswise": rss(f"<item><title><b>The bridge</title></b><link>{BRIDGE}</link></item>", item(TUNNEL)),
    "cut off after an item": TWO.replace("</channel></rss>", ""),
    "cut off within the third link": TWO.replace("</channel></rss>", f"<item><title>Third</title><link>{SITE}/thi"),
    "CDATA within the description": rss(
        item(more="<description><![CDATA[a <![CDATA[ b ]]> c]]></description>"), item(TUNNEL)
    ),
    "links in CDATA": rss(item(f"<![CDATA[{BRIDGE}]]>"), item(f"<![CDATA[\n  {TUNNEL}\n]]>")),
    "CDATA that does not end": rss(item(), item(TUNNEL), "<item><title><![CDATA[The bridge opens"),
    "HTML entities that XML does not know": rss(item(title="Br&uuml;cke&nbsp;&ndash; offen"), item(TUNNEL)),
    "bare ampersand in a title": rss(item(title="Bridge & tunnel"), item(TUNNEL)),
    "markup in a title": rss(item(title="The <em>bridge</em> opens"), item(TUNNEL)),
    "bare less-than in a title": rss(item(title="1 < 2 bridges"), item(TUNNEL)),
    "control characters": rss(item(title="The\x0b bridge\x00 opens"), item(TUNNEL)),
    "character references that XML forbids": rss(item(title="The bridge&#8; opens&#x1F;"), item(TUNNEL)),
    "text after the end": f"{TWO}\n<!-- cached 0.02 s -->\nDone.",
    "two declarations": '<?xml version="1.0"?>' + TWO,
    "a stylesheet before the root": TWO.replace("<rss", '<?xml-stylesheet href="/a.xsl"?><!-- made by hand --><rss'),
    "upper case": TWO.replace("<item>", "<ITEM>")
    .replace("</item>", "</ITEM>")
    .replace("<link>", "<LINK>")
    .replace("</link>", "</LINK>"),
    "attributes without quotes": TWO.replace('<rss version="2.0">', "<rss version=2.0>"),
    "a doctype with entities": TWO.replace(
        "<rss", '<!DOCTYPE rss [<!ENTITY nbsp "&#160;"><!ENTITY x SYSTEM "file:///etc/passwd">]><rss'
    ),
    "the guid alone is the address": rss(
        f"<item><guid isPermaLink='true'>{BRIDGE}</guid></item>", f"<item><guid>{TUNNEL}</guid></item>"
    ),
    "a guid that is none": rss(
        item(more="<guid isPermaLink='false'>tag:news.example,2026:1</guid>"), item(TUNNEL, more="<guid>77</guid>")
    ),
    "an empty link beside a guid": rss(f"<item><link/><guid>{BRIDGE}</guid></item>", item(TUNNEL)),
    "feedburner links": rss(
        item("https://feeds.example/~r/times/~3/x1/", more=f"<feedburner:origLink>{BRIDGE}</feedburner:origLink>"),
        item("https://feeds.example/~r/times/~3/x2/", more=f"<feedburner:origLink>{TUNNEL}</feedburner:origLink>"),
        attributes=' xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"',
    ),
    "feedburner links in an undeclared namespace": rss(
        item("https://feeds.example/~r/x1/", more=f"<feedburner:origLink>{BRIDGE}</feedburner:origLink>"),
        item("https://feeds.example/~r/x2/", more=f"<feedburner:origLink>{TUNNEL}</feedburner:origLink>"),
    ),
    "relative links": rss(item("/bridge"), item("../tunnel")),
    "links without a scheme": rss(item("//news.example/bridge"), item(TUNNEL)),
    "xml:base on the feed": atom(
        "<entry><link href='bridge'/></entry>",
        "<entry><link href='tunnel'/></entry>",
        attributes=f' xml:base="{SITE}/"',
    ),
    "xml:base on an entry": atom(
        f"<entry xml:base='{SITE}/'><link href='bridge'/></entry>", f"<entry><link href='{TUNNEL}'/></entry>"
    ),
    **{
        f"a feed whose base is {base}": atom(
            f"<entry><link href='{BRIDGE}'/></entry>", "<entry><link href='/tunnel'/></entry>", attributes=f" {base}"
        )
        for base in (
            "xml:base='http://['",
            'xml:base = "https://news.example:99999/x/"',
            "xml:base='https://news.example\u2100.x/'",
            "xml:base='mailto:ada@news.example'",
            "base='http://[&amp;'",
            "xml:base=http://[",
        )
    },
    "an entry whose base is not a URL": atom(
        f"<entry xml:base='http://['><link href='{BRIDGE}'/></entry>", f"<entry><link href='{TUNNEL}'/></entry>"
    ),
    "Atom with several links": atom(
        f"<entry><link rel='self' href='{URL}/1'/><link rel='replies' href='{BRIDGE}#c'/><link rel='enclosure' href='{SITE}/a.mp3'/>"
        f"<link rel='alternate' type='application/json' href='{BRIDGE}.json'/><link rel='alternate' type='text/html' href='{BRIDGE}'/></entry>",
        f"<entry><link rel='via' href='https://elsewhere.example/'/><link href='{TUNNEL}'/></entry>",
    ),
    "Atom without links": atom(f"<entry><id>{BRIDGE}</id></entry>", f"<entry><id>{TUNNEL}</id></entry>"),
    "RSS 1.0": f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel rdf:about="{SITE}/"><link>{SITE}/</link></channel>'
    f'<item rdf:about="{BRIDGE}"><link>{BRIDGE}</link></item><item rdf:about="{TUNNEL}"><link>{TUNNEL}</link></item></rdf:RDF>',
    "served as gzip without a word": gzip.compress(TWO.encode()),
    "gzip twice": gzip.compress(gzip.compress(TWO.encode())),
    "JSON Feed 1.0": f'{{"version": "https://jsonfeed.org/version/1", "items": [{{"id": "{BRIDGE}"}}, {{"id": "2", "url": "{TUNNEL}"}}]}}',
    "JSON Feed 1.1": f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{{"id": "1", "url": "{BRIDGE}", "external_url": "https://elsewhere.example/"}}, {{"id": 2, "url": "/tunnel"}}]}}',
    "JSON Feed with a byte order mark": "\ufeff" + f'{{"items": [{{"url": "{BRIDGE}"}}, {{"url": "{TUNNEL}"}}]}}',
}


@pytest.mark.parametrize("payload", FEEDS.values(), ids=FEEDS)
def test_the_articles_of_a_feed_are_found(payload: bytes | str):
    assert addresses(payload, content_type="text/html; charset=iso-8859-1") == [BRIDGE, TUNNEL]


@pytest.mark.parametrize(
    ("printed", "url"),
    [
        ("?a=1&b=2", "?a=1&b=2"),
        ("?a=1&amp;b=2", "?a=1&b=2"),
        ("?x=1&copy=3", "?x=1&copy=3"),
        ("?x=1&amp;copy=3", "?x=1&copy=3"),
        ("?x=1&reg=2&sect=3&para=4&lt=5", "?x=1&reg=2&sect=3&para=4&lt=5"),
        ("?x=1&#38;y=2", "?x=1&y=2"),
        ("?x=1&", "?x=1&"),
    ],
)
@pytest.mark.parametrize("kind", ["feed", "sitemap"])
def test_ampersands_in_addresses_are_what_the_publisher_meant(printed: str, url: str, kind: str):
    payload = rss(item(BRIDGE + printed)) if kind == "feed" else urlset(page(BRIDGE + printed))
    assert addresses(payload, kind) == [BRIDGE + url]


BROKEN = {
    "nothing": (b"", "empty"),
    "blanks": (b" \r\n\t ", "empty"),
    "a byte order mark": (b"\xef\xbb\xbf", "empty"),
    "an empty gzip": (gzip.compress(b""), "empty"),
    "a JSON error": (b'{"error": "no such feed"}', "JSON without items"),
    "a word": (b"OK", "neither markup nor a list of URLs"),
    "a feed without items": (rss().encode(), ""),
    "a sitemap without pages": (urlset().encode(), ""),
    "gzip three times": (gzip.compress(gzip.compress(gzip.compress(b"x"))), "layers of gzip"),
}


@pytest.mark.parametrize(("payload", "problem"), BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("kind", ["feed", "sitemap"])
def test_what_names_no_article_says_why(payload: bytes, problem: str, kind: str):
    findings = found(payload, kind)
    assert findings.links == ()
    assert problem in "; ".join(findings.problems)


def test_a_page_in_place_of_a_feed_is_read_for_its_links_and_said():
    findings = found(f"<!DOCTYPE html><html><body><a href='{BRIDGE}'>The bridge opens</a></body></html>")
    assert [link.url for link in findings.links] == [BRIDGE]
    assert "not a feed: read as a page" in findings.problems


def test_a_login_page_in_place_of_a_feed_is_told_apart():
    login = "<html><head><title>Sign in</title></head><body><form method='post' action='/login'><input name='user'><input type='password' name='pw'></form><a href='/help'>Help</a></body></html>"
    findings = found(login)
    assert findings.links == ()
    assert "a page that asks for a password" in "; ".join(findings.problems)


def test_a_gzip_that_is_cut_off_is_read_as_far_as_it_goes():
    entries = "".join(item(f"{SITE}/{number:05}") for number in range(2000))
    findings = found(gzip.compress(rss(entries).encode())[:4000])
    assert len(findings.links) > 20
    assert "gzip is broken: read as far as it goes" in findings.problems


@pytest.mark.parametrize(
    ("charset", "declared", "headline"),
    [
        ("utf-8", "windows-1251", "Міст відкрито"),
        ("windows-1251", "windows-1251", "Міст відкрито"),
        ("windows-1252", "utf-8", "Die Brücke öffnet"),
        ("utf-16", "utf-8", "Міст відкрито"),
        ("utf-8", "iso-8859-1", "Die Brücke öffnet"),
    ],
)
def test_headlines_are_read_in_the_charset_that_the_bytes_have(charset: str, declared: str, headline: str):
    payload = rss(item(title=headline), head=f'<?xml version="1.0" encoding="{declared}"?>').encode(charset)
    assert found(payload, content_type=f"text/xml; charset={declared}").links[0].headline == headline


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("Tue, 03 Jun 2025 13:18:00 CEST", "2025-06-03T13:18:00+02:00"),
        ("Tue, 03 Jun 2025 13:18:00 EDT", "2025-06-03T13:18:00-04:00"),
        # Of India, of Israel or of Ireland: not known, so no zone.
        ("Tue, 03 Jun 2025 13:18:00 IST", "2025-06-03T13:18:00"),
        ("03.06.2025, 13:18 Uhr", "2025-06-03T13:18:00"),
        ("1748949480", "2025-06-03T11:18:00+00:00"),
        ("2026-13-45", None),
        ("2026-13-45T25:61:00Z", None),
        ("gestern", None),
    ],
)
def test_times_of_a_feed_reach_us_as_they_were_printed(raw: str, value: str | None):
    link = found(rss(item(more=f"<pubDate>{raw}</pubDate>"))).links[0]
    assert link.published_raw == raw
    moment = dates.parse(raw)
    assert (moment.value if moment else None) == value


def test_atom_tells_publication_from_change():
    link = found(
        atom(
            f"<entry><link href='{BRIDGE}'/><published>2025-06-03T13:18:00+02:00</published><updated>2025-06-04T08:00:00+02:00</updated></entry>"
        )
    ).links[0]
    assert (link.published_raw, link.modified_raw) == ("2025-06-03T13:18:00+02:00", "2025-06-04T08:00:00+02:00")


NEWS = ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
SITEMAPS: dict[str, bytes | str] = {
    "whole": urlset(page(), page(TUNNEL)),
    "bare ampersand elsewhere": urlset(page(more="<title>Bridge & tunnel</title>"), page(TUNNEL)),
    "blanks before the declaration": "\n " + urlset(page(), page(TUNNEL)),
    "undeclared namespaces": urlset(page(more="<news:news><news:title>x</news:title></news:news><image:image><image:loc>/a.jpg</image:loc></image:image>"), page(TUNNEL)),
    "no namespace": f"<urlset>{page()}{page(TUNNEL)}</urlset>",
    "the namespace of 2005": f'<urlset xmlns="http://www.google.com/schemas/sitemap/0.84">{page()}{page(TUNNEL)}</urlset>',
    "a prefix for everything": f'<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9"><s:url><s:loc>{BRIDGE}</s:loc></s:url><s:url><s:loc>{TUNNEL}</s:loc></s:url></s:urlset>',
    "cut off": urlset(page(), page(TUNNEL)).replace("</urlset>", f"<url><loc>{SITE}/thi"),
    "blanks around the address": urlset(page(f"\n  {BRIDGE}\n"), page(f" {TUNNEL} ")),
    "addresses in CDATA": urlset(page(f"<![CDATA[{BRIDGE}]]>"), page(f"<![CDATA[ {TUNNEL} ]]>")),
    "pictures and videos": urlset(
        page(more=f"<image:image><image:loc>{SITE}/a.jpg</image:loc></image:image><video:video><video:player_loc>{SITE}/v</video:player_loc></video:video>"),
        page(TUNNEL),
        attributes=' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:video="http://www.google.com/schemas/sitemap-video/1.1"',
    ),
    "a picture before the address": urlset(f"<url><image:image><image:loc>{SITE}/a.jpg</image:loc></image:image><loc>{BRIDGE}</loc></url>", page(TUNNEL)),
    "other languages of a page": urlset(
        page(more=f'<xhtml:link rel="alternate" hreflang="de" href="{SITE}/de/bruecke"/>'), page(TUNNEL),
        attributes=' xmlns:xhtml="http://www.w3.org/1999/xhtml"',
    ),
    "one URL a line": f"{BRIDGE}\r\n{TUNNEL}\r\n",
    "one URL a line, with a mark": f"\ufeff{BRIDGE}\n\n{TUNNEL}\n",
    "one URL a line, packed": gzip.compress(f"{BRIDGE}\n{TUNNEL}\n".encode()),
    "RSS": TWO,
    "Atom": atom(f"<entry><link href='{BRIDGE}'/></entry>", f"<entry><link href='{TUNNEL}'/></entry>"),
    "gzip without a header": gzip.compress(urlset(page(), page(TUNNEL)).encode()),
    "gzip twice": gzip.compress(gzip.compress(urlset(page(), page(TUNNEL)).encode())),
    "the same page twice": urlset(page(), page(TUNNEL), page()),
    "stylesheet and comment": urlset(page(), page(TUNNEL)).replace("<urlset", '<?xml-stylesheet href="/main-sitemap.xsl"?><!-- <url> of yoast --><urlset'),
    "a PHP warning": "Deprecated: strpos() in /srv/x.php on line 2\n" + urlset(page(), page(TUNNEL)),
}  # fmt: skip


@pytest.mark.parametrize("payload", SITEMAPS.values(), ids=SITEMAPS)
def test_the_articles_of_a_sitemap_are_found(payload: bytes | str):
    assert addresses(payload, "sitemap", "text/html") == [BRIDGE, TUNNEL]


def test_a_news_sitemap_tells_time_headline_and_language():
    entry = page(
        more="<lastmod>2026-11-25T10:00:00+02:00</lastmod><news:news><news:publication><news:name>T</news:name><news:language>uk</news:language>"
        "</news:publication><news:publication_date>2026-11-25T09:00:00+02:00</news:publication_date><news:title>Міст &amp; тунель</news:title></news:news>"
    )
    for attributes in (NEWS, ""):
        link = found(urlset(entry, attributes=attributes), "sitemap").links[0]
        assert (link.url, link.headline, link.language) == (BRIDGE, "Міст & тунель", "uk")
        assert link.published_raw == "2026-11-25T09:00:00+02:00"
        assert link.modified_raw == "2026-11-25T10:00:00+02:00"


def test_an_index_names_its_children_and_not_itself():
    children = "".join(
        f"<sitemap><loc>{one}</loc></sitemap>" for one in (URL, "/s1.xml", "/s1.xml", f"{SITE}/s2.xml.gz")
    )
    findings = found(f"<sitemapindex>{children}</sitemapindex>", "sitemap")
    assert [(lead.url, lead.kind) for lead in findings.leads] == [
        (f"{SITE}/s1.xml", "sitemap"),
        (f"{SITE}/s2.xml.gz", "sitemap"),
    ]


def test_an_index_may_hold_pages_and_a_set_of_pages_an_index():
    findings = found(f"<sitemapindex><sitemap><loc>/s1.xml</loc></sitemap>{page()}</sitemapindex>", "sitemap")
    assert [link.url for link in findings.links] == [BRIDGE]
    assert [lead.url for lead in findings.leads] == [f"{SITE}/s1.xml"]
    nested = found(f"<urlset>{page()}<sitemap><loc>/s1.xml</loc></sitemap></urlset>", "sitemap")
    assert ([link.url for link in nested.links], len(nested.leads)) == ([BRIDGE], 1)
