"""kill -9 at any step of an erasure: the next command, or the next crawl, ends what was begun."""

import json
import signal
import subprocess
import sys
from pathlib import Path

from newsarchive.commands.verify import as_text
from newsarchive.keeping import superseding, takedowns
from newsarchive.verifying import archive as verifying
from tests.conftest import PROJECT, environment
from tests.keeping.command import takedown
from tests.keeping.conftest import ARTICLE, OUTLET, World
from tests.keeping.test_erasing import WHY, evidence, places, rows, take, texts

# Not each of them, so that this takes no longer than a crawl does.
_STEPS = range(0, 75, 7)


def killed(worlds: dict[int, World]) -> dict[int, int]:
    """How each erasure has ended that was killed after so many steps."""
    words = ["erase", "--url", ARTICLE, *WHY, "--yes"]
    told = json.dumps([[steps, str(world.archive), *words] for steps, world in worlds.items()])
    done = subprocess.run(
        [sys.executable, "-m", "tests.keeping.dying", told],
        cwd=PROJECT, env=environment(), capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return dict(zip(worlds, json.loads(done.stdout), strict=True))


def judge(world: World, needles: list[str]) -> None:
    """It is done wholly, and the archive is right."""
    assert places(world.archive, needles) == []
    verdict = verifying.verify([world.archive])
    assert verdict.is_clean, as_text(verdict)
    (act,) = takedowns.read_all(world.folder)
    assert list(takedowns.contradictions(world.folder, [act])) == []
    assert verdict.acts[act.id]["records"] == len(act.records)
    assert [row["schema"] for row in rows(world.archive)].count("news-tombstone/1") == 1
    assert not list(world.archive.rglob("*.part"))
    assert not list((world.folder / "takedowns").glob("*.open"))


def test_an_erasure_goes_on_wherever_it_was_killed(untouched: World, tmp_path: Path):
    needles, before = texts(untouched.archive, ARTICLE)[1:], list(evidence(untouched.archive).values())
    worlds = {steps: untouched.copy(tmp_path / str(steps)) for steps in _STEPS}
    ends = killed(worlds)
    assert set(ends.values()) == {-signal.SIGKILL, 0}
    seen, crawled = set(), False
    for steps, world in worlds.items():
        decided, under_way = takedowns.read_all(world.folder), superseding.unended(world.collection)
        seen.add((bool(decided), bool(under_way), ends[steps]))
        if not decided:
            # As if nobody had asked.
            assert list(evidence(world.archive).values()) == before
            take(world, "erase", "--url", ARTICLE)
        if under_way and not crawled:
            crawled = True
            assert not verifying.verify([world.archive]).is_clean
            done = world.crawler.run("crawl", OUTLET, "-a", "limit=1")
            assert done.code in (0, 1), done.err
            assert "had been killed on its way" in done.err
            assert superseding.unended(world.collection) == []
            assert places(world.collection, needles) == []
        assert takedown("list", archive=world.archive).code == 0
        judge(world, needles)
    assert {(False, False, -signal.SIGKILL), (True, True, -signal.SIGKILL), (True, False, 0)} <= seen
