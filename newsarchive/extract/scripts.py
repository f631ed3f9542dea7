"""What a page's scripts keep as JSON: the state of its front end, read tolerantly and in linear time."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

_LEAST, _MOST = 200, 8_000_000
"""Characters of a script that is looked into, and of all of them."""
_MOST_VALUES, _SURE = 100, 1000
# Patterns that begin with what is rare: `re` looks for that first. An object or a list with quoted keys, a text that
# holds one; or a call that reads such a text.
_ASSIGNED = re.compile(r"""=\s*(?=\{\s*"|\[\s*[\[{"]|"\s*(?:\{|\[|%7[Bb]|%5[Bb]))""")
_PARSED = re.compile(r"""JSON\.parse\(\s*(?:(?:decodeURIComponent|unescape)\(\s*)?(?=["'])""")
_COMPARING = frozenset("=!<>+")
_SINGLE = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
_ESCAPED = re.compile(r"\\(?:(x[0-9a-fA-F]{2}|['`$/])|.)|\"", re.DOTALL)
# What a script may say and JSON may not; within a text it is as rare as harmless.
_UNDEFINED = re.compile(r"undefined(?=\s*[,}\]])")
# Whatever has an article has its headline.
_TELLING = ("eadline", 'itle"', "itle\\", '"hed"', "itle%22")
_DECODER = json.JSONDecoder(strict=False)
# Others are templates: `text/html`, `text/x-handlebars`.
_KEEPING = re.compile(r"^$|json|javascript|ecmascript|^module$")
# Nuxt's flat form: containers hold places in one list, and some are wrapped.
_FLAT, _WRAPPERS, _MOST_HOPS = "__NUXT_DATA__", 2, 4
_CONTAINERS = (dict, list)


@dataclass(frozen=True, slots=True)
class Script:
    kind: str | None
    name: str | None
    """Its id."""
    text: str


@dataclass(frozen=True, slots=True)
class Kept:
    """All objects and lists that the scripts keep, in their order; containers may be shared, and hold themselves."""

    values: tuple[Any, ...] = ()
    broken: bool = False
    """Something that is meant as JSON, or is for a thousand letters, could not be read."""


def read(scripts: Iterable[Script]) -> Kept:
    """What the scripts keep, without those for search engines."""
    values: list[Any] = []
    broken, left = False, _MOST
    for script in scripts:
        kind = (script.kind or "").lower()
        if not _KEEPING.search(kind) or "ld+json" in kind or not _LEAST <= len(script.text) <= left:
            continue
        left -= len(script.text)
        if not any(part in script.text for part in _TELLING):
            continue
        found = [_whole(script)] if "json" in kind else _assigned(script.text)
        for value in found:
            if isinstance(value, _CONTAINERS):
                values.append(value)
            broken = broken or value is None
    return Kept(tuple(values), broken)


def _whole(script: Script) -> Any:
    value = _decoded(_defined(script.text.strip()))[0]
    return _unflattened(value) if script.name == _FLAT and isinstance(value, list) else value


def _assigned(text: str) -> Iterator[Any]:
    """Each value that is assigned; what cannot be read is passed over up to where it broke."""
    text = _defined(text)
    at = 0
    # Each fault is told with its line, for which everything before is counted.
    for _ in range(_MOST_VALUES):
        start = _next(text, at)
        if start is None:
            return
        value, at = _single(text, start) if text[start] == "'" else _decoded(text, start)
        # An object that is none from the start is a script's own, not a broken one.
        is_script = value is None and text[start] in "{[" and at - start < _SURE
        at = max(at, start)
        if not is_script:
            yield _decoded(_plain(value))[0] if isinstance(value, str) else value


def _next(text: str, at: int) -> int | None:
    """Where the next value begins."""
    found = _ASSIGNED.search(text, at)
    while found and text[found.start() - 1 : found.start()] in _COMPARING:
        found = _ASSIGNED.search(text, found.end())
    parsed = _PARSED.search(text, at, found.start() if found else len(text))
    nearest = parsed or found
    return nearest.end() if nearest else None


def _defined(text: str) -> str:
    return _UNDEFINED.sub("null", text) if "undefined" in text else text


def _decoded(text: str, start: int = 0) -> tuple[Any, int]:
    """The value that begins there and where it ends; None, and where it broke."""
    try:
        return _DECODER.raw_decode(text, start)
    except ValueError as error:
        # A number of thousands of digits is told without its place.
        return None, getattr(error, "pos", len(text))
    except RecursionError:
        return None, len(text)


def _single(text: str, start: int) -> tuple[str | None, int]:
    """A text in single quotes, as JSON would have it."""
    found = _SINGLE.match(text, start)
    if found is None:
        return None, len(text)
    value, _ = _decoded(f'"{_ESCAPED.sub(_as_json, found[1])}"')
    return (value if isinstance(value, str) else None), found.end()


def _as_json(found: re.Match[str]) -> str:
    if found[1] is None:
        return r"\"" if found[0] == '"' else found[0]
    return f"\\u00{found[1][1:]}" if found[1].startswith("x") else found[1]


def _plain(value: str) -> str:
    return unquote(value) if value.lstrip()[:3].upper() in ("%7B", "%5B") else value


def _unflattened(flat: list[Any]) -> list[Any]:
    """Places replaced by what stands there, within the same containers: so it stays linear."""
    for value in flat:
        if isinstance(value, dict):
            for key, place in value.items():
                value[key] = _at(flat, place)
        elif isinstance(value, list) and not _is_wrapper(value):
            value[:] = [_at(flat, place) for place in value]
    return flat


def _at(flat: list[Any], place: Any) -> Any:
    for _ in range(_MOST_HOPS):
        if type(place) is not int or not 0 <= place < len(flat):
            return None if type(place) is int else place
        value = flat[place]
        if not _is_wrapper(value):
            return value
        place = value[1]
    return None


def _is_wrapper(value: Any) -> bool:
    """`["Reactive", 7]`, `["Date", "2026-11-22T04:00:00.000Z"]`"""
    return isinstance(value, list) and len(value) == _WRAPPERS and isinstance(value[0], str)
