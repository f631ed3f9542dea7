"""A snapshot that holds what was taken down: another stands in its place, and says so; what is withheld goes into none."""

import json
import subprocess
from pathlib import Path

import pytest

from newsarchive.sealing import names
from tests.keeping.command import takedown
from tests.keeping.conftest import ARTICLE, OLD, World
from tests.keeping.test_erasing import WHY, octets, places, take, texts
from tests.sealing.command import snapshot
from tests.sealing.forging import members_of


def sealed(world: World, *words: object) -> Path:
    """The snapshot."""
    done = snapshot("create", *words, "--json", archive=world.archive)
    assert done.code == 0, done.err
    return Path(json.loads(done.out)["file"])


def inside(path: Path, folder: Path) -> Path:
    """All of its files, unpacked."""
    for name, content in members_of(path).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def judged(path: Path, *words: object) -> tuple[int, dict]:
    done = snapshot("verify", path, "--json", *words)
    return done.code, json.loads(done.out)


def script(path: Path) -> tuple[int, str]:
    done = subprocess.run(
        ["sh", path.parent / "verify.sh", path], capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, done.stdout


def test_one_snapshot_stands_in_the_place_of_another(world: World, tmp_path: Path):
    needles = texts(world.archive, ARTICLE)
    first = sealed(world, "--scope", "outlet=responsible_statecraft")
    refused = snapshot("create", "--supersedes", 1, archive=world.archive)
    assert (refused.code, "nothing of it was taken down" in refused.err) == (2, True)
    act = take(world, "erase", "--url", ARTICLE, "--mentions", "all")
    assert act["snapshots"] == [1]
    assert judged(first)[0] == 0
    second = sealed(world, "--supersedes", 1)
    assert places(inside(first, tmp_path / "first"), needles)
    assert places(inside(second, tmp_path / "second"), needles) == []
    code, told = judged(second, "--deep")
    assert code == 0, told
    phrase = f"erased under {act['id']}: {len(act['records'])} records"
    assert phrase in told["levels"]["seal"]["notes"]
    seal = json.loads(members_of(second)[names.SEAL])
    assert seal["supersedes"]["acts"] == [act["id"]]
    assert seal["supersedes"]["number"] == 1
    assert {one["erased"] for one in seal["tombstones"]} == {one["record_id"] for one in act["records"]}
    assert script(second)[0] == 0
    assert f"{act['id']}: {len(act['records'])} records" in script(second)[1]
    # The old one is still what it was, and may go by now.
    assert any("superseded by 2 under" in note for note in judged(first)[1]["levels"]["chain"]["notes"])
    assert script(first)[0] == 0
    first.unlink()
    listed = snapshot("list", archive=world.archive)
    assert (listed.code, f"superseded by 2 under {act['id']}" in listed.out) == (0, True)
    assert snapshot("verify", second).code == 0


def test_a_seal_that_hides_an_erasure_or_invents_one_is_found(world: World, tmp_path: Path):
    take(world, "erase", "--url", ARTICLE)
    path = sealed(world, "--scope", "outlet=responsible_statecraft")
    seal = json.loads(members_of(path)[names.SEAL])
    assert seal["tombstones"]
    assert "supersedes" not in seal
    from newsarchive.sealing.deep import _judge_tombstones  # noqa: PLC0415 - what a holder of the key could write
    from newsarchive.sealing.judgement import Judgement  # noqa: PLC0415
    from newsarchive.sealing.seal import read_seal  # noqa: PLC0415
    from newsarchive.warc.verdict import Verdict  # noqa: PLC0415

    judgement, verdict = Judgement("x"), Verdict()
    _judge_tombstones(judgement, read_seal(members_of(path)[names.SEAL], path), verdict)
    assert judgement.levels["seal"].state == "wrong"


def test_what_is_withheld_goes_into_no_snapshot_and_stays_in_the_archive(world: World, tmp_path: Path):
    needles = texts(world.archive, ARTICLE)[1:]
    before = places(world.archive, needles)
    act = take(world, "withhold", "--url", ARTICLE)
    path = sealed(world, "--scope", "outlet=responsible_statecraft")
    assert places(inside(path, tmp_path / "sealed"), needles) == []
    assert places(world.archive, needles) == before
    code, told = judged(path, "--deep")
    assert code == 0, told
    assert any(f"withheld under {act['id']}" in note for note in told["levels"]["seal"]["notes"])
    assert not list(world.folder.glob(".making-*"))
    # Sealed again when the act is lifted, it is there.
    assert takedown("lift", act["id"], *WHY[2:], archive=world.archive).code == 0
    again = sealed(world, "--scope", "outlet=responsible_statecraft")
    assert places(inside(again, tmp_path / "again"), needles)
    assert "tombstones" not in json.loads(members_of(again)[names.SEAL])


def test_the_same_snapshot_is_made_twice(world: World, tmp_path: Path):
    take(world, "withhold", "--url", OLD)
    words = ("--scope", "outlet=responsible_statecraft", "--created", "2030-01-01T00:00:00Z")
    made = []
    for folder in ("one", "other"):
        (tmp_path / folder / "takedowns").mkdir(parents=True)
        for file in (world.folder / "takedowns").iterdir():
            (tmp_path / folder / "takedowns" / file.name).write_bytes(file.read_bytes())
        made.append(sealed(world, *words, "--out", tmp_path / folder).read_bytes())
    assert made[0] == made[1]
    assert list(octets(tmp_path / "one"))


def test_a_snapshot_that_lacks_a_file_of_the_other_cannot_stand_in_its_place(world: World):
    sealed(world, "--scope", "outlet=responsible_statecraft")
    take(world, "erase", "--url", ARTICLE)
    run = min(world.collection.rglob("NA-*.warc.gz")).name.split("-")[2]
    done = snapshot("create", "--supersedes", 1, "--scope", f"run={run}", archive=world.archive)
    assert (done.code, "which is not in the scope" in done.err) == (2, True)
    assert snapshot("create", "--supersedes", 7, archive=world.archive).code == 2


@pytest.mark.parametrize("level", ["hide", "withhold", "erase"])
def test_dry_runs_name_the_snapshots(world: World, level: str):
    sealed(world, "--scope", "outlet=responsible_statecraft")
    done = takedown(level, "--url", ARTICLE, *WHY, archive=world.archive)
    assert "snapshot 1 holds some of it" in done.out
