"""Rows come in the order of their captures, and are those of one reading after the other."""

import gzip
from dataclasses import dataclass
from pathlib import Path

import pytest

from newsarchive import deriving
from newsarchive.deriving import Problem
from newsarchive.items import Article, Rejection
from newsarchive.reextraction.inputs import Input, inputs_of
from newsarchive.reextraction.rules import Rules
from newsarchive.reextraction.running import Choice, Run
from newsarchive.store import lines
from newsarchive.warc.scanning import scan
from tests.conftest import PROJECT
from tests.deriving.test_foreign import HTML, OK, warc

_PAGES = 60


def _record(number: int) -> bytes:
    """Articles of different lengths, one that is longer than a batch, pages that are none, and answers that are no pages."""
    body = HTML.replace(b"</p>", f" {number}</p>".encode() + b"<p>more of it</p>" * (number * 7 % 60), 1)
    if number == _PAGES // 2:
        body += b"<!--" + b"." * (3 << 20) + b"-->"
    if number % 10 == 0:
        body = b"<html><body>nothing</body></html>"
    head = "no HTTP answer" if number % 20 == 1 else OK
    named = {"WARC_Target_URI": f"http://times.example/{number}", "WARC_Record_ID": f"<urn:x:{number}>"}
    if number % 7 == 3:
        named["WARC_Truncated"] = "length"
    return warc(head, body, **named)


@dataclass(frozen=True)
class Files:
    """WARC files, and what they give."""

    inputs: list[Input]
    rows: dict[str, bytes]
    problems: list[Problem]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("in")
    records = [_record(number) for number in range(_PAGES)]
    # A file that ends between two batches, one without a page, and one that goes over many.
    for name, some in (
        ("a", records[:21]),
        ("b", [warc("HTTP/1.1 404 Not Found\r\n\r\n", b"", WARC_Record_ID="<urn:x:none>")]),
        ("c", records[21:]),
    ):
        (folder / f"{name}.warc.gz").write_bytes(b"".join(some))
    told = Files(inputs_of([folder])[0], {}, [])
    for one in told.inputs:
        with one.path.open("rb") as stream:
            records = scan(stream, one.path)
            found = list(deriving.derive(records, filename=one.name, file=one.path, outlet_of=lambda *_: None))
        told.problems.extend(row for row in found if isinstance(row, Problem))
        for kind, ending in ((Article, ".jsonl.gz"), (Rejection, ".rejected.jsonl.gz")):
            rows = b"".join(lines.line_of(row.to_record()) for row in found if isinstance(row, kind))
            if rows or kind is Article:
                told.rows[f"{one.place}{ending}"] = rows
    return told


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_rows_are_those_of_one_process_in_their_order(files: Files, tmp_path: Path, workers: int):
    read: list[int] = []
    rules = Rules(PROJECT / "config", as_recorded=False)
    run = Run(
        files.inputs,
        tmp_path,
        rules=rules,
        choice=Choice(),
        seconds=60,
        workers=workers,
        memory_mb=1000,
        advanced=read.append,
    )
    run.go()
    assert {path.name: gzip.decompress(path.read_bytes()) for path in tmp_path.glob("*.gz")} == files.rows
    assert run.summary.problems == files.problems
    assert (run.summary.pages, len(files.problems)) == (_PAGES - _PAGES // 20, _PAGES // 20)
    assert sum(read) == sum(one.path.stat().st_size for one in files.inputs)
