"""Furniture by an outlet's learned table: a paragraph that stands on many of its pages is no part of this article."""

import re
from collections.abc import Sequence
from itertools import islice

from newsarchive.extract.body import INLINE, Paragraph
from newsarchive.extract.document import Document, Node, ancestors, attribute
from newsarchive.extract.engine.walk import walk
from newsarchive.learned import Learned, fold

# React's CSS modules end in a hash of the build: `Counter_root__p3aL9`.
_BUILD = re.compile(r"__[\w-]*$")
_DIGIT = re.compile(r"\d")
_MOST_CLASSES = 3
_DESCRIPTIONS = ("og:description", "twitter:description", "description")
_PROBE = 60
# How many inline elements may stand around a block: more are made to take our time.
_FARTHEST = 8


def without(paragraphs: list[Paragraph], document: Document, learned: Learned | None) -> list[Paragraph]:
    """The paragraphs that are no furniture.

    A text is furniture at a place, and a paragraph goes only if its text stands nowhere else on the page: the first
    sentence of an article stands as a teaser on many other pages, but there in a list.
    """
    if learned is None or not any(fold(one.text) in learned.places for one in paragraphs):
        return paragraphs
    found = places(document)
    known = {
        folded
        for folded in (fold(one.text) for one in paragraphs)
        if found.get(folded) and found[folded] <= learned.places.get(folded, frozenset())
    }
    dropped = known - _own(known, paragraphs, document, learned.common)
    return [one for one in paragraphs if fold(one.text) not in dropped]


def _own(known: set[str], paragraphs: Sequence[Paragraph], document: Document, common: frozenset[str]) -> set[str]:
    """What other pages repeat of this one: where articles follow on the page, each stands on many, but at home on one.

    So of what is not on most pages, the page's own description stays, and all of it if the body begins with it and most
    of the body is such.
    """
    rare = known - common
    if not rare:
        return rare
    texts = [text for text in (fold(one.text) for one in paragraphs) if text not in common]
    lede = next((text for text in texts if len(text) >= _PROBE), "")
    if lede in rare and 2 * sum(len(text) for text in texts if text in rare) > sum(map(len, texts)):
        return rare
    described = [fold(one) for name in _DESCRIPTIONS for one in document.metas.get(name, ())]
    return {text for text in rare if any(_is_beginning(text, other) for other in described)}


def _is_beginning(text: str, other: str) -> bool:
    """One begins as the other does; descriptions are often cut."""
    return text == other or (min(len(text), len(other)) >= _PROBE and text[:_PROBE] == other[:_PROBE])


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
