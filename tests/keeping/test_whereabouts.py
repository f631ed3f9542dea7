"""An act in another folder than that of the holds would know no hold: it is refused, wherever the word is mistyped."""

import shutil
from pathlib import Path

import pytest

from newsarchive.keeping import whereabouts
from newsarchive.sealing import custody as log
from tests.conftest import Ran
from tests.keeping.command import custody, hold, retention, takedown
from tests.keeping.conftest import ARTICLE, OUTLET, World
from tests.keeping.test_erasing import WHY, evidence, take
from tests.sealing.command import snapshot

ERASE = ("erase", "--url", ARTICLE, *WHY)


def erase(world: World, *words: object) -> Ran:
    return takedown(*ERASE, "--yes", *words, archive=world.archive)


def acts(world: World, folder: Path) -> list[Ran]:
    """All that depends on holds and acts, with another folder."""
    said: tuple[object, ...] = ("--out", folder)
    return [
        erase(world, *said),
        takedown("list", *said, archive=world.archive),
        retention("plan", *said, archive=world.archive),
        retention("dispose", "--yes", *said, archive=world.archive),
        hold("add", "case-7", "--scope", "everything", "--reason", "letter", *said, archive=world.archive),
        hold("check", *said, archive=world.archive),
        custody("note", "capture", *said, archive=world.archive),
        takedown(*ERASE, "--yes", archive=world.archive, SNAPSHOT_DIR=str(folder)),
    ]


def test_nothing_is_destroyed_by_a_folder_that_has_never_held_anything(world: World, tmp_path: Path):
    (world.archive / whereabouts.FILE).unlink()
    before, mistyped = evidence(world.archive), tmp_path / "snapshot"
    destroying = (
        erase(world, "--out", mistyped),
        retention("dispose", "--yes", "--out", mistyped, archive=world.archive),
    )
    line = f"scrapy: {mistyped}: {whereabouts.NOBODY_KNOWS}\n"
    assert [(done.code, done.err) for done in destroying] == [(1, line)] * 2
    asking = takedown(*ERASE, "--out", mistyped, archive=world.archive)
    planned = retention("plan", "--out", mistyped, archive=world.archive)
    assert [(done.code, done.err) for done in (asking, planned)] == [(0, line)] * 2
    assert not mistyped.exists()
    assert evidence(world.archive) == before
    begun = custody("begin", "--out", mistyped, "--reason", "first day", archive=world.archive)
    assert (begun.code, begun.out) == (0, f"{mistyped / log.FILE}: begun\n")
    again = custody("begin", "--reason", "first day", archive=world.archive)
    assert (again.code, "a folder without a custody log" in again.err) == (2, True)
    # The archive knows it now.
    assert erase(world).code == 0
    assert custody("show", "--action", "erase", archive=world.archive).out.count("T-") == 1


def test_another_folder_than_that_of_the_holds_is_refused_in_one_line(world: World, tmp_path: Path):
    added = hold("add", "case-7", "--scope", f"page={ARTICLE}", "--reason", "letter", archive=world.archive)
    assert added.code == 0
    other = tmp_path / "other"
    log.append(_made(other), "begin", log.FILE)
    for done in acts(world, other):
        assert (done.code, str(world.folder) in done.err, done.err.count("\n")) == (2, True, 1), done
    assert len(list(log.read(other / log.FILE))) == 1
    assert erase(world, "--out", world.folder).code == 1
    crawled = world.crawler.run("crawl", OUTLET, "-a", "limit=1", SNAPSHOT_DIR=other)
    assert (crawled.code, str(world.folder) in crawled.err, "Traceback" in crawled.err) == (2, True, False), crawled.err


def test_a_folder_that_is_gone_holds_everything_until_the_archive_is_told_where_it_is(world: World, tmp_path: Path):
    take(world, "hide", "--url", ARTICLE)
    copy, moved = tmp_path / "copy", tmp_path / "elsewhere" / "keepers"
    shutil.copytree(world.folder, copy)
    hold("add", "case-7", "--scope", f"page={ARTICLE}", "--reason", "letter", archive=world.archive)
    move = ("move", "--reason", "new disk")
    assert "not older than that" in custody(*move, "--out", copy, archive=world.archive).err
    moved.parent.mkdir()
    world.folder.rename(moved)
    gone = erase(world), hold("list", archive=world.archive), retention("plan", archive=world.archive)
    for done in gone:
        assert (done.code, "so everything is held" in done.err, done.err.count("\n")) == (1, True, 1), done
    crawled = world.crawler.run("crawl", OUTLET, "-a", "limit=1")
    assert (crawled.code, "has not the custody log" in crawled.err, "Traceback" in crawled.err) == (1, True, False)
    log.append(_made(tmp_path / "other"), "begin", log.FILE)
    assert "the custody log that was in" in custody(*move, "--out", tmp_path / "other", archive=world.archive).err
    assert custody(*move, "--out", moved, archive=world.archive).code == 0
    assert f"held: {ARTICLE}" in takedown(*ERASE, archive=world.archive).out
    assert custody("verify", archive=world.archive).code == 0


def test_an_archive_that_is_moved_with_its_keepers_folder_needs_no_word(world: World, tmp_path: Path):
    take(world, "hide", "--url", ARTICLE)
    (tmp_path / "new").mkdir()
    for folder in (world.archive, world.folder):
        folder.rename(tmp_path / "new" / folder.name)
    listed = takedown("list", archive=tmp_path / "new" / "archive")
    assert (listed.code, listed.out[:2]) == (0, "T-")


def test_what_is_withheld_goes_into_no_snapshot_in_another_folder(world: World, tmp_path: Path):
    act = take(world, "withhold", "--url", ARTICLE)
    line = ("create", "--scope", f"outlet={OUTLET}", "--out", tmp_path / "elsewhere")
    made = snapshot(*line, archive=world.archive)
    assert (made.code, f"withheld under {act['id']}" in made.out) == (0, True), made


@pytest.mark.parametrize("octets", [b"", b'{"folder":"../snapshots"}', b'{"folder":5,"form":"keepers/1","log":""}'])
def test_a_damaged_word_on_the_folder_is_told_in_one_line(world: World, octets: bytes):
    (world.archive / whereabouts.FILE).write_bytes(octets)
    done = erase(world)
    assert (done.code, whereabouts.FILE in done.err, done.err.count("\n")) == (1, True, 1), done


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder
