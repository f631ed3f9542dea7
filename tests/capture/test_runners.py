"""Internal addresses, CONNECT_TO and DNS_SERVERS in programs that start the reactor themselves: notebooks, task queues."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.capture.nameserver import NameServer
from tests.capture.server import Server
from tests.conftest import PROJECT, Ran, environment

# Each crawl has settings and custom_settings of its own; what its spider sees is printed.
PROGRAM = """
import json, sys
from scrapy import Request, Spider
from scrapy.settings import Settings

order = json.load(sys.stdin)
BASE = {"ROBOTSTXT_OBEY": False, "LOG_LEVEL": "WARNING", "RETRY_TIMES": 0, "TELNETCONSOLE_ENABLED": False}

def spider(number, crawl):
    class Asking(Spider):
        name = f"asking{number}"
        custom_settings = crawl.get("custom_settings")

        async def start(self):
            for url in crawl["urls"]:
                yield Request(url, errback=self.failed, dont_filter=True)

        def parse(self, response):
            print(json.dumps([number, "seen", response.url]))

        def failed(self, failure):
            print(json.dumps([number, type(failure.value).__name__, failure.request.url]))
    return Asking

crawls = [(Settings(BASE | crawl["settings"], priority="project"), spider(number, crawl)) for number, crawl in enumerate(order["crawls"])]
"""
RUNNERS = {
    "CrawlerProcess": """
from scrapy.crawler import CrawlerProcess
(settings, asking), = crawls
process = CrawlerProcess(settings)
process.crawl(asking)
process.start()
""",
    "CrawlerRunner": """
from scrapy.utils.reactor import install_reactor
install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
from scrapy.crawler import CrawlerRunner
from scrapy.utils.log import configure_logging
from twisted.internet import defer, reactor
configure_logging(BASE)
before = reactor.nameResolver
async def run():
    await defer.gatherResults([CrawlerRunner(settings).crawl(asking) for settings, asking in crawls])
    assert reactor.nameResolver is before
    reactor.stop()
reactor.callWhenRunning(lambda: defer.ensureDeferred(run()))
reactor.run()
""",
    "AsyncCrawlerRunner": """
import asyncio
from scrapy.utils.reactor import install_reactor
install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.utils.log import configure_logging
from twisted.internet import defer, reactor
configure_logging(BASE)
async def run():
    await asyncio.gather(*(AsyncCrawlerRunner(settings).crawl(asking) for settings, asking in crawls))
    reactor.stop()
reactor.callWhenRunning(lambda: defer.Deferred.fromFuture(asyncio.ensure_future(run())))
reactor.run()
""",
    "SelectReactor": """
from twisted.internet import selectreactor
selectreactor.install()
from scrapy.crawler import CrawlerRunner
from scrapy.utils.log import configure_logging
from twisted.internet import defer, reactor
configure_logging(BASE)
def run():
    done = defer.gatherResults([CrawlerRunner(settings | {"TWISTED_REACTOR": None}).crawl(asking) for settings, asking in [(dict(s), a) for s, a in crawls]])
    done.addBoth(lambda _: reactor.stop())
reactor.callWhenRunning(run)
reactor.run()
""",
}  # fmt: skip
ADDONS = {"newsarchive.capture.Addon": 100}


@dataclass(frozen=True)
class Crawls:
    ran: Ran
    notes: list[list]

    def of(self, number: int) -> set[tuple[str, str]]:
        return {(what, url) for crawl, what, url in self.notes if crawl == number}


def run(runner: str, folder: Path, *crawls: dict) -> Crawls:
    for number, crawl in enumerate(crawls):
        crawl.setdefault("settings", {}).setdefault("ARCHIVE_DIR", str(folder / f"archive{number}"))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM + RUNNERS[runner]], input=json.dumps({"crawls": crawls}), cwd=folder,
        env={**environment(), "PYTHONPATH": str(PROJECT)}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return Crawls(
        Ran(done.returncode, done.stdout, done.stderr), [json.loads(line) for line in done.stdout.splitlines()]
    )


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.mark.parametrize("runner", RUNNERS)
def test_settings_of_the_network_hold_whatever_starts_the_crawl(runner: str, tmp_path: Path, server: Server):
    port, before = server.ports["http"], len(server.log)
    hosts = ("127.0.0.1", "localhost", "127.1", "[::ffff:127.0.0.1]", "0.0.0.0", "inside.test")
    inside = [f"http://{host}:{port}/plain" for host in hosts] + [f"https://127.0.0.1:{server.ports['tls1.3']}/plain"]
    routed = [server.url("http", "plain"), server.url("tls1.3", "plain")]
    with NameServer() as names:
        names.host("inside.test", "127.0.0.1")
        settings = {"ADDONS": ADDONS, "CONNECT_TO": server.connect_to, "DNS_SERVERS": [names.place]}
        done = run(runner, tmp_path, {"settings": settings, "urls": [*inside, *routed]})
        assert names.count("inside.test", "A") == 1
    assert done.of(0) == {("CannotResolveHostError", url) for url in inside} | {("seen", url) for url in routed}
    assert len(server.log) == before + len(routed)
    assert "127.0.0.1 is an internal address of inside.test" in done.ran.err


def test_the_add_on_in_custom_settings_protects_and_captures(tmp_path: Path, server: Server):
    own = {"ADDONS": ADDONS, "CONNECT_TO": server.connect_to, "ARCHIVE_DIR": str(tmp_path / "own")}
    inside = f"http://127.0.0.1:{server.ports['http']}/plain"
    urls = [server.url("http", "plain"), inside]
    done = run("CrawlerProcess", tmp_path, {"custom_settings": own, "urls": urls})
    assert done.of(0) == {("seen", urls[0]), ("CannotResolveHostError", inside)}
    assert len(list((tmp_path / "own").rglob("*.warc.gz"))) == 1


def test_crawls_of_one_process_have_settings_of_their_own(tmp_path: Path, server: Server):
    url = f"http://127.0.0.1:{server.ports['http']}/plain"
    routed = server.url("http", "plain")
    shut, open_ = {"ADDONS": ADDONS}, {"ADDONS": ADDONS, "ALLOW_PRIVATE_ADDRESSES": True}
    done = run(
        "AsyncCrawlerRunner", tmp_path,
        {"settings": shut, "urls": [url]},
        {"settings": open_, "urls": [url]},
        {"settings": shut, "custom_settings": {"CONNECT_TO": server.connect_to}, "urls": [url, routed]},
    )  # fmt: skip
    assert done.of(0) == {("CannotResolveHostError", url)}
    assert done.of(1) == {("seen", url)}
    assert done.of(2) == {("CannotResolveHostError", url), ("seen", routed)}


def test_a_name_is_looked_up_once_for_a_connection(tmp_path: Path, server: Server):
    """A second lookup could give another address than the one that was checked (DNS rebinding)."""
    url = f"http://rebinding.test:{server.ports['http']}/plain"
    with NameServer() as names:
        names.host("rebinding.test", "127.0.0.1", ttl=0)
        settings = {"ADDONS": ADDONS, "DNS_SERVERS": [names.place]}
        allowed = run(
            "AsyncCrawlerRunner", tmp_path, {"settings": settings | {"ALLOW_PRIVATE_ADDRESSES": True}, "urls": [url]}
        )
        assert (allowed.of(0), names.count("rebinding.test", "A")) == ({("seen", url)}, 1)
        refused = run("AsyncCrawlerRunner", tmp_path, {"settings": settings, "urls": [url]})
        assert (refused.of(0), names.count("rebinding.test", "A")) == ({("CannotResolveHostError", url)}, 2)
