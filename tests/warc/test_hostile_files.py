"""Small WARC and JSONL files made to cost a reader much memory or time: memory is limited, growth is counted."""

import gzip
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsarchive.errors import RecordError
from newsarchive.store.lines import LONGEST, read_lines
from newsarchive.verifying import lines as suspicious
from newsarchive.warc import octets, unpacking
from newsarchive.warc.octets import Spool
from newsarchive.warc.problem import Problem
from newsarchive.warc.reader import StoredRecord, read_stream
from newsarchive.warc.scanning import scan
from tests.conftest import PROJECT, environment
from tests.warc import bombs

ID = "<urn:uuid:00000000-0000-4000-8000-%012d>"
PAGE = b"<!doctype html><title>Harbour</title><p>The council voted."
HUGE = 30_000_000


def record(kind: str, block: bytes, *more: str, number: int = 1) -> bytes:
    content_type = "application/http" if kind == "response" else "application/warc-fields"
    head = "\r\n".join(
        (
            "WARC/1.1",
            f"WARC-Type: {kind}",
            f"WARC-Record-ID: {ID % number}",
            "WARC-Date: 2026-11-22T04:00:00Z",
            "WARC-Target-URI: http://harbour.test/a",
            f"Content-Type: {content_type}",
            *more,
            f"Content-Length: {len(block)}",
        )
    )
    return head.encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def answer(*fields: bytes, body: bytes = PAGE) -> bytes:
    return b"\r\n".join((b"HTTP/1.1 200 OK", b"Content-Type: text/html", *fields)) + b"\r\n\r\n" + body


def many(line: bytes) -> bytes:
    return line * (HUGE // len(line))


FILES: dict[str, Callable[[], bytes]] = {
    "a brotli payload": lambda: record("response", answer(b"Content-Encoding: br", body=bombs.bomb("br"))),
    "three codings": lambda: record(
        "response", answer(b"Content-Encoding: gzip, br, zstd", body=bombs.bomb("gzip, br, zstd"))
    ),
    "HTTP header lines": lambda: record("response", answer(many(b"a: b\r\n"))),
    "folded HTTP header lines": lambda: record("response", answer(b"a: b\r\n" + many(b" c\r\n"))),
    "interim answers": lambda: record("response", many(b"HTTP/1.1 100 Continue\r\n\r\n") + answer()),
    "a head without an end": lambda: record("response", b"HTTP/1.1 200 OK\r\n" + many(b"a")),
    "a body": lambda: record("response", answer(body=PAGE + bytes(HUGE))),
    "WARC header lines": lambda: record("response", answer(), many(b"a: b\r\n").decode()),
    "a WARC header line": lambda: record("response", answer(), "a: " + "b" * HUGE),
    "folded WARC header lines": lambda: record("response", answer(), "a: b\r\n" + many(b" c\r\n").decode()),
    "fields of a warcinfo record": lambda: record("warcinfo", b"software: newsarchive/1\r\n" + many(b"a: b\r\n")),
    "fields of a metadata record": lambda: record("metadata", b"role: article\r\n" + many(b"a: b\r\n")),
}


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with all of them; each is followed by a sound page."""
    folder = tmp_path_factory.mktemp("hostile")
    sound = gzip.compress(record("response", answer(), number=2), mtime=0)
    for name, content in FILES.items():
        (folder / f"{name.replace(' ', '-')}.warc.gz").write_bytes(gzip.compress(content(), 1, mtime=0) + sound)
    return folder


def test_hostile_files_are_small(packed: Path):
    assert {path.stat().st_size < 400_000 for path in packed.iterdir()} == {True}
    assert len([*packed.iterdir()]) == len(FILES)


@pytest.mark.parametrize("command", [("verify", "--deep"), ("reextract", "--workers", "2")])
def test_a_command_reads_hostile_files_in_little_memory(command: tuple[str, ...], packed: Path, tmp_path: Path):
    out = ["--out", str(tmp_path / "out")] if command[0] == "reextract" else []
    name, *options = command
    settings = ["-s", f"ARCHIVE_DIR={tmp_path / 'archive'}"]
    done = bombs.run(
        "-m", "scrapy.cmdline", name, str(packed), *options, *out, *settings,
        megabytes=400, cwd=PROJECT, env=environment(),
    )  # fmt: skip
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 1, said
    assert "Traceback" not in said
    assert "MemoryError" not in said
    assert not re.search(r"reader_died|no process survives|cannot be derived", said), said
    if out:
        rows = [json.loads(line) for path in (tmp_path / "out").rglob("*.jsonl.gz") for line in gzip.open(path)]
        reasons = [row["reason"] for row in rows if "reason" in row]
        assert reasons.count("too_large") == 3, reasons


def records_of(content: bytes) -> Iterator[StoredRecord | Problem]:
    return scan(io.BytesIO(content), Path("x.warc"))


def test_a_record_with_too_many_header_lines_is_reported_and_the_next_one_is_read():
    lines = "\r\n".join(["a: b"] * 1001)
    content = record("response", answer(), lines) + record("response", answer(), number=2)
    problem, *rest = records_of(content)
    assert isinstance(problem, Problem)
    assert problem.what == "the record has more than 1000 header lines"
    assert [one.field("WARC-Record-ID") for one in rest if isinstance(one, StoredRecord)] == [ID % 2]
    with pytest.raises(RecordError, match="the record has more than 1000 header lines"):
        [*read_stream(io.BytesIO(content), Path("x.warc"))]


def test_a_search_in_a_long_answer_copies_no_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """An answer of one-byte chunks makes a reader search every few bytes."""
    spool = Spool(tmp_path, limit=0)
    spool.append(b"1\r\na\r\n" * 50_000)
    filed, held = spool.octets(), []

    class Window(bytes):
        def __getitem__(self, span: slice) -> bytes:
            part = bytes(self)[span]
            held.append(len(part))
            return part

    read = octets.FiledOctets._read
    monkeypatch.setattr(octets.FiledOctets, "_read", lambda self, *where: Window(read(self, *where)))
    position, found = 0, 0
    while (position := filed.find(b"\n", position) + 1) > 0:
        found += 1
    assert found == 100_000
    assert sum(held) <= 2 * len(filed)


@pytest.mark.parametrize("before", [b"", gzip.compress(b"broken")[:12]], ids=["begun", "broken"])
def test_a_file_of_nothing_but_magic_numbers_is_read_in_proportion_to_its_size(
    before: bytes, monkeypatch: pytest.MonkeyPatch
):
    """A reader that looks for the next member holds no more than a chunk, however often it looks ahead."""
    held: list[int] = []
    ahead = unpacking._Raw.ahead

    def watched(self: unpacking._Raw, count: int) -> bytes:
        before_it = self.held
        part = ahead(self, count)
        if self.held is not before_it:
            held.append(len(self.held))
        return part

    monkeypatch.setattr(unpacking._Raw, "ahead", watched)

    def copied(count: int) -> int:
        held.clear()
        assert [type(one) for one in records_of(before + b"\x1f\x8b\x08" * count)] == [Problem]
        return sum(held)

    small, large = copied(50_000), copied(200_000)
    assert small > 0
    assert large < 5 * small


def test_a_header_in_members_of_one_byte_is_searched_once(monkeypatch: pytest.MonkeyPatch):
    searched: list[int] = []

    class Counting:
        def search(self, start: bytearray, position: int = 0) -> re.Match[bytes] | None:
            searched.append(len(start) - position)
            return pattern.search(start, position)

    from newsarchive.warc import scanning  # noqa: PLC0415 - only here is a private name replaced

    pattern = scanning._HEAD_END
    monkeypatch.setattr(scanning, "_HEAD_END", Counting())

    def total(padding: int) -> int:
        searched.clear()
        content = record("response", answer(), "a: " + "b" * padding)
        members = b"".join(gzip.compress(content[place : place + 1]) for place in range(len(content)))
        (found,) = records_of(members)
        assert isinstance(found, StoredRecord)
        assert found.field("a") == "b" * padding
        return sum(searched)

    assert total(4000) < 6 * total(1000)


def test_a_line_that_is_longer_than_any_row_is_not_held(tmp_path: Path):
    path = tmp_path / "x.jsonl.gz"
    with gzip.open(path, "wb") as file:
        file.write(b"{}\n")
        for _ in range(40):
            file.write(b"1" * 1_000_000)
    found = []
    with pytest.raises(OSError, match="a line is longer than 32 MiB"):
        found.extend(read_lines(path))
    assert found == [b"{}\n"]
    with pytest.raises(RecordError, match="line 2 is longer than any page"):
        [*suspicious.read(path)]
    assert LONGEST == 32 << 20
