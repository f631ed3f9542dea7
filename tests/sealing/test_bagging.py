"""A snapshot as a bag: complete and valid by somebody else's judgement, the same each time, and told in the log."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from newsarchive.sealing import custody
from tests.sealing.command import snapshot
from tests.sealing.conftest import World


def validated(bag: Path) -> subprocess.CompletedProcess[str]:
    """By the reference implementation, a program of its own here."""
    command = [sys.executable, "-W", "ignore", "-m", "bagit", "--validate", str(bag)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def world_file(world: World, tmp_path: Path) -> Path:
    """The second snapshot in a copy of its folder, with a question that waits and a proof of OpenTimestamps."""
    path = world.path(2, world.copy(tmp_path / "snapshots"))
    for ending in (".tsq.2", ".ots"):
        path.with_name(path.name + ending).write_bytes(b"proof")
    custody.append(path.parent, "seal", "sha256:x", actor="somebody")
    return path


def bagged(path: Path, bag: Path, *more: object) -> Path:
    done = snapshot("bag", path, "--out", bag, *more, OPERATOR="Example\nLibrary")
    assert done.code == 0, done.err
    return bag


def octets_of(bag: Path) -> dict[str, bytes]:
    return {str(file.relative_to(bag)): file.read_bytes() for file in bag.rglob("*") if file.is_file()}


def test_a_bag_is_valid_and_holds_the_snapshot_with_all_that_lies_beside_it(
    world: World, world_file: Path, tmp_path: Path
):
    bag = bagged(world_file, tmp_path / "bags" / "one", "--reason", "for the library")
    judged = validated(bag)
    assert judged.returncode == 0, judged.stderr
    payload = {name: octets for name, octets in octets_of(bag / "data").items() if not name.startswith("chain/")}
    assert set(payload) == {
        world_file.name, f"{world_file.name}.tsr.1", f"{world_file.name}.tsq.2", f"{world_file.name}.ots",
        "HEAD", "custody.jsonl", "VERIFY.md", "verify.sh",
    }  # fmt: skip
    assert payload[world_file.name] == world_file.read_bytes()
    assert octets_of(bag / "data" / "chain") == octets_of(world.folder / "chain")
    info = dict(line.split(": ", 1) for line in (bag / "bag-info.txt").read_text().splitlines())
    sizes = [file.stat().st_size for file in (bag / "data").rglob("*") if file.is_file()]
    head = json.loads(snapshot("verify", world_file, "--json").out)["snapshot"]
    assert info == {
        "Source-Organization": "Example Library",
        "External-Description": "Sealed snapshot 2 of responsible_statecraft",
        "Bagging-Date": "2026-11-22",
        "External-Identifier": head["seal"],
        "Internal-Sender-Identifier": world_file.name,
        "Payload-Oxum": f"{sum(sizes)}.{len(sizes)}",
        "Bag-Software-Agent": info["Bag-Software-Agent"],
    }
    *before, last = custody.lines((world_file.parent / custody.FILE).read_bytes(), "log")
    assert len(before) == payload["custody.jsonl"].count(b"\n")
    assert (last["action"], last["object"], last["reason"]) == ("export", head["seal"], "for the library")
    # Whoever receives it needs nothing else.
    script = ["sh", "verify.sh", world_file.name, "--tsa-root", str(world.authority.root), "--require-timestamp"]
    assert subprocess.run(script, cwd=bag / "data", capture_output=True, check=False).returncode == 0


def test_the_same_files_give_the_same_bag(world_file: Path, tmp_path: Path):
    log = world_file.parent / custody.FILE
    before = log.read_bytes()
    one = octets_of(bagged(world_file, tmp_path / "one"))
    os.utime(world_file)
    log.write_bytes(before)
    assert octets_of(bagged(world_file, tmp_path / "other")) == one


def test_what_is_wrong_is_not_handed_over_and_a_bag_is_never_written_over(world_file: Path, tmp_path: Path):
    bag = bagged(world_file, tmp_path / "bag")
    again = snapshot("bag", world_file, "--out", bag)
    assert (again.code, "never changed" in again.err) == (2, True)
    octets = bytearray(world_file.read_bytes())
    octets[5000] ^= 1
    world_file.write_bytes(octets)
    logged = (world_file.parent / custody.FILE).read_bytes()
    refused = snapshot("bag", world_file, "--out", tmp_path / "other")
    assert (refused.code, "hashes: " in refused.err, refused.err.count("\n")) == (2, True, 1)
    assert not list(tmp_path.glob("*other*"))
    assert (world_file.parent / custody.FILE).read_bytes() == logged


def test_a_byte_that_is_changed_in_a_bag_is_found_by_others_and_a_killed_one_is_begun_again(
    world_file: Path, tmp_path: Path
):
    left = tmp_path / ".bag.part" / "data"
    left.mkdir(parents=True)
    (left / "half").write_bytes(b"x")
    bag = bagged(world_file, tmp_path / "bag")
    assert not left.exists()
    assert validated(bag).returncode == 0
    file = bag / "data" / world_file.name
    octets = file.read_bytes()
    file.write_bytes(octets[:-1] + bytes([octets[-1] ^ 1]))
    assert validated(bag).returncode == 1
    shutil.rmtree(bag / "data" / "chain")
    assert validated(bag).returncode == 1


def test_names_that_programs_for_bags_read_in_different_ways_are_refused(world_file: Path, tmp_path: Path):
    odd = world_file.rename(world_file.with_name("50% of it.wacz"))
    refused = snapshot("bag", odd, "--out", tmp_path / "bag")
    assert (refused.code, "rename it" in refused.err) == (2, True)
