"""One line by itself: canonical JSON after its schema, and what can be counted again from the line alone. Pure."""

import hashlib
import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import fastjsonschema
import rfc8785

from newsarchive import schemas
from newsarchive.extract import identity
from newsarchive.items import is_erased

Row = dict[str, Any]

_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
_SHOWN = 200


class LineError(ValueError):
    """What is wrong with a line, in words."""


def article(octets: bytes) -> Row:
    """The record of a line of articles, or of one that stands where an article was erased; raises `LineError`."""
    row = _parsed(octets)
    if is_erased(row):
        _require_schema(row, _erased_form())
        return row
    _require_schema(row, _article_form())
    wrong = next(_miscounted(row), None)
    if wrong:
        raise LineError(wrong)
    return row


def rejection(octets: bytes) -> Row:
    """The record of a line of rejections; raises `LineError`."""
    row = _parsed(octets)
    _require_schema(row, _rejection_form())
    return row


def is_counted_here(row: Row) -> bool:
    """Return whether this version makes the row's reading: only then do its word counts and `simhash` have to match."""
    if is_erased(row):
        return True
    extraction = row["provenance"]["extraction"]
    return identity.is_current(extraction["id"], ((rule["name"], rule["digest"]) for rule in extraction["rules"]))


def _parsed(octets: bytes) -> Row:
    try:
        row = json.loads(octets.decode(), parse_float=_no_float, parse_constant=_no_float)
    except UnicodeDecodeError as error:
        raise LineError(f"is not UTF-8 at its byte {error.start}") from None
    except (ValueError, RecursionError) as error:
        raise LineError(f"is not JSON ({str(error)[:_SHOWN]})") from None
    if not isinstance(row, dict):
        raise LineError("is not a JSON object")
    if not _is_canonical(row, octets):
        raise LineError("is not in the canonical form of RFC 8785")
    return row


def _no_float(printed: str) -> float:
    raise ValueError(f"{printed[:20]} is no whole number")


def _is_canonical(row: Row, octets: bytes) -> bool:
    try:
        # Five times as fast, and the same where no key is free: the standard sorts names by UTF-16, Python by Unicode.
        made = rfc8785.dumps(row) if row.get("metadata") else _ENCODE(row).encode()
    except (ValueError, RecursionError):
        return False
    return made == octets


def _require_schema(row: Row, form: Callable[[Row], Any]) -> None:
    try:
        form(row)
    except fastjsonschema.JsonSchemaValueException as error:
        raise LineError(f"is not after its schema: {error.message[:_SHOWN]}") from None


@cache
def _article_form() -> Callable[[Row], Any]:
    return _compiled(schemas.news_article())


@cache
def _erased_form() -> Callable[[Row], Any]:
    return _compiled(schemas.erased_article())


@cache
def _rejection_form() -> Callable[[Row], Any]:
    return _compiled(schemas.rejection())


def _compiled(schema: Row) -> Callable[[Row], Any]:
    # Its keywords mean in draft 7, which the compiler knows, what they mean in 2020-12.
    form: Callable[[Row], Any] = fastjsonschema.compile({**schema, "$schema": "http://json-schema.org/draft-07/schema"})
    return form


def _miscounted(row: Row) -> Iterator[str]:
    """What does not follow from the row itself."""
    text, warc = row["text"], row["provenance"]["warc"]
    if row["text_sha256"] != "sha256:" + hashlib.sha256(text.encode()).hexdigest():
        yield "text_sha256 is not that of the text"
    spans = row["paragraphs"]
    if not _is_parted(text, spans):
        yield "paragraphs are not those of the text"
    if row["quality"]["paragraphs"] != len(spans):
        yield "quality.paragraphs is not their number"
    if warc is None:
        yield "names no capture"
    elif row["id"] != _digest([row["url"], warc["payload_digest"], row["provenance"]["extraction"]["id"]]):
        yield "id is not that of url, payload digest and extraction"
    if is_counted_here(row):
        yield from _counted_otherwise(row)


def _counted_otherwise(row: Row) -> Iterator[str]:
    # A project that only archives has no lines, and need not load what reads articles.
    from newsarchive.extract import body, quality  # noqa: PLC0415

    paragraphs = [body.Paragraph(row["text"][start:end]) for start, end in row["paragraphs"]]
    if row["quality"]["words"] != quality.words(paragraphs):
        yield "quality.words is not their number"
    if row["simhash"] != quality.simhash(row["text"]):
        yield "simhash is not that of the text"


def _is_parted(text: str, spans: list[list[int]]) -> bool:
    """Paragraphs follow each other, an empty line apart, from the beginning of the text to its end."""
    ends = [-2, *(end for _, end in spans)]
    follow = all(start == before + 2 and end > start for (start, end), before in zip(spans, ends, strict=False))
    return follow and ends[-1] == len(text) and text == "\n\n".join(text[start:end] for start, end in spans)


def _digest(value: list[str]) -> str:
    return "sha256:" + hashlib.sha256(rfc8785.dumps(value)).hexdigest()
