"""The open files of rows, however little a crawl that died or a full disk left in them."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from newsarchive.archiving.rows import Rows
from newsarchive.items import Rejection
from newsarchive.store.lines import read_lines

WARC = "NA-c-20261122T040000Z-00000-h.warc.gz"
OPEN = "NA-c-20261122T040000Z-00000-h.rejected.jsonl.open"


def rejection(offset: int) -> Rejection:
    url = f"https://a.example/{offset}"
    return Rejection(url, "no_body", "2026-11-22T04:00:00Z", WARC, offset, f"<urn:uuid:{offset}>")


@pytest.mark.parametrize("left", ["", '{"reason": "no_bo', '{"warc": {}}\n'])
def test_an_open_file_without_a_whole_row_goes(tmp_path: Path, left: str):
    (tmp_path / OPEN).write_text(left)
    finished = Rows(tmp_path / WARC).finish()
    assert [path.name for path in finished] == [WARC.replace(".warc.", ".jsonl.")]
    assert sorted(tmp_path.iterdir()) == finished


def test_a_row_that_could_not_be_written_leaves_no_file(tmp_path: Path):
    rows = Rows(tmp_path / WARC)
    with no_room(), pytest.raises(OSError, match="too large"):
        rows.reject(rejection(7))
    assert (tmp_path / OPEN).exists()
    rows.finish()
    assert not (tmp_path / OPEN).exists()


def test_a_row_that_comes_after_none_was_left_is_kept(tmp_path: Path):
    rows = Rows(tmp_path / WARC)
    (tmp_path / OPEN).touch()
    rows.finish()
    rows.reject(rejection(7))
    *_, rejected = rows.finish()
    assert len(list(read_lines(rejected))) == 1


@contextmanager
def no_room() -> Iterator[None]:
    """No file can grow."""
    earlier = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, earlier[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, earlier)
