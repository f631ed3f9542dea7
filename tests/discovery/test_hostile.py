"""Sources that once made a parser raise: what else they name is found, and nothing is lost."""

import pytest

from newsarchive.discovery import portions, read_source

SITE = "https://news.example"
NOW = 1_796_000_000
DOTNET = "0001-01-01T00:00:00+02:00"
DIGITS = "9" * 5000
RSS = (
    '<rss version="2.0"><channel>'
    "<item><title>A</title><link>{site}/a</link><pubDate>{date}</pubDate></item>"
    "<item><title>B</title><link>{site}/b</link></item></channel></rss>"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom">'
    '<entry><link href="{site}/a"/><updated>{date}</updated><published>{date}</published></entry>'
    '<entry><link href="{site}/b"/></entry></feed>'
)
SITEMAP = "<urlset><url><loc>{site}/a</loc><lastmod>{date}</lastmod></url><url><loc>{site}/b</loc></url></urlset>"
JSON = '{{"version":"1","items":[{{"url":"{site}/a","date_published":"{date}"}},{{"url":"{site}/b"}}]}}'


@pytest.mark.parametrize("date", [DOTNET, "9999-12-31T23:59:59-05:00", "Mon, 01 Jan 0001 00:00:00 +0200"])
@pytest.mark.parametrize(
    ("form", "kind"),
    [(RSS, "feed"), (ATOM, "feed"), (SITEMAP, "sitemap"), (JSON, "feed")],
    ids=["rss", "atom", "sitemap", "json"],
)
def test_the_time_that_means_no_date_costs_no_entry(form: str, kind: str, date: str):
    payload = form.format(site=SITE, date=date).encode()
    found = read_source(payload, content_type=None, url=f"{SITE}/source", kind=kind)
    assert [link.url for link in found.links] == [f"{SITE}/a", f"{SITE}/b"]
    assert portions.outline(found, now=NOW).links == 2


def test_an_index_whose_child_has_no_date_is_put_in_order():
    child = "<sitemap><loc>{}</loc><lastmod>{}</lastmod></sitemap>"
    index = f"<sitemapindex>{child.format(f'{SITE}/old.xml', DOTNET)}{child.format(f'{SITE}/new.xml', '2026-11-30')}</sitemapindex>"
    found = read_source(index.encode(), content_type=None, url=f"{SITE}/index.xml", kind="sitemap")
    (portion,) = portions.portions(found)
    assert [lead.url for lead in portion.leads] == [f"{SITE}/new.xml", f"{SITE}/old.xml"]


@pytest.mark.parametrize("href", [f"/list?offset={DIGITS}", f"/list?page={DIGITS}", f"/list/page/{DIGITS}/"])
def test_a_list_is_read_though_a_link_has_an_endless_number(href: str):
    found = read_source(
        f'<a href="{href}">more</a><a href="/list/a">A</a>'.encode(),
        content_type=None,
        url=f"{SITE}/list",
        kind="section",
    )
    assert f"{SITE}/list/a" in [link.url for link in found.links]


@pytest.mark.parametrize("parameter", ["page", "start"])
def test_a_list_whose_own_address_has_an_endless_number_is_read(parameter: str):
    found = read_source(
        b'<a href="/list?page=2">2</a>', content_type=None, url=f"{SITE}/list?{parameter}={DIGITS}", kind="section"
    )
    assert [link.url for link in found.links] == [f"{SITE}/list?page=2"]


def test_a_feed_behind_a_doctype_without_an_end_raises_nothing():
    payload = f"<!DOCTYPE [{RSS.format(site=SITE, date='2026-11-30')}".encode()
    found = read_source(payload, content_type=None, url=f"{SITE}/feed", kind="feed")
    assert found.links == ()
    assert found.problems


def read(payload: str, kind: str = "feed") -> list[str]:
    return [
        link.url for link in read_source(payload.encode(), content_type=None, url=f"{SITE}/source", kind=kind).links
    ]


@pytest.mark.parametrize(
    ("more", "end", "urls"),
    [
        (',"title":"a\tb\nc"', "]}", ["a", "b"]),
        ("", ",]}", ["a", "b"]),
        (',"title":"it\\\'s \\x"', "]}", ["a", "b"]),
        (',"title":"\\u12"', "]}", ["a", "b"]),
        (' /* "x" */ ', "]} // end", ["a", "b"]),
        (',"size":' + DIGITS, "]};", ["a", "b"]),
        (',"title":"a "quoted" word"', "]}", ["b"]),
        ("", ',{"url":"https://news.example/', ["a", "b"]),
        ("", ',{"url":' + "[" * 100_000, ["a", "b"]),
    ],
    ids=["newline", "comma", "apostrophe", "short escape", "comments", "number", "quotes", "cut off", "deep"],
)
def test_a_json_feed_is_read_as_far_as_it_is_whole(more: str, end: str, urls: list[str]):
    feed = f'{{"version":"1","items":[{{"url":"{SITE}/a"{more}}},{{"url":"{SITE}/b"}}{end}'
    assert read(feed) == [f"{SITE}/{url}" for url in urls]


def one(entry: str) -> str:
    return f'<rss version="2.0"><channel><title>T</title><item><title>A</title>{entry}</item></channel></rss>'


@pytest.mark.parametrize("broken", ["", "<item>"])
@pytest.mark.parametrize(
    "entry",
    [
        '<guid isPermaLink="true">/a</guid>',
        "<guid>/a</guid>",
        "<link>news.example/a</link>",
        "<link>www.news.example/a</link>",
        "<link>http://ada:secret@news.example/x/../a</link>",
    ],
)
def test_an_address_in_a_feed_is_what_a_browser_makes_of_it(entry: str, broken: str):
    (url,) = read(one(entry) + broken)
    assert url.removeprefix("https://").removeprefix("http://").removeprefix("www.") == "news.example/a"


@pytest.mark.parametrize("entry", ['<guid isPermaLink="false">/a</guid>', "<guid>77</guid>"])
def test_a_guid_that_is_no_permalink_names_no_page(entry: str):
    assert read(one(entry)) == []


def test_a_relative_reference_on_a_page_is_relative_whatever_it_looks_like():
    assert read('<a href="news.example/a">A</a>', "section") == [f"{SITE}/news.example/a"]


def test_an_atom_link_whose_rel_is_empty_is_the_entry_itself():
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>u</id><link rel="" href="{SITE}/a"/></entry></feed>'
    assert read(feed) == [f"{SITE}/a"]


def test_two_sitemaps_in_one_file_are_both_read():
    sets = [f'<?xml version="1.0"?>\n<urlset><url><loc>{SITE}/{name}</loc></url></urlset>' for name in "ab"]
    assert read("\n".join(sets), "sitemap") == [f"{SITE}/a", f"{SITE}/b"]
