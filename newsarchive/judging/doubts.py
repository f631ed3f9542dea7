"""What speaks against an article that was read, from what lies around its capture: lists and other pages. Pure."""

import re

_WORD = re.compile(r"\w{4,}")
_LEAST_WORDS = 3
LISTED_WORDS = 0.25
"""Feeds print other headlines than pages; but of any, more than this share of the words stands in its article."""
LIES = 0.3
"""A page less like the one that it names as its own address is no copy of it."""


def is_another(listed: str | None, headline: str | None, text: str) -> bool:
    """The page tells of something else than the list that named it."""
    words = set(_WORD.findall((listed or "").lower()))
    if len(words) < _LEAST_WORDS:
        return False
    told = set(_WORD.findall(f"{headline or ''} {text}".lower()))
    return len(words & told) < LISTED_WORDS * len(words)
