"""What a page says of itself for machines: schema.org objects in JSON-LD. Tolerant: what cannot be read is left out."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from newsarchive import text

Node = dict[str, Any]

_OPENING = re.compile(r"<!--|(?://|/\*)?\s*<!\[CDATA\[\s*(?:\*/)?")
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
# A string is stepped over: an address in it looks like a comment. Every alternative also ends at the end of the text,
# so that each character is passed once.
_COMMENT = re.compile(r'"(?:[^"\\\n]|\\.)*(?:"|\n|\\?\Z)|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_LIMIT = 2000
_ARTICLES = frozenset({
    "Article", "NewsArticle", "OpinionNewsArticle", "AnalysisNewsArticle", "ReportageNewsArticle",
    "ReviewNewsArticle", "BackgroundNewsArticle", "AskPublicNewsArticle", "BlogPosting", "LiveBlogPosting",
    "Report", "SatiricalArticle", "AdvertiserContentArticle", "ScholarlyArticle", "TechArticle",
})  # fmt: skip
_LISTS = frozenset({"CollectionPage", "ItemList", "SearchResultsPage", "ProfilePage"})


@dataclass(frozen=True, slots=True)
class Graph:
    """All schema.org objects of a page, in their order."""

    nodes: tuple[Node, ...] = ()
    by_id: dict[str, Node] = field(default_factory=dict)
    broken: bool = False
    """Some script could not be read."""

    def articles(self) -> list[Node]:
        """The objects that are articles."""
        return [node for node in self.nodes if not types(node).isdisjoint(_ARTICLES)]

    def has_list(self) -> bool:
        """The page calls itself a list."""
        return any(not types(node).isdisjoint(_LISTS) for node in self.nodes)

    def objects(self, value: Any) -> list[Any]:
        """A property's values as a list, references followed."""
        values = value if isinstance(value, list) else [value]
        return [self._followed(one) for one in values if one not in (None, "", {})]

    def _followed(self, value: Any) -> Any:
        if isinstance(value, dict) and set(value) <= {"@id", "@type"}:
            return self.by_id.get(str(value.get("@id")), value)
        return value


def read(scripts: Iterable[str]) -> Graph:
    """The graph of all JSON-LD scripts of a page."""
    nodes: list[Node] = []
    broken = False
    for script in scripts:
        value = _parsed(script)
        if value is None:
            broken = broken or bool(script.strip())
        else:
            nodes.extend(_nodes(value))
    by_id: dict[str, Node] = {}
    for node in nodes:
        # A reference has nothing but its @id; the object itself has more.
        if isinstance(node.get("@id"), str) and len(node) > 2:
            by_id.setdefault(node["@id"], node)
    return Graph(tuple(nodes), by_id, broken)


def types(node: Node) -> set[str]:
    """The object's types without their vocabulary."""
    value = node.get("@type")
    names = value if isinstance(value, list) else [value]
    return {name.rpartition("/")[2].rpartition(":")[2] for name in names if isinstance(name, str)}


def string(value: Any) -> str | None:
    """A property as one line of text: entities and tags undone; None where it is no text."""
    if isinstance(value, list):
        return next((found for found in map(string, value) if found), None)
    if not isinstance(value, str):
        return None
    # Some sites escape twice: &amp;#039;
    plain = text.unescape(text.unescape(value))
    return text.clean(_TAG.sub("", plain)) or None


def address(value: Any) -> str | None:
    """A property that is a URL, or an object that has one."""
    if isinstance(value, list):
        return next((found for found in map(address, value) if found), None)
    if isinstance(value, dict):
        return string(value.get("url")) or string(value.get("contentUrl")) or string(value.get("@id"))
    return string(value)


def addresses(value: Any) -> list[str]:
    """All URLs of a property."""
    values = value if isinstance(value, list) else [value]
    return [found for found in map(address, values) if found]


def truth(value: Any) -> bool | None:
    """A schema.org Boolean, also as a string or as the URL of its value."""
    if isinstance(value, bool):
        return value
    word = value.rpartition("/")[2].strip().lower() if isinstance(value, str) else ""
    return {"true": True, "false": False}.get(word)


def _parsed(script: str) -> Any:
    """The script's value; what is commonly wrong with it is put right, one fault after the other."""
    attempt = script
    for repair in (str, _unwrapped, _without_comments, _without_trailing_commas):
        attempt = repair(attempt)
        try:
            # strict=False: line breaks within strings are common.
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _unwrapped(script: str) -> str:
    """Return the script without `<!-- -->` or `//<![CDATA[ //]]>` around it, and without a last semicolon."""
    inner = script.strip()
    opening = _OPENING.match(inner)
    inner = inner[opening.end() if opening else 0 :].removesuffix(";").rstrip()
    if inner.endswith("-->"):
        return inner[:-3]
    closed = inner.removesuffix("*/").rstrip()
    if not closed.endswith("]]>"):
        return inner
    closed = closed[:-3].rstrip()
    return closed[:-2] if closed.endswith(("//", "/*")) else closed


def _without_comments(script: str) -> str:
    return _COMMENT.sub(lambda found: found[0] if found[0].startswith('"') else " ", script)


def _without_trailing_commas(script: str) -> str:
    return _TRAILING_COMMA.sub("", script)


def _nodes(value: Any) -> Iterator[Node]:
    """Objects at the top, within lists and @graph, and beneath a page's mainEntity; not what an article mentions."""
    waiting, seen = [value], 0
    while waiting and seen < _LIMIT:
        one = waiting.pop()
        seen += 1
        if isinstance(one, list):
            waiting.extend(reversed(one))
        elif isinstance(one, dict):
            yield one
            waiting.extend(one[name] for name in ("mainEntity", "mainEntityOfPage", "@graph") if name in one)
