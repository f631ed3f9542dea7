"""Each attack is found, and told at its level; what nobody touched is never called bad; verify.sh agrees."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newsarchive.sealing import certificate
from newsarchive.sealing.chain import Chain, read_head
from newsarchive.sealing.judgement import DEEP, LEVELS
from newsarchive.sealing.stamps import read_roots
from newsarchive.sealing.verifying import Demands, verify
from tests.crawl.powerloss import can_compile
from tests.sealing.attacks import ATTACKS, Attack, Case
from tests.sealing.conftest import DAY, World


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


def run_script(world: World, path: Path, tools: Path, work: Path, **chosen: Any) -> tuple[int, str]:
    authority = world.expired if chosen.get("roots") == "expired" else world.authority
    key = work / "trusted.pem"
    key.write_bytes(world.first_key.public.pem)
    command = ["/bin/sh", str(world.folder / "verify.sh"), str(path), "--tsa-root", str(authority.root)]
    command += ["--trusted-key", str(key)] if chosen.get("trusted") else []
    command += ["--expected-head", (world.folder / "HEAD").read_text().strip()] if chosen.get("head") else []
    command += ["--require-signature"] if chosen.get("signature") else []
    command += ["--require-timestamp"] if chosen.get("timestamp") else []
    command += ["--stamped-within", str(minutes_since_the_third())] if chosen.get("within") else []
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": str(tools)}, timeout=60)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


@pytest.mark.parametrize("one", ATTACKS, ids=lambda one: one.name)
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
    assert "does not hold" in certificate.as_html(judgement, demands, checked_at=DAY)
    found = one.level in judgement.unmet or judgement.levels[one.level].state == "wrong"
    assert found, judgement.as_text()
    if one.script:
        code, told = run_script(world, path, tools, tmp_path, **one.demands)
        assert code == 1, told


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


def test_there_are_enough_attacks_at_every_level():
    assert len(ATTACKS) >= 80
    assert {one.level for one in ATTACKS} == set(LEVELS)


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
