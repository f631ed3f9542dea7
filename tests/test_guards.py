import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, Response
from scrapy.utils.test import get_crawler

from newsarchive.discovery import read_source
from newsarchive.guards import RedirectMiddleware, RefreshMiddleware

URL = "https://a.example/feeds/all"


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("https://a.example/x/../feed", "https://a.example/feed"),
        (r"\\b.example\feed", "https://b.example/feed"),
        ("///b.example/feed", "https://b.example/feed"),
        ("../feed#top", "https://a.example/feed"),
        ("http://[", None),
        ("mailto:ada@a.example", None),
    ],
)
def test_a_redirect_of_a_source_is_followed_as_a_link_would_be(location: str, url: str | None):
    middleware = RedirectMiddleware.from_crawler(get_crawler())
    response = Response(URL, status=301, headers={"Location": location})
    followed = middleware.process_response(Request(URL), response)
    assert (followed.url == url) if url else (followed is response)
    assert middleware.process_response(Request(URL, meta={"dont_redirect": True}), response) is response


@pytest.mark.parametrize(
    ("printed", "url"),
    [
        ("0,url=/feed", "https://a.example/feed"),
        ("0 /x/../feed", "https://a.example/feed"),
        ("0.5;url='/feed' more", "https://a.example/feed"),
        ("0", None),
        ("9;url=/feed", None),
        ("0;url=mailto:ada@a.example", None),
    ],
)
def test_a_refresh_of_a_source_is_read_by_the_same_rules_in_field_and_element(printed: str, url: str | None):
    middleware = RefreshMiddleware.from_crawler(get_crawler(settings_dict={"METAREFRESH_MAXDELAY": 1}))
    element = HtmlResponse(URL, body=f'<meta http-equiv="refresh" content="{printed}">'.encode())
    field = HtmlResponse(URL, body=b"<p>", headers={"Refresh": printed})
    for response in (element, field):
        followed = middleware.process_response(Request(URL), response)
        assert (followed.url == url) if url else (followed is response)


@pytest.mark.parametrize("base", ["http://[", "http://a.example:99999/", "http://a.example\u2100.x/"])
@pytest.mark.parametrize("printed", ["", "0;url=http://[", "0;url=/next"])
def test_a_base_or_a_refresh_that_is_not_a_url_is_ignored(base: str, printed: str):
    page = f'<base href="{base}"><meta http-equiv="refresh" content="{printed}"><a href="/story">A story</a>'
    middleware = RefreshMiddleware.from_crawler(get_crawler(settings_dict={"METAREFRESH_MAXDELAY": 1}))
    response = HtmlResponse(URL, body=page.encode(), encoding="utf-8")
    followed = middleware.process_response(Request(URL), response)
    assert followed is response if "next" not in printed else followed.url == "https://a.example/next"
    links = read_source(page.encode(), content_type="text/html; charset=utf-8", url=URL, kind="section").links
    assert [link.url for link in links] == ["https://a.example/story"]
