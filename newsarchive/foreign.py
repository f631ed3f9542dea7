"""WARC files of other archives as a source: which pages they hold, and when those were captured."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from newsarchive import urls
from newsarchive.discovery.findings import MAX_URL_LENGTH
from newsarchive.errors import RecordError
from newsarchive.items import PAGES, Link
from newsarchive.warc.problem import Problem
from newsarchive.warc.reader import StoredRecord
from newsarchive.warc.scanning import scan
from newsarchive.warc.unpacking import Damage, uncoded

_HEAD = 1 << 16
_IS_ANSWER = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})\b")
_IS_PAGE = re.compile(rb"^content-type:[ \t]*(?:text/html|application/xhtml\+xml)\b", re.IGNORECASE | re.MULTILINE)


def files(pattern: str, project: Path) -> list[Path]:
    """The files of a path or pattern, sorted; a relative one begins in the project."""
    whole = Path(pattern).expanduser()
    base = Path(whole.anchor) if whole.is_absolute() else project
    return sorted(path for path in base.glob(str(whole.relative_to(whole.anchor))) if path.is_file())


def links(stream: BinaryIO, *, via: str, limit: int, spool: Path | None = None) -> Iterator[Link]:
    """The pages that a WARC file holds as HTML and got with the status of a page, in the order of their records.

    A content coding around the file is undone, up to `limit` bytes. Memory does not grow with the file. Raises
    `RecordError` where the file cannot be read further.
    """
    path = Path(via)
    try:
        for record in scan(uncoded(stream, limit=limit), path, spool=spool):
            if isinstance(record, Problem):
                raise RecordError(path, record.offset, record.what)
            if link := _link(record, via):
                yield link
    except Damage as damage:
        raise RecordError(path, damage.offset, damage.what) from damage


def _link(record: StoredRecord, via: str) -> Link | None:
    if record.kind != "response":
        return None
    # WARC 1.0 put the address in angle brackets in its grammar, and some wrote them.
    printed = (record.field("WARC-Target-URI") or "").strip("<>")
    url = urls.absolute(printed, printed) if len(printed) <= MAX_URL_LENGTH else None
    if url is None or not _is_page(record.octets[:_HEAD]):
        return None
    return Link(url, via, "warc", archived_raw=record.field("WARC-Date"))


def _is_page(start: bytes) -> bool:
    head = start.partition(b"\r\n\r\n")[0]
    answer = _IS_ANSWER.match(head)
    return answer is not None and int(answer[1]) in PAGES and _IS_PAGE.search(head) is not None
