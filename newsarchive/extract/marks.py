"""What a page marks: its metadata, headings, times and names, gathered in one walk over the tree."""

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from selectolax.lexbor import LexborNode

from newsarchive import text

Facts = dict[str, str | None]

_NAME_PROPERTIES = frozenset({"author", "creator", "schema:author", "dc:creator"})
_DAY_PROPERTIES = frozenset(
    {"datepublished", "datecreated", "schema:datepublished", "schema:datecreated", "dc:date", "dc:created"}
)
_NAME_CLASS = re.compile(r"by-?line|author|autor|auteur|writer|verfasser|posted-?by|reporter|contributor")
_DAY_CLASS = re.compile(
    r"(?<!up)(?<!vali)(?<!candi)date|datum|fecha|publi[sc]|posted|time(?!line)|stamp|created|pubdate"
)
# No class of a name or a day is without one of these; looking for them is faster than any pattern.
_NAME_HINTS = ("aut", "by", "writer", "verfasser", "report", "contrib")
_DAY_HINTS = ("dat", "time", "publi", "posted", "fecha", "stamp", "created")
_LD = "ld+json"
_MOST = 3000


@dataclass(frozen=True, slots=True)
class Mark:
    """An element that says something, and its place in the page."""

    node: LexborNode
    tag: str
    facts: Facts
    order: int

    def has(self, name: str) -> bool:
        return bool(self.facts.get(name))


@dataclass(slots=True)
class Marks:
    """All marks of a page, in its order."""

    metas: dict[str, list[str]] = field(default_factory=dict)
    """Contents by property or name, in lower case; never empty ones."""
    scripts: list[LexborNode] = field(default_factory=list)
    """JSON-LD"""
    links: list[Facts] = field(default_factory=list)
    base: str | None = None
    title: LexborNode | None = None
    root: Facts = field(default_factory=dict)
    """Attributes of <html>."""
    headings: list[Mark] = field(default_factory=list)
    times: list[Mark] = field(default_factory=list)
    """<time>, and whatever is marked as a day of publication."""
    days: list[Mark] = field(default_factory=list)
    """Elements whose class only hints at a day."""
    names: list[Mark] = field(default_factory=list)
    """Marked as an author."""
    bylines: list[Mark] = field(default_factory=list)
    """Elements whose class only hints at an author."""


def gather(root: LexborNode | None) -> Marks:
    """One walk; nothing is judged yet."""
    marks = Marks()
    kinds: dict[str, str] = {}
    for order, node in enumerate(root.traverse() if root is not None else ()):
        tag, facts = node.tag or "", node.attributes
        reader = _READERS.get(tag)
        if reader:
            reader(marks, node, facts, order)
        elif facts and not _is_marked(marks, node, tag, facts, order) and "class" in facts:
            classes = facts["class"] or ""
            kind = kinds.get(classes)
            if kind is None:
                kind = kinds[classes] = _kind(classes.lower())
            if kind:
                _add(marks.bylines if kind == "name" else marks.days, Mark(node, tag, facts, order))
    return marks


def _kind(classes: str) -> Literal["name", "day", ""]:
    if any(hint in classes for hint in _NAME_HINTS) and _NAME_CLASS.search(classes):
        return "name"
    return "day" if any(hint in classes for hint in _DAY_HINTS) and _DAY_CLASS.search(classes) else ""


def _is_marked(marks: Marks, node: LexborNode, tag: str, facts: Facts, order: int) -> bool:
    """By what its attributes say of its meaning, not by its class."""
    properties = facts.get("itemprop") or facts.get("property")
    words = properties.lower().split() if properties else ()
    if tag == "time" or "pubdate" in facts or not _DAY_PROPERTIES.isdisjoint(words):
        kind = marks.times
    elif "author" in (facts.get("rel") or "") or not _NAME_PROPERTIES.isdisjoint(words):
        kind = marks.names
    elif "headline" in words:
        kind = marks.headings
    else:
        return False
    _add(kind, Mark(node, tag, facts, order))
    return True


def _add(marks: list[Mark], mark: Mark) -> None:
    if len(marks) < _MOST:
        marks.append(mark)


def _meta(marks: Marks, _: LexborNode, facts: Facts, __: int) -> None:
    content = facts.get("content")
    names = (facts.get("property"), facts.get("name"), facts.get("itemprop"))
    name = next((one for one in names if one), "").strip().lower() if content else ""
    cleaned = text.clean(content or "") if name else ""
    if cleaned:
        marks.metas.setdefault(name, []).append(cleaned)


def _script(marks: Marks, node: LexborNode, facts: Facts, _: int) -> None:
    if _LD in (facts.get("type") or "").lower():
        marks.scripts.append(node)


def _link(marks: Marks, _: LexborNode, facts: Facts, __: int) -> None:
    if facts.get("rel") and facts.get("href"):
        marks.links.append(facts)


def _base(marks: Marks, _: LexborNode, facts: Facts, __: int) -> None:
    marks.base = marks.base or facts.get("href")


def _title(marks: Marks, node: LexborNode, _: Facts, __: int) -> None:
    # An <svg> has titles, too.
    if marks.title is None and (node.parent is None or node.parent.tag != "svg"):
        marks.title = node


def _html(marks: Marks, _: LexborNode, facts: Facts, __: int) -> None:
    marks.root = marks.root or facts


def _heading(marks: Marks, node: LexborNode, facts: Facts, order: int) -> None:
    _add(marks.headings, Mark(node, node.tag or "", facts, order))


_READERS: dict[str, Any] = {
    "meta": _meta, "script": _script, "link": _link, "base": _base, "title": _title, "html": _html,
    "h1": _heading, "h2": _heading, "h3": _heading,
}  # fmt: skip
