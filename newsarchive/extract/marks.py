"""What a page marks: its metadata, headings, times and names, found in one search over the tree."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsarchive import text

Facts = dict[str, str | None]

_NAME_PROPERTIES = frozenset({"author", "creator", "schema:author", "dc:creator"})
_DAY_PROPERTIES = frozenset(
    {"datepublished", "datecreated", "schema:datepublished", "schema:datecreated", "dc:date", "dc:created"}
)
_NAME_CLASS = re.compile(r"by-?line|author|autor|auteur|posted-?by")
_DAY_CLASS = re.compile(r"(?<!vali)(?<!candi)date|datum|publi[sc]|posted|time(?!line)")
_SELECTOR = (
    'html, base, title, meta[content], link[rel][href], script[type*="ld+json" i], h1, h2, h3, time, '
    "[itemprop], [property], [rel~=author], [pubdate]"
)
_HEADINGS = frozenset({"h1", "h2", "h3"})
# Beginnings that the patterns have in common: every selector costs a search.
_HINTS = "h1, h2, h3, " + ", ".join(f'[class*="{part}" i]' for part in ("aut", "by", "dat", "time", "publi", "posted"))


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
    """What the page says of itself in elements and attributes that mean it, in its order."""

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
    names: list[Mark] = field(default_factory=list)
    """Marked as an author."""


@dataclass(slots=True)
class Hints:
    """Elements whose class only hints at what they are; headings among them, to tell how near they are."""

    headings: list[Mark] = field(default_factory=list)
    days: list[Mark] = field(default_factory=list)
    names: list[Mark] = field(default_factory=list)


def gather(tree: LexborHTMLParser) -> Marks:
    """One search for all; nothing is judged yet."""
    marks = Marks()
    seen: set[int] = set()
    for order, node in enumerate(tree.css(_SELECTOR)):
        # A node that fits two selectors of a list is found twice.
        if node.mem_id not in seen:
            seen.add(node.mem_id)
            _READERS.get(node.tag or "", _property)(marks, node, node.attributes, order)
    return marks


def hint(tree: LexborHTMLParser) -> Hints:
    """What a page without marks is asked for."""
    hints = Hints()
    seen: set[int] = set()
    for order, node in enumerate(tree.css(_HINTS)):
        if node.mem_id in seen:
            continue
        seen.add(node.mem_id)
        mark = Mark(node, node.tag or "", node.attributes, order)
        classes = (mark.facts.get("class") or "").lower()
        if mark.tag in _HEADINGS:
            hints.headings.append(mark)
        if _NAME_CLASS.search(classes):
            hints.names.append(mark)
        elif _DAY_CLASS.search(classes):
            hints.days.append(mark)
    return hints


def _property(marks: Marks, node: LexborNode, facts: Facts, order: int) -> None:
    """By what its attributes say of its meaning."""
    tag = node.tag or ""
    properties = facts.get("itemprop") or facts.get("property")
    words = properties.lower().split() if properties else ()
    if tag == "time" or "pubdate" in facts or not _DAY_PROPERTIES.isdisjoint(words):
        marks.times.append(Mark(node, tag, facts, order))
    elif "author" in (facts.get("rel") or "") or not _NAME_PROPERTIES.isdisjoint(words):
        marks.names.append(Mark(node, tag, facts, order))
    elif "headline" in words:
        marks.headings.append(Mark(node, tag, facts, order))


def _meta(marks: Marks, _: LexborNode, facts: Facts, __: int) -> None:
    content = facts.get("content")
    name = (facts.get("property") or facts.get("name") or facts.get("itemprop") or "").strip().lower()
    cleaned = text.clean(content) if content and name else ""
    if cleaned:
        marks.metas.setdefault(name, []).append(cleaned)


def _script(marks: Marks, node: LexborNode, _: Facts, __: int) -> None:
    marks.scripts.append(node)


def _link(marks: Marks, _: LexborNode, facts: Facts, __: int) -> None:
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
    marks.headings.append(Mark(node, node.tag or "", facts, order))


_READERS: dict[str, Callable[[Marks, LexborNode, Facts, int], None]] = {
    "meta": _meta, "script": _script, "link": _link, "base": _base, "title": _title, "html": _html,
    "h1": _heading, "h2": _heading, "h3": _heading,
}  # fmt: skip
