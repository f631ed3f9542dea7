"""The terms that a snapshot tells: robots.txt and tdmrep.json as they were answered."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rfc8785

from newsarchive.errors import RecordError
from newsarchive.sealing.indexing import Line, read_line
from newsarchive.sealing.pairs import UNFINISHED, Pair, all_pairs, folder_of
from newsarchive.warc.frame import read_answer
from newsarchive.warc.payload import decoded
from newsarchive.warc.reader import StoredRecord, read_stream

_TERMS = ("/robots.txt", "/.well-known/tdmrep.json")
_LONGEST = 512 * 1024
# Those of a fortnight, where an outlet is crawled each hour.
_MOST_FILES = 400


@dataclass(frozen=True, slots=True)
class Answer:
    """One of them; `line` is what a snapshot tells."""

    record_id: str
    refers_to: str | None
    """The record that has the text, where it was the same as before."""
    line: bytes


def answers(warc: Path, lines: Iterable[Line]) -> Iterator[Answer]:
    """Those among these captures of a file, in order."""
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
            yield Answer(str(told["warc"]["record_id"]), told["refers_to"], rfc8785.dumps(told) + b"\n")


def answers_before(pairs: list[Pair], wanted: set[str]) -> Iterator[Answer]:
    """Those with these record ids that lie in earlier files of the same outlet, which are not among its `pairs`.

    The newest files come first, and no more than `_MOST_FILES` of them: each is asked for once a week at least.
    """
    own, last, left = {pair.warc for pair in pairs}, max(pair.run for pair in pairs), set(wanted)
    earlier = [one for one in all_pairs(folder_of(pairs[0])) if one.outlet == pairs[0].outlet and one.run <= last]
    earlier = [one for one in earlier if not one.warc.name.endswith(UNFINISHED) and one.warc not in own]
    for pair in sorted(earlier, key=lambda one: (one.run, one.warc.name), reverse=True)[:_MOST_FILES]:
        if not left:
            return
        for answer in answers(pair.warc, _told_beside(pair)):
            if answer.record_id in left:
                left |= {answer.refers_to} if answer.refers_to else set()
                left.discard(answer.record_id)
                yield answer


def named_in(row: dict[str, Any]) -> set[str]:
    """The records that a row names as the terms of its page; none in rows of older versions."""
    rights = row.get("rights")
    told = [rights.get(name) for name in ("robots_txt", "tdmrep")] if isinstance(rights, dict) else []
    return {str(one["record_id"]) for one in told if isinstance(one, dict) and one.get("record_id")}


def _told_beside(pair: Pair) -> Iterator[Line]:
    """The lines of an index that may be of them; most lines are not, and are not read."""
    if pair.index.exists():
        with pair.index.open(encoding="utf-8", newline="\n") as lines:
            yield from (
                read_line(text.rstrip("\n"), pair.index) for text in lines if any(one in text for one in _TERMS)
            )


def _term(record: StoredRecord, line: Line, filename: str) -> dict[str, Any]:
    answer = read_answer(record.octets, method="GET")
    return {
        "url": line.url,
        "captured_at": record.field("WARC-Date"),
        "status": answer.status if answer else None,
        "body": _text(record, b"".join(map(bytes, answer.entity_pieces())), answer.content_coding) if answer else None,
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
