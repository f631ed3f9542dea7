"""What authors of pages call their furniture: words in class, id and role, and what they mean."""

import re
from functools import lru_cache

from newsarchive.extract.engine.vocabulary import VOCABULARY

_LONGEST, _MOST = 80, 24
NAMES = tuple(VOCABULARY["names"])
BIT = {name: 1 << place for place, name in enumerate(NAMES)}
HIDDEN = 1 << len(NAMES)
# The first kind that fits at a place is taken.
_PATTERN = re.compile("|".join(f"(?P<{name}>{'|'.join(words)})" for name, words in VOCABULARY["names"].items()))
# Names that leave no doubt: such an element is furniture even if it holds most of the page's text.
_CERTAIN = re.compile("|".join(f"(?P<{name}>{'|'.join(words)})" for name, words in VOCABULARY["certain"].items()))
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ASKED = ("class", "id", "role", "itemprop", "data-testid", "data-component", "data-type", "data-module")

Facts = dict[str, str | None]


def mask(facts: Facts) -> int:
    """A bit for each kind of furniture that the attributes name."""
    found = 0
    for name in _ASKED:
        value = facts.get(name)
        if value:
            for word in value[: _LONGEST * _MOST].split()[:_MOST]:
                found |= _meaning(word)[0]
    return found


def furniture(facts: Facts) -> str | None:
    """What the element certainly is by its class or id, if it is furniture."""
    for name in ("class", "id"):
        value = facts.get(name)
        if value:
            for word in value[: _LONGEST * _MOST].split()[:_MOST]:
                if reason := _meaning(word)[1]:
                    return reason
    return None


@lru_cache(maxsize=1 << 16)
def _meaning(word: str) -> tuple[int, str | None]:
    """The kinds that a name names, and what it certainly is."""
    lowered = _CAMEL.sub("-", word[:_LONGEST]).lower().replace("_", "-")
    found = 0
    for match in _PATTERN.finditer(lowered):
        found |= BIT[match.lastgroup or ""]
    certain = _CERTAIN.match(lowered)
    return found, certain.lastgroup if certain else None
