"""A 304 to a request without validators is a failure: of a page, a source, a robots.txt and a tdmrep.json."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsarchive.demoweb import DemoWeb
from newsarchive.demoweb.answers import Answer, page, redirect
from tests.crawl.paper import FEED, HOME, Desk, Paper, article, path_of

pytestmark = pytest.mark.long

NOT_MODIFIED = Answer(status=304)
HOUR = 3600


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    site = Paper(2)
    with DemoWeb(sites=[site]) as web:
        yield Desk.open(web, site, tmp_path)


def test_a_page_is_asked_for_again_within_hours(desk: Desk):
    desk.web.answer(f"{HOME}/article/0", NOT_MODIFIED)
    assert desk.crawl().code == 1
    assert desk.report()["failed"] == {"unrequested_304": 1}
    query = "SELECT standing, reason, tries, due FROM page WHERE url = ?"
    ((standing, reason, tries, due),) = desk.state(query, f"{HOME}/article/0")
    assert (standing, reason, tries) == ("pending", "unrequested_304", 1)
    assert due <= time.time() + HOUR
    assert desk.records() == []
    desk.web.answer(f"{HOME}/article/0", page(article("/article/0")))
    desk.state("UPDATE page SET due = 0 WHERE standing = 'pending'")
    assert desk.crawl().code == 0
    assert {path_of(row) for row in desk.rows()} == set(desk.site.paths)
    assert desk.verify("--deep").code == 0


def test_a_source_fails_and_no_revisit_is_written_of_its_last_answer(desk: Desk):
    assert desk.crawl().code == 0
    desk.web.answer(f"{HOME}{FEED}", NOT_MODIFIED)
    assert desk.crawl().code == 1
    assert desk.report()["failed_sources"] == {"unrequested_304": 1}
    assert [one["note"] for one in desk.report()["sources"]] == ["unrequested_304"]
    ((failures, reason, next_poll),) = desk.state("SELECT failures, reason, next_poll FROM source")
    assert (failures, reason) == (1, "unrequested_304")
    assert next_poll < time.time() + HOUR
    assert desk.records() == []


def test_a_host_whose_robots_txt_says_so_is_not_asked_for_anything_else(desk: Desk):
    desk.web.answer(f"{HOME}/robots.txt", NOT_MODIFIED)
    done = desk.crawl()
    assert done.code == 1
    assert "unrequested_304" in done.err
    assert {one.target for one in desk.web.log} == {"/robots.txt"}


def test_a_tdmrep_json_is_asked_for_again_in_a_day(desk: Desk):
    desk.web.answer(f"{HOME}/.well-known/tdmrep.json", NOT_MODIFIED)
    done = desk.crawl(TDMREP_ENABLED=True)
    assert f"{HOME}/.well-known/tdmrep.json: cannot be fetched (unrequested_304)" in done.err
    ((asked_at,),) = desk.state("SELECT asked_at FROM tdmrep")
    # Others are asked for again a week after they were asked for.
    assert asked_at + 7 * 24 * HOUR < time.time() + 25 * HOUR


def test_validators_do_not_follow_a_redirect(desk: Desk):
    assert desk.crawl().code == 0
    desk.web.answer(f"{HOME}/article/0", redirect("/article/7"))
    desk.web.answer(f"{HOME}/article/7", page(article("/article/7"), ("ETag", '"/article/0"')))
    desk.state("UPDATE page SET due = 0")
    assert desk.crawl().code == 0
    before, after = desk.requests("/article/0")[-1], desk.requests("/article/7")[-1]
    assert b"If-None-Match" in before
    assert b"If-None-Match" not in after
    assert "/article/7" in {path_of(row) for row in desk.rows()}
