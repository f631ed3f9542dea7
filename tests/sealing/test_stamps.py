"""Answers of authorities, in all the orders in which they send their certificates."""

import itertools
import shutil
from pathlib import Path
from random import Random

import pytest

from newsarchive.commands.snapshot_stamp import digest_of
from newsarchive.errors import SnapshotError
from newsarchive.sealing import der, stamps
from newsarchive.sealing.verifying import Demands, verify
from tests.sealing.authority import Authority
from tests.sealing.conftest import World
from tests.sealing.test_attacks import run_script


def orders(answer: bytes) -> list[bytes]:
    """The same answer with its certificates in every order."""
    found = der._certificates(answer)
    assert found
    encoded = [answer[one.start : one.end] for one in der._elements(answer, found.body, found.end)]
    assert len(encoded) == 2
    return [answer[: found.body] + b"".join(order) + answer[found.end :] for order in itertools.permutations(encoded)]


def test_the_order_of_certificates_does_not_matter(authority: Authority):
    roots = stamps.read_roots([authority.root])
    judged = [stamps.judge(answer, b"bytes", roots, "answer") for answer in orders(authority.stamp(b"bytes"))]
    assert judged[0] == judged[1]
    assert judged[0].proven
    assert judged[0].authority == "Authority One"


@pytest.mark.parametrize("cut", [0, 1, 10, 100, 500, -1])
def test_what_is_no_answer_is_one_line(authority: Authority, cut: int):
    with pytest.raises(SnapshotError, match="no answer"):
        stamps.judge(authority.stamp(b"bytes")[:cut], b"bytes", [], "answer")


def test_a_stamp_of_an_authority_that_was_not_pinned_speaks_neither_for_nor_against(world: World, tmp_path: Path):
    folder = world.copy(tmp_path / "copy")
    path = world.path(3, folder)
    other = Authority(tmp_path / "other", "Authority Three")
    digest = path.with_name(path.name + ".tsr.2")
    digest.write_bytes(other.stamp(digest_of(path)))
    (path.with_name(path.name + ".ots")).write_bytes(b"proof")
    for roots, state in (
        ([world.authority.root], "ok"),
        ([], "not checked"),
        ([world.authority.root, other.root], "ok"),
    ):
        judgement = verify(path, Demands(roots=tuple(stamps.read_roots(roots))))
        assert judgement.levels["timestamp"].state == state
        assert any(".ots is for the program of OpenTimestamps" in one for one in judgement.levels["timestamp"].notes)
        assert judgement.holds


def test_names_that_mean_something_to_a_shell_are_only_names(world: World, tmp_path: Path, tools: Path):
    folder = tmp_path / "a[1]*"
    folder.mkdir()
    path = Path(shutil.copy(world.path(3), folder / "x[0]?.wacz"))
    shutil.copy(world.path(3).with_name(world.path(3).name + ".tsr.1"), folder / "x[0]?.wacz.tsr.1")
    roots = tuple(stamps.read_roots([world.authority.root]))
    assert verify(path, Demands(timestamp=True, roots=roots)).holds
    code, told = run_script(world, path, tools, tmp_path, timestamp=True)
    assert code == 0, told


def test_an_answer_with_any_byte_changed_is_judged_or_is_one_line(authority: Authority):
    """The certificates in it are not signed by whoever signs the token: a stranger can put anything there."""
    random, roots, answer = Random(5), stamps.read_roots([authority.root]), authority.stamp(b"bytes")
    right = stamps.judge(answer, b"bytes", roots, "answer")
    for _ in range(600):
        changed = bytearray(answer)
        changed[random.randrange(len(answer))] = random.choice((0, 1, 2, 3, 5, 0x30, 0x80, random.randrange(256)))
        try:
            found = stamps.judge(bytes(changed), b"bytes", roots, "answer")
        except SnapshotError:
            continue
        assert not found.proven or found.stamped_at == right.stamped_at
