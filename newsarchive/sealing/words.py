"""Searching for words, as `--scope query=WORDS` means them."""

import re
import unicodedata
from collections.abc import Iterable

# Scripts that are written without spaces: there a word may stand in the middle of signs.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_UNSPACED}]+|[^\W{_UNSPACED}]+")


def words_of(query: str) -> tuple[str, ...]:
    """The words of a query, without regard to case, each once, in one order; none of marks alone."""
    return tuple(sorted(set(_WORD.findall(_folded(query)))))


class Words:
    """All of these words, in any order."""

    def __init__(self, words: Iterable[str]) -> None:
        self._patterns = [re.compile(_pattern(word)) for word in words]

    def are_in(self, *texts: str | None) -> bool:
        """Each of the words stands in one of the texts, as a whole word."""
        text = _folded("\n".join(one for one in texts if one))
        return all(pattern.search(text) for pattern in self._patterns)


def _pattern(word: str) -> str:
    escaped = re.escape(word)
    return escaped if re.match(f"[{_UNSPACED}]", word) else rf"(?<!\w){escaped}(?!\w)"


def _folded(text: str) -> str:
    """In one spelling: composed, without case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
