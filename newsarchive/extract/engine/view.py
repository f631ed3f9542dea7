"""What is known of a page's open blocks and their elements, as arrays of integers."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from newsarchive.extract.engine.page import Page

Ints = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]
Columns = dict[str, Ints]
NONE = -1
_TAGS = (
    "p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "tr", "table", "tbody", "pre", "dd", "dt",
    "section", "article", "header", "aside", "form", "figure", "ul", "main", "center", "address",
)  # fmt: skip
TAG = {tag: code for code, tag in enumerate(_TAGS, 1)}
# Thai and Lao, Chinese and Japanese.
_UNSPACED = re.compile("[\u0e00-\u0eff\u3000-\u9fff]")
_STOPS, _COMMAS = (".!?", "…。！？"), (",", "、，")
_LEAST_WORDS, _MOST_LINKED = 10, 400


@dataclass(frozen=True, slots=True)
class View:
    """Blocks have lower-case columns, elements those that begin with `e_`."""

    texts: list[str]
    tokens: list[list[str]]
    keys: list[str]
    """Letters and digits alone."""
    head: int
    """The block that is the headline; -1 if none is."""
    chars: Ints
    words: Ints
    linked: Ints
    density: Ints
    """Characters within links, per mille."""
    sentences: Ints
    commas: Ints
    prose: Ints
    """Characters of running text."""
    total: int
    owner: Ints
    up1: Ints
    up2: Ints
    up3: Ints
    tag: Ints
    e_tag: Ints
    e_parent: Ints
    e_start: Ints
    e_end: Ints
    e_mask: Ints
    e_signature: Ints
    e_prose: Ints
    e_share: Ints
    """Its part of the page's prose, per mille."""
    e_density: Ints

    @property
    def size(self) -> int:
        return len(self.texts)


def ints(values: Any) -> Ints:
    return np.asarray(values, dtype=np.int64)


def sums(column: Ints) -> Ints:
    """Sums of all beginnings: the sum between two places is a difference."""
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(column)))


def view(page: Page, open_blocks: Sequence[int], head: int) -> View:
    """The page as it is without the blocks whose fate is decided."""
    blocks, elements = page.blocks, page.elements
    texts = [blocks.texts[place] for place in open_blocks]
    tokens = [blocks.tokens[place] for place in open_blocks]
    keys = [blocks.keys[place] for place in open_blocks]
    chars, chosen = ints([len(printed) for printed in texts]), ints(open_blocks)
    linked = np.minimum(ints(blocks.linked)[chosen], chars)
    density = 1000 * linked // chars
    words, sentences, commas = _counts(texts)
    words = np.where(ints([_is_unspaced(printed) for printed in texts]) > 0, np.maximum(words, chars // 3), words)
    is_prose = (words >= _LEAST_WORDS) & (density < _MOST_LINKED) & ((sentences > 0) | (commas > 1))
    prose = np.where(is_prose, chars - linked, 0)
    total = max(1, int(prose.sum()))
    before = np.searchsorted(chosen, np.arange(len(blocks.texts) + 1))
    start, end = before[ints(elements.starts)], before[ints(elements.ends)]
    parent, owner = ints(elements.parents), ints(blocks.owners)[chosen]
    up1 = np.maximum(parent[owner], 0)
    up2 = np.maximum(parent[up1], 0)
    e_tag = ints([TAG.get(tag, 0) for tag in elements.tags])
    e_prose, e_chars, e_linked = (_within(column, start, end) for column in (prose, chars, linked))
    found = np.flatnonzero(chosen == head)
    return View(
        texts, tokens, keys, int(found[0]) if len(found) else NONE,
        chars, words, linked, density, sentences, commas, prose, total,
        owner, up1, up2, np.maximum(parent[up2], 0), e_tag[owner],
        e_tag, parent, start, end, ints(elements.masks), ints(elements.signatures),
        e_prose, 1000 * e_prose // total, 1000 * e_linked // np.maximum(1, e_chars),
    )  # fmt: skip


def _counts(texts: list[str]) -> tuple[Ints, Ints, Ints]:
    """Words, ends of sentences and commas of each block."""
    words = ints([printed.count(" ") + 1 for printed in texts])
    stops = ints([_count(printed, _STOPS) for printed in texts])
    commas = ints([_count(printed, _COMMAS) for printed in texts])
    return words, stops, commas


def _count(printed: str, signs: tuple[str, str]) -> int:
    """How many of the signs stand in it: those of ASCII, and the others."""
    return sum(map(printed.count, signs[0] if printed.isascii() else signs[0] + signs[1]))


def _is_unspaced(printed: str) -> bool:
    """Written without blanks between words, as Japanese or Thai."""
    if printed.isascii():
        return False
    first = printed[:60]
    return 3 * len(_UNSPACED.findall(first)) > len(first)


def bits(names: Iterable[str], mask: Ints) -> Columns:
    """A column of 0 and 1 for each bit, from the lowest."""
    listed = list(names)
    return dict(zip(listed, (mask >> np.arange(len(listed))[:, None]) & 1, strict=True))


def _within(column: Ints, start: Ints, end: Ints) -> Ints:
    before = sums(column)
    return np.asarray(before[end] - before[start], dtype=np.int64)


def inherited(parents: list[int], own: list[int]) -> list[int]:
    """For each element its own bits and those of all above it."""
    found: list[int] = []
    for parent, mine in zip(parents, own, strict=True):
        found.append(mine if parent < 0 else mine | found[parent])
    return found
