"""JSON as sites print it: line breaks in strings, wrong escapes, comments, trailing commas, a missing end. Pure."""

import json
import re
from collections.abc import Iterator
from typing import Any

# Each alternative also ends at the end of the text, so that each character is passed once.
_PART = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|/\*.*?(?:\*/|\Z)|//[^\n]*|[^"/]+|/', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|(.))", re.DOTALL)
_KNOWN_ESCAPES = frozenset('"\\/bfnrt')
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_NEXT_OBJECT = re.compile(r"\}[\s,]{0,100}(?=\{)")
_MOST_BROKEN = 100
"""Objects of a list that are skipped because they are broken; beyond it the rest of the list is not read."""
# A number of more than 4,300 digits is no number for Python.
_DECODER = json.JSONDecoder(strict=False, parse_int=str, parse_float=str)


def loads(raw: str) -> Any:
    """Return the value, with numbers as strings, in linear time; raises `ValueError` or `RecursionError`."""
    try:
        return _decoded(raw)
    except ValueError:
        return _decoded(mended(raw))


def mended(raw: str) -> str:
    """Return the text without comments and trailing commas, and with only those escapes that JSON has."""
    return "".join(map(_mended, _PART.findall(raw)))


def objects_of(raw: str, name: str) -> Iterator[Any]:
    """Yield the whole objects in the list `name` of a broken or cut-off text; those that are broken are skipped."""
    text, broken = mended(raw), 0
    start = re.search(rf'"{re.escape(name)}"\s*:\s*\[', text)
    at = text.find("{", start.end()) if start else -1
    while at >= 0 and broken < _MOST_BROKEN:
        try:
            found, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            broken += 1
            following = _NEXT_OBJECT.search(text, at)
            at = following.end() if following else -1
            continue
        yield found
        rest = text[end : end + 100].lstrip(" \t\r\n,")
        at = text.find("{", end) if rest.startswith("{") else -1


def _decoded(raw: str) -> Any:
    found, _ = _DECODER.raw_decode(raw.lstrip("\ufeff \t\r\n"))
    return found


def _mended(part: str) -> str:
    if part.startswith('"'):
        return _ESCAPE.sub(_escape, part)
    if part.startswith(("//", "/*")):
        return " "
    return _TRAILING_COMMA.sub("", part)


def _escape(found: re.Match[str]) -> str:
    """`\\'` is an apostrophe; a backslash before any other letter that JSON does not escape is dropped."""
    return found[0] if found[1] is None or found[1] in _KNOWN_ESCAPES else found[1]
