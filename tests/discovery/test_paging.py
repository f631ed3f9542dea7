"""The next page of an archive, however the site numbers its pages."""

import pytest

from newsarchive.discovery import read_source

SITE = "https://news.example"


def following(via: str, *anchors: tuple[str, str], head: str = "", kind: str = "section") -> list[str]:
    body = "".join(f'<a href="{href}">{words}</a>' for href, words in anchors)
    found = read_source(
        f"<html><head>{head}</head><body>{body}</body></html>".encode(), content_type=None, url=SITE + via, kind=kind
    )
    return [lead.url.removeprefix(SITE) for lead in found.leads]


ARTICLES = (("/politics/bridge-2026", "The bridge opens"), ("/politics/tunnel", "more"), ("/sport/page/2/", "2"))


@pytest.mark.parametrize(
    ("via", "href", "words"),
    [
        ("/politics/", "/politics/page/2/", "2"),
        ("/politics", "/politics/page/2", "Older posts"),
        ("/politics/page/2/", "/politics/page/3/", "3"),
        ("/politics/page/9/", "/politics/page/10/", "10"),
        ("/politics/", "/politics/?page=2", "2"),
        ("/politics/?page=2", "/politics/?page=3", "»"),
        ("/politics?lang=uk&page=2", "/politics?lang=uk&page=3", "3"),
        ("/", "/page/2/", "Next"),
        ("/politik/", "/politik/seite-2", "2"),
        ("/politics/", "/politics/?start=20", "3"),
        ("/politics/?start=20", "/politics/?start=40", "3"),
        ("/politics/", "/politics/?before=1748949480", "Older stories →"),
        ("/politika/", "/politika/arkhiv/3", "Наступна сторінка ›"),
        ("/archive/2026/11/25/", "/archive/2026/11/24/", "24"),
        ("/2026/03/01", "/2026/02/28", "<"),
        ("/2026/3/1/", "/2026/2/28/", "<"),
        ("/2026-01-01/", "/2025-12-31/", "yesterday"),
    ],
)
def test_the_next_page_is_found(via: str, href: str, words: str):
    assert following(via, *ARTICLES, (via, "here"), (href, words)) == [href]


@pytest.mark.parametrize(
    ("via", "anchors"),
    [
        ("/politics/", ()),
        ("/politics/page/3/", (("/politics/page/2/", "2"), ("/politics/page/1/", "1"))),
        ("/politics/?page=3", (("/politics/?page=2", "newer"),)),
        ("/politics/?start=40", (("/politics/?start=20", "2"),)),
        ("/2026/02/30/", (("/2026/02/29/", "x"),)),
        ("/politics/", (("https://elsewhere.example/politics/page/2/", "2"),)),
        ("/politics/", (("/politics/next-steps", "Next"), ("/sport/?page=2", "Next"))),
    ],
    ids=["one page", "last page", "last by parameter", "last by offset", "no such day", "elsewhere", "other lists"],
)
def test_the_last_page_is_the_last(via: str, anchors: tuple[tuple[str, str], ...]):
    assert following(via, *ARTICLES, *anchors) == []


def test_what_the_markup_says_comes_first():
    head = '<link rel="next" href="/politics/?after=x">'
    assert following("/politics/", ("/politics/page/2/", "2"), head=head) == ["/politics/?after=x"]


def test_only_lists_have_pages():
    assert following("/feed/", ("/feed/page/2/", "2"), kind="feed") == []
