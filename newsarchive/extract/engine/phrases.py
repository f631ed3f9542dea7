"""What furniture says: words and pairs of words by which a block gives itself away."""

import re
from collections.abc import Sequence
from itertools import pairwise

from newsarchive import text
from newsarchive.extract.engine.vocabulary import VOCABULARY

_HEAD, _TAIL = 30, 14
NAMES = tuple(VOCABULARY["phrases"])
BIT = {name: 1 << place for place, name in enumerate(NAMES)}
_WORD = re.compile(r"\w+|©")


def words(printed: str) -> list[str]:
    """Words in lower case; and the sign that says as much as one."""
    return _WORD.findall(printed.lower()) if "©" in printed else text.words(printed)


def _table(size: int) -> dict[tuple[str, ...], int]:
    """The kinds for which a phrase of this many words stands."""
    found: dict[tuple[str, ...], int] = {}
    for name, phrases in VOCABULARY["phrases"].items():
        for phrase in phrases:
            words = tuple(phrase.split())
            if len(words) == size:
                found[words] = found.get(words, 0) | BIT[name]
    return found


_SINGLE = {word: bits for (word,), bits in _table(1).items()}
_PAIRS = _table(2)
_FIRST = frozenset(first for first, _ in _PAIRS)


def mask(words: Sequence[str]) -> int:
    """A bit for each kind of furniture whose words stand at the beginning or the end of a block."""
    if len(words) > _HEAD + _TAIL:
        words = [*words[:_HEAD], *words[-_TAIL:]]
    found = 0
    for word in _SINGLE.keys() & words:
        found |= _SINGLE[word]
    # Most blocks have no word with which a pair begins.
    if not _FIRST.isdisjoint(words):
        for pair in _PAIRS.keys() & pairwise(words):
            found |= _PAIRS[pair]
    return found
