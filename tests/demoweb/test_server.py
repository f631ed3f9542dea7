import gzip
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from newsarchive.demoweb import Answer, Author, Block, DemoArticle, DemoWeb
from tests.demoweb.asking import ask, ask_raw, connect

RS = "https://responsiblestatecraft.org"
KI = "https://kyivindependent.com"
SEED = f"{RS}/scholz-putin-call/"


@pytest.fixture(scope="module")
def still() -> Iterator[DemoWeb]:
    """A demo web for tests that change nothing."""
    with DemoWeb() as web:
        yield web


def test_every_host_has_both_ports(still):
    assert f"kyivindependent.com:443:127.0.0.1:{still.https_port}" in still.connect_to
    assert f"www.responsiblestatecraft.org:80:127.0.0.1:{still.http_port}" in still.connect_to
    assert len(still.connect_to) == 8


def test_certificate_is_valid_for_every_host(still):
    for host in still.hosts:
        with connect(still, f"https://{host}/") as peer:
            assert peer.getpeercert()["subjectAltName"][0] == ("DNS", still.hosts[0])


def test_http_and_www_redirect_to_the_bare_host_over_https(still):
    first = ask(still, "http://www.kyivindependent.com/about/?a=1")
    second = ask(still, "https://www.kyivindependent.com/about/?a=1")
    assert (first.status, first.header("location")) == (301, "https://www.kyivindependent.com/about/?a=1")
    assert (second.status, second.header("location")) == (301, f"{KI}/about/?a=1")


def test_log_holds_exactly_what_the_client_sent_and_received(still):
    for url in (SEED, f"{RS}/harbor-lease-tessaly-island/", f"{KI}/ballot-printing-contract-goes-to-sole-bidder/"):
        received = ask_raw(still, url, "Accept-Encoding: gzip", "X-Odd:  twice ")
        exchange = still.log[-1]
        assert exchange.response == received
        assert exchange.request.endswith(b"\r\nX-Odd:  twice \r\n\r\n")
        assert (exchange.scheme, exchange.method, exchange.status) == ("https", "GET", 200)


def test_chunked_and_gzipped_page_is_the_same_page(still):
    url = f"{RS}/harbor-lease-tessaly-island/"
    answered = ask(still, url)
    assert (answered.header("transfer-encoding"), answered.header("content-encoding")) == ("chunked", "gzip")
    assert "orange stakes" in answered.text
    assert b"\r\n0\r\n\r\n" in still.log[-1].response


def test_coding_follows_accept_encoding(still):
    for accepted, coding in (("gzip, deflate", "gzip"), ("gzip, br", "br"), ("identity", None)):
        answered = ask(still, SEED, Accept_Encoding=accepted)
        assert answered.header("content-encoding") == coding
        assert "first to break the ice" in answered.text


def test_gzip_is_the_same_every_time(still):
    assert ask(still, SEED, Accept_Encoding="gzip").payload == ask(still, SEED, Accept_Encoding="gzip").payload


def test_one_page_sends_brotli_unasked(still):
    answered = ask(still, f"{RS}/editorial-and-submission-policy/", Accept_Encoding="gzip")
    assert answered.header("content-encoding") == "br"
    assert "Submissions" in answered.text


def test_validators_that_hold_give_304(still):
    first = ask(still, SEED)
    for headers in (
        {"If_None_Match": first.header("etag")},
        {"If_Modified_Since": first.header("last-modified")},
        {"If_None_Match": '"other", ' + first.header("etag"), "If_Modified_Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
    ):
        again = ask(still, SEED, **headers)
        assert (again.status, again.payload) == (304, b"")
        assert again.header("etag") == first.header("etag")
    assert ask(still, SEED, If_None_Match='"other"', If_Modified_Since=first.header("last-modified")).status == 200


def test_head_gives_the_head_of_get(still):
    head, get = ask(still, SEED, "HEAD"), ask(still, SEED)
    assert (head.status, head.payload) == (200, b"")
    assert head.header("content-length") == str(len(get.payload))


def test_two_cookies_stay_two_headers(still):
    headers = ask(still, f"{RS}/embassy-that-never-opened/").headers
    assert len([value for name, value in headers if name == "Set-Cookie"]) == 2


def test_odd_and_repeated_header_names_are_sent_as_they_are(still):
    head = ask_raw(still, f"{RS}/analysis/").partition(b"\r\n\r\n")[0]
    assert b"\r\nx-RM-Cache-Server: demo-1\r\nSERVER: nginx\r\n" in head
    assert head.count(b"\r\nLink: ") == 2


def test_moved_article_redirects_to_its_new_slug(still):
    answered = ask(still, f"{RS}/mercenary-firm-rebrands/")
    assert (answered.status, answered.header("location")) == (301, "/mercenary-firm-rebrands-again/")
    assert ask(still, f"{RS}/latest/").status == 302


def test_query_selects_the_page(still):
    first, second = (ask(still, f"{KI}/document/?id={number}").text for number in (4711, 4712))
    assert "minutes of March 3" in first
    assert "about a dredger" in second
    assert ask(still, f"{KI}/document/").status == 404


def test_tracking_parameters_select_nothing(still):
    assert ask(still, f"{SEED}?utm_source=rss&utm_medium=feed").payload == ask(still, SEED).payload


def test_article_answers_at_all_its_addresses_with_one_canonical(still):
    slug = "drone-debris-damages-grain-elevator-in-zarichne-pole"
    for path in (f"/{slug}/", f"/{slug}", f"/news-feed/{slug}", f"/news-feed/{slug}/"):
        answered = ask(still, KI + path)
        if answered.status == 301:
            answered = ask(still, KI + answered.header("location"))
        assert f'<link rel="canonical" href="{KI}/{slug}/">' in answered.text


def test_amp_duplicate_names_its_original(still):
    text = ask(still, f"{RS}/amp/undersea-cable-patrol-costs/").text
    assert "<html amp" in text
    assert f'<link rel="canonical" href="{RS}/undersea-cable-patrol-costs/">' in text


def test_addresses_without_an_article_fail_each_in_its_way(still):
    statuses = {
        "/never-filed-dispatch/": 404,
        "/retracted-embassy-memo/": 410,
        "/lorengau-depot-inventory/": 500,
        "/nothing-of-the-kind/": 404,
    }
    assert {path: ask(still, RS + path).status for path in statuses} == statuses


def test_unknown_host_is_misdirected(still):
    with socket.create_connection(("127.0.0.1", still.http_port), timeout=5) as peer:
        peer.sendall(b"GET / HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n")
        assert peer.recv(100).startswith(b"HTTP/1.1 421 ")


def test_connection_is_kept_for_the_next_request(still):
    with connect(still, SEED) as peer:
        for turn in range(2):
            peer.sendall(b"HEAD /scholz-putin-call/ HTTP/1.1\r\nHost: responsiblestatecraft.org\r\n\r\n")
            assert peer.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n"), turn


def test_too_many_requests_once_and_then_the_page(web):
    url = f"{RS}/ceasefire-monitors-without-fuel/"
    first, second = ask(web, url), ask(web, url)
    assert (first.status, first.header("retry-after")) == (429, "1")
    assert (second.status, second.header("retry-after")) == (200, None)


def test_one_page_fails_once(web):
    url = f"{RS}/midnight-vote-war-powers/"
    assert [ask(web, url).status for _ in range(2)] == [500, 200]


def test_one_page_is_slow(still):
    started = time.monotonic()
    assert ask(still, f"{RS}/arctic-runway-heats-up/").status == 200
    assert time.monotonic() - started >= 0.5


def test_edit_changes_body_and_validators(web):
    before = ask(web, SEED)
    web.edit(SEED, paragraphs=["A new paragraph.", "And another."])
    after = ask(web, SEED, If_None_Match=before.header("etag"))
    assert after.status == 200
    assert "A new paragraph." in after.text
    assert before.header("last-modified") != after.header("last-modified")
    assert web.article(SEED).expected()["body"] == ["A new paragraph.", "And another."]
    web.edit(SEED, paragraphs=["Once more."])
    assert ask(web, SEED, If_Modified_Since=after.header("last-modified")).status == 200


def test_published_article_appears_everywhere(web):
    lists = [f"{RS}/feeds/feed.rss", f"{RS}/feeds/sitemaps/sitemap_1.xml", f"{RS}/sitemap_news.xml", f"{RS}/analysis/"]
    old = [ask(web, url).header("etag") for url in lists]
    new = DemoArticle(
        outlet="responsible_statecraft",
        slug="breaking-now",
        layout="rebelmouse",
        headline="Breaking now",
        kicker="Analysis | Europe",
        authors=(Author("Nora Quill", "/author/nquill/"),),
        published=datetime(2026, 10, 31, 12, tzinfo=UTC),
        body=(Block("paragraph", ("It happened a moment ago.",)),),
    )
    web.publish(new)
    assert "It happened a moment ago." in ask(web, new.url).text
    for url, tag in zip(lists, old, strict=True):
        answered = ask(web, url, **({"If_None_Match": tag} if tag else {}))
        assert "/breaking-now/" in answered.text, url


def test_withdrawn_article_is_gone_and_listed_no_more(web):
    assert "/scholz-putin-call/" in ask(web, f"{RS}/analysis/").text
    web.withdraw(SEED)
    assert ask(web, SEED).status == 410
    assert "/scholz-putin-call/" not in ask(web, f"{RS}/analysis/").text


def test_scripted_answer_is_given_as_often_as_asked(web):
    web.answer(SEED, Answer(503, (("Retry-After", "0"),), b"later", repeat=2))
    assert [ask(web, SEED).status for _ in range(3)] == [503, 503, 200]


def test_scripted_answer_may_break_every_rule(web):
    web.answer(SEED, Answer(body=b"x" * 100, cut_after=10))
    assert ask_raw(web, SEED).endswith(b"\r\n\r\n" + b"x" * 10)
    web.answer(SEED, Answer(raw=b"HTTP/1.1 200\r\n\r\nbare"))
    assert ask_raw(web, SEED) == b"HTTP/1.1 200\r\n\r\nbare"
    web.answer(SEED, Answer(body=b"to the end", framing="close"))
    assert b"Content-Length" not in (received := ask_raw(web, SEED))
    assert received.endswith(b"\r\n\r\nto the end")


def test_stop_ends_open_connections():
    web = DemoWeb()
    web.start()
    with connect(web, SEED) as peer:
        web.stop()
        web.stop()
        assert peer.recv(1) == b""


def test_program_names_its_ports_and_ends_when_told():
    with subprocess.Popen([sys.executable, "-m", "newsarchive.demoweb"], stdout=subprocess.PIPE, text=True) as program:
        facts = json.loads(program.stdout.readline())
        with socket.create_connection(("127.0.0.1", facts["https_port"]), timeout=5):
            program.terminate()
        assert program.wait(timeout=5) == 0
    assert len(facts["connect_to"]) == 8


def test_zipped_sitemap_is_a_file_not_a_coding(still):
    answered = ask(still, f"{RS}/feeds/sitemaps/sitemap_2.xml.gz", Accept_Encoding="gzip")
    assert answered.header("content-encoding") is None
    assert gzip.decompress(answered.payload).startswith(b"<?xml")
