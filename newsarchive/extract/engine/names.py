"""What authors of pages call their furniture: words in class, id and role, and what they mean."""

import re
from functools import lru_cache

from newsarchive.extract.engine.vocabulary import VOCABULARY

_LONGEST, _LONGEST_VALUE, _MOST = 80, 1000, 24
NAMES = tuple(VOCABULARY["names"])
BIT = {name: 1 << place for place, name in enumerate(NAMES)}
HIDDEN, MARKED = 1 << len(NAMES), 2 << len(NAMES)
"""Nobody sees it; its author marked it as the article's body."""
# The first kind that fits at a place is taken.
_PATTERN = re.compile("|".join(f"(?P<{name}>{'|'.join(words)})" for name, words in VOCABULARY["names"].items()))
# Names that leave no doubt: such an element is furniture even if it holds most of the page's text.
_CERTAIN = re.compile("|".join(f"(?P<{name}>{'|'.join(words)})" for name, words in VOCABULARY["certain"].items()))
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ASKED = frozenset({"class", "id", "role", "itemprop", "data-testid", "data-component", "data-type", "data-module"})
_BODY = "articlebody"
_DECISIVE = ("class", "id")

Facts = dict[str, str | None]


def meaning(facts: Facts) -> tuple[int, str | None]:
    """A bit for each kind of furniture that the attributes name; and what the element certainly is, if furniture."""
    found, certain = 0, None
    for name, value in facts.items():
        if value and name in _ASKED:
            bits, reason = _of_all(value[:_LONGEST_VALUE])
            found |= bits
            if name == "itemprop" and value.lower() == _BODY:
                found |= MARKED
            if name in _DECISIVE:
                certain = certain or reason
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


@lru_cache(maxsize=1 << 16)
def _of_word(word: str) -> tuple[int, str | None]:
    lowered = _CAMEL.sub("-", word).lower().replace("_", "-")
    found = 0
    for match in _PATTERN.finditer(lowered):
        found |= BIT[match.lastgroup or ""]
    certain = _CERTAIN.match(lowered)
    return found, certain.lastgroup if certain else None
