"""Download handlers and middlewares of other people: what they fetch is archived, or its request fails."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsarchive.warc.reader import StoredRecord
from newsarchive.warc.verifying import verify
from tests.capture.crawling import Ask, Asking
from tests.capture.server import Server

HTTP11 = "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler"
AIOHTTP = "scrapy.core.downloader.handlers._aiohttp.AiohttpDownloadHandler"
PLAYWRIGHT = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"
BROWSER = {
    "PLAYWRIGHT_LAUNCH_OPTIONS": {
        "executable_path": shutil.which("chromium"), "args": ["--no-sandbox"], "headless": True
    },
    "PLAYWRIGHT_PROCESS_REQUEST_HEADERS": None,
}  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


def project(tmp_path: Path, server: Server, *, own: dict | None = None, more: str = "", **settings: object) -> Asking:
    """A foreign project; `own` are custom settings of its spider, `more` is added to its code."""
    asking = Asking(tmp_path / "project", server.connect_to, **settings)
    with (asking.folder / "asking" / "spiders.py").open("a") as code:
        code.write(f"\nAsking.custom_settings |= {own or {}!r}\n{more}")
    return asking


def of_kind(asking: Asking, kind: str) -> list[StoredRecord]:
    return [record for record in asking.records() if record.kind == kind]


def rebuilt_by(asking: Asking) -> set[str | None]:
    return {record.block_fields().get("messageReconstructed") for record in of_kind(asking, "metadata")}


def failures(asking: Asking) -> Counter[str]:
    return Counter(line for line in asking.notes() if line.startswith("failed "))


@pytest.mark.parametrize("where", ["custom_settings", "command line", "project"])
def test_scrapys_own_handler_named_by_the_user_is_captured(tmp_path: Path, server: Server, where: str):
    handlers, before = {"http": HTTP11, "https": HTTP11}, len(server.log)
    own = {"DOWNLOAD_HANDLERS": handlers} if where == "custom_settings" else None
    chosen = {"DOWNLOAD_HANDLERS": handlers} if where == "project" else {}
    asking = project(tmp_path, server, own=own, COOKIES_ENABLED=False, **chosen)
    line = {"DOWNLOAD_HANDLERS": json.dumps(handlers)} if where == "command line" else {}
    done = asking.run([Ask(server.url(kind, "weird")) for kind in ("http", "tls1.3")], **line)
    assert (done.code, done.err) == (0, "")
    assert {record.block for record in of_kind(asking, "response")} == {said.sent for said in server.log[before:]}
    assert rebuilt_by(asking) == {None}


def test_another_handler_in_custom_settings_is_captured_and_marked(tmp_path: Path, server: Server):
    asking = project(tmp_path, server, own={"DOWNLOAD_HANDLERS": {"http": AIOHTTP}})
    here = f"http://127.0.0.1:{server.ports['http']}/plain"
    done = asking.run([Ask(here)])
    assert done.code == 0, done.err
    assert "CAPTURE IS NOT EXACT" in done.err
    assert [record.field("WARC-Target-URI") for record in of_kind(asking, "response")] == [here]
    assert rebuilt_by(asking) == {f"{AIOHTTP}; original protocol HTTP/1.1"}


def test_another_handler_is_kept_from_internal_addresses(tmp_path: Path, server: Server):
    own, before = {"DOWNLOAD_HANDLERS": {"http": AIOHTTP}}, len(server.log)
    asking = project(tmp_path, server, own=own, ALLOW_PRIVATE_ADDRESSES=False)
    asks = [f"http://{host}:{server.ports['http']}/plain" for host in ("127.0.0.1", "localhost", "127.1")]
    done = asking.run(map(Ask, asks))
    assert failures(asking) == Counter(f"failed CannotResolveHostError {url}" for url in asks)
    assert len(server.log) == before
    assert "ALLOW_PRIVATE_ADDRESSES lifts that" in done.err
    # aiohttp does not know CONNECT_TO, and only the response shows the address.
    routed = project(tmp_path, server, own=own, ALLOW_PRIVATE_ADDRESSES=False, CONNECT_TO=["localhost::1.1.1.1:80"])
    done = routed.run([Ask(asks[1])])
    assert len(server.log) == before + 1
    assert failures(routed)[f"failed CannotResolveHostError {asks[1]}"] == 2
    assert "localhost was reached at 127.0.0.1 in spite of CONNECT_TO; its answer is dropped" in done.err
    assert [record for record in routed.records() if b"Sentence" in record.block] == []


def test_pages_of_scrapy_playwright_are_captured(tmp_path: Path, server: Server):
    own = {"DOWNLOAD_HANDLERS": {"http": PLAYWRIGHT, "https": PLAYWRIGHT}, **BROWSER}
    asking, before = project(tmp_path, server, own=own), len(server.log)
    here = f"http://127.0.0.1:{server.ports['http']}"
    done = asking.run([Ask(f"{here}/plain", meta={"playwright": True}), Ask(f"{here}/weird")])
    assert done.code == 0, done.err
    seen = {line for line in asking.notes() if line.startswith("seen ")}
    assert seen == {f"seen {here}/plain", f"seen {here}/weird"}
    (drawn,) = [
        one for one in of_kind(asking, "resource") if (one.field("WARC-Target-URI") or "").startswith("urn:dom:")
    ]
    assert (drawn.field("WARC-Target-URI"), drawn.block.count(b"<p>Sentence")) == (f"urn:dom:{here}/plain", 60)
    # What the handler fetches without the browser is captured as it was sent.
    (plain,) = of_kind(asking, "response")
    (sent,) = [said.sent for said in server.log[before:] if said.target == "/weird"]
    assert plain.block == sent
    assert verify(asking.warcs()).is_clean


def test_scrapy_playwright_is_kept_from_internal_addresses(tmp_path: Path, server: Server):
    own = {"DOWNLOAD_HANDLERS": {"http": PLAYWRIGHT}, **BROWSER}
    asking, before = project(tmp_path, server, own=own, ALLOW_PRIVATE_ADDRESSES=False), len(server.log)
    url = f"http://127.0.0.1:{server.ports['http']}/plain"
    done = asking.run([Ask(url, meta={"playwright": True})])
    assert f"failed CannotResolveHostError {url}" in asking.notes(), done.err
    assert len(server.log) == before


LATER_ADDON = """
class Later:
    def update_settings(self, settings):
        settings.set("DOWNLOAD_HANDLERS", {"http": "%s"}, "cmdline")
"""


@pytest.mark.parametrize("policy", ["fail", "report"])
def test_a_handler_set_after_the_add_on_is_refused_or_reported(tmp_path: Path, server: Server, policy: str):
    addons, before = {"newsarchive.capture.Addon": 100, "asking.spiders.Later": 200}, len(server.log)
    asking = project(tmp_path, server, more=LATER_ADDON % HTTP11, ADDONS=addons, CAPTURE_UNCAPTURED=policy)
    url = f"http://127.0.0.1:{server.ports['http']}/plain"
    done = asking.run([Ask(url), Ask(url)])
    assert (done.code, "Traceback" in done.err) == (1, False), done.err
    if policy == "fail":
        (line,) = done.err.splitlines()
        assert "DOWNLOAD_HANDLERS['http']: found" in line
        assert HTTP11 in line
        assert len(server.log) == before
    else:
        assert asking.notes().count(f"seen {url}") == 2
        assert "not in the archive: responses that came past it: 2" in done.err


ANSWERING = """
from scrapy.http import HtmlResponse

class Answering:
    def process_request(self, request):
        if "/plain" in request.url:
            return HtmlResponse(request.url, body=b"<p>made elsewhere</p>", request=request)
"""


@pytest.mark.parametrize("policy", ["fail", "report"])
def test_a_middleware_that_answers_requests_is_refused_or_reported(tmp_path: Path, server: Server, policy: str):
    own = {"DOWNLOADER_MIDDLEWARES": {"asking.spiders.Answering": 10}, "CAPTURE_UNCAPTURED": policy}
    asking = project(tmp_path, server, own=own, more=ANSWERING)
    made, fetched = (server.url("http", name) for name in ("plain", "gzip"))
    ftp = "ftp://files.example/plain"
    done = asking.run([Ask(made), Ask(fetched), Ask(ftp), Ask("data:,/plain")])
    assert (done.code, "Traceback" in done.err) == (1, False), done.err
    notes = asking.notes()
    assert f"seen {fetched}" in notes
    assert "seen data:,/plain" in notes
    assert {f"failed UncapturedError {url}" if policy == "fail" else f"seen {url}" for url in (made, ftp)} <= set(notes)
    assert done.err.count("the response came past the archive") == 1
    assert "not in the archive: responses that came past it: 2" in done.err
    assert {record.field("WARC-Target-URI") for record in of_kind(asking, "response")} == {fetched}


DOWNLOADERS = """
from scrapy.core.downloader import Downloader
from scrapy.http import HtmlResponse
from twisted.internet import defer

class Bypassing(Downloader):
    def fetch(self, request, *rest):
        return defer.succeed(HtmlResponse(request.url, body=b"<p>made elsewhere</p>", request=request))

class Calling(Downloader):
    def needs_backout(self):
        return super().needs_backout()

class SetsDownloader:
    def update_settings(self, settings):
        settings.set("DOWNLOADER", "asking.spiders.Bypassing", "addon")
"""


@pytest.mark.parametrize("policy", ["fail", "report"])
@pytest.mark.parametrize("where", ["custom_settings", "add-on"])
def test_a_downloader_that_calls_no_middlewares_is_refused(tmp_path: Path, server: Server, where: str, policy: str):
    own = {"DOWNLOADER": "asking.spiders.Bypassing"} if where == "custom_settings" else None
    addons = {"newsarchive.capture.Addon": 100}
    addons |= {"asking.spiders.SetsDownloader": 200} if where == "add-on" else {}
    asking = project(tmp_path, server, own=own, more=DOWNLOADERS, ADDONS=addons, CAPTURE_UNCAPTURED=policy)
    done = asking.run([Ask(server.url("http", "plain"))])
    assert done.code == 1
    (line,) = done.err.splitlines()
    assert "DOWNLOADER: found 'Bypassing'" in line
    assert asking.notes() == []


def test_a_downloader_that_calls_the_middlewares_is_captured(tmp_path: Path, server: Server):
    asking = project(tmp_path, server, own={"DOWNLOADER": "asking.spiders.Calling"}, more=DOWNLOADERS)
    done = asking.run([Ask(server.url("http", "plain"))])
    assert (done.code, done.err) == (0, "")
    assert len(of_kind(asking, "response")) == 1


@pytest.mark.parametrize("policy", ["fail", "report"])
def test_a_cached_response_passes_only_if_the_collection_has_a_capture(tmp_path: Path, server: Server, policy: str):
    cache = {"HTTPCACHE_ENABLED": True, "HTTPCACHE_POLICY": "scrapy.extensions.httpcache.DummyPolicy"}
    asking = project(tmp_path, server, **cache, CAPTURE_UNCAPTURED=policy)
    url = server.url("http", "plain")
    assert [asking.run([Ask(url)]).code for _ in range(2)] == [0, 0]
    assert asking.notes().count(f"seen {url}") == 2
    shutil.rmtree(asking.archive)
    done = asking.run([Ask(url)])
    assert done.code == 1
    assert "not in the archive: responses that came past it: 1" in done.err
    last = [line for line in asking.notes() if url in line][-1]
    assert last == (f"failed UncapturedError {url}" if policy == "fail" else f"seen {url}")
