"""A hold beats whatever was asked for: under any address of an article, and in the middle of an erasure."""

import json
import sqlite3
from pathlib import Path

import pytest

from newsarchive import urls
from newsarchive.keeping import superseding, takedowns
from newsarchive.verifying import archive as verifying
from newsarchive.warc.reader import read_records
from tests.keeping.command import custody, hold, retention, takedown
from tests.keeping.conftest import ARTICLE, OLD, OUTLET, World
from tests.keeping.test_erasing import WHY, evidence, places, texts
from tests.keeping.test_killing_takedowns import killed
from tests.sealing.command import snapshot

COPY = "https://cdn.example/scholz/"


def place(world: World, scope: str) -> str:
    done = hold("add", "case-7", "--scope", scope, "--future", "--reason", "a letter", "--json", archive=world.archive)
    assert done.code == 0, done.err
    name: str = json.loads(done.out)[0]["id"]
    return name


def alias(world: World, url: str, to_url: str) -> None:
    """As the state knows that a copy stands elsewhere."""
    with sqlite3.connect(world.archive / "state.sqlite") as database:
        keys = [bytes.fromhex(urls.key(one)[7:39]) for one in (url, to_url)]
        database.execute("INSERT INTO alias VALUES (?, ?, ?, ?, ?, 'copy', 1)", (OUTLET, keys[0], url, keys[1], to_url))
    database.close()


def test_a_page_is_held_under_addresses_that_the_archive_alone_knows(world: World):
    alias(world, ARTICLE, COPY)
    name = place(world, f"page={COPY}")
    before = evidence(world.archive)
    done = takedown("erase", "--url", OLD, "--exact", *WHY, "--yes", archive=world.archive)
    assert (done.code, name in done.err) == (1, True), done.out
    assert evidence(world.archive) == before
    covered = hold("check", name, archive=world.archive)
    assert (covered.code, f"page={COPY}: " in covered.out, ": 0 captures" in covered.out) == (0, True, False)
    assert hold("check", ARTICLE, "--outlet", OUTLET, archive=world.archive).code == 1
    assert hold("check", f"{ARTICLE}another/", "--outlet", OUTLET, archive=world.archive).code == 0


@pytest.mark.parametrize(
    "scope",
    [
        "everything",
        f"outlet={OUTLET}",
        "url=HTTP://www.ResponsibleStatecraft.org/scholz",
        f"page={ARTICLE.replace('https://', 'http://m.')}",
        f"page={ARTICLE}?utm_source=x",
        f"page={ARTICLE}amp/",
        "date=2020-01-01..",
    ],
)
def test_a_hold_stands_in_the_way_however_it_is_written(untouched: World, tmp_path: Path, scope: str):
    there = {"archive": untouched.archive}
    assert hold("add", "case-7", "--scope", scope, "--future", "--reason", "x", "--out", tmp_path).code == 0
    done = takedown("erase", "--url", ARTICLE, *WHY, "--out", tmp_path, **there)
    assert (done.code, "a hold stands in the way" in done.out) == (1, True)


def test_rows_that_cannot_be_read_are_told_in_one_line(world: World):
    path = max(world.collection.rglob("*.jsonl.gz"), key=lambda path: path.stat().st_size)
    path.write_bytes(path.read_bytes()[:-20])
    done = takedown("erase", "--url", ARTICLE, *WHY, "--yes", archive=world.archive)
    assert (done.code, done.err.count("\n"), "cannot be searched" in done.err) == (2, 1, True), done.err


@pytest.mark.parametrize("goes_on", ["a command", "a crawl"])
def test_a_hold_that_comes_in_the_middle_keeps_what_is_still_there(untouched: World, tmp_path: Path, goes_on: str):
    worlds = {steps: untouched.copy(tmp_path / str(steps)) for steps in range(18, 33, 3)}
    killed(worlds)
    waiting = [(world, left_of(world)) for world in worlds.values() if superseding.unended(world.collection)]
    assert any(left for _, left in waiting)
    # A crawl takes its time.
    for world, left in waiting if goes_on == "a command" else [next(one for one in waiting if one[1])]:
        place(world, f"page={ARTICLE}")
        if goes_on == "a crawl":
            done = world.crawler.run("crawl", OUTLET, "-a", "limit=1")
            assert done.code in (0, 1), done.err
            assert not superseding.unended(world.collection)
        listed = takedown("list", archive=world.archive)
        assert (listed.code, "held back, for a hold was placed meanwhile" in listed.err) == (0, bool(left)), listed.err
        assert left <= there(world)
        assert ("held back" in custody("show", archive=world.archive).out) == bool(left)
        verdict = verifying.verify([world.archive])
        assert verdict.is_clean, verdict.findings
        assert takedown("list", archive=world.archive).err == ""
        assert custody("verify", archive=world.archive).code == 0
        # When nothing is held any more, it is asked for again.
        assert hold("release", "case-7", "--reason", "settled", archive=world.archive).code == 0
        if left:
            assert takedown("erase", "--url", ARTICLE, *WHY, "--yes", archive=world.archive).code == 0
        assert places(world.archive, texts(untouched.archive, ARTICLE)[1:]) == []
        assert verifying.verify([world.archive]).is_clean


def test_no_crawl_begins_where_an_erasure_waits_and_nobody_knows_what_is_held(untouched: World, tmp_path: Path):
    worlds = {steps: untouched.copy(tmp_path / str(steps)) for steps in range(18, 33, 3)}
    killed(worlds)
    world = next(one for one in worlds.values() if superseding.unended(one.collection) and left_of(one))
    before = evidence(world.archive)
    place(world, f"page={ARTICLE}")
    whole = (world.folder / "holds.json").read_bytes()
    (world.folder / "holds.json").write_bytes(whole[:-1])
    crawled = world.crawler.run("crawl", OUTLET, "-a", "limit=1")
    line = f"scrapy: {world.folder / 'holds.json'}: is no JSON document, so everything is held\n"
    assert (crawled.code, crawled.err) == (1, line)
    assert evidence(world.archive) == before
    harvested = world.crawler.run("harvest", OUTLET)
    assert (harvested.code, "so everything is held" in harvested.out, "Traceback" in harvested.err) == (1, True, False)
    assert evidence(world.archive) == before


def left_of(world: World) -> set[str | None]:
    """What is still there, of that which an act names."""
    (act,) = takedowns.read_all(world.folder)
    return there(world) & {one.record_id for one in act.records}


def there(world: World) -> set[str | None]:
    return {
        record.field("WARC-Record-ID")
        for warc in world.collection.rglob("NA-*.warc.gz")
        for record in read_records(warc)
    }


def test_an_older_log_and_older_holds_together_hold_everything_when_a_seal_is_newer(world: World):
    place(world, f"page={ARTICLE}another/")
    older = {name: (world.folder / name).read_bytes() for name in ("holds.json", "custody.jsonl")}
    place(world, f"page={ARTICLE}")
    made = snapshot("create", "--scope", f"outlet={OUTLET}", archive=world.archive)
    assert made.code == 0, made.err
    newer = (world.folder / "custody.jsonl").read_bytes()
    for name, octets in older.items():
        (world.folder / name).write_bytes(octets)
    for done in (
        takedown("erase", "--url", ARTICLE, *WHY, "--yes", archive=world.archive),
        retention("plan", archive=world.archive),
        hold("check", archive=world.archive),
    ):
        assert (done.code, "everything is held" in done.err, done.err.count("\n")) == (1, True, 1), done
    # Both are gone with what lay in them.
    for name in older:
        (world.folder / name).unlink()
    assert "everything is held" in takedown("erase", "--url", ARTICLE, *WHY, "--yes", archive=world.archive).err
    (world.folder / "custody.jsonl").write_bytes(newer)
    assert "does not name the hold" in hold("check", archive=world.archive).err
