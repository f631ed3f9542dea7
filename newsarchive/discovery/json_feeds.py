"""JSON Feed 1 and 1.1."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from newsarchive import tolerant_json
from newsarchive.discovery.findings import Lead, Mention, Reading, each, first_of, is_address


def read(source: str) -> Reading:
    """The items of a JSON Feed, and its next page."""
    try:
        feed = tolerant_json.loads(source)
    except (ValueError, RecursionError) as error:
        return _read_items(source, f"not JSON: {type(error).__name__}")
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        return Reading(problems=("JSON without items: not a JSON Feed",))
    return _reading(feed["items"], _string(feed, "next_url"))


def _read_items(source: str, problem: str) -> Reading:
    """The items of a feed that is cut off or broken, one by one."""
    reading = _reading(tolerant_json.objects_of(source, "items"), None)
    problems = (problem, "read item by item") if reading.mentions else (problem,)
    return replace(reading, problems=problems)


def _reading(entries: Iterable[Any], following: str | None) -> Reading:
    failures: list[str] = []
    items = (item for item in entries if isinstance(item, dict))
    mentions = first_of(each(items, _mention, failures))
    return Reading(mentions, (Lead(following, "feed"),) if following else (), failures=tuple(failures))


def _mention(item: dict[str, Any]) -> Mention:
    return Mention(
        _reference(item),
        _string(item, "title"),
        _string(item, "date_published"),
        _string(item, "date_modified"),
        _string(item, "language"),
    )


def _reference(item: dict[str, Any]) -> str | None:
    """`url`, or an `id` that is one, or the page elsewhere that a link blog points to."""
    named = _string(item, "id")
    return _string(item, "url") or (named if is_address(named) else None) or _string(item, "external_url")


def _string(values: dict[str, Any], key: str) -> str | None:
    value = values.get(key)
    return value if isinstance(value, str) else None
