"""What a dead crawl left open is finished; what somebody is writing is left alone."""

import subprocess
import sys
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsarchive.archiving.files import WarcFiles
from newsarchive.archiving.identity import new_record_id
from newsarchive.archiving.recovery import recover
from newsarchive.warc import cdxj, records
from newsarchive.warc.exchange import Attempt, Exchange, Purpose
from newsarchive.warc.packing import PACKINGS
from newsarchive.warc.reader import read_records
from newsarchive.warc.verifying import verify
from tests.conftest import environment
from tests.linking import moved

START = datetime(2026, 11, 22, 4, 0, 0, 1, tzinfo=UTC)
BUNDLE = 3


def left_open(
    folder: Path, count: int = 2, packing: str = "gzip", failing: Collection[int] = ()
) -> tuple[Path, bytes, list[int]]:
    """(path, bytes, ends of records) of a file with `count` articles that nobody closed, some of them no more than errors."""
    files = WarcFiles(
        folder,
        collection="c",
        started_at=START,
        max_bytes=10**9,
        max_seconds=10**9,
        about={"software": "x"},
        packing=PACKINGS[packing],
    )
    current = files.writable()
    for number in range(count):
        status = b"503 No" if number in failing else b"200 OK"
        said = b"HTTP/1.1 " + status + b"\r\nContent-Length: 600\r\n\r\n" + bytes([65 + number]) * 600
        attempt = Attempt(b"GET / HTTP/1.1\r\n\r\n", said, START, None, None, None, 1)
        exchange = Exchange(f"https://a.example/{number}", "GET", START, 1, (attempt,), Purpose("article"))
        bundle = records.bundle(exchange, earlier=None, warcinfo_id=current.warcinfo_id, new_id=new_record_id)
        current.write(bundle.records, method="GET")
    (path,) = files.day.glob("*.warc*")
    whole = path.read_bytes()
    ends = [record.offset + record.length for record in read_records(path)]
    current.warc.close()
    for one in files.day.iterdir():
        one.unlink()
    path.write_bytes(whole)
    return path, whole, ends


def repaired(folder: Path) -> list[Path]:
    recover(folder)
    assert not [path for path in folder.rglob("*") if path.name.endswith((".open", ".part"))]
    warcs = list(folder.rglob("*.warc*"))
    assert verify(warcs).is_clean
    return warcs


@pytest.mark.parametrize("packing", list(PACKINGS))
@pytest.mark.parametrize(
    ("kept", "torn"),
    [(7, 0), (7, -1), (6, 5), (5, 0), (4, 9), (4, 0), (3, 1), (1, 0), (2, 0)],
    ids=str,
)
def test_a_torn_file_is_cut_at_its_last_whole_bundle(tmp_path: Path, packing: str, kept: int, torn: int):
    """A warcinfo record and two bundles of three: what is left of them when the file ends `torn` bytes behind record `kept`."""
    path, whole, ends = left_open(tmp_path, packing=packing)
    path.write_bytes(whole[: ends[kept - 1] + torn])
    (warc,) = repaired(tmp_path)
    whole_records = kept - 1 if torn < 0 else kept
    bundles = (whole_records - 1) // BUNDLE
    assert warc.read_bytes() == whole[: ends[bundles * BUNDLE]]
    assert len(cdxj.index_path(warc).read_text().splitlines()) == bundles


def test_a_file_behind_a_link_to_its_folder_is_finished(tmp_path: Path):
    path, whole, ends = left_open(tmp_path / "c")
    path.write_bytes(whole[: ends[5]])
    year = moved(tmp_path / "c", tmp_path / "disk")
    repaired(tmp_path / "c")
    assert [warc.read_bytes() for warc in year.rglob("*.warc.gz")] == [whole[: ends[3]]]
    assert not list(year.rglob("*.open"))


@pytest.mark.parametrize("tail", [b"\0" * 4096, b"garbage", b"\x1f\x8b\x08"])
def test_garbage_behind_the_last_bundle_is_cut(tmp_path: Path, tail: bytes):
    path, whole, _ = left_open(tmp_path)
    path.write_bytes(whole + tail)
    (warc,) = repaired(tmp_path)
    assert warc.read_bytes() == whole


@pytest.mark.parametrize("start", [b"", b"\x1f", b"nothing at all"])
def test_a_file_without_a_whole_record_is_removed(tmp_path: Path, start: bytes):
    path, _, _ = left_open(tmp_path)
    path.write_bytes(start)
    assert repaired(tmp_path) == []


def test_the_index_of_a_closed_file_is_finished(tmp_path: Path):
    path, _, _ = left_open(tmp_path)
    warc = path.rename(path.with_name(path.name.removesuffix(".open")))
    cdxj.index_path(warc).with_name(cdxj.index_path(warc).name + ".open").write_text("torn li")
    cdxj.index_path(warc).with_name(cdxj.index_path(warc).name + ".part").write_text("torn li")
    assert repaired(tmp_path) == [warc]
    assert len(cdxj.index_path(warc).read_text().splitlines()) == 2


WRITER = """
import sys, time
from pathlib import Path
from tests.archiving.test_repair import START, WarcFiles
files = WarcFiles(Path(sys.argv[1]), collection="c", started_at=START, max_bytes=9**9, max_seconds=9**9, about={})
files.writable()
print("writing", flush=True)
time.sleep(60)
"""


def test_a_closed_file_that_is_damaged_stops_no_repair(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    path, whole, ends = left_open(tmp_path)
    closed = path.with_name(path.name.removesuffix(".open"))
    path.unlink()
    closed.write_bytes(whole[: ends[1] + 5] + bytes(20) + whole[ends[1] + 25 :])
    index = cdxj.index_path(closed)
    index.with_name(f"{index.name}.open").touch()
    recover(tmp_path)
    assert f"{closed}: offset {ends[1]}: " in caplog.text
    assert not index.exists()


def test_a_file_whose_process_lives_is_left_alone_until_it_is_dead(tmp_path: Path):
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    writing = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment())
    try:
        assert writing.stdout.readline() == "writing\n"
        before = {path: path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()}
        assert any(path.name.endswith(".warc.gz.open") for path in before)
        recover(tmp_path)
        assert {path: path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()} == before
    finally:
        writing.kill()
        writing.communicate()
    (warc,) = repaired(tmp_path)
    assert [record.kind for record in read_records(warc)] == ["warcinfo"]


def test_two_repairs_at_once_do_each_file_once(tmp_path: Path):
    _, whole, _ = left_open(tmp_path, count=40)
    repair = "import sys; from pathlib import Path; from newsarchive.archiving.recovery import recover; recover(Path(sys.argv[1]))"
    both = [subprocess.Popen([sys.executable, "-c", repair, str(tmp_path)], env=environment()) for _ in range(2)]
    assert [one.wait() for one in both] == [0, 0]
    (warc,) = repaired(tmp_path)
    assert warc.read_bytes() == whole
