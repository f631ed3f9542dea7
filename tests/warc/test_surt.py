"""Keys as the Internet Archive's canonicalisation makes them; the values were compared with an implementation of it."""

import time

import pytest

from newsarchive.warc.surt import surt

KEYS = [
    ('http://www.Example.com:80/a//b/../C?b=2&a=1#x', 'com,example)/a/c?a=1&b=2'),
    ('https://www2.example.com/', 'com,example)/'),
    ('http://example.com', 'com,example)/'),
    ('http://example.com/path/', 'com,example)/path'),
    ('http://example.com/path/?', 'com,example)/path'),
    ('http://example.com/path?', 'com,example)/path'),
    ('http://example.com/a?b', 'com,example)/a?b'),
    ('http://example.com/?a=1&a=0&b=', 'com,example)/?a=0&a=1&b='),
    ('http://example.com:8080/x', 'com,example:8080)/x'),
    ('https://example.com:443/x', 'com,example)/x'),
    ('https://example.com:80/x', 'com,example:80)/x'),
    ('http://user:pw@example.com/x', 'com,example)/x'),
    ('http://example.com/x;jsessionid=0123456789ABCDEF0123456789ABCDEF?q=1', 'com,example)/x;jsessionid=0123456789abcdef0123456789abcdef?q=1'),
    ('http://example.com/x?PHPSESSID=0123456789abcdef0123456789abcdef&q=1', 'com,example)/x?q=1'),
    ('http://example.com/x?q=1&sid=9682993c8daa2c5497996114facdc805', 'com,example)/x?&q=1'),
    ('http://example.com/x?ASPSESSIONIDAQBSDSRT=EOHBLBDDPFCLHKPGGKLILNAM&q=1', 'com,example)/x?q=1'),
    ('http://example.com/x?CFID=304&CFTOKEN=0123456789abcdef&q=1', 'com,example)/x?q=1'),
    ('http://example.com/(S(4hqa0555fwsecu455xqckv45))/mileg.aspx', 'com,example)/mileg.aspx'),
    ('http://example.com/%7Efoo/%2f/%41', 'com,example)/~foo/a'),
    ('http://example.com/caf%C3%A9', 'com,example)/caf%c3%a9'),
    ('http://example.com/café', 'com,example)/caf%c3%a9'),
    ('http://müller.de/ä', 'de,xn--mller-kva)/%c3%a4'),
    ('http://xn--mller-kva.de/', 'de,xn--mller-kva)/'),
    ('http://192.168.0.1/x', '1,0,168,192)/x'),
    ('http://[::1]/x', '::1)/x'),
    ('http://[2001:db8::1]:8080/x', '2001:db8::1:8080)/x'),
    ('dns:www.example.com', 'dns:www.example.com'),
    ('urn:certificate:https://Example.org/', 'urn:certificate:https://example.org'),
    ('urn:dom:https://example.org/A?b', 'urn:dom:https://example.org/a?b'),
    ('http://example.com./x', 'com,example)/x'),
    ('http://example.com/a b', 'com,example)/a%20b'),
    ('http://example.com/a+b?c+d=e%20f', 'com,example)/a+b?c+d=e%20f'),
    ('http://example.com/./a/./b/', 'com,example)/a/b'),
    ('http://example.com/a/../../b', 'com,example)/../b'),
    ('http://example.com//a', 'com,example)/a'),
    ('http://EXAMPLE.com/A?B=C', 'com,example)/a?b=c'),
    ('http://www.www.example.com/', 'com,example,www)/'),
    ('http://www.com/', 'com)/'),
    ('http://www1.news.example.co.uk/x', 'uk,co,example,news)/x'),
    ('http://example.com/?', 'com,example)/'),
    ('http://example.com/a?b=1&__wb_method=POST', 'com,example)/a?__wb_method=post&b=1'),
    ('http://example.com/a&b', 'com,example)/a&b'),
    ('http://example.com/x?utm_source=a', 'com,example)/x?utm_source=a'),
    ('http://example.com/%E4', 'com,example)/%e4'),
    ('http://example.com/%zz', 'com,example)/%25zz'),
    ('http://example.com/a%25b', 'com,example)/a%25b'),
    ('http://example.com/a%23b', 'com,example)/a%23b'),
    ('ftp://example.com/x', 'com,example)/x'),
    ('http://example.com/index.html', 'com,example)/index.html'),
    ('http://example.com/a;b=c/d', 'com,example)/a;b=c/d'),
    ('http://example.com/?q=http://x.com/', 'com,example)/?q=http://x.com/'),
    ('http://example.com/x?b=%41&a=%26', 'com,example)/x?&a=&b=a'),
    ('http://example.com/x?&a=1&', 'com,example)/x?&&a=1'),
    ('http://example.com/a\\b', 'com,example)/a\\b'),
    ('filedesc:foo.arc', 'filedesc:foo.arc'),
    ('http://a_b.example.com/', 'com,example,a_b)/'),
    ('http://example.com/x;jsessionid=0123456789abcdef0123456789abcdef', 'com,example)/x;jsessionid=0123456789abcdef0123456789abcdef'),
    ('http://example.com/x;jsessionid=0123456789abcdef0123456789abcdef/y', 'com,example)/x;jsessionid=0123456789abcdef0123456789abcdef/y'),
    ('http://example.com/x;jsessionid=0123456789abcdef0123456789abcdef.tomcat1', 'com,example)/x;jsessionid=0123456789abcdef0123456789abcdef.tomcat1'),
    ('http://example.com/x?jsessionid=0123456789abcdef0123456789abcdef', 'com,example)/x'),
    ('http://example.com/x?a=1&jsessionid=0123456789abcdef0123456789abcdef&b=2', 'com,example)/x?a=1&b=2'),
    ('http://example.com/x?a=1&phpsessid=0123456789abcdef0123456789abcdef', 'com,example)/x?&a=1'),
    ('http://example.com/x?phpsessid=0123456789abcdef0123456789abcde', 'com,example)/x?phpsessid=0123456789abcdef0123456789abcde'),
    ('http://example.com/x?sid=0123456789abcdef0123456789abcdef&b=2', 'com,example)/x?b=2'),
    ('http://example.com/x?a=1&sid=0123456789abcdef0123456789abcdef&b=2', 'com,example)/x?a=1&b=2'),
    ('http://example.com/x?aspsessionidaaaaaaaa=abcdefghijklmnopqrstuvwx&b=2', 'com,example)/x?b=2'),
    ('http://example.com/x?a=1&cfid=304&cftoken=abc&z=2', 'com,example)/x?a=1&z=2'),
    ('http://example.com/x?cfid=304&b=1', 'com,example)/x?b=1&cfid=304'),
    ('http://example.com/x?a=1&cfid=304', 'com,example)/x?a=1&cfid=304'),
    ('http://example.com/(a(4hqa0555fwsecu455xqckv45)S(4hqa0555fwsecu455xqckv45))/mileg.aspx?x=1', 'com,example)/mileg.aspx?x=1'),
    ('http://example.com/(4hqa0555fwsecu455xqckv45)/mileg.aspx', 'com,example)/mileg.aspx'),
    ('http://example.com/a/(4hqa0555fwsecu455xqckv45)/mileg.html', 'com,example)/a/(4hqa0555fwsecu455xqckv45)/mileg.html'),
    ('http://example.com/a//', 'com,example)/a'),
    ('http://example.com/a/.', 'com,example)/a'),
    ('http://example.com/a/..', 'com,example)/'),
    ('http://example.com/..', 'com,example)/..'),
    ('http://example.com/%2e%2e/a', 'com,example)/../a'),
    ('http://example.com/a%3fb', 'com,example)/a?b'),
    ('http://example.com/a?b?c', 'com,example)/a?b?c'),
    ('http://example.com/a?b#c', 'com,example)/a?b'),
    ('http://example.com/a%0ab', 'com,example)/a%0ab'),
    ('http://example.com/\ttab', 'com,example)/tab'),
    (' http://example.com/lead ', 'com,example)/lead'),
    ('http://example.com:/x', 'com,example)/x'),
    ('http://example.com/a?%23=1', 'com,example)/a?%23=1'),
    ('http://example.com/%E4?%E4=1', 'com,example)/%e4?%e4=1'),
    ('http://example.com/ä?ä=Ä', 'com,example)/%c3%a4?%c3%a4=%c3%84'),
    ('http://ÄB.com/', 'com,xn--b-zfa)/'),
    ('HTTP://example.com/', 'com,example)/'),
    ('http://3279880203/x', '11,0,127,195)/x'),
    ('http://0x7f.1/x', '1,0x7f)/x'),
    ('http://example.com/a?b=1;c=2', 'com,example)/a?b=1;c=2'),
    ('http://example.com/a?c&b', 'com,example)/a?b&c'),
    ('http://example.com/a?b=%2520', 'com,example)/a?b=%20'),
    ('http://example.com/a?b=+', 'com,example)/a?b=+'),
    ('http://example.com/a\'b"c<d>e', 'com,example)/a\'b"c<d>e'),
    ('http://example..com/x', 'com,example)/x'),
    ('http://www.example.com:8080/', 'com,example:8080)/'),
    ('http://www12.com.au/', 'au,com)/'),
    ('http://wwwx.com/', 'com,wwwx)/'),
    ('http://www-1.com/', 'com,www-1)/'),
    ('http://example.com/a?b={x}|y^z`~', 'com,example)/a?b={x}|y^z`~'),
    ('http://[2001:DB8::1]/x', '2001:db8::1)/x'),
    ('https://[::1]:443/x', '::1)/x'),
    ('http://example.com/A%C3%84', 'com,example)/a%c3%84'),
    ('http://example.com/%c3%84', 'com,example)/%c3%84'),
    ('http://user@example.com/', 'com,example)/'),
    ('http://example.com/a?&', 'com,example)/a?&'),
    ('http://example.com/a?&&b', 'com,example)/a?&&b'),
    ('http://example.com/a?=1', 'com,example)/a?=1'),
    ('dns:Example.com', 'dns:example.com'),
    ('urn:X:https://a.b/?b=2&a=1', 'urn:x:https://a.b?a=1&b=2'),
    ('urn:X:http://a.b/c/', 'urn:x:http://a.b/c'),
]  # fmt: skip


@pytest.mark.parametrize(("uri", "key"), KEYS)
def test_a_uri_has_the_key_that_others_look_it_up_by(uri, key):
    assert surt(uri) == key


def test_addresses_of_one_page_share_a_key():
    assert (
        len(
            {
                surt(f"{start}news.example{end}")
                for start in ("http://", "https://www.", "HTTP://www2.")
                for end in ("", "/", "/?", ":80#x")[:3]
            }
        )
        == 1
    )


@pytest.mark.parametrize(
    "path",
    [("(" + "a" * 24 + ")/") * 600, "?" + "cfid=" * 3000, "%" + "25" * 8000, ".aspx/(" + "a" * 24 + ")/" * 8000],
    ids=["aspx sessions", "cfid sessions", "nested escapes", "aspx first"],
)
def test_the_time_for_a_key_grows_with_the_length_of_the_address(path: str):
    def seconds(times: int) -> float:
        url = "http://a.test/" + path * times
        taken = []
        for _ in range(3):
            began = time.process_time()
            surt(url)
            taken.append(time.process_time() - began)
        return min(taken)

    assert seconds(8) < 10 * seconds(2)


def test_sessions_are_left_out_of_paths_that_have_a_question_mark_or_more_than_one_page():
    session = "(" + "a" * 24 + ")"
    assert surt(f"http://a.test/{session}/b.aspx/c%3F/{session}/d.aspx") == "test,a)/b.aspx/c?/d.aspx"
    assert surt(f"http://a.test/x.aspx/{session}/y") == f"test,a)/x.aspx/{session}/y"
    assert surt("http://a.test/?cfid=cfid=1&cftoken=2&a=1") == "test,a)/?cfid=a=1"
