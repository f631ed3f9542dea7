"""A long source is read in a process of its own, and may end it."""

import contextlib
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from newsarchive.demoweb import DemoWeb
from newsarchive.demoweb.answers import Answer
from tests.conftest import PROJECT, Crawler
from tests.crawl.killing import ALLOW, StubbornSite
from tests.crawl.test_stopping import PATIENCE, Waiting, children

PAGES = 3
LINKS = 5_000


class LongSite(StubbornSite):
    """Names its articles in a short sitemap, and many more in a long one."""

    def answer(self, target: str) -> Answer:
        if target == "/long.xml":
            return StubbornSite("times", LINKS).answer("/sitemap.xml")
        return super().answer(target)


@pytest.fixture
def crawler(tmp_path: Path) -> Iterator[Waiting]:
    site = LongSite("times", PAGES)
    facts = {
        "name": "Times", "home": f"{site.home}/", "articles": {"allow": [ALLOW]},
        "sources": [{"sitemap": f"{site.home}/long.xml"}, {"sitemap": f"{site.home}/sitemap.xml"}],
        "crawl": {"delay": 0.0, "concurrency": 2},
    }  # fmt: skip
    (tmp_path / "outlets").mkdir()
    (tmp_path / "outlets/times.yaml").write_text(yaml.safe_dump(facts))
    (tmp_path / "defaults.yaml").write_text((PROJECT / "config/defaults.yaml").read_text())
    with DemoWeb(sites=[site]) as web:
        yield Waiting(tmp_path / "archive", web.connect_to, web)


def test_all_that_a_long_source_names_is_known(crawler: Waiting):
    running = crawler.start("harvest", "--json", HARVEST_PAGES=2)
    out, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0, out + err
    assert crawler.pages("true") == LINKS
    assert json.loads(out)["outlets"][0]["new"] == 2


def test_a_source_that_kills_its_reader_fails_alone_with_its_reason(crawler: Waiting):
    running = crawler.start("crawl", "times")
    kill_the_reader_of_sources(running.pid)
    out, err = running.communicate(timeout=PATIENCE)
    assert "Traceback" not in err, out + err
    assert sources(crawler) == {"long.xml": "reader_died", "sitemap.xml": ""}
    assert crawler.pages("standing = 'read'") == PAGES


def sources(crawler: Crawler) -> dict[str, str]:
    """What the report notes of each."""
    (report,) = crawler.archive.rglob("reports/*.json")
    return {Path(line["url"]).name: line["note"] for line in json.loads(report.read_text())["sources"]}


def kill_the_reader_of_sources(crawl: int) -> None:
    """It is the one that lets all others go first."""
    patience = time.monotonic() + PATIENCE
    while time.monotonic() < patience:
        for reader in (reader for below in children(crawl) for reader in children(below)):
            with contextlib.suppress(ProcessLookupError):
                if os.getpriority(os.PRIO_PROCESS, reader) > os.getpriority(os.PRIO_PROCESS, crawl):
                    os.kill(reader, signal.SIGKILL)
                    return
        time.sleep(0.005)
    raise AssertionError("no process reads sources")
