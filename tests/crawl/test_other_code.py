"""Code of the operator beside ours: each captured page has a row or a rejection, whatever that code does to it."""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from newsarchive import settings
from newsarchive.demoweb import DemoWeb
from tests.conftest import Ran
from tests.crawl import other_code as code
from tests.crawl.paper import Desk, Paper, headline, path_of

pytestmark = pytest.mark.long

OTHERS = "tests.crawl.other_code"
SETTINGS = {
    "ITEM_PIPELINES": {
        **settings.ITEM_PIPELINES,
        f"{OTHERS}.First": 50,
        f"{OTHERS}.Later": 350,
        f"{OTHERS}.After": 500,
    },
    # Between the network and Scrapy's retries.
    "DOWNLOADER_MIDDLEWARES": {**settings.DOWNLOADER_MIDDLEWARES, f"{OTHERS}.Downloads": 545},
    "SPIDER_MIDDLEWARES": {f"{OTHERS}.Spiders": 100},
}
ROWS = {0, code.ALTERED, code.REPEATED, code.REPLACED, code.DROPPED_AFTER, code.FAILED_AFTER}


@dataclass(frozen=True)
class Crawled:
    desk: Desk
    first: Ran
    report: dict
    second: Ran
    asked: dict[int, int]
    """How often each article was asked for in the second crawl."""

    def rejection(self, number: int) -> tuple[str, str | None]:
        """Reason and message of the one rejection of an article, without the place of an exception."""
        (row,) = [row for row in self.desk.rows(rejected=True) if path_of(row) == f"/article/{number}"]
        message = row.get("message")
        return row["reason"], message and re.sub(r", \w+\.py:\d+$", "", message)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    site = Paper(16)
    chosen = {name: json.dumps(value) for name, value in SETTINGS.items()}
    with DemoWeb(sites=[site]) as web:
        desk = Desk.open(web, site, tmp_path_factory.mktemp("other"))
        first = desk.crawl(**chosen)
        report, before = desk.report(), len(web.log)
        second = desk.crawl(**chosen)
        later = [one.target for one in web.log[before:]]
        asked = {number: later.count(f"/article/{number}") for number in range(16)}
        yield Crawled(desk, first, report, second, asked)


def test_an_item_that_is_dropped_is_a_rejection_with_its_message(crawled: Crawled):
    assert crawled.rejection(code.DROPPED_FIRST) == ("dropped_by_pipeline", "sport is not collected")
    assert crawled.rejection(code.DROPPED_LATER) == ("dropped_by_pipeline", "too short")
    assert crawled.report["dropped"]["dropped_by_pipeline"] == 2


def test_an_exception_of_a_pipeline_is_a_failure_that_is_retried(crawled: Crawled):
    assert crawled.rejection(code.FAILED) == ("pipeline_error", "ValueError: a table is missing")
    reason, message = crawled.rejection(code.EXCHANGED)
    assert (reason, message) == ("pipeline_error", "AttributeError: page of a captured page cannot be changed")
    assert crawled.report["failed"]["pipeline_error"] == 2
    query = "SELECT standing, tries, due IS NOT NULL FROM page WHERE reason = 'pipeline_error'"
    assert crawled.desk.state(query) == [("pending", 1, 1)] * 2


def test_a_page_that_is_not_passed_on_is_a_failure(crawled: Crawled):
    assert crawled.rejection(code.VANISHED) == ("no_outcome", None)
    assert crawled.rejection(code.FILTERED) == ("no_outcome", None)
    assert crawled.report["failed"]["no_outcome"] == 2


def test_what_a_downloader_middleware_does_to_an_answer_is_recorded(crawled: Crawled):
    assert crawled.rejection(code.IGNORED) == ("dropped_by_middleware", "not wanted")
    assert crawled.rejection(code.BROKEN) == ("middleware_error", "ValueError: no cookie")
    assert crawled.rejection(code.REPEATED) == ("asked_again", None)
    assert crawled.rejection(code.REFUSED_INPUT) == ("middleware_error", "ValueError: no such section")
    assert crawled.report["failed"]["ignored"] == 1


def test_a_row_is_derived_from_its_capture_alone(crawled: Crawled):
    rows = {path_of(row): row for row in crawled.desk.rows()}
    assert set(rows) == {f"/article/{number}" for number in ROWS}
    assert all(row["headline"] == headline(path) for path, row in rows.items())
    assert any("1 article changed by an item pipeline" in warning for warning in crawled.report["warnings"])
    assert any("1 exception of item pipelines after a row" in warning for warning in crawled.report["warnings"])


def test_a_second_crawl_asks_for_none_of_them_again(crawled: Crawled):
    assert crawled.first.code == 1
    assert set(crawled.asked.values()) == {0}


def test_the_archive_is_right_at_every_level_and_gives_articles_of_rejected_pages_when_it_is_read_again(
    crawled: Crawled, tmp_path: Path
):
    deep = crawled.desk.verify("--deep")
    assert deep.code == 0, deep.out
    assert "pages that an item pipeline of the operator dropped" in deep.out
    done = crawled.desk.crawler.run("reextract", str(crawled.desk.crawler.archive), "--out", str(tmp_path / "again"))
    assert done.code in (0, 1), done.err
    paths = [path for path in (tmp_path / "again").rglob("*.jsonl.gz") if ".rejected" not in path.name]
    again = {path_of(json.loads(line)) for path in paths for line in gzip.open(path)}
    captured = {*range(16)} - {code.UNWANTED}
    assert again == {f"/article/{number}" for number in captured}


def test_the_repair_of_a_dead_crawl_does_not_settle_a_page_that_other_code_rejected(tmp_path: Path):
    site = Paper(code.FAILED + 1)
    with DemoWeb(sites=[site]) as web:
        desk = Desk.open(web, site, tmp_path)
        desk.crawl(ITEM_PIPELINES=json.dumps({**settings.ITEM_PIPELINES, f"{OTHERS}.First": 50}))
        # A loss of power took the manifest, and with it what says that the rows are finished.
        for path in (*desk.crawler.files("manifest.json"), desk.crawler.archive / "qa/.closed"):
            path.unlink()
        desk.crawl()
        query = "SELECT standing, reason FROM page WHERE url LIKE '%/article/3'"
        assert desk.state(query) == [("pending", "pipeline_error")]
        assert desk.verify("--deep").code == 0
