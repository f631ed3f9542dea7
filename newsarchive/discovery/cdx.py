"""Lines of a web archive's index: CDXJ, JSON lines, the JSON table of a Wayback, and CDX with its columns in order."""

import json
import re
from collections.abc import Iterator
from typing import Any

from newsarchive.discovery.findings import Mention, Reading, each, first_of, is_address
from newsarchive.items import PAGES

_TIMESTAMP = re.compile(r"(?:19|20)\d{12}")
# Names of the fields as pywb, Common Crawl and the Wayback's server write them.
_URL = ("url", "original")
_TYPE = ("mime-detected", "mime", "mimetype")
_STATUS = ("status", "statuscode")
_COLUMNS = ("urlkey", "timestamp", "original", "mimetype", "statuscode")
_PAGE_STATUSES = frozenset(map(str, PAGES))
_PAGES = ("text/html", "application/xhtml+xml")


def read(source: str) -> Reading:
    """Return the HTML pages of an archive that have the status of a page, each with its capture time."""
    failures: list[str] = []
    mentions = first_of(filter(None, each(_lines(source), _mention, failures)))
    is_index = bool(mentions) or any(_first(fields, _URL) for fields in filter(None, each(_lines(source), _fields, [])))
    problems = () if is_index else ("not the lines of a CDX index",)
    return Reading(mentions, problems=problems, failures=tuple(failures))


def _mention(line: str) -> Mention | None:
    fields = _fields(line)
    url, moment = (_first(fields, _URL), fields.get("timestamp")) if fields else (None, None)
    if fields is None or not is_address(url) or not _is_page(fields):
        return None
    return Mention(url, archived_raw=f"{moment}Z" if moment and _TIMESTAMP.fullmatch(moment) else None)


def _lines(source: str) -> Iterator[str]:
    """The rows of a table stand on lines of their own, too, but for their brackets and commas."""
    return (line for line in map(str.strip, source.splitlines()) if line)


def _fields(line: str) -> dict[str, str] | None:
    if line.startswith("["):
        row = _json(f"[{line.strip('[],')}]")
        return _columns(row) if isinstance(row, list) else None
    start = line.find("{")
    if start >= 0:
        known = _json(line[start:])
        words = line[:start].split()
        named = {"timestamp": words[1]} if len(words) == 2 else {}
        return {**named, **_strings(known)} if isinstance(known, dict) else None
    return _columns(line.split())


def _columns(row: list[Any]) -> dict[str, str] | None:
    words = [str(value) for value in row]
    is_record = len(words) >= len(_COLUMNS) and _TIMESTAMP.fullmatch(words[1])
    return dict(zip(_COLUMNS, words, strict=False)) if is_record else None


def _is_page(fields: dict[str, str]) -> bool:
    """What the index does not say is no reason to pass a page over."""
    media_type, status = _first(fields, _TYPE), _first(fields, _STATUS)
    return (media_type in (None, "-") or str(media_type).partition(";")[0].strip().lower() in _PAGES) and (
        status in (None, "-") or status in _PAGE_STATUSES
    )


def _first(fields: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((fields[name] for name in names if name in fields), None)


def _strings(values: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items() if isinstance(value, str | int)}


def _json(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
