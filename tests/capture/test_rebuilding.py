"""Where the bytes of the wire cannot be heard, messages are rebuilt: loudly, and marked; a browser's DOM is no answer."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsarchive.warc.verifying import verify
from tests.capture.cases import TEXT
from tests.capture.crawling import Ask, Asking
from tests.capture.server import Server
from tests.warc import judges

HANDLERS = '''
import subprocess
from urllib.request import Request as Ask, urlopen
from urllib.error import HTTPError
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.http import HtmlResponse, Headers, Response
from twisted.web.client import HTTPConnectionPool


class Elsewhere(BaseDownloadHandler):
    """Fetches by other means than Twisted, and says that it spoke HTTP/2."""

    lazy = False

    async def download_request(self, request):
        url = request.url.replace("raw.example", "127.0.0.1")
        try:
            answer = urlopen(Ask(url, headers={"X-Mine": "yes"}), timeout=10)
        except HTTPError as error:
            answer = error
        headers = Headers({name: answer.headers.get_all(name) for name in answer.headers})
        return Response(request.url, answer.status, headers, answer.read(), protocol="h2")


class Browser(BaseDownloadHandler):
    """A real browser; what it gives is what it made of the page."""

    lazy = False

    async def download_request(self, request):
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", request.url.replace("raw.example", "127.0.0.1")]
        dom = subprocess.run(command, capture_output=True, timeout=60, check=True).stdout
        return HtmlResponse(request.url, 200, {"Content-Type": "text/html; charset=utf-8"}, dom, flags=["dom"])


class OtherNames(HTTP11DownloadHandler):
    """As if a future Scrapy kept its pool under another name."""

    def __init__(self, crawler):
        super().__init__(crawler)
        self._connections = self.__dict__.pop("_pool")

    def __getattr__(self, name):
        import sys
        # Only Scrapy's own code finds it, as it would if the name had changed there.
        if name == "_pool" and "http11" in sys._getframe(1).f_code.co_filename:
            return self._connections
        raise AttributeError(name)


class Deaf(HTTP11DownloadHandler):
    """As if a future Twisted built its protocols so that nobody can listen."""

    def __init__(self, crawler):
        super().__init__(crawler)
        real = self._pool._factory

        class Factory(real):
            def buildProtocol(self, address):
                return type("Closed", (), {"__slots__": ("it",), "__getattr__": lambda self, name: getattr(self.it, name)})()

        class Pool(type(self._pool)):
            def _newConnection(self, key, endpoint):
                shown, self._factory = self._factory, real
                try:
                    return super()._newConnection(key, endpoint)
                finally:
                    self._factory = shown

        self._pool.__class__ = Pool
        self._pool._factory = Factory
'''


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


def crawl(tmp_path: Path, server: Server, handler: str, *names: str) -> tuple[Asking, str]:
    handlers = {"http": f"asking.handlers.{handler}"} if "." not in handler else {"http": handler}
    asking = Asking(tmp_path / "project", server.connect_to, DOWNLOAD_HANDLERS=handlers)
    (asking.folder / "asking" / "handlers.py").write_text(HANDLERS)
    done = asking.run(Ask(server.url("http", name)) for name in names)
    assert done.code == 0, done.err
    assert "Traceback" not in done.err, done.err
    assert verify(asking.warcs()).is_clean
    return asking, done.err


@pytest.mark.parametrize(("handler", "why"), [("OtherNames", "_pool is not there"), ("Deaf", "cannot be listened to")])
def test_a_scrapy_with_other_inner_names_is_noticed_at_the_start(
    tmp_path: Path, server: Server, handler: str, why: str
):
    asking, err = crawl(tmp_path, server, handler, "weird", "chunked")
    (warning,) = [line for line in err.splitlines() if "CAPTURE IS NOT EXACT" in line]
    assert why in warning
    answers = [record for record in asking.records() if record.kind == "response"]
    assert [judges.payload(record.block) for record in answers] == [TEXT, TEXT]
    assert {record.field("WARC-Payload-Digest") for record in answers} == {judges.sha1(TEXT)}
    about = [record.block_fields() for record in asking.records() if record.kind == "metadata"]
    assert len(about) == 2
    assert all(handler in one["messageReconstructed"] for one in about)


def test_another_handlers_messages_are_rebuilt_and_marked(tmp_path: Path, server: Server):
    asking, err = crawl(tmp_path, server, "Elsewhere", "two-cookies", "not-found", "gzip", "chunked")
    assert err.count("CAPTURE IS NOT EXACT") == 1
    answers = {record.field("WARC-Target-URI"): record for record in asking.records() if record.kind == "response"}
    cookies = answers[server.url("http", "two-cookies")]
    assert cookies.block.startswith(b"HTTP/1.1 200 OK\r\n")
    assert cookies.block.lower().count(b"\r\nset-cookie: ") == 2
    assert answers[server.url("http", "not-found")].block.startswith(b"HTTP/1.1 404 Not Found\r\n")
    chunked = answers[server.url("http", "chunked")]
    assert b"transfer-encoding" not in chunked.block.lower()
    assert judges.payload(chunked.block) == TEXT
    assert b"content-encoding: gzip" in answers[server.url("http", "gzip")].block.lower()
    assert {record.field("WARC-Protocol") for record in answers.values()} == {"h2"}
    requests = [record.block for record in asking.records() if record.kind == "request"]
    assert any(one.startswith(b"GET /gzip HTTP/1.1\r\nHost: raw.example:") for one in requests)
    about = [record.block_fields()["messageReconstructed"] for record in asking.records() if record.kind == "metadata"]
    assert set(about) == {"asking.handlers.Elsewhere; original protocol h2"}


@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed")
def test_a_browsers_dom_is_a_resource_and_never_an_answer(tmp_path: Path, server: Server):
    asking, _ = crawl(tmp_path, server, "Browser", "plain")
    assert "response" not in {record.kind for record in asking.records()}
    (dom,) = [record for record in asking.records() if record.kind == "resource"]
    assert dom.field("WARC-Target-URI") == f"urn:dom:{server.url('http', 'plain')}"
    assert dom.field("Content-Type") == "text/html; charset=utf-8"
    assert dom.field("WARC-Payload-Digest") == judges.sha1(dom.block)
    assert b"nobody wrote" in dom.block
    (about,) = [record for record in asking.records() if record.kind == "metadata"]
    assert about.field("WARC-Concurrent-To") == dom.field("WARC-Record-ID")
