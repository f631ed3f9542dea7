"""An erasure that was killed, or is asked for twice: what verify reports, and what a repeated command does."""

import signal
from pathlib import Path

from newsarchive.keeping import erasing, takedowns
from newsarchive.verifying import archive as verifying
from tests.keeping.command import takedown
from tests.keeping.conftest import ARTICLE, OLD, OUTLET, World
from tests.keeping.test_erasing import WHY, rows, take
from tests.keeping.test_killing_takedowns import killed


def reported(world: World) -> list[str]:
    """What verify finds of acts that have not ended, in the archive and in the collection."""
    found = verifying.verify([world.archive]).findings
    assert [one.what for one in verifying.verify([world.collection]).findings] == [one.what for one in found]
    return [one.what for one in found]


def test_verify_reports_an_act_from_its_decision_to_its_end(untouched: World, tmp_path: Path):
    world, other = untouched.copy(tmp_path / "one"), untouched.copy(tmp_path / "other")
    take(other, "erase", "--url", ARTICLE)
    (act,) = takedowns.read_all(other.folder)
    assert reported(world) == []
    # As a kill leaves it: decided, and nothing begun in the outlet's folder.
    takedowns.decide(world.folder, act)
    (what,) = reported(world)
    assert what.startswith(f"{act.id} has not ended")
    # Carried out there, and not yet in the custody log.
    erasing.erase_in(world.collection, act, None)
    (what,) = reported(world)
    assert what.startswith(f"{act.id} has not ended")
    assert takedown("list", archive=world.archive).code == 0
    assert reported(world) == []


def test_an_erasure_that_was_killed_can_be_repeated(untouched: World, tmp_path: Path):
    worlds = {steps: untouched.copy(tmp_path / str(steps)) for steps in (5, 20, 40, 55)}
    ends = killed(worlds)
    assert set(ends.values()) == {-signal.SIGKILL}
    for world in worlds.values():
        done = takedown("erase", "--url", ARTICLE, *WHY, "--yes", archive=world.archive)
        (act,) = takedowns.read_all(world.folder)
        assert (done.code, f"{act.id}: erased {len(act.records)} records" in done.out) == (0, True), done
        assert reported(world) == []
        assert [row["schema"] for row in rows(world.archive)].count("news-tombstone/1") == 1


def test_an_erasure_that_is_done_can_be_repeated(world: World):
    words = ("erase", "--url", ARTICLE, *WHY)
    first = takedown(*words, "--yes", archive=world.archive)
    again = takedown(*words, "--yes", archive=world.archive)
    assert (first.code, again.code, again.err) == (0, 0, "")
    assert again.out.splitlines()[0] == first.out.splitlines()[0]
    assert takedown(*words, archive=world.archive).code == 0
    assert len(takedowns.read_all(world.folder)) == 1
    # What was not erased then is not done now.
    for more in (("--with-address",), ("--outlet", OUTLET), ("--until", "2030-01-01")):
        assert takedown(*words, *more, "--yes", archive=world.archive).code == 2


def test_articles_that_mention_an_erased_one_are_not_fetched_again(untouched: World, tmp_path: Path):
    world, other = untouched.copy(tmp_path / "one"), untouched.copy(tmp_path / "other")
    articles = {row["url"] for row in rows(world.archive) if row["text"]}
    quoting = min(articles - {ARTICLE, OLD})
    # An act as `--mentions all` decides it where that article quotes the erased one.
    take(other, "erase", "--url", quoting)
    take(other, "erase", "--url", ARTICLE)
    mention, act = takedowns.read_all(other.folder)
    also = tuple(one.model_copy(update={"why": "headline"}) for one in mention.records)
    takedowns.decide(world.folder, act.model_copy(update={"id": mention.id, "records": act.records + also}))
    assert takedown("list", archive=world.archive).code == 0
    assert {row["url"] for row in rows(world.archive) if row["text"]} == articles - {ARTICLE, OLD, quoting}
    done = world.crawler.run("crawl", OUTLET, "-a", "limit=30")
    assert done.code in (0, 1), done.err
    captured = {row["url"] for row in rows(world.archive) if row["text"]}
    assert captured - articles
    assert not captured & {ARTICLE, OLD, quoting}
    assert verifying.verify([world.archive]).is_clean
