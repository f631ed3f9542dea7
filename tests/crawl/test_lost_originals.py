"""A revisit refers to a record that exists in the same collection; what is lost is fetched again, and reported."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsarchive.demoweb import DemoWeb
from tests.crawl.paper import FEED, HOME, Desk, Paper, path_of

pytestmark = pytest.mark.long

CONDITIONAL = b"\r\nif-none-match:"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    site = Paper(3)
    with DemoWeb(sites=[site]) as web:
        yield Desk.open(web, site, tmp_path)


def dangling(desk: Desk, outlet: str) -> list[str]:
    """Revisits whose original is not in the collection."""
    known = {record.field("WARC-Record-ID") for record in desk.records(outlet, "response")}
    referred = [record.field("WARC-Refers-To") for record in desk.records(outlet)]
    return [original for original in referred if original not in known]


def is_conditional(request: bytes) -> bool:
    return CONDITIONAL in request.lower()


def test_each_outlet_on_a_host_has_its_own_rows_and_originals(desk: Desk):
    for outlet in ("qa", "qb"):
        assert desk.crawl(outlet).code == 0
    for outlet in ("qa", "qb"):
        assert {path_of(row) for row in desk.rows(outlet)} == set(desk.site.paths)
        assert desk.report(outlet)["new"] == 3
        assert desk.records(outlet, "response")
        assert dangling(desk, outlet) == []
    assert desk.verify().code == 0


def test_a_collection_that_was_deleted_is_captured_again_whole_and_reported(desk: Desk):
    assert desk.crawl().code == 0
    shutil.rmtree(desk.crawler.archive / "qa")
    before = len(desk.web.log)
    done = desk.crawl()
    assert done.code == 1
    (warning,) = desk.report()["warnings"]
    assert "4 captures of earlier crawls no longer in the archive" in warning
    assert "3 pages due for a new capture" in warning
    assert {path_of(row) for row in desk.rows()} == set(desk.site.paths)
    again = {one.target: one.request for one in desk.web.log[before:]}
    assert {*desk.site.paths, FEED} <= set(again)
    assert not any(map(is_conditional, again.values()))
    assert desk.records() == []
    assert desk.verify("--deep").code == 0
    assert desk.crawl().code == 0


def test_of_a_lost_file_only_its_pages_are_fetched_again(desk: Desk):
    assert desk.crawl().code == 0
    first = next((desk.crawler.archive / "qa").rglob("*.warc.gz"))
    desk.site.paths.append("/article/3")
    assert desk.crawl().code == 0
    (second,) = {*(desk.crawler.archive / "qa").rglob("*.warc.gz")} - {first}
    second.unlink()
    before = len(desk.web.log)
    assert desk.crawl().code == 1
    assert second.name in desk.report()["warnings"][0]
    again = {one.target: one.request for one in desk.web.log[before:] if one.target != "/robots.txt"}
    # The feed of the second crawl is lost, too.
    assert set(again) == {FEED, "/article/3"}
    assert not any(map(is_conditional, again.values()))
    (lost,) = [one for one in desk.verify().out.splitlines() if second.name in one and "missing" in one]
    assert "manifest" in lost


@pytest.mark.parametrize("damage", ["cut", "zeros"])
def test_of_a_damaged_file_pages_are_captured_whole_and_reported(desk: Desk, damage: str):
    assert desk.crawl().code == 0
    (first,) = (desk.crawler.archive / "qa").rglob("*.warc.gz")
    content = first.read_bytes()
    first.write_bytes(content[:400] if damage == "cut" else bytes(len(content)))
    desk.state("UPDATE page SET due = 0")
    before = len(desk.web.log)
    assert desk.crawl().code == 1
    (warning,) = [one for one in desk.report()["warnings"] if "no longer in the archive" in one]
    assert first.name in warning
    again = {one.target: one.request for one in desk.web.log[before:]}
    assert {*desk.site.paths, FEED} <= set(again)
    assert not any(map(is_conditional, again.values()))
    first.unlink()
    assert desk.records() == []
    assert len(desk.records(kind="response")) >= 4


def test_after_a_takedown_the_other_pages_of_the_file_are_captured_whole(desk: Desk):
    assert desk.crawl().code == 0
    url = f"{HOME}{desk.site.paths[0]}"
    keeper = ("--out", str(desk.crawler.archive.parent / "snapshots"))
    assert desk.crawler.run("custody", "begin", *keeper, "--reason", "first takedown").code == 0
    why = ("--code", "privacy", "--authority", "a court", "--reason", "a letter", "--actor", "keeper")
    done = desk.crawler.run("takedown", "erase", "--url", url, *why, "--yes", CONFIG_DIR=desk.config)
    assert done.code == 0, done.err
    desk.state("UPDATE page SET due = 0")
    assert desk.crawl().code == 0
    assert dangling(desk, "qa") == []
    assert {path_of(row) for row in desk.rows()} >= set(desk.site.paths[1:])
    assert desk.verify().code == 0


def test_a_disk_that_is_not_mounted_loses_nothing(desk: Desk, tmp_path: Path):
    assert desk.crawl().code == 0
    # The captures are on a disk for an earlier year, to which a link leads.
    with sqlite3.connect(desk.crawler.archive / "state.sqlite") as state:
        state.execute("UPDATE capture_file SET name = replace(name, '-qa-20', '-qa-10')")
        (name,) = state.execute("SELECT name FROM capture_file").fetchone()
    year = name.removeprefix("NA-qa-")[:4]
    (desk.crawler.archive / "qa" / year).symlink_to(tmp_path / "unmounted")
    before = len(desk.web.log)
    assert desk.crawl().code == 1
    assert "cannot be reached" in desk.report()["warnings"][0]
    again = {one.target: one.request for one in desk.web.log[before:]}
    assert set(again) == {FEED}
    assert not is_conditional(again[FEED])
    assert desk.records() == []


def test_the_state_of_an_earlier_version_makes_every_page_a_response_once_more(desk: Desk):
    assert desk.crawl().code == 0
    path = desk.crawler.archive / "state.sqlite"
    with sqlite3.connect(path) as state:
        state.executescript(
            "DROP TABLE capture; DROP TABLE capture_file; CREATE TABLE capture (url TEXT PRIMARY KEY, record_id TEXT NOT NULL, "
            "captured_at TEXT NOT NULL, payload_digest TEXT NOT NULL, etag TEXT, last_modified TEXT) WITHOUT ROWID;"
            "INSERT INTO capture SELECT url, '<urn:uuid:gone>', '2026-01-01T00:00:00Z', 'sha1:A', NULL, NULL FROM page;"
            "UPDATE page SET due = 0; PRAGMA user_version = 3;"
        )
    assert desk.crawl().code == 0
    assert dangling(desk, "qa") == []
    assert [path_of(row) for row in desk.rows()].count("/article/0") == 2


def test_verify_finds_revisits_whose_original_is_lost(desk: Desk):
    assert desk.crawl().code == 0
    (first,) = (desk.crawler.archive / "qa").rglob("*.warc.gz")
    desk.state("UPDATE page SET due = 0")
    assert desk.crawl().code == 0
    assert len(desk.records()) >= 3
    whole = desk.verify()
    assert whole.code == 0
    assert f"originals  {len(desk.records())} ok" in whole.out
    (second,) = {*(desk.crawler.archive / "qa").rglob("*.warc.gz")} - {first}
    alone = desk.crawler.run("verify", str(second))
    assert "originals:" not in alone.out
    first.unlink()
    done = desk.verify()
    assert done.code == 1
    found = [line for line in done.out.splitlines() if "originals: this revisit refers to" in line]
    assert len(found) == len(desk.records())
    assert all(second.name in line for line in found)
