import gzip
import html
from collections.abc import Callable

import pytest

from newsarchive.judging import answers
from newsarchive.judging.answers import Outcome
from newsarchive.warc.frame import Answer, read_answer
from tests.judging.test_arrival import OUTLET

URL = "https://a.example/2026/x"
REFRESH = b'<meta http-equiv="refresh" content="%b; url=%b">'


def answer(status: int, body: bytes = b"", *headers: str) -> Answer:
    head = "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status} X", *headers))
    found = read_answer(f"{head}\r\n".encode() + body, method="GET")
    assert found
    return found


def meant(found: Answer, url: str = URL, record_type: str = "response") -> Outcome:
    return answers.outcome(found, url=url, record_type=record_type, outlet=OUTLET)


def test_a_page_is_read_and_a_revisit_of_it_is_unchanged():
    assert meant(answer(200, b"<p>")) == Outcome("page")
    assert meant(answer(200), record_type="revisit") == Outcome("unchanged")
    assert meant(answer(304), record_type="revisit") == Outcome("unchanged")


def test_a_304_about_an_answer_that_is_not_there_is_asked_for_again():
    assert meant(answer(304)) == Outcome("refused", "unrequested_304")
    assert not answers.is_told("unrequested_304")


def test_where_a_redirect_leads_says_whether_it_is_followed():
    assert meant(answer(301, b"", "Location: /2026/y#top")) == Outcome("onward", target="https://a.example/2026/y")
    home = Outcome("refused", "redirected_home", "https://a.example/")
    assert meant(answer(302, b"", "Location: /2026/y", "location: /")) == home
    assert meant(answer(302)) == Outcome("refused", "http_302")
    for location in ("http://[", "http://a.example:99999/x", "//["):
        assert meant(answer(302, b"", f"Location: {location}")) == Outcome("refused", "bad_redirect")


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_a_page_that_leads_elsewhere_at_once_is_a_redirect(coding: str):
    def sent(seconds: bytes, target: bytes) -> Answer:
        page = REFRESH % (seconds, target)
        return answer(
            200, gzip.compress(page) if coding else page, "Content-Type: text/html", f"Content-Encoding: {coding}"
        )

    assert meant(sent(b"0", b"/2026/y")) == Outcome("onward", target="https://a.example/2026/y")
    assert meant(sent(b"0", b"/login")).reason == "login_wall"
    assert meant(sent(b"5", b"/2026/y")) == Outcome("page")
    assert meant(sent(b"0", b"/2026/x")) == Outcome("page")


def test_where_requests_end_that_are_no_article_is_told_whatever_came():
    for status, record_type in ((200, "response"), (200, "revisit"), (304, "revisit"), (202, "response")):
        assert meant(answer(status), "https://a.example/politics/", record_type).reason == "redirected_section"
    assert meant(answer(404), "https://a.example/politics/").reason == "http_404"


def test_what_is_asked_again_in_a_moment_is_not_told():
    assert answers.is_told(meant(answer(410)).reason)
    assert answers.is_told(meant(answer(503, b"", "cf-mitigated: challenge")).reason)
    assert answers.is_told("redirected_home")
    for status in (500, 202, 300, 302):
        assert not answers.is_told(meant(answer(status)).reason)
    assert not answers.is_told(answers.CUT.reason)


@pytest.mark.parametrize("status", [201, 203, 218, 226, 299])
def test_every_status_of_success_with_a_whole_page_gives_a_page(status: int):
    assert meant(answer(status, b"<p>")) == Outcome("page")


@pytest.mark.parametrize("status", [202, 204, 205, 206, 300])
def test_a_status_without_a_whole_page_gives_none(status: int):
    assert meant(answer(status, b"<p>")) == Outcome("refused", f"http_{status}")


def test_a_page_that_a_proxy_changed_is_a_page():
    assert meant(answer(203, b"<p>")) == Outcome("page")
    assert meant(answer(203, REFRESH % (b"0", b"/2026/y"), "Content-Type: text/html")).meaning == "onward"


def with_element(printed: str, before: str = "") -> Answer:
    page = f'<html><head>{before}<meta content="{html.escape(printed)}" HTTP-EQUIV=Refresh></head><body>Moved'
    return answer(200, page.encode(), "Content-Type: text/html")


def with_field(printed: str) -> Answer:
    return answer(200, b"<p>", f"Refresh: {printed}")


@pytest.mark.parametrize("sent", [with_element, with_field])
@pytest.mark.parametrize(
    "printed",
    [
        "0; url=/2026/y",
        "0;URL='/2026/y'",
        '0, url = "/2026/y"',
        " 0.0 ; /2026/y",
        "0;url=https://a.example/2026/y",
        "0,url=/2026/y",
        "0 /2026/y",
        "0.5; url=/2026/y",
        ".9; url=/2026/y",
        "00 ; url = /2026/y#top",
        "0;url='/2026/y' trailing",
        "0;'/2026/y",
        "0, URL='/x/../2026/y'",
        "0;url=\\2026\\y",
    ],
)
def test_a_refresh_leads_elsewhere_by_field_and_element_alike(printed: str, sent: Callable[[str], Answer]):
    assert meant(sent(printed)) == Outcome("onward", target="https://a.example/2026/y")


@pytest.mark.parametrize("sent", [with_element, with_field])
@pytest.mark.parametrize(
    "printed",
    [
        "5; url=/2026/y",
        "0",
        "0;",
        "0; url=",
        "x; url=/2026/y",
        "+0; url=/2026/y",
        "0s; url=/2026/y",
        "; url=/2026/y",
        "9" * 5000 + "; url=/2026/y",
        "0; url=/2026/x#top",
        "0; url=http://[",
        "0; url=javascript:go('/2026/y')",
        "0; url=" + " " * 9000,
    ],
)
def test_a_refresh_that_leads_nowhere_else_at_once_is_a_page(printed: str, sent: Callable[[str], Answer]):
    assert meant(sent(printed)) == Outcome("page")


def test_the_first_valid_refresh_of_a_page_counts_and_no_text_is_an_element():
    late, broken = '<meta http-equiv=refresh content="60">', '<meta http-equiv=refresh content="x;url=/2026/z">'
    assert meant(with_element("0;url=/2026/y", broken)).target == "https://a.example/2026/y"
    assert meant(with_element("0;url=/2026/y", late)) == Outcome("page")
    assert meant(with_element("0;url=y", "<base href=/2026/>")).target == "https://a.example/2026/y"
    for start in ("<noscript>", "<!--", "<script>", "<title>"):
        assert meant(with_element("0;url=/2026/y", start)) == Outcome("page"), start
