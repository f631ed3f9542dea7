"""WARC files of a crawl without an outlet that are lost or changed: no revisit refers to them, and the log names them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsarchive.warc.reader import StoredRecord, read_records
from tests.capture.crawling import Ask, Asking
from tests.capture.server import Server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def asking(tmp_path: Path, server: Server) -> Asking:
    return Asking(tmp_path / "project", server.connect_to)


@pytest.fixture
def asks(server: Server) -> list[Ask]:
    return [Ask(server.url("http", "plain"))]


def test_a_lost_file_is_named_and_the_exit_code_is_1(asking: Asking, asks: list[Ask]):
    assert asking.run(asks).code == 0
    (first,) = asking.warcs()
    first.unlink()
    done = asking.run(asks)
    assert done.code == 1
    last = done.err.splitlines()[-1]
    assert "1 capture of earlier crawls no longer in the archive" in last
    assert first.name in last
    assert kinds(asking) == ["response"]
    again = asking.run(asks)
    assert (again.code, again.err) == (0, "")
    assert kinds(asking) == ["response", "revisit"]


def cut(path: Path, members: list[bytes]) -> None:
    path.write_bytes(path.read_bytes()[:400])


def overwritten_by_zeros(path: Path, members: list[bytes]) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def reduced_to_warcinfo(path: Path, members: list[bytes]) -> None:
    path.write_bytes(members[0])


def reduced_to_the_first_records(path: Path, members: list[bytes]) -> None:
    path.write_bytes(b"".join(members[:-2]))


def replaced_by_a_folder(path: Path, members: list[bytes]) -> None:
    path.unlink()
    path.mkdir()


def replaced_by_records_of_the_same_length(path: Path, members: list[bytes]) -> None:
    content = path.read_bytes()
    path.write_bytes(members[0] + content[: len(content) - len(members[0])])


DAMAGES = [
    cut,
    overwritten_by_zeros,
    reduced_to_warcinfo,
    reduced_to_the_first_records,
    replaced_by_a_folder,
    replaced_by_records_of_the_same_length,
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_no_revisit_refers_to_a_record_of_a_damaged_file(
    asking: Asking, asks: list[Ask], damage: Callable[[Path, list[bytes]], None]
):
    assert asking.run(asks).code == 0
    (first,) = asking.warcs()
    content = first.read_bytes()
    members = [content[record.offset :][: record.length] for record in read_records(first)]
    (original,) = captures(asking)
    damage(first, members)
    done = asking.run(asks)
    assert done.code == 1
    assert first.name in done.err.splitlines()[-1]
    (again,) = [record for path in asking.warcs() if path != first for record in of_captures(path)]
    assert (again.kind, again.block) == ("response", original.block)
    assert asking.run(asks).code == 0
    (third,) = [path for path in asking.warcs() if path != first][1:]
    assert [record.field("WARC-Refers-To") for record in of_captures(third)] == [again.field("WARC-Record-ID")]


def kinds(asking: Asking) -> list[str]:
    return [record.kind for record in captures(asking)]


def captures(asking: Asking) -> list[StoredRecord]:
    return [record for path in asking.warcs() for record in of_captures(path)]


def of_captures(path: Path) -> list[StoredRecord]:
    return [record for record in read_records(path) if record.kind in ("response", "revisit")]
