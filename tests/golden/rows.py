"""Golden rows: what `extract` returns for each page of `pages.warc.gz`.

`python -m tests.golden.rows` prints the pages whose row differs from the recorded one. With `--record` it writes the rows of
this reading. That needs a new `READING` in `newsarchive/extract/identity.py`: rows of an earlier number are not overwritten.
"""

import gzip
import hashlib
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import rfc8785
from warcio.archiveiterator import ArchiveIterator

from newsarchive import outlets
from newsarchive.errors import NotAnArticle
from newsarchive.extract import extract
from newsarchive.extract.identity import READING
from tests.conftest import PROJECT

FOLDER = Path(__file__).parent
PAGES, ROWS, READINGS = FOLDER / "pages.warc.gz", FOLDER / "rows.jsonl.gz", FOLDER / "readings.json"


def read_pages() -> Iterator[tuple[str, bytes]]:
    """Yield the record ID of each golden page and its row as canonical JSON, without `provenance.extraction`."""
    with PAGES.open("rb") as stream:
        for record in ArchiveIterator(stream):
            yield record.rec_headers["WARC-Record-ID"], rfc8785.dumps(_row(record))


def recorded_rows() -> dict[str, bytes]:
    """Return the recorded rows by record ID."""
    with gzip.open(ROWS, "rb") as lines:
        return dict(_parse(line) for line in lines)


def recorded_readings() -> dict[int, str]:
    """Return the digest of all golden rows by the number of the reading that wrote them."""
    return {int(number): digest for number, digest in json.loads(READINGS.read_text()).items()}


def digest(rows: dict[str, bytes]) -> str:
    """Return the SHA-256 of rows in the order of their pages."""
    return "sha256:" + hashlib.sha256(b"\n".join(rows.values())).hexdigest()


def changed(rows: dict[str, bytes]) -> Iterator[str]:
    """Yield one line per page whose row differs from the recorded one, with the fields that differ."""
    before = recorded_rows()
    for record_id, row in rows.items():
        if before.get(record_id) != row:
            old, new = json.loads(before.get(record_id, b"{}")), json.loads(row)
            fields = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
            yield f"{new.get('url')} {record_id}: {', '.join(fields)}"


def _row(record: Any) -> dict[str, Any]:
    headers = record.rec_headers
    name, url = headers["WARC-Outlet"], headers["WARC-Target-URI"]
    captured_at = datetime.fromisoformat(headers["WARC-Date"])
    try:
        article = extract(
            record.content_stream().read(),
            content_type=record.http_headers.get_header("Content-Type"),
            url=url,
            captured_at=captured_at,
            outlet=outlets.load(PROJECT / "config", name) if name else None,
        )
    except NotAnArticle as error:
        return {"url": url, "rejected": error.what}
    row = article.to_record()
    del row["provenance"]["extraction"]
    return row


def _parse(line: bytes) -> tuple[str, bytes]:
    record_id, _, row = line.rstrip(b"\n").partition(b" ")
    return record_id.decode(), row


def _record(rows: dict[str, bytes]) -> int:
    readings = recorded_readings()
    if readings.get(READING, digest(rows)) != digest(rows):
        sys.stderr.write(f"rows of reading {READING} are recorded already: raise READING\n")
        return 2
    content = b"".join(b"%b %b\n" % (record_id.encode(), row) for record_id, row in rows.items())
    ROWS.write_bytes(gzip.compress(content, mtime=0))
    READINGS.write_text(json.dumps(readings | {READING: digest(rows)}, indent=2) + "\n")
    return 0


def main(arguments: list[str]) -> int:
    rows = dict(read_pages())
    if arguments == ["--record"]:
        return _record(rows)
    lines = list(changed(rows))
    print(*lines, f"{len(lines)} of {len(rows)} rows differ", sep="\n")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
