"""Text as the record keeps it: NFC, no control characters, white space folded. Pure."""

import re
import unicodedata
from collections.abc import Iterable

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\u200b\u2060\u00ad\ufffe\uffff\ud800-\udfff]")
_SPACE = re.compile(r"\s+")
_SHINGLE_WORDS = 3


def clean(raw: str) -> str:
    """One line of text: NFC, white space (no-break spaces too) folded to single blanks, ends stripped."""
    # Next line (U+0085) is both a control character and white space: it parts words.
    folded = _SPACE.sub(" ", raw)
    return unicodedata.normalize("NFC", _CONTROL.sub("", folded)).strip()


def join(paragraphs: Iterable[str]) -> str:
    """The record's `text`: paragraphs parted by an empty line."""
    return "\n\n".join(paragraphs)


def spans(paragraphs: Iterable[str]) -> list[list[int]]:
    """Start and end of each paragraph in `join(paragraphs)`, in code points."""
    result, start = [], 0
    for paragraph in paragraphs:
        result.append([start, start + len(paragraph)])
        start += len(paragraph) + 2
    return result
