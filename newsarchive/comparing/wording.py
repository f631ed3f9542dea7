"""What changed in a text: paragraphs first, then the words of those that were rewritten."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

MOST_PARAGRAPHS = 1_000
"""On either side, between the first and the last that differ; what is longer is told as one replacement."""
MOST_WORDS = 1_500
"""The same for the words of one paragraph."""
MOST_REWRITTEN = 20_000
"""Words of a text that are told one by one; paragraphs after that are told as wholes."""
# Scripts that part no words: each sign counts as one.
_SIGNS = r"\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_SIGNS}]|[^\s{_SIGNS}]+")

Kind = Literal["same", "lost", "gained"]


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row that share their fate."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph: `changed` holds runs of all kinds, every other kind one run."""

    kind: Kind | Literal["changed"]
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Amount:
    """How much of a text changed, in words; words that only moved are neither gained nor lost."""

    before: int
    gained: int
    lost: int


def amount(old: str, new: str) -> Amount:
    """Counted as bags of words, in time that grows with their length alone."""
    ours, theirs = Counter(_WORD.findall(old)), Counter(_WORD.findall(new))
    return Amount(ours.total(), (theirs - ours).total(), (ours - theirs).total())


def count(text: str) -> int:
    """Words of a text."""
    return len(_WORD.findall(text))


def passages(old: str, new: str) -> list[Passage]:
    """The paragraphs of both texts in their order."""
    ours, theirs = old.split("\n\n"), new.split("\n\n")
    found: list[Passage] = []
    room = MOST_REWRITTEN
    for tag, i, j, k, m in _opcodes(ours, theirs, most=MOST_PARAGRAPHS):
        if tag == "equal":
            found += [Passage("same", (Run("same", one),)) for one in ours[i:j]]
            continue
        for before, after in zip_longest(ours[i:j], theirs[k:m]):
            found += line(before, after) if room > 0 else _wholes(before, after)
            room -= count(before or "") + count(after or "")
    return found


def line(old: str | None, new: str | None) -> list[Passage]:
    """One line or paragraph, told word by word where half of its words stay."""
    if old is not None and new is not None:
        change = amount(old, new)
        if 2 * change.lost < change.before:
            return [Passage("changed", words(old, new))]
    return _wholes(old, new)


def items(old: Sequence[str], new: Sequence[str]) -> list[Passage]:
    """The items of two lists in their order."""
    found: list[Passage] = []
    for tag, i, j, k, m in _opcodes(old, new, most=MOST_PARAGRAPHS):
        kinds: tuple[tuple[Kind, Sequence[str]], ...] = (("lost", old[i:j]), ("gained", new[k:m]))
        for kind, ones in kinds if tag != "equal" else (("same", old[i:j]),):
            found += [Passage(kind, (Run(kind, one),)) for one in ones]
    return found


def words(old: str, new: str) -> tuple[Run, ...]:
    """One line of text in runs."""
    ours, theirs = _starts(old), _starts(new)
    before, after = [word for _, word in ours], [word for _, word in theirs]
    runs: list[Run] = []
    for tag, i, j, k, m in _opcodes(before, after, most=MOST_WORDS):
        if tag == "equal":
            runs.append(Run("same", _slice(new, theirs, k, m)))
            continue
        if j > i:
            runs.append(Run("lost", _slice(old, ours, i, j)))
        if m > k:
            runs.append(Run("gained", _slice(new, theirs, k, m)))
    return tuple(runs)


def _wholes(old: str | None, new: str | None) -> list[Passage]:
    kinds: tuple[tuple[Kind, str | None], ...] = (("lost", old), ("gained", new))
    return [Passage(kind, (Run(kind, one),)) for kind, one in kinds if one is not None]


def _starts(text: str) -> list[tuple[int, str]]:
    return [(match.start(), match.group()) for match in _WORD.finditer(text)]


def _slice(text: str, words: list[tuple[int, str]], start: int, end: int) -> str:
    """As printed, from the first of these words to the last."""
    last, word = words[end - 1]
    return text[words[start][0] : last + len(word)]


def _opcodes(ours: Sequence[str], theirs: Sequence[str], *, most: int) -> Iterator[tuple[str, int, int, int, int]]:
    """Those of difflib, between what both begin and end with; its time grows with the square of what is between."""
    shorter = min(len(ours), len(theirs))
    head = next((n for n in range(shorter) if ours[n] != theirs[n]), shorter)
    tail = next((n for n in range(shorter - head) if ours[-1 - n] != theirs[-1 - n]), shorter - head)
    i, j, k, m = head, len(ours) - tail, head, len(theirs) - tail
    if head:
        yield "equal", 0, head, 0, head
    if max(j - i, m - k) > most:
        yield "replace", i, j, k, m
    elif j > i or m > k:
        matcher = SequenceMatcher(None, ours[i:j], theirs[k:m])
        for tag, a, b, c, d in matcher.get_opcodes():
            yield tag, a + i, b + i, c + k, d + k
    if tail:
        yield "equal", j, len(ours), m, len(theirs)
