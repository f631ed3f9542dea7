"""`pages/pages.jsonl`: the articles of a snapshot with headline and text, as viewers list and search them."""

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import rfc8785

from newsarchive.errors import SnapshotError
from newsarchive.items import is_erased
from newsarchive.store.lines import LONGEST

_HEADER = rfc8785.dumps({"format": "json-pages-1.0", "id": "pages", "title": "Articles", "hasText": True}) + b"\n"


def header() -> bytes:
    """The first line of the file."""
    return _HEADER


def rows_of(stream: BinaryIO, name: str) -> Iterator[dict[str, Any]]:
    """The rows of a `.jsonl.gz`; raises `SnapshotError` where it cannot be read."""
    try:
        with gzip.open(stream, "rb") as lines:
            while line := lines.readline(LONGEST + 1):
                if len(line) > LONGEST:
                    raise SnapshotError(name, "has a line that is too long for a row")
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise SnapshotError(name, "has a line that is no row")
                yield row
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise SnapshotError(name, f"is no file of rows ({str(error)[:80]})") from error


def pages_of(rows: Path) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Each article of a file with its line, in the order of the file; none for what was erased."""
    with rows.open("rb") as stream:
        yield from ((row, page(row, rows.name)) for row in rows_of(stream, rows.name) if not is_erased(row))


def page(row: dict[str, Any], name: str) -> bytes:
    """The line of one article, made of its row and nothing else; raises `SnapshotError` for what is no article."""
    try:
        told = {
            "id": row["id"],
            "url": row["url"],
            "ts": row["provenance"]["captured_at"],
            "title": row["headline"] or row["url"],
            "text": row["text"],
        }
        return rfc8785.dumps(told) + b"\n"
    except (KeyError, TypeError, rfc8785.CanonicalizationError) as error:
        raise SnapshotError(name, "has a row that is no article") from error
