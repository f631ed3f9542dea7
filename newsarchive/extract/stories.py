"""The page's own article in the state of its front end, found by its shape and not by any site's keys."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from newsarchive.extract import structured

Node = dict[str, Any]
_MOST, _MOST_NAMES, _LONGEST_NAME = 200_000, 40, 50
_WORD = re.compile(r"\w+")
_HEADLINE = re.compile(r"(?:(?:seo|article|story|post|web|main|social)_?)?(?:headlines?|titles?|hed)", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:.*_?(?:url|uri|path|slug|href|permalink|link))", re.IGNORECASE)
_BODY = re.compile(
    r"(?:.*_)?(?:article|story|post|main|full|rich)?_?"
    r"(?:body|bodies|content|contents|paragraphs?|text|html|blocks|elements|components|rendered|markup|copy)"
    r"(?:_?(?:html|text|elements|blocks|json|raw|items|content|components|markup))?",
    re.IGNORECASE,
)
_AUTHOR = re.compile(
    r"(?:authors?|by|(?:published_?)?bylines?|creators?|writers?|reporters?|contributors?)(?:_?names?)?", re.IGNORECASE
)
_PUBLISHED = re.compile(
    r"(?:date_?(?:of_?)?|datetime_?|first_?|initial_?)?(?:publi(?:shed|sh|cation))(?:_?(?:at|on|date|time|datetime|timestamp|gmt))?"
    r"|first_?publish(?:ed)?(?:_?(?:date|at))?|display_?date|pub_?date|post_?date",
    re.IGNORECASE,
)
_MODIFIED = re.compile(
    r"(?:date_?|last_?)?(?:updated?|modified|modification)(?:_?(?:at|on|date|time|datetime|timestamp|gmt))?",
    re.IGNORECASE,
)
_TAGS = re.compile(r"tags|keywords|topics", re.IGNORECASE)
_SECTION = re.compile(r"(?:primary_?)?(?:section|category|channel)s?", re.IGNORECASE)
_NAMES = (
    "name",
    "title",
    "text",
    "label",
    "headline",
    "displayName",
    "display_name",
    "fullName",
    "full_name",
    "byline",
)
_MAIN = ("basic", "rendered", "default", "main", "raw", "text", "web", "headline", "title", "value")
_LIKE, _SHORTEST_ADDRESS, _FEWEST_WORDS = 800, 8, 3
# Seconds, and thousandths of them, since 1970: from 1990 to 2100.
_SECONDS = (631_152_000, 4_102_444_800)


@dataclass(frozen=True, slots=True)
class Story:
    """What the state says of the article."""

    facts: Node = field(default_factory=dict)
    """In the words of schema.org."""
    bodies: tuple[Any, ...] = ()
    """Values that look like a body, in their order: HTML, text, or lists of what holds such."""


def find(values: Iterable[Any], titles: Sequence[str], url: str) -> Story:
    """The object that is headed like the page or stands at its address; of several the one that says most."""
    wanted, path = [set(_words(one)) for one in titles], urlsplit(url).path.rstrip("/")
    own = (pair for pair in _objects(values) if _is_headed(pair[0], wanted) or _stands_at(pair[0], path))
    stories = [_story(one, around) for one, around in islice(own, _MOST_NAMES)]
    return max(stories, key=lambda one: (bool(one.bodies), len(one.facts)), default=Story())


def _objects(values: Iterable[Any]) -> Iterator[tuple[Node, Node]]:
    """All objects with a headline and the object around each; each once, however often it is referred to."""
    outside: Node = {}
    waiting = [(value, outside) for value in values][::-1]
    seen, left = set[int](), _MOST
    while waiting and left:
        value, around = waiting.pop()
        left -= 1
        if not isinstance(value, (dict, list)) or id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, dict) and _first(value, _HEADLINE):
            yield value, around
        around, children = (value, value.values()) if isinstance(value, dict) else (outside, value)
        waiting.extend([(one, around) for one in children if isinstance(one, (dict, list))][::-1])


def _first(found: Node, key: re.Pattern[str]) -> Any:
    return next((value for name, value in found.items() if value and _fits(key, name)), None)


# A state has thousands of objects, and few names.
@lru_cache(maxsize=1 << 13)
def _fits(key: re.Pattern[str], name: str) -> bool:
    return len(name) <= _LONGEST_NAME and key.fullmatch(name) is not None


def _words(printed: str) -> list[str]:
    return _WORD.findall(printed.lower())


def _headline(found: Node) -> str | None:
    values = (value for name, value in found.items() if _fits(_HEADLINE, name))
    return next((one for one in map(_text, values) if one), None)


def _text(value: Any) -> str | None:
    """A text, or the main one of an object of variants."""
    if isinstance(value, dict):
        return next((one for one in (structured.string(value.get(name)) for name in _MAIN) if one), None)
    return structured.string(value) if isinstance(value, str) else None


def _is_headed(found: Node, wanted: Sequence[set[str]]) -> bool:
    own = set(_words(_headline(found) or ""))
    return len(own) >= _FEWEST_WORDS and any(
        1000 * len(own & other) >= _LIKE * len(own) and 2 * len(own) >= len(other) for other in wanted
    )


def _stands_at(found: Node, path: str) -> bool:
    """One of its addresses is the page's, whatever host it names."""
    addresses = (value for name, value in found.items() if isinstance(value, str) and _fits(_ADDRESS, name))
    paths = (_path(one).strip("/") for one in addresses if len(one) < _MOST)
    return any(len(one) >= _SHORTEST_ADDRESS and f"{path}/".endswith(f"/{one}/") for one in paths)


def _path(printed: str) -> str:
    """Return the path of an address as a script prints it; empty for one such as `http://[`."""
    try:
        return urlsplit(printed).path
    except ValueError:
        return ""


def _story(found: Node, around: Node) -> Story:
    near = [found, *(value for value in found.values() if isinstance(value, dict))]
    facts = {
        "headline": _headline(found),
        "author": [{"name": name} for name in _names(near, _AUTHOR)],
        "datePublished": _moment(found, _PUBLISHED),
        "dateModified": _moment(found, _MODIFIED),
        "keywords": _names(near, _TAGS),
        "articleSection": next(iter(_names(near, _SECTION)), None),
    }
    # Some keep headline and text side by side: `{"meta": {"title": …}, "elements": […]}`
    return Story({name: value for name, value in facts.items() if value}, _bodies(found) or _bodies(around))


def _bodies(found: Node) -> tuple[Any, ...]:
    return tuple(value for name, value in found.items() if value and _fits(_BODY, name))


def _moment(found: Node, key: re.Pattern[str]) -> str | None:
    """As written, or a count of seconds since 1970."""
    for name, value in found.items():
        if not _fits(key, name):
            continue
        if isinstance(value, str) and value[:4].isdigit():
            return value
        if type(value) is int:
            for seconds in (value, value // 1000):
                if _SECONDS[0] <= seconds < _SECONDS[1]:
                    return datetime.fromtimestamp(seconds, UTC).isoformat()
    return None


def _names(near: Iterable[Node], key: re.Pattern[str]) -> list[str]:
    """What the first value with such a key names: texts, objects with a name, lists of either."""
    for value in (value for one in near for name, value in one.items() if _fits(key, name)):
        values = value if isinstance(value, list) else [value]
        found = [name for name in map(_name, values[:_MOST_NAMES]) if name]
        if found:
            return list(dict.fromkeys(found))
    return []


def _name(value: Any) -> str | None:
    if isinstance(value, dict):
        return next((one for one in (structured.string(value.get(name)) for name in _NAMES) if one), None)
    return structured.string(value) if isinstance(value, str) else None
