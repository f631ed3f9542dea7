"""The index that is written while crawling is the one that can be made from the file, sorted by its bytes."""

import json
from datetime import UTC, datetime
from pathlib import Path

from newsarchive.archiving.files import WarcFiles
from newsarchive.archiving.identity import new_record_id
from newsarchive.warc import cdxj, records
from newsarchive.warc.exchange import Attempt, Exchange, Purpose
from newsarchive.warc.reader import read_records
from newsarchive.warc.records import Earlier

START = datetime(2026, 11, 22, 4, 0, 0, 1, tzinfo=UTC)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 3\r\n\r\nabc"


def written(folder: Path) -> Path:
    files = WarcFiles(folder, collection="c", started_at=START, max_bytes=10**9, max_seconds=10**9, about={})
    for number, (method, url, answer, earlier) in enumerate((
        ("GET", "https://www.news.example/b", ANSWER, None),
        ("GET", "https://news.example/a?y=1&x=2", ANSWER, Earlier("<urn:uuid:1>", "u", "2026", "sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5")),
        ("POST", "https://news.example/form", ANSWER, None),
        ("HEAD", "https://news.example/b", ANSWER[:-3], None),
        ("GET", "https://news.example/gone", b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", None),
        ("GET", "https://news.example/torn", ANSWER[:-1], None),
    )):  # fmt: skip
        attempt = Attempt(f"{method} /x HTTP/1.1\r\n\r\n".encode(), answer, START, None, None, None, 1)
        exchange = Exchange(url, method, START.replace(second=number), 1, (attempt,), Purpose("other"))
        current = files.writable()
        bundle = records.bundle(exchange, earlier=earlier, warcinfo_id=current.warcinfo_id, new_id=new_record_id)
        current.write(bundle.records, method=method)
    warc, index = files.close()
    assert index == cdxj.index_path(warc)
    return warc


def rows(warc: Path) -> list[tuple[str, str, dict]]:
    lines = cdxj.index_path(warc).read_text(encoding="utf-8").splitlines()
    return [(key, date, json.loads(told)) for key, date, told in (line.split(" ", 2) for line in lines)]


def test_every_capture_has_its_line_in_order(tmp_path: Path):
    warc = written(tmp_path)
    assert [key for key, _, _ in rows(warc)] == [
        "example,news)/a?x=2&y=1", "example,news)/b", "example,news)/b?__wb_method=head",
        "example,news)/form?__wb_method=post", "example,news)/gone", "example,news)/torn",
    ]  # fmt: skip
    revisit, page, head, post, gone, torn = [told for _, _, told in rows(warc)]
    assert page["mime"] == "text/html"
    assert page["status"] == "200"
    assert page["url"] == "https://www.news.example/b"
    assert revisit["mime"] == "warc/revisit"
    assert (head["method"], post["method"]) == ("HEAD", "POST")
    assert gone["status"] == "404"
    assert "digest" not in torn
    assert [date for _, date, _ in rows(warc)][1] == "20261122040000"


def test_every_line_leads_to_its_record(tmp_path: Path):
    warc = written(tmp_path)
    places = {(record.offset, record.length): record.field("WARC-Target-URI") for record in read_records(warc)}
    for _, _, told in rows(warc):
        assert places[int(told["offset"]), int(told["length"])] == told["url"]
        assert told["filename"] == warc.name


def test_the_index_can_be_made_again_from_the_file(tmp_path: Path):
    warc = written(tmp_path)
    while_writing = cdxj.index_path(warc).read_bytes()
    cdxj.write_index(cdxj.index_path(warc), cdxj.lines_of(warc))
    assert cdxj.index_path(warc).read_bytes() == while_writing
