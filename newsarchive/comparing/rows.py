"""Rows as they lie in files: `x.jsonl.gz`, `x.jsonl`, and `x.jsonl.open` while it is written."""

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsarchive.errors import LineError
from newsarchive.items import is_erased
from newsarchive.store.lines import read_lines

SUFFIXES = (".jsonl.gz", ".jsonl.open", ".jsonl")
REJECTED = ".rejected"
_OPEN = ".open"
_FORM = "news-article/"


@dataclass(frozen=True, slots=True)
class Row:
    """One article of one file."""

    line: bytes
    """As it stands in the file, without its line end."""
    record: dict[str, Any]
    url: str
    captured_at: str
    outlet: str
    """Empty for a page of an unknown host."""
    record_id: str | None
    """Of the WARC record; null where only a payload was read."""
    offset: int | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a capture gave no article."""

    url: str
    captured_at: str
    record_id: str | None
    reason: str


def read_rows(path: Path) -> Iterator[Row]:
    """The articles of a file, in its order; raises `LineError` at the first line that is none.

    Lines of what was erased are left out: `read_erased`.
    """
    for number, line, record in _objects(path):
        if is_erased(record):
            continue
        try:
            yield row_of(line, record)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise LineError(path, number, f"is no row of the form {_FORM}1") from error


def row_of(line: bytes, record: dict[str, Any]) -> Row:
    """The row of a parsed line; raises `KeyError`, `TypeError`, `ValueError` or `AttributeError` when it is none."""
    if not record["schema"].startswith(_FORM):
        raise ValueError(record["schema"])
    provenance = record.get("provenance") or {}
    warc = provenance.get("warc") or {}
    offset = warc.get("offset")
    return Row(
        line,
        record,
        _text(record["url"]),
        _text(provenance.get("captured_at") or ""),
        _text(record.get("outlet") or ""),
        _text(warc["record_id"]) if warc.get("record_id") else None,
        None if offset is None else int(offset),
    )


def read_refusals(path: Path) -> Iterator[Refusal]:
    """The lines of a file of rejections; raises `LineError`."""
    for number, _, record in _objects(path):
        try:
            warc = record.get("warc") or {}
            yield Refusal(
                _text(record["url"]),
                _text(record.get("captured_at") or ""),
                _text(warc["record_id"]) if warc.get("record_id") else None,
                _text(record["reason"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise LineError(path, number, "is no rejection") from error


def read_erased(path: Path) -> Iterator[Refusal]:
    """Why a file has no longer the articles that were erased; raises `LineError`."""
    for number, _, record in _objects(path):
        if not is_erased(record):
            continue
        try:
            told = record["tombstone"]
            act, place = f"erased_{_text(told['act'])}", _text(told["erased_record_id"])
            yield Refusal(_text(record.get("url") or ""), _text(record["provenance"]["captured_at"]), place, act)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise LineError(path, number, "is no line of what was erased") from error


def _text(value: object) -> str:
    """A string of whole characters; JSON may hold halves of them."""
    if not isinstance(value, str):
        raise TypeError(value)
    value.encode()
    return value


def _objects(path: Path) -> Iterator[tuple[int, bytes, dict[str, Any]]]:
    """Number from 1, line and object; a last line that is still being written is left out."""
    for number, line in _lines(path):
        if not line.endswith(b"\n") and path.name.endswith(_OPEN):
            return
        stripped = line.rstrip(b"\r\n")
        if not stripped:
            continue
        try:
            record = json.loads(stripped)
        except (ValueError, RecursionError) as error:
            raise LineError(path, number, "is no JSON") from error
        if not isinstance(record, dict):
            raise LineError(path, number, "is no JSON object")
        yield number, stripped, record


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    number = 0
    try:
        for number, line in enumerate(read_lines(path), start=1):
            yield number, line
    except (OSError, EOFError, zlib.error) as error:
        what = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise LineError(path, number + 1, f"cannot be read ({what})") from error
