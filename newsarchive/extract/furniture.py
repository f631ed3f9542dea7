"""Furniture by an outlet's learned table: a paragraph that stands on many of its pages is no part of this article."""

import re
from collections.abc import Mapping, Sequence
from itertools import islice

from newsarchive.extract.body import INLINE, Paragraph
from newsarchive.extract.document import Document, Node, ancestors, attribute
from newsarchive.extract.engine.walk import walk
from newsarchive.learned import Learned, fold

# React's CSS modules end in a hash of the build: `Counter_root__p3aL9`.
_BUILD = re.compile(r"__[\w-]*$")
_DIGIT = re.compile(r"\d")
_MOST_CLASSES = 3
# How many inline elements may stand around a block: more are made to take our time.
_FARTHEST = 8


def without(paragraphs: list[Paragraph], document: Document, learned: Learned | None) -> list[Paragraph]:
    """The paragraphs that are no furniture.

    A text is furniture at a place, and a paragraph goes only if its text stands nowhere else on the page: the first
    sentence of an article stands as a teaser on many other pages, but there in a list.
    """
    if learned is None:
        return paragraphs
    suspected = _suspected(paragraphs, learned)
    if not suspected:
        return paragraphs
    found = places(document)
    return [one for one in paragraphs if not is_furniture(fold(one.text), found, suspected)]


def is_furniture(folded: str, found: Mapping[str, set[str]], table: Mapping[str, frozenset[str]]) -> bool:
    """The text is known, and stands only where it is known to be furniture."""
    here = found.get(folded, set())
    return bool(here) and here <= table.get(folded, frozenset())


def places(document: Document) -> dict[str, set[str]]:
    """For each folded text of the page where it stands."""
    page = walk(document)
    named: dict[int, str] = {}
    found: dict[str, set[str]] = {}
    for printed, owner in zip(page.blocks.texts, page.blocks.owners, strict=True):
        if owner not in named:
            named[owner] = place(page.elements.nodes[owner])
        found.setdefault(fold(printed), set()).add(named[owner])
    return found


def _suspected(paragraphs: Sequence[Paragraph], learned: Learned) -> dict[str, frozenset[str]]:
    """The part of the table that this body touches; mostly none, and then the page is not walked again."""
    table = learned.places
    return {folded: table[folded] for folded in (fold(one.text) for one in paragraphs) if folded in table}


def place(node: Node) -> str:
    """The element and the one around it: deeper paths differ between pages of one layout."""
    around = next((one for one in islice(ancestors(node), _FARTHEST) if one.tag not in INLINE), None)
    if node.tag == "body" or around is None:
        return _named(node)
    return f"{_named(around)}>{_named(node)}"


def _named(node: Node) -> str:
    """Tag and classes, without what a number or a build makes different from page to page."""
    classes = (_BUILD.sub("", one) for one in (attribute(node, "class") or "").split())
    kept = sorted({one for one in classes if one and not _DIGIT.search(one)})[:_MOST_CLASSES]
    return ".".join([node.tag or "", *kept])
