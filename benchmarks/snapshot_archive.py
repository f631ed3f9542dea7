"""An archive of invented pages: WARC files as a crawl writes them, with their indexes, and the least rows.

python -m benchmarks.snapshot_archive FOLDER PAGES BYTES
"""

import base64
import gzip
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import rfc8785

from newsarchive.archiving.files import WarcFiles
from newsarchive.archiving.identity import new_record_id
from newsarchive.warc import records
from newsarchive.warc.exchange import Attempt, Exchange, Purpose

_FILES = 3
_NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
_STORY = "The ferry came back with forty people, eleven bicycles and one goat. " * 40


def build(archive: Path, pages: int, octets: int) -> None:
    """Three crawls of one outlet: WARC files of so many bytes together, with their indexes and rows."""
    random = Random(1)  # noqa: S311 - nothing is kept secret
    for crawl in range(_FILES):
        files = WarcFiles(
            archive / "times",
            collection="times",
            started_at=_NOON + timedelta(seconds=crawl),
            max_bytes=1 << 40,
            max_seconds=1 << 40,
            about={"software": "newsarchive"},
        )
        current = files.writable()
        for number in range(crawl, pages, _FILES):
            exchange = _exchange(_address(number), random.randbytes(octets // pages - 2_200))
            made = records.bundle(exchange, earlier=None, warcinfo_id=current.warcinfo_id, new_id=new_record_id)
            current.write(made.records, method="GET")
        warc, index = files.close()
        rows = b"".join(_rows(warc.name, index.read_text().splitlines()))
        index.with_suffix(".jsonl.gz").write_bytes(gzip.compress(rows, mtime=0))


def _address(number: int) -> str:
    return f"https://www.times.example/2026/11/22/ferry-returns-with-forty-people-and-one-goat-{number:06d}"


def _exchange(url: str, noise: bytes) -> Exchange:
    page = f"<html><h1>Ferry returns</h1><p>{_STORY}</p><!-- {base64.b64encode(noise).decode()} --></html>".encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(page)}\r\n\r\n".encode()
    request = f"GET {url} HTTP/1.1\r\nHost: www.times.example\r\n\r\n".encode()
    attempt = Attempt(request, head + page, _NOON, "192.0.2.1", None, None, first_byte_ms=1)
    return Exchange(url, "GET", _NOON, 2, (attempt,), Purpose("article"))


def _rows(filename: str, lines: list[str]) -> Iterator[bytes]:
    """The least that a row of each capture must have."""
    captures = [_facts(line) for line in lines]
    for facts in sorted(captures, key=lambda facts: int(facts["offset"])):
        place = {"filename": filename, "offset": int(facts["offset"]), "length": int(facts["length"])}
        place |= {"payload_digest": facts["digest"]}
        row = {"id": facts["url"], "url": facts["url"], "headline": "Ferry returns", "text": _STORY}
        yield rfc8785.dumps(row | {"provenance": {"captured_at": "2026-11-22T04:00:00.000000Z", "warc": place}}) + b"\n"


def _facts(line: str) -> dict[str, str]:
    """What a line says behind its key and time."""
    facts: dict[str, str] = json.loads(line.split(" ", 2)[2])
    return facts


if __name__ == "__main__":
    build(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
