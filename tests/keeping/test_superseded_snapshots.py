"""A snapshot that holds what was taken down: another stands in its place, and says so; what is withheld goes into none."""

import json
import subprocess
from pathlib import Path

import pytest

from newsarchive.sealing import names
from tests.keeping.command import hold, takedown
from tests.keeping.conftest import ARTICLE, OLD, World
from tests.keeping.test_erasing import WHY, octets, places, rows, take, texts
from tests.sealing.command import snapshot
from tests.sealing.forging import members_of, resealed, write


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


def test_nobody_is_told_to_delete_a_snapshot_that_is_held_or_only_hidden(world: World):
    other = next(row["url"] for row in rows(world.archive) if row["url"] not in (ARTICLE, OLD))
    sealed(world, "--scope", "outlet=responsible_statecraft")
    words = ("--url", ARTICLE, *WHY, "--yes")
    hidden = takedown("hide", *words, archive=world.archive).out
    assert ("snapshot 1 has it, and shows it" in hidden, "then delete" in hidden) == (True, False)
    assert "then delete the file" in takedown("withhold", *words, archive=world.archive).out
    placed = hold("add", "case-7", "--scope", f"page={other}", "--reason", "letter", archive=world.archive)
    assert "scrapy hold check H-" in placed.out
    erased = takedown("erase", *words, archive=world.archive).out
    assert ("(case-7), so keep it" in erased, "then delete" in erased) == (True, False), erased


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
    members = members_of(path)
    told = json.loads(members[names.SEAL])["tombstones"]
    invented = {"act": "T-2026-007", "erased": "<urn:uuid:x>", "record": "<urn:uuid:y>"}
    instead = {"number": 1, "seal": f"sha256:{'0' * 64}", "acts": []}

    def notes(*words: str, **changes: object) -> list[str]:
        # Made by one who holds the key, and so beside no chain.
        forged = tmp_path / "forged" / path.name
        forged.parent.mkdir(exist_ok=True)
        write(forged, resealed(members, **changes))
        code, judgement = judged(forged, *words)
        assert (code, judgement["levels"]["seal"]["state"]) == (1, "wrong")
        return list(judgement["levels"]["seal"]["notes"])

    assert "but there are" in notes("--deep", tombstones=told[1:])[0]
    assert "it names 1 record erased under T-2026-007, but there are 0" in notes("--deep", tombstones=[*told, invented])
    assert "described by act, erased and record" in notes(tombstones=[{"act": "T-2026-001"}])[0]
    assert "it supersedes none that was before it" in notes(supersedes=instead)[0]
    assert "number, seal and acts" in notes(supersedes={"number": 1})[0]
    # Intact, it is called so.
    assert judged(path, "--deep")[0] == 0


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


def test_a_single_record_is_withheld(world: World, tmp_path: Path):
    needles = texts(world.archive, ARTICLE)[1:]
    (row,) = [row for row in rows(world.archive) if row["url"] == ARTICLE]
    take(world, "withhold", "--record", row["provenance"]["warc"]["record_id"])
    path = sealed(world, "--scope", "outlet=responsible_statecraft")
    assert places(inside(path, tmp_path / "sealed"), needles) == []
    assert judged(path, "--deep")[0] == 0


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


def test_a_snapshot_with_what_is_withheld_is_not_handed_over(world: World, tmp_path: Path):
    path = sealed(world, "--scope", "outlet=responsible_statecraft")
    act = take(world, "withhold", "--url", ARTICLE)
    refused = snapshot("bag", path, "--out", tmp_path / "bag", archive=world.archive)
    assert (refused.code, f"holds what {act['id']} takes down" in refused.err) == (2, True), refused.err
    again = sealed(world, "--scope", "outlet=responsible_statecraft")
    assert snapshot("bag", again, "--out", tmp_path / "bag", archive=world.archive).code == 0
    assert places(tmp_path / "bag", texts(world.archive, ARTICLE)[1:]) == []
