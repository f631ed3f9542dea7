"""Bounds that a page's publishing system gives the engine: what holds the article, and what is none of it."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

from newsarchive.extract.engine.page import Elements, Page

_KEPT, _DEK = "kept", "dek"
OUTSIDE, FURNITURE = "outside", "platform"
# Where less of what was weighed stands within, the element is another article's, or only the beginning of this one.
_LEAST_WITHIN, _MOST_FURNITURE = 3, 2
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Class names, each a whole word of an element's class attribute."""

    body: tuple[str, ...] = ()
    """Elements that hold the article: the first name that fits the page counts."""
    furniture: frozenset[str] = frozenset()
    """Elements that hold nothing of it."""
    dek: frozenset[str] = frozenset()
    """Elements that hold the dek, above the article or in it: the first counts."""


def within(page: Page, reasons: Sequence[str], bounds: Bounds) -> list[str]:
    """The reasons, with those of the bounds where they drop what was kept; bounds that drop most are passed over."""
    found = _with_dek(page, _without_furniture(page, reasons, bounds), bounds)
    for name in bounds.body:
        spans = _spans(page.elements, {name})
        if spans:
            return _inside(page, found, spans)
    return found


def _without_furniture(page: Page, reasons: Sequence[str], bounds: Bounds) -> list[str]:
    found = list(reasons)
    for start, end in _spans(page.elements, bounds.furniture):
        for place in range(start, end):
            if reasons[place] in (_KEPT, _DEK):
                found[place] = FURNITURE
    return found if _MOST_FURNITURE * _size(page, found) >= _size(page, reasons) else list(reasons)


def _with_dek(page: Page, reasons: list[str], bounds: Bounds) -> list[str]:
    if _DEK in reasons:
        return reasons
    found = list(reasons)
    for start, end in _spans(page.elements, bounds.dek)[:1]:
        found[start:end] = [_DEK if reason == _KEPT else reason for reason in reasons[start:end]]
    return found


def _inside(page: Page, reasons: list[str], spans: Sequence[Span]) -> list[str]:
    inside = [False] * len(reasons)
    for start, end in spans:
        inside[start:end] = [True] * (end - start)
    found = [
        OUTSIDE if reason == _KEPT and not is_inside else reason
        for reason, is_inside in zip(reasons, inside, strict=True)
    ]
    return found if _LEAST_WITHIN * _size(page, found) >= _size(page, reasons) else reasons


def _spans(elements: Elements, names: Set[str]) -> list[Span]:
    """From which block to which the outermost elements with one of these names reach."""
    kinds = {number for number, kind in enumerate(elements.kinds) if names & set(kind.split()[1:])}
    found: list[Span] = []
    for signature, start, end in zip(elements.signatures, elements.starts, elements.ends, strict=True):
        if signature in kinds and end > (found[-1][1] if found else 0):
            found.append((start, end))
    return found


def _size(page: Page, reasons: Sequence[str]) -> int:
    return sum(len(printed) for printed, reason in zip(page.blocks.texts, reasons, strict=True) if reason == _KEPT)
