"""What authors of pages call their furniture: words in class, id and role, and what they mean."""

import re
from collections.abc import Iterable
from functools import lru_cache

from newsarchive.extract.body import is_hidden
from newsarchive.extract.engine.vocabulary import VOCABULARY

_LONGEST, _LONGEST_VALUE, _MOST = 80, 1000, 24
NAMES = tuple(VOCABULARY["names"])
BIT = {name: 1 << place for place, name in enumerate(NAMES)}
HIDDEN, MARKED = 1 << len(NAMES), 2 << len(NAMES)
"""Nobody sees it; its author marked it as the article's body."""
# Names that leave no doubt: such an element is furniture even if it holds most of the page's text.
_CERTAIN = re.compile("|".join(f"(?P<{name}>{'|'.join(words)})" for name, words in VOCABULARY["certain"].items()))
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ASKED = frozenset({"class", "id", "role", "itemprop", "data-testid", "data-component", "data-type", "data-module"})
_HIDING = frozenset({"hidden", "aria-hidden", "style"})
_READ = _ASKED | _HIDING
_BODY = "articlebody"
_DECISIVE = ("class", "id")

_HEAD = re.compile(r"(?P<bound>\\b)?(?:\(\?:(?P<group>[^()]*)\)(?!\?))?")
_NAMED = re.compile("|".join(f"(?P<{name}>{'|'.join(words)})" for name, words in VOCABULARY["names"].items()))


def _by_letter(patterns: Iterable[str]) -> re.Pattern[str]:
    """One pattern for all, sorted by first letters, which `re` compares before it tries an alternative.

    Without groups: for each match of a pattern with groups Python makes room for all of them.
    """
    letters: dict[str, list[str]] = {}
    for pattern in patterns:
        head = _HEAD.match(pattern)
        assert head is not None
        for first in (head["group"] or "").split("|"):
            whole = first + pattern[head.end() :]
            bound = rf"(?<=\b{whole[0]})" if head["bound"] else ""
            letters.setdefault(whole[0], []).append(bound + whole[1:])
    return re.compile("|".join(f"{letter}(?:{'|'.join(rests)})" for letter, rests in letters.items()))


_PATTERN = _by_letter(pattern for patterns in VOCABULARY["names"].values() for pattern in patterns)

Facts = dict[str, str | None]


def meaning(facts: Facts) -> tuple[int, str | None]:
    """A bit for each kind of furniture that the attributes name; and what the element certainly is, if furniture."""
    found, certain = 0, None
    for name, value in facts.items():
        if name not in _READ:
            continue
        if name in _HIDING:
            found |= HIDDEN if is_hidden(facts) else 0
        elif value:
            bits, reason = _of_all(value if len(value) < _LONGEST_VALUE else value[:_LONGEST_VALUE])
            found |= bits
            if name in _DECISIVE:
                certain = certain or reason
            elif name == "itemprop" and value.lower() == _BODY:
                found |= MARKED
    return found, certain


@lru_cache(maxsize=1 << 13)
def _of_all(value: str) -> tuple[int, str | None]:
    """What the first words of an attribute mean together."""
    found, certain = 0, None
    for word in value.split()[:_MOST]:
        bits, reason = _of_word(word[:_LONGEST])
        found |= bits
        certain = certain or reason
    return found, certain


@lru_cache(maxsize=1 << 14)
def _of_word(word: str) -> tuple[int, str | None]:
    lowered = _CAMEL.sub("-", word).lower().replace("_", "-")
    found = 0
    for named in _PATTERN.findall(lowered):
        found |= _kind(named)
    certain = _CERTAIN.match(lowered)
    return found, certain.lastgroup if certain else None


@lru_cache(maxsize=1 << 12)
def _kind(named: str) -> int:
    """The first kind that fits."""
    kind = _NAMED.fullmatch(named)
    return BIT[kind.lastgroup or ""] if kind else 0
