"""The learned table as a file and as a value."""

from pathlib import Path

import pytest

from newsarchive import learned, outlets
from newsarchive.errors import OutletError
from newsarchive.learned import Learned, Recurring
from tests.conftest import PROJECT

CALL = Recurring(9, 2, "div.promo>p", "join # readers today")
CREDIT = Recurring(12, 0, "footer>p", "all rights reserved „always“")


def written(config: Path, table: Learned) -> Path:
    file = learned.path(config, table.outlet)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(table.to_json(), encoding="utf-8")
    return file


def test_a_table_is_the_same_whatever_the_order_of_its_blocks():
    one, other = learned.learned("times", 20, [CALL, CREDIT]), learned.learned("times", 20, [CREDIT, CALL])
    assert one == other
    assert one.to_json() == other.to_json()
    assert one.blocks == (CALL, CREDIT)


def test_a_table_comes_back_from_its_file_one_line_a_block(tmp_path: Path):
    table = learned.learned("times", 20, [CALL, CREDIT])
    file = written(tmp_path, table)
    assert learned.load(tmp_path, "times") == table
    assert [line for line in file.read_text(encoding="utf-8").splitlines() if "„always“" in line] == [
        '{"pages": 12, "bodies": 0, "place": "footer>p", "text": "all rights reserved „always“"}'
    ]


def test_an_empty_table_is_a_table(tmp_path: Path):
    written(tmp_path, learned.learned("times", 3, []))
    table = learned.load(tmp_path, "times")
    assert table
    assert table.blocks == ()


def test_the_digest_is_of_the_blocks_and_not_of_their_counts():
    table = learned.learned("times", 20, [CALL, CREDIT])
    recounted = [Recurring(15, 1, CALL.place, CALL.text), Recurring(30, 0, CREDIT.place, CREDIT.text)]
    assert table.digest == learned.learned("times", 40, recounted).digest
    assert table.common == {CREDIT.text}
    assert table.digest != learned.learned("times", 40, [CALL, CREDIT]).digest
    assert table.digest != learned.learned("times", 20, [CALL]).digest


def test_an_entry_that_is_written_by_hand_is_folded_as_those_that_are_learned(tmp_path: Path):
    written(tmp_path, learned.learned("times", 20, [Recurring(9, 0, "p", "Join 25,000 Readers")]))
    table = learned.load(tmp_path, "times")
    assert table
    assert list(table.places) == ["join #,# readers"]


@pytest.mark.parametrize(
    "wrong", ["", "{", "[]", "{}", '{"form": "other/1", "outlet": "times", "pages": 1, "blocks": []}']
)
def test_a_file_that_is_no_table_is_one_line_with_its_name_and_the_way_out(tmp_path: Path, wrong: str):
    file = written(tmp_path, learned.learned("times", 20, [CALL]))
    file.write_text(wrong)
    with pytest.raises(OutletError) as raised:
        learned.load(tmp_path, "times")
    (line,) = raised.value.lines()
    assert str(file) in line
    assert "scrapy outlet learn times" in line


def test_a_table_of_another_outlet_is_not_taken(tmp_path: Path):
    file = written(tmp_path, learned.learned("times", 20, [CALL]))
    file.rename(file.with_name("post.json"))
    with pytest.raises(OutletError, match="for times"):
        learned.load(tmp_path, "post")


def test_an_outlet_brings_its_table_along(tmp_path: Path):
    (tmp_path / "outlets").mkdir()
    for name in ("defaults.yaml", "outlets/kyiv_independent.yaml"):
        (tmp_path / name).write_text((PROJECT / "config" / name).read_text())
    assert outlets.load(tmp_path, "kyiv_independent").learned is None
    table = learned.learned("kyiv_independent", 20, [CALL])
    written(tmp_path, table)
    assert outlets.load(tmp_path, "kyiv_independent").learned == table
