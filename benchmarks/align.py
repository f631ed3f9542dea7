"""Which blocks of a page a gold body is made of: the best chain of matches in the order of both."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

_WORD = re.compile(r"\w+")
# Scripts written without blanks: one word a letter.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_GRAM, _DIAGONALS, _SHIFT, _PLACES = 4, 4, 15, 200
# What a block shorter than a 4-gram is worth where neither, one or both of its ends are a paragraph's.
_WORTH = (0.02, 0.7, 1.0)


@dataclass(frozen=True, slots=True)
class Match:
    """A block may stand for a stretch of the gold."""

    block: int
    start: int
    end: int
    worth: float


@dataclass(slots=True)
class Gold:
    """The gold's words, and where they stand."""

    words: list[str] = field(default_factory=list)
    bounds: set[int] = field(default_factory=lambda: {0})
    grams: dict[tuple[str, ...], list[int]] = field(default_factory=lambda: defaultdict(list))
    places: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


def words(text: str) -> list[str]:
    """As the scorer counts them."""
    return _WORD.findall(_UNSPACED.sub(r" \g<0> ", text))


def covered(texts: Sequence[str], paragraphs: Sequence[str]) -> np.ndarray:
    """How many words of each block are the gold's."""
    gold = _gold(paragraphs)
    matches = [match for block, text in enumerate(texts) for match in _matches(block, words(text), gold)]
    found, used = np.zeros(len(texts)), np.zeros(len(gold.words) + 1, dtype=bool)
    for match in _chain(matches, len(gold.words)):
        found[match.block] = match.worth
        used[match.start : match.end] = True
    # Out of order, such as a summary that the gold puts first.
    for match in sorted(matches, key=lambda one: -one.worth):
        is_long = match.end - match.start >= _GRAM
        if is_long and found[match.block] == 0 and not used[match.start : match.end].any():
            found[match.block] = match.worth
            used[match.start : match.end] = True
    return found


def _gold(paragraphs: Sequence[str]) -> Gold:
    gold = Gold()
    for line in "\n".join(paragraphs).split("\n"):
        gold.words.extend(words(line))
        gold.bounds.add(len(gold.words))
    for place, word in enumerate(gold.words):
        gold.places[word].append(place)
        gram = tuple(gold.words[place : place + _GRAM])
        if len(gram) == _GRAM:
            gold.grams[gram].append(place)
    return gold


def _matches(block: int, own: list[str], gold: Gold) -> list[Match]:
    if not own:
        return []
    return _long(block, own, gold) if len(own) >= _GRAM else _short(block, own, gold)


def _long(block: int, own: list[str], gold: Gold) -> list[Match]:
    """By the diagonals on which most 4-grams agree."""
    votes: Counter[int] = Counter()
    for place in range(len(own) - _GRAM + 1):
        votes.update(at - place for at in gold.grams.get(tuple(own[place : place + _GRAM]), ())[:20])
    found = []
    for diagonal, _ in votes.most_common(_DIAGONALS):
        agreed = [
            diagonal + place
            for place, word in enumerate(own)
            if 0 <= diagonal + place < len(gold.words) and gold.words[diagonal + place] == word
        ]
        near = sum(count for other, count in votes.items() if abs(other - diagonal) <= _SHIFT)
        found.append(Match(block, agreed[0], agreed[-1] + 1, max(len(agreed), min(len(own), near + _GRAM - 1))))
    return found


def _short(block: int, own: list[str], gold: Gold) -> list[Match]:
    size, found = len(own), []
    for start in gold.places.get(own[0], ())[:_PLACES]:
        if gold.words[start : start + size] == own:
            ends = (start in gold.bounds) + (start + size in gold.bounds)
            found.append(Match(block, start, start + size, size * _WORTH[ends]))
    return found


def _chain(matches: Sequence[Match], size: int) -> list[Match]:
    """The most worthy matches that rise both in blocks and in gold; `matches` are ordered by block."""
    best: list[tuple[float, int]] = [(0.0, -1)] * (size + 3)
    worth, back = [0.0] * len(matches), [-1] * len(matches)
    by_block: dict[int, list[int]] = defaultdict(list)
    for number, match in enumerate(matches):
        by_block[match.block].append(number)
    for numbers in by_block.values():
        for number in numbers:
            match = matches[number]
            # A few words may be both the end of one block and the beginning of the next.
            reached, back[number] = _best(best, match.start + min(3, (match.end - match.start) // 4))
            worth[number] = reached + match.worth + 0.001
        for number in numbers:
            _note(best, matches[number].end, (worth[number], number))
    found, number = [], _best(best, size)[1]
    while number >= 0:
        found.append(matches[number])
        number = back[number]
    return found


def _best(best: list[tuple[float, int]], place: int) -> tuple[float, int]:
    """The greatest noted at or before a place: a Fenwick tree."""
    found, at = (0.0, -1), place + 1
    while at > 0:
        found = max(found, best[at], key=lambda one: one[0])
        at -= at & -at
    return found


def _note(best: list[tuple[float, int]], place: int, value: tuple[float, int]) -> None:
    at = place + 1
    while at < len(best):
        if value[0] > best[at][0]:
            best[at] = value
        at += at & -at
