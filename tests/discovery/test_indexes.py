"""Sources of other archives and robots.txt: their lines, read."""

import pytest

from newsarchive import dates
from newsarchive.discovery import read_source

ROBOTS = "https://news.example/robots.txt"
INDEX = "https://index.example/CC-NEWS?url=news.example/*&output=json"


def test_robots_txt_names_sitemaps_however_it_is_written():
    body = "User-agent: *\nDisallow: /x\n\nSitemap: https://news.example/s1.xml # main\r\nSITEMAP:/s2.xml\n sitemap : https://news.example/s1.xml\nSitemap:\n# Sitemap: https://news.example/s3.xml\n"
    found = read_source(b"\xef\xbb\xbf" + body.encode(), content_type="text/plain", url=ROBOTS, kind="robots")
    assert [(lead.url, lead.kind) for lead in found.leads] == [
        ("https://news.example/s1.xml", "sitemap"),
        ("https://news.example/s2.xml", "sitemap"),
    ]
    assert (found.links, found.problems) == ((), ())


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"User-agent: *\nDisallow:\n", "no Sitemap line"),
        (b"", "empty"),
        (b"<!DOCTYPE html><html><a href='/x'>x</a>", "not a robots: a page"),
    ],
)
def test_robots_txt_without_sitemaps_says_so(body: bytes, problem: str):
    found = read_source(body, content_type=None, url=ROBOTS, kind="robots")
    assert (found.links, found.leads, found.problems) == ((), (), (problem,))


LINES = {
    "JSON lines": '{"urlkey": "example,news)/a", "timestamp": "20261124101500", "url": "https://news.example/a", "mime": "text/html", "status": "218"}\n'
    '{"urlkey": "example,news)/b", "timestamp": "20261124101600", "url": "https://news.example/b", "mime": "text/html", "status": "404"}\n'
    '{"urlkey": "example,news)/c", "timestamp": "20261124101700", "url": "https://news.example/c.pdf", "mime": "application/pdf", "status": "200"}\n',
    "CDXJ": 'example,news)/a 20261124101500 {"url": "https://news.example/a", "mime": "text/html", "status": "200", "length": "900"}\n'
    'example,news)/b 20261124101600 {"url": "https://news.example/b", "mime": "text/html", "status": "301"}\n',
    "a Wayback's table": '[["urlkey","timestamp","original","mimetype","statuscode","digest","length"],\n'
    '["example,news)/a","20261124101500","https://news.example/a","text/html","200","XYZ","900"],\n'
    '["example,news)/b","20261124101500","https://news.example/b","text/html","302","XYZ","900"]]\n',
    "a Wayback's columns": "example,news)/a 20261124101500 https://news.example/a text/html 200 XYZ 900\nexample,news)/b 20261124101500 https://news.example/b warc/revisit - XYZ 900\n",
    "CDX of eleven columns": " CDX N b a m s k r M S V g\nexample,news)/a 20261124101500 https://news.example/a text/html 200 XYZ - - 900 17 a.warc.gz\n",
    "several captures of a page": 'example,news)/a 20261124101500 {"url": "https://news.example/a"}\nexample,news)/a 20261125101500 {"url": "https://news.example/a"}\n',
    "with broken lines": 'example,news)/a 20261124101500 {"url": "https://news.example/a"}\n{"timestamp": "2026\nexample,news)/b 20261124101500 {"url": \n',
}


@pytest.mark.parametrize("body", LINES.values(), ids=LINES)
def test_an_index_names_the_pages_that_it_holds_and_when_it_got_them(body: str):
    found = read_source(body.encode(), content_type="text/x-ndjson", url=INDEX, kind="cdx")
    assert [link.url for link in found.links] == ["https://news.example/a"]
    link = found.links[0]
    assert (link.kind, link.published_raw, link.archived_raw) == ("cdx", None, "20261124101500Z")
    assert dates.parse(link.archived_raw).value[:16] == "2026-11-24T10:15"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("", "empty"),
        ('{"message": "No Captures found for: news.example/*"}', "not the lines of a CDX index"),
        ("[]", "not the lines of a CDX index"),
        ("<html><h1>502</h1>", "not a cdx: a page"),
    ],
)
def test_an_index_that_names_nothing_says_so(body: str, problem: str):
    found = read_source(body.encode(), content_type=None, url=INDEX, kind="cdx")
    assert found.links == ()
    assert problem in found.problems
