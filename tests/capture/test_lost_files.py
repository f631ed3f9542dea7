"""WARC files of a crawl without an outlet that are lost or changed: no revisit refers to them, and the log names them."""

from collections.abc import Iterator
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


def kinds(asking: Asking) -> list[str]:
    return [record.kind for record in captures(asking)]


def captures(asking: Asking) -> list[StoredRecord]:
    readable = [path for path in asking.warcs() if path.is_file() and path.read_bytes()[:2] == b"\x1f\x8b"]
    records = [record for path in readable for record in read_records(path)]
    return [record for record in records if record.kind in ("response", "revisit")]
