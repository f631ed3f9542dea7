"""With Scrapy's own features on, nothing is captured twice or lost: the server's log and the archive agree."""

import gzip
import json
import re
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from newsarchive.demoweb import DemoWeb
from newsarchive.warc.verifying import verify
from tests.capture.crawling import Ask, Asking
from tests.capture.nameserver import NO_SUCH_NAME, NameServer
from tests.capture.proxies import Proxy
from tests.capture.server import Server
from tests.conftest import PROJECT, Crawler, environment


def agree(asking: Asking, server: Server) -> None:
    """Each request that the server read is one request record, and the files are clean."""
    kept = Counter(record.block for record in asking.records() if record.kind == "request")
    assert kept == Counter(said.request for said in server.log)
    assert verify(asking.warcs()).is_clean


def seen(asking: Asking) -> Counter[str]:
    return Counter(line.removeprefix("seen ") for line in asking.notes() if line.startswith("seen "))


@pytest.mark.parametrize("policy", ["DummyPolicy", "RFC2616Policy"])
def test_a_page_from_the_http_cache_is_not_captured_again(tmp_path: Path, policy: str):
    settings = {"HTTPCACHE_ENABLED": True, "HTTPCACHE_POLICY": f"scrapy.extensions.httpcache.{policy}"}
    with Server() as server:
        asking = Asking(tmp_path / "project", server.connect_to, **settings)
        asks = [Ask(server.url("http", name)) for name in ("plain", "gzip", "not-found", "page/3", "page/4")]
        for _ in range(2):
            done = asking.run(asks)
            assert done.code == 0, done.err
            assert "Traceback" not in done.err, done.err
        assert set(seen(asking).values()) == {2}
        agree(asking, server)
        if policy == "DummyPolicy":
            assert len(server.log) == len(asks)


def test_retries_redirects_cookies_and_autothrottle(tmp_path: Path):
    settings = {
        "AUTOTHROTTLE_ENABLED": True,
        "AUTOTHROTTLE_START_DELAY": 0.05,
        "AUTOTHROTTLE_MAX_DELAY": 0.1,
        "RETRY_TIMES": 2,
    }
    with Server() as server:
        asking = Asking(tmp_path / "project", server.connect_to, COOKIES_ENABLED=True, **settings)
        asks = [Ask(server.url("http", name)) for name in ("two-cookies", "moved", "busy", "broken", "page/1")]
        done = asking.run(asks, CONCURRENT_REQUESTS_PER_DOMAIN=1)
        assert done.code == 0, done.err
        agree(asking, server)
        targets = Counter(said.target for said in server.log)
    assert (targets["/busy"], targets["/broken"], targets["/moved-again"]) == (2, 3, 1)
    assert any(b"Cookie: a=1; b=2" in record.block for record in asking.records() if record.kind == "request")
    (moved,) = [
        record.block_fields() for record in asking.records()
        if record.kind == "metadata" and (record.field("WARC-Target-URI") or "").endswith("/moved-again")
    ]  # fmt: skip
    assert moved["redirectedFrom"].endswith("/moved")


def test_a_job_that_is_stopped_and_resumed(tmp_path: Path):
    with Server() as server:
        asking = Asking(tmp_path / "project", server.connect_to, CONCURRENT_REQUESTS=4)
        asks = [Ask(server.url("http", f"page/{number}")) for number in range(150)]
        running = asking.start(asks, JOBDIR=tmp_path / "job", DOWNLOAD_DELAY=0.01)
        end = time.monotonic() + 30
        while len(asking.notes()) < 30 and time.monotonic() < end:
            time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=30)
        assert running.returncode in (0, -signal.SIGINT), err
        assert 0 < len(seen(asking)) < 150
        assert not list(asking.archive.rglob("*.open"))
        # The start requests were all taken before the stop: what is left comes from the job's queue.
        done = asking.run([], JOBDIR=tmp_path / "job")
        assert done.code == 0, done.err
        agree(asking, server)
    assert len(seen(asking)) == 150
    assert set(seen(asking).values()) == {1}


@pytest.mark.parametrize("credentials", [None, "user:secret"])
def test_through_a_proxy_and_through_a_tunnel(tmp_path: Path, credentials: str | None):
    with Server() as server, Proxy(credentials) as proxy:
        asking = Asking(tmp_path / "project", server.connect_to)
        asks = [
            Ask(server.url(kind, name), meta={"proxy": proxy.url})
            for kind in ("http", "tls1.3")
            for name in ("weird", "page/3")
        ]
        done = asking.run(asks)
        assert done.code == 0, done.err
        assert verify(asking.warcs()).is_clean
        answers = {record.field("WARC-Target-URI"): record for record in asking.records() if record.kind == "response"}
        requests = [record for record in asking.records() if record.kind == "request"]
        said = {server.url(one.kind, one.target): one for one in server.log}
    assert answers.keys() == said.keys() == {ask.url for ask in asks}
    assert all(record.block == said[url].sent for url, record in answers.items())
    # A request to the proxy is absolute, and archived without the password; one through a tunnel is as the server read it.
    absolute = [record.block for record in requests if record.block.startswith(b"GET http://")]
    assert Counter(absolute) == Counter(re.sub(rb"Proxy-Authorization: .*\r\n", b"", sent) for sent in proxy.requests)
    assert len(absolute) == 2
    assert {said[record.field("WARC-Target-URI")].request for record in requests if record.block not in absolute} == {
        one.request for one in said.values() if one.kind == "tls1.3"
    }
    assert all(record.field("WARC-IP-Address") is None for record in (*answers.values(), *requests))
    about = [record.block_fields() for record in asking.records() if record.kind == "metadata"]
    assert all("secret" not in one["viaProxy"] and one["viaProxy"].startswith("http://") for one in about)
    spoken = [value for name, value in answers[asks[-1].url].fields if name == "WARC-Protocol"]
    assert spoken == ["http/1.1", "tls/1.3"]


def test_a_proxy_on_this_machine_is_asked_for_all_but_internal_addresses(tmp_path: Path):
    with Server() as server, Proxy() as proxy, NameServer(otherwise=NO_SUCH_NAME) as names:
        names.host("raw.example", "1.1.1.1")
        names.host("inside.example", "10.0.0.5")
        names.host("mixed.example", "1.1.1.1", "64:ff9b::a00:5")
        asking = Asking(tmp_path / "project", (), ALLOW_PRIVATE_ADDRESSES=False, DNS_SERVERS=[names.place])
        port = server.ports["http"]
        addresses = ("127.0.0.1", "127.1", "0x7f000001", "010.8.8.8", "[::1]", "localhost")
        inside = [f"http://{host}:{port}/plain" for host in (*addresses, "inside.example", "mixed.example")]
        inside.append(f"https://inside.example:{server.ports['tls1.3']}/plain")
        # A proxy may be the only one that can look a name up.
        unknown = f"http://unknown.example:{port}/plain"
        through = [Ask(url, meta={"proxy": proxy.url}) for url in (server.url("http", "plain"), unknown, *inside)]
        secure = Ask(server.url("tls1.3", "plain"), meta={"proxy": proxy.url})
        # No page can make an address of this machine a target because a proxy listens there.
        straight = Ask(f"{proxy.url}/plain")
        done = asking.run([*through, secure, straight])
        assert "Traceback" not in done.err, done.err
        assert set(seen(asking)) == {through[0].url, unknown, secure.url}
        assert (len(proxy.requests), len(proxy.tunnels)) == (2, 1)
    refused = "so it is not requested through a proxy; ALLOW_PRIVATE_ADDRESSES lifts that"
    assert done.err.count(refused) == len(inside), done.err
    assert "64:ff9b::a00:5 is an internal address of mixed.example" in done.err


def test_a_page_is_looked_at_through_a_proxy_on_this_machine(tmp_path: Path):
    """Without capture, internal addresses are refused in the same place: the proxy itself is none of a page's choice."""
    with Server() as server, Proxy() as proxy, NameServer() as names:
        names.host("raw.example", "1.1.1.1")
        chosen = {"DNS_SERVERS": names.place, "CONTACT": "https://library.example/"}
        done = subprocess.run(
            Crawler(tmp_path / "archive", []).command("fetch", server.url("http", "plain"), **chosen),
            cwd=PROJECT, env={**environment(), "http_proxy": proxy.url}, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert [said.target for said in server.log] == ["/robots.txt", "/plain"]
        assert len(proxy.requests) == 2
    assert (done.returncode, done.stderr) == (0, "")
    assert "Sentence 0 of a page" in done.stdout
    assert not (tmp_path / "archive").exists()


def test_a_crawl_of_an_outlet_is_stopped_and_resumed(web: DemoWeb, crawler: Crawler, tmp_path: Path):
    arguments = ("crawl", "responsible_statecraft", "-s", f"JOBDIR={tmp_path / 'job'}")
    running = subprocess.Popen(
        crawler.command(*arguments, DOWNLOAD_DELAY=0.1),
        cwd=PROJECT,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    end = time.monotonic() + 30
    while len(web.log) < 12 and time.monotonic() < end:
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert "Traceback" not in err, err
    done = crawler.run(*arguments)
    assert done.code in (0, 1), done.err
    assert "Traceback" not in done.err, done.err
    told = [json.loads(line)["url"] for path in crawler.files(".jsonl.gz") for line in gzip.open(path)]
    assert len(told) == len(set(told)) > 15
    assert verify(crawler.files(".warc.gz")).is_clean
