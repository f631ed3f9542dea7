"""Credentials that are not part of an exchange with the site never reach the archive."""

import base64
import gzip
from pathlib import Path

import pytest

from newsarchive import urls
from newsarchive.warc.redaction import Redaction
from newsarchive.warc.verifying import verify
from tests.capture.crawling import Ask, Asking
from tests.capture.proxies import Proxy
from tests.capture.server import Server

CREDENTIALS = "proxyuser:pr0xyS3cret"
USERINFO = "reader:r3aderS3cret"


def spellings(credentials: str) -> list[bytes]:
    """The user name, the password, and both as Basic authentication encodes them."""
    return [*(part.encode() for part in credentials.split(":")), base64.b64encode(credentials.encode())]


def everything_in(folder: Path) -> bytes:
    """The bytes of all files, compressed ones unpacked."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".gz" for path in files)
    return b"".join(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in files)


@pytest.mark.parametrize("redacted", [[], ["Proxy-Authorization"]])
def test_the_password_of_a_proxy_is_never_archived(tmp_path: Path, redacted: list[str]):
    with Server() as server, Proxy(CREDENTIALS) as proxy:
        asking = Asking(tmp_path / "project", server.connect_to, WARC_REDACT_REQUEST_HEADERS=redacted)
        done = asking.run(Ask(server.url(kind, "plain"), meta={"proxy": proxy.url}) for kind in ("http", "tls1.3"))
        assert done.code == 0, done.err
        (sent,) = proxy.requests
        assert len(proxy.tunnels) == 1
    assert b"\r\nProxy-Authorization: Basic " in sent
    kept = everything_in(asking.archive)
    assert [spelling for spelling in spellings(CREDENTIALS) if spelling in kept] == []
    archived = [record.block for record in asking.records() if record.kind == "request"]
    lines = [line for line in sent.split(b"\r\n") if not line.startswith(b"Proxy-Authorization")]
    assert b"\r\n".join(lines) in archived
    told = [record.block_fields() for record in asking.records() if record.kind == "metadata"]
    assert {one.get("redactedRequestHeaders") for one in told} == {"proxy-authorization", None}
    assert verify(asking.warcs()).is_clean


def test_userinfo_of_a_url_is_neither_sent_nor_archived(tmp_path: Path):
    with Server() as server, Proxy() as proxy:
        asking = Asking(tmp_path / "project", server.connect_to)
        named = {kind: server.url(kind, "plain").replace("://", f"://{USERINFO}@") for kind in ("http", "tls1.3")}
        again = named["http"].replace("plain", "moved")
        done = asking.run([*map(Ask, named.values()), Ask(again), Ask(again, meta={"proxy": proxy.url})])
        assert done.code == 0, done.err
        assert [note for note in asking.notes() if note.startswith("failed")] == []
        sent = b"".join(said.request for said in server.log)
        hosts = {line for line in sent.split(b"\r\n") if line.lower().startswith(b"host:")}
    assert hosts == {b"Host: raw.example:%d" % server.ports[kind] for kind in ("http", "tls1.3")}
    # Once for each scheme: http and https have a download handler each.
    assert done.err.count("are not sent; set the header Authorization instead") == 2
    assert "S3cret" not in done.err
    for where in (sent, everything_in(asking.archive)):
        assert [spelling for spelling in spellings(USERINFO) if spelling in where] == []
    about = [record for record in asking.records() if record.kind == "response"]
    assert {record.field("WARC-Target-URI") for record in about} >= {server.url("http", "plain")}


@pytest.mark.parametrize(
    ("url", "bare"),
    [
        ("http://user:pw@a.example/x", "http://a.example/x"),
        ("https://user@a.example:8443?q=@", "https://a.example:8443?q=@"),
        ("http://u:p@ss@a.example", "http://a.example"),
        ("HTTP://u:@[2001:db8::1]/", "HTTP://[2001:db8::1]/"),
        ("http://a.example/@reporter", "http://a.example/@reporter"),
        ("http://a.example?mail=x@y.example", "http://a.example?mail=x@y.example"),
    ],
)
def test_userinfo_is_cut_out_of_a_url(url: str, bare: str):
    assert urls.without_userinfo(url) == bare


@pytest.mark.parametrize("name", [b"Proxy-Authorization", b"proxy-authorization ", b"PROXY-AUTHORIZATION"])
@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_the_field_for_a_proxy_is_removed_with_its_continuation_lines(name: bytes, end: bytes):
    rest = [b"GET http://a.example/ HTTP/1.1", b"Host: a.example", b"X-Last: proxy-authorization: kept", b"", b""]
    body = b"Proxy-Authorization: this is the body"
    lines = [*rest[:2], name + b": Basic YTpi", b"  folded", *rest[2:]]
    found, names = Redaction().of(b"\r\n".join(lines).replace(b"\r\n", end, 4) + body)
    assert (found, names) == (b"\r\n".join(rest).replace(b"\r\n", end, 2) + body, ("proxy-authorization",))
