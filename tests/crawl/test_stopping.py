"""A crawl that is told to stop ends in seconds, whatever it waits for, and leaves nothing open."""

import asyncio
import contextlib
import gzip
import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import scrapy.crawler
import yaml
from scrapy import signals

from newsarchive.demoweb import DemoWeb
from newsarchive.demoweb.answers import Answer, page
from newsarchive.warc.verifying import verify
from tests.conftest import PROJECT, Crawler, environment
from tests.crawl.killing import ALLOW, StubbornSite

pytestmark = pytest.mark.long

NEVER = 3_600.0
PAGES = 6
EXTENSIONS = {"newsarchive.extensions.ReportExtension": 20, "tests.crawl.test_stopping.OpeningSlowly": 30}
PATIENCE = 60
"""Far more than it takes, far less than any answer."""


class HangingSite(StubbornSite):
    """Names its articles and answers none of them."""

    def answer(self, target: str) -> Answer:
        return page(b"<p>never sent</p>") if target == "/" else super().answer(target)

    def _article(self, number: int) -> Answer:
        return Answer(delay=NEVER)


@pytest.fixture
def site() -> HangingSite:
    return HangingSite("times", PAGES)


@pytest.fixture
def crawler(site: HangingSite, tmp_path: Path) -> Iterator[Crawler]:
    facts = {
        "name": "Times", "home": f"{site.home}/", "sources": [{"sitemap": f"{site.home}/sitemap.xml"}],
        "articles": {"allow": [ALLOW]}, "crawl": {"delay": 0.0, "concurrency": 2},
    }  # fmt: skip
    (tmp_path / "outlets").mkdir()
    (tmp_path / "outlets/times.yaml").write_text(yaml.safe_dump(facts))
    (tmp_path / "defaults.yaml").write_text((PROJECT / "config/defaults.yaml").read_text())
    with DemoWeb(sites=[site]) as web:
        yield Waiting(tmp_path / "archive", web.connect_to, web)


class OpeningSlowly:
    """An operator's extension that takes its time: the crawl's spider is opened, and does not run yet."""

    @classmethod
    def from_crawler(cls, crawler: scrapy.crawler.Crawler) -> "OpeningSlowly":
        extension = cls()
        crawler.signals.connect(extension.spider_opened, signal=signals.spider_opened)
        return extension

    async def spider_opened(self) -> None:
        await asyncio.sleep(1)


class Waiting(Crawler):
    """Starts a command and returns when the server has been asked for articles."""

    def __init__(self, archive: Path, connect_to: list[str], web: DemoWeb) -> None:
        super().__init__(archive, connect_to)
        object.__setattr__(self, "_web", web)

    def start(self, *arguments: str, **settings: object) -> "subprocess.Popen[str]":
        line = self.command(
            *arguments, CONFIG_DIR=self.archive.parent, SEEDS_DIR=self.archive.parent, CONTACT="stop@localhost",
            DOWNLOAD_TIMEOUT=NEVER, STOP_GRACE_SECONDS=1, **settings,
        )  # fmt: skip
        return subprocess.Popen(
            line, cwd=PROJECT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def wait_until_leased(self) -> None:
        patience = time.monotonic() + PATIENCE
        while not self.pages("leased IS NOT NULL") and time.monotonic() < patience:
            time.sleep(0.05)

    def wait_until_captured(self) -> None:
        """An answer to an article is in the archive."""
        patience = time.monotonic() + PATIENCE
        while not any(one.target.startswith("/article/") for one in self._web.log) and time.monotonic() < patience:
            time.sleep(0.05)
        time.sleep(0.5)

    def pages(self, which: str) -> int:
        path = self.archive / "state.sqlite"
        if not path.exists():
            return 0
        with sqlite3.connect(path, timeout=30) as database:
            try:
                return database.execute(f"SELECT count(*) FROM page WHERE {which}").fetchone()[0]
            except sqlite3.OperationalError:
                return 0


@pytest.mark.parametrize("command", [("crawl", "times"), ("harvest", "--json")])
def test_a_signal_ends_a_crawl_whose_server_never_answers(crawler: Waiting, command: tuple[str, ...]):
    running = crawler.start(*command)
    crawler.wait_until_leased()
    running.send_signal(signal.SIGTERM)
    out, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0, err
    assert "Traceback" not in err
    assert_all_is_closed(crawler)
    if command[0] == "harvest":
        assert json.loads(out)["stopped"] == "shutdown"


def test_the_time_budget_ends_a_crawl_whose_server_never_answers(crawler: Waiting):
    running = crawler.start("harvest", "--json", HARVEST_MINUTES=0.1)
    out, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0, err
    assert json.loads(out)["stopped"] == "time_budget"
    assert_all_is_closed(crawler)


def test_the_time_of_one_outlet_ends_a_crawl_that_waits_for_its_turn(crawler: Waiting):
    # The delay is between all requests: most of its pages would be fetched in hours.
    running = crawler.start("harvest", "--json", HARVEST_OUTLET_MINUTES=0.1, HOST_DELAY_FLOOR=NEVER)
    out, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0, out + err
    assert_all_is_closed(crawler)


def test_a_signal_ends_a_harvest_whose_crawl_is_just_being_opened(crawler: Waiting):
    running = crawler.start("harvest", "--json", EXTENSIONS=json.dumps(EXTENSIONS))
    patience = time.monotonic() + PATIENCE
    while not list(crawler.archive.glob("times/*")) and time.monotonic() < patience:
        time.sleep(0.02)
    running.send_signal(signal.SIGTERM)
    out, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0, err
    assert json.loads(out)["stopped"] == "shutdown"
    assert crawler.pages("leased IS NOT NULL") == 0
    assert not list(crawler.archive.rglob("*.open"))


@pytest.mark.parametrize("site", [StubbornSite("times", PAGES)])
def test_a_signal_ends_a_crawl_whose_reader_never_ends_and_the_next_reads_all(crawler: Waiting):
    running = crawler.start("crawl", "times", EXTRACT_TIMEOUT=int(NEVER))
    stopped = stopped_reader(running.pid)
    crawler.wait_until_captured()
    running.send_signal(signal.SIGTERM)
    out, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0, out + err
    assert "Traceback" not in err
    assert not Path(f"/proc/{stopped}").exists() or "State:\tZ" in Path(f"/proc/{stopped}/status").read_text()
    assert_all_is_closed(crawler)
    assert "not_read" in rejections(crawler)
    crawler.run("crawl", "times", CONFIG_DIR=crawler.archive.parent, SEEDS_DIR=crawler.archive.parent)
    assert crawler.pages("standing = 'read'") == crawler.pages("true") > 0


def rejections(crawler: Crawler) -> set[str]:
    lines = (line for file in crawler.archive.rglob("*.rejected.jsonl.gz") for line in gzip.open(file))
    return {json.loads(line)["reason"] for line in lines}


def stopped_reader(crawl: int) -> int:
    """The first process that reads pages, as soon as there is one: it does nothing from now on, not even end."""
    patience = time.monotonic() + PATIENCE
    while time.monotonic() < patience:
        for reader in (reader for below in children(crawl) for reader in children(below)):
            os.kill(reader, signal.SIGSTOP)
            return reader
        time.sleep(0.005)
    raise AssertionError("no process reads pages")


def children(process: int) -> list[int]:
    found: list[int] = []
    for thread in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(child) for child in thread.read_text().split()]
    return found


def assert_all_is_closed(crawler: Waiting) -> None:
    """Nothing is open or on lease, and every page that had no answer waits for the next crawl, at no fault of it."""
    assert not list(crawler.archive.rglob("*.open"))
    assert verify(sorted(crawler.archive.rglob("*.warc.gz"))).findings == []
    assert crawler.pages("leased IS NOT NULL") == 0
    assert crawler.pages("tries > 0 OR crashes > 0") == 0
    assert crawler.pages("standing = 'pending' AND due IS NOT NULL") == crawler.pages("true")


@pytest.mark.parametrize("command", ["crawl", "harvest"])
@pytest.mark.parametrize("site", [StubbornSite("times", PAGES)])
def test_ctrl_c_reaches_all_processes_and_ends_the_crawl_in_order(crawler: Waiting, command: str):
    line = crawler.command(
        *([command, "times"]),
        CONFIG_DIR=crawler.archive.parent,
        SEEDS_DIR=crawler.archive.parent,
        CONTACT="stop@localhost",
    )
    running = subprocess.Popen(
        line, cwd=PROJECT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    crawler.wait_until_leased()
    os.killpg(running.pid, signal.SIGINT)
    out, err = running.communicate(timeout=PATIENCE)
    assert "Traceback" not in err
    assert running.returncode == -signal.SIGINT, out + err
    assert err.endswith("scrapy: interrupted\n")
    assert "All well" not in out + err
    assert not list(crawler.archive.rglob("*.open"))
    assert rejections(crawler) <= {"not_read"}
    crawler.run("crawl", "times", CONFIG_DIR=crawler.archive.parent, SEEDS_DIR=crawler.archive.parent)
    assert crawler.pages("standing = 'read'") == crawler.pages("true") > 0
