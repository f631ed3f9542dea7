"""Each attack is found, and told at its level; what nobody touched is never called bad; verify.sh agrees."""

import base64
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from newsarchive.sealing import certificate, names
from newsarchive.sealing.chain import Chain, read_head
from newsarchive.sealing.documents import parsed
from newsarchive.sealing.judgement import DEEP, LEVELS
from newsarchive.sealing.keys import SigningKey
from newsarchive.sealing.stamps import read_roots
from newsarchive.sealing.verifying import Demands, verify
from tests.crawl.powerloss import can_compile
from tests.sealing.attacks import Attack, Case
from tests.sealing.conftest import DAY, World
from tests.sealing.forging import ORDER, OtherSigner, RawZip, members_of, resealed
from tests.sealing.stranger import ALL


def demands_of(world: World, **chosen: Any) -> Demands:
    """`trusted` and `head` as switches; `roots` by the name of an authority."""
    authority = world.expired if chosen.get("roots") == "expired" else world.authority
    head = Chain(world.folder).head()
    assert head
    return Demands(
        signature=chosen.get("signature", False),
        timestamp=chosen.get("timestamp", False),
        trusted=(world.first_key.public,) if chosen.get("trusted") else (),
        roots=tuple(read_roots([authority.root])),
        head=read_head(head.head) if chosen.get("head") else None,
        stamped_within=timedelta(minutes=minutes_since_the_third()) if chosen.get("within") else None,
        deep=chosen.get("deep", False),
        readers=chosen.get("readers", 0),
    )


def minutes_since_the_third() -> int:
    """So long ago is the seal of the third snapshot, and a little longer: all were stamped now."""
    return int((datetime.now(UTC) - DAY.replace(hour=6)).total_seconds() // 60) + 130


def run_script(
    world: World, path: Path, tools: Path, work: Path, *, shell: tuple[str, ...] = ("/bin/sh",), **chosen: Any
) -> tuple[int, str]:
    authority = world.expired if chosen.get("roots") == "expired" else world.authority
    key = work / "trusted.pem"
    key.write_bytes(world.first_key.public.pem)
    command = [*shell, str(world.folder / "verify.sh"), str(path), "--tsa-root", str(authority.root)]
    command += ["--trusted-key", str(key)] if chosen.get("trusted") else []
    command += ["--expected-head", (world.folder / "HEAD").read_text().strip()] if chosen.get("head") else []
    command += ["--require-signature"] if chosen.get("signature") else []
    command += ["--require-timestamp"] if chosen.get("timestamp") else []
    command += ["--stamped-within", str(minutes_since_the_third())] if chosen.get("within") else []
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": str(tools)}, timeout=60)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_every_attack_is_told_at_its_level(world: World, tmp_path: Path, tools: Path, one: Attack):
    if one.demands.get("gcc") and not can_compile():
        pytest.skip("gcc is needed to set an authority's clock")
    folder = world.copy(tmp_path / "copy")
    path = world.path(3, folder)
    one.act(Case(world, path))
    if not path.exists():
        path = max(folder.glob("*.wacz"))
    demands = demands_of(world, **one.demands)
    judgement = verify(path, demands)
    assert not judgement.holds, judgement.as_text()
    page = certificate.as_html(judgement, demands, checked_at=DAY)
    assert "does not hold" in page
    # Whatever a stranger has written into the file, no terminal and no browser obeys it.
    assert not re.search("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]", page + judgement.as_text())
    found = one.level in judgement.unmet or judgement.levels[one.level].state == "wrong"
    assert found, judgement.as_text()
    if one.script:
        code, told = run_script(world, path, tools, tmp_path, **one.demands)
        assert code == 1, told
        wrong = {level for level, outcome in judgement.levels.items() if outcome.state == "wrong"}
        assert wrong_in(told) == wrong & judged_in(told), (told, judgement.as_text())


@pytest.mark.parametrize("number", [1, 2, 3])
def test_what_nobody_touched_holds_under_every_demand(world: World, number: int, tmp_path: Path, tools: Path):
    everything = {
        "signature": True,
        "timestamp": True,
        "trusted": True,
        "head": True,
        "within": True,
        "deep": True,
        "readers": 1,
    }
    judgement = verify(world.path(number), demands_of(world, **everything))
    assert judgement.holds, judgement.as_text()
    assert {outcome.state for outcome in judgement.levels.values()} == {"ok"}
    code, told = run_script(world, world.path(number), tools, tmp_path, **everything)
    assert code == 0, told
    assert told.count(" ok ") == len(LEVELS) - len(DEEP), told


@pytest.mark.parametrize("signer", [SigningKey, OtherSigner])
def test_snapshots_of_earlier_versions_hold(world: World, signer: type[SigningKey], tmp_path: Path, tools: Path):
    """They have either of the two signatures that fit, and WARC files in the order of their folders."""
    members = resealed(members_of(world.path(3)), key=signer(world.key.key), software="newsarchive/0.1.0")
    archived = [name for name in members if name.startswith(names.ARCHIVE)]
    rest = sorted((name for name in members if name not in archived), key=names.place)
    path = tmp_path / "older.wacz"
    path.write_bytes(RawZip({name: members[name] for name in (*archived[::-1], *rest)}).octets())
    demands = {"signature": True, "trusted": True}
    judgement = verify(path, demands_of(world, **demands))
    assert judgement.holds, judgement.as_text()
    code, told = run_script(world, path, tools, tmp_path, **demands)
    assert code == 0, told


def test_the_signatures_of_a_snapshot_have_the_lower_number(world: World):
    for number in (1, 2, 3):
        members = members_of(world.path(number))
        signed = parsed(members[names.DIGEST], "digest")["signedData"]["signature"]
        numbers = [int.from_bytes(base64.b64decode(signed)[48:]), decode_dss_signature(members[names.SIGNATURE])[1]]
        assert all(s <= ORDER // 2 for s in numbers)


def test_the_script_checks_several_snapshots(world: World, tmp_path: Path, tools: Path):
    folder = world.copy(tmp_path / "several [x] dir")
    paths = [world.path(number, folder) for number in (1, 2, 3)]
    command = ["sh", str(folder / "verify.sh"), str(paths[0]), "--tsa-root", str(world.authority.root)]
    command += [str(paths[1]), "--require-signature", str(paths[2])]

    def run() -> tuple[int, list[str]]:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env={"PATH": str(tools)}, timeout=60
        )
        assert not done.stderr, done.stderr
        return done.returncode, [line for line in done.stdout.splitlines() if not line.startswith("  ")]

    fine = "nothing is wrong; not checked: key, records"
    assert run() == (0, [line for path in paths for line in (str(path), fine)])
    paths[1].write_bytes(paths[1].read_bytes()[:-1000])
    code, told = run()
    assert (code, told[1], told[5]) == (1, fine, fine)
    assert told[3].startswith("something is wrong")
    paths[2].unlink()
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"verify.sh: {paths[2]}: there is no such file\n")


def judged_in(told: str) -> set[str]:
    """The levels of which the script says anything."""
    return {line.split()[0] for line in told.splitlines() if line.startswith("  ")}


def wrong_in(told: str) -> set[str]:
    return {words[0] for line in told.splitlines() if (words := line.split())[1:2] == ["wrong"]}


@pytest.mark.skipif(not shutil.which("busybox"), reason="busybox is needed")
def test_the_script_is_content_with_the_tools_of_busybox(world: World, tmp_path: Path, tools: Path):
    small = tmp_path / "small"
    small.mkdir()
    busybox = shutil.which("busybox")
    assert busybox
    for tool in tools.iterdir():
        (small / tool.name).symlink_to(tool.resolve() if tool.name in ("openssl", "unzip") else busybox)
    everything = {"signature": True, "timestamp": True, "trusted": True, "head": True, "within": True}
    code, told = run_script(world, world.path(3), small, tmp_path, shell=(busybox, "sh"), **everything)
    assert code == 0, told


def test_the_script_finds_its_way_whatever_somebody_has_set(world: World, tmp_path: Path):
    """Also with a name in which every sign means something to a shell, and with files beside that are none of ours."""
    folder = world.copy(tmp_path / "odd [x]* dir")
    path = world.path(3, folder).rename(folder / "-a b[1]*?'\"$(x)%s\\033\n.wacz")
    for token in folder.glob("000003-*.tsr.1"):
        token.rename(path.with_name(f"{path.name}.tsr.1"))
    path.with_name(f"{path.name}.tsr.1.bak").write_bytes(b"x")
    (folder / "chain" / "0-notes.json").write_bytes(b"x")
    command = ["sh", "verify.sh", f"./{path.name}", "--require-timestamp", "--tsa-root", str(world.expired.root)]
    command += [
        "--tsa-root",
        str(world.authority.root),
        "--expected-head",
        "000" + (folder / "HEAD").read_text().strip(),
    ]
    odd = {"CDPATH": f"..:{tmp_path}", "UNZIP": "-qq", "ZIPINFO": "-1", "TZ": "Asia/Tokyo"}
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env=os.environ | odd, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    judgement = verify(path, demands_of(world, timestamp=True, head=True))
    assert judgement.holds, judgement.as_text()


@pytest.mark.parametrize(
    "words",
    [
        ("--expected-head", "x"),
        ("--expected-head", "0:" + "0" * 64),
        ("--stamped-within", ""),
        ("--stamped-within", "1e3"),
        ("--trusted-key", __file__),
        ("--trusted-key", "nowhere.pem"),
        ("--tsa-root",),
    ],
)
def test_the_script_is_not_content_with_demands_that_mean_nothing(world: World, words: tuple[str, ...]):
    command = ["sh", world.folder / "verify.sh", world.path(3), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_there_are_enough_attacks_at_every_level():
    assert len(ALL) >= 200
    assert {one.level for one in ALL} == set(LEVELS)


def test_what_was_not_checked_is_never_called_right(world: World, tmp_path: Path):
    alone = shutil.copy(world.path(3), tmp_path / "alone.wacz")
    judgement = verify(Path(alone), Demands())
    assert judgement.holds
    unchecked = {level for level, outcome in judgement.levels.items() if outcome.state == "not checked"}
    assert unchecked == {"key", "timestamp", "chain", *DEEP}
    for level, demands in {
        "timestamp": Demands(timestamp=True),
        "chain": Demands(head=(4, "sha256:" + "0" * 64)),
    }.items():
        assert verify(Path(alone), demands).unmet == (level,)
