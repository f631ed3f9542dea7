"""JSON Feed 1 and 1.1."""

import json
from typing import Any

from newsarchive.discovery.findings import Lead, Mention, Reading, each, first_of, is_address


def read(source: str) -> Reading:
    """The items of a JSON Feed, and its next page."""
    try:
        feed = json.loads(source.lstrip("\ufeff"), parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as error:
        return Reading(problems=(f"not JSON: {type(error).__name__}",))
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        return Reading(problems=("JSON without items: not a JSON Feed",))
    following = _string(feed, "next_url")
    failures: list[str] = []
    items = (item for item in feed["items"] if isinstance(item, dict))
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
