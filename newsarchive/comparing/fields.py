"""Two rows field by field, under dotted paths such as `published_at.value`."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from newsarchive import schemas

Change = tuple[Any, Any]
"""Old value and new value, as JSON values."""
IDENTITY = ("id", "provenance.extraction")
"""What tells by which version a row was read, not what it says."""
FOLLOWS = ("paragraphs", "text_sha256", "simhash", "quality.words", "quality.paragraphs")
"""What is counted from `text`."""
# What is in it is the outlet's own affair.
_WHOLE = frozenset({"metadata"})


def changes(old: dict[str, Any], new: dict[str, Any], chosen: Sequence[str] = ()) -> dict[str, Change]:
    """What differs, by path; only beneath `chosen` if any are, else everything but the identity of the extraction."""
    found = _differences("", old, new)
    if chosen:
        return {path: change for path, change in found if is_within(path, chosen)}
    return {path: change for path, change in found if not is_within(path, IDENTITY)}


def is_within(path: str, names: Sequence[str]) -> bool:
    """The path is one of these, or lies beneath one."""
    return any(path == name or path.startswith(f"{name}.") for name in names)


@cache
def known() -> frozenset[str]:
    """All paths of a row, those of objects too."""
    return frozenset(_paths("", schemas.news_article()))


def _differences(path: str, old: Any, new: Any) -> Iterator[tuple[str, Change]]:
    if old == new and type(old) is type(new):
        return
    is_object = isinstance(old, dict) or isinstance(new, dict)
    if path in _WHOLE or not is_object or not (_is_open(old) and _is_open(new)) or not (old or new):
        yield path, (old, new)
        return
    # An object that is missing is one whose values are all missing.
    ours, theirs = old or {}, new or {}
    for name in sorted({*ours, *theirs}):
        yield from _differences(f"{path}.{name}" if path else name, ours.get(name), theirs.get(name))


def _is_open(value: Any) -> bool:
    return value is None or isinstance(value, dict)


def _paths(path: str, schema: dict[str, Any]) -> Iterator[str]:
    for form in (schema, *schema.get("anyOf", ())):
        for name, beneath in form.get("properties", {}).items():
            full = f"{path}.{name}" if path else name
            yield full
            if full not in _WHOLE:
                yield from _paths(full, beneath)
