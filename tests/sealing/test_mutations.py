"""No byte of a snapshot can be changed, dropped or added without being told."""

from pathlib import Path
from random import Random

import pytest

from newsarchive.sealing.container import CENTRAL, END, LOCAL
from newsarchive.sealing.creating import Order, create
from newsarchive.sealing.opening import Opened
from newsarchive.sealing.scope import read_scope
from newsarchive.sealing.verifying import Demands, verify
from tests.sealing.conftest import DAY, World


def places(path: Path) -> list[int]:
    """Each byte of a local header, of an entry of the directory and of the end, and some in every member."""
    random = Random(7)
    with Opened(path) as opened:
        members = list(opened.members.values())
    first, last, size = members[0], members[-1], path.stat().st_size
    headers = [*range(first.offset, first.offset + LOCAL.size), *range(last.end, last.end + CENTRAL.size)]
    inside = [random.randrange(one.data_offset, one.end) for one in members for _ in range(2)]
    return [*headers, *range(size - END.size, size), *inside, *(random.randrange(size) for _ in range(40))]


@pytest.mark.parametrize("signed", [True, False])
def test_no_bit_can_be_flipped(world: World, tmp_path: Path, signed: bool):
    key = world.key if signed else None
    path = create(Order(world.archive, read_scope(["outlet=kyiv_independent"]), DAY, key=key), tmp_path).path
    whole, random = path.read_bytes(), Random(8)
    assert verify(path, Demands()).holds
    for place in places(path):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << random.randrange(8)]) + whole[place + 1 :])
        assert not verify(path, Demands()).holds, place


def test_no_byte_can_be_dropped_or_added(world: World, tmp_path: Path):
    path = tmp_path / "x.wacz"
    whole, random = world.path(1).read_bytes(), Random(9)
    for _ in range(40):
        place, more = random.randrange(len(whole) + 1), random.randbytes(random.choice([1, 2, 100]))
        for changed in (whole[:place] + more + whole[place:], whole[:place] + whole[place + len(more) :]):
            if changed != whole:
                path.write_bytes(changed)
                assert not verify(path, Demands()).holds, place
