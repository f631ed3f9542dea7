"""The terms that a snapshot tells: robots.txt and tdmrep.json as they were answered."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import rfc8785

from newsarchive.errors import RecordError
from newsarchive.sealing.indexing import Line
from newsarchive.warc.frame import read_answer
from newsarchive.warc.payload import decoded
from newsarchive.warc.reader import StoredRecord, read_stream

_TERMS = ("/robots.txt", "/.well-known/tdmrep.json")
_LONGEST = 512 * 1024


def answered(warc: Path, lines: Iterable[Line]) -> Iterator[tuple[str, bytes]]:
    """Each robots.txt and tdmrep.json among these captures: its record's id, and what was answered as a JSON line."""
    chosen = [line for line in lines if line.url.partition("?")[0].endswith(_TERMS)]
    if not chosen:
        return
    with warc.open("rb") as stream:
        for line in sorted(chosen, key=lambda line: line.offset):
            stream.seek(line.offset)
            try:
                record = next(read_stream(stream, warc))
            except (RecordError, StopIteration):
                continue  # what the record level of a verification is for
            told = _term(record, line, warc.name)
            yield str(told["warc"]["record_id"]), rfc8785.dumps(told) + b"\n"


def named_in(row: dict[str, Any]) -> set[str]:
    """The records that a row names as the terms of its page; none in rows of older versions."""
    rights = row.get("rights")
    told = [rights.get(name) for name in ("robots_txt", "tdmrep")] if isinstance(rights, dict) else []
    return {str(one["record_id"]) for one in told if isinstance(one, dict) and one.get("record_id")}


def _term(record: StoredRecord, line: Line, filename: str) -> dict[str, Any]:
    answer = read_answer(record.octets, method="GET")
    return {
        "url": line.url,
        "captured_at": record.field("WARC-Date"),
        "status": answer.status if answer else None,
        "body": _text(record, b"".join(map(bytes, answer.entity_pieces())), answer.header("content-encoding"))
        if answer
        else None,
        "refers_to": record.field("WARC-Refers-To"),
        "warc": {
            "filename": filename,
            "offset": line.offset,
            "length": line.length,
            "record_id": record.field("WARC-Record-ID"),
        },
    }


def _text(record: StoredRecord, entity: bytes, coding: str | None) -> str | None:
    """What a person can read of it; None for a revisit, and for what cannot be unpacked."""
    if record.kind == "revisit":
        return None
    try:
        return decoded(entity, coding, limit=_LONGEST).decode("utf-8", errors="replace")
    except ValueError:
        return None
