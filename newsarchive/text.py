"""Text as the record keeps it: NFC, no control characters, white space folded; and its words. Pure."""

import html
import re
import unicodedata
from collections.abc import Iterable

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\u200b\u2060\u00ad\ufffe\uffff\ud800-\udfff]")

# `html.unescape` raises `ValueError` for a number of more than 4,300 digits; Unicode has seven.
_NO_CHARACTER = re.compile(r"&#0*[1-9][0-9]{7,};?")

_WORD = re.compile(r"\w+")
# What newspapers print beside ASCII: without it most texts are plain.
_TYPOGRAPHIC = re.compile("[’“”–—‘…]")
_LETTERS = bytes(
    ord(sign.lower()) if sign.isalnum() or sign == "_" else ord(" ") for sign in map(chr, range(128))
).ljust(256)


def clean(raw: str) -> str:
    """One line of text: NFC, white space (no-break spaces too) folded to single blanks, ends stripped."""
    # First white space: next line (U+0085) is also a control character, but it parts words.
    folded = " ".join(raw.split())
    if folded.isascii() and folded.isprintable():
        return folded
    if not folded.isprintable():
        # What is removed may have stood between two blanks.
        folded = " ".join(_CONTROL.sub("", folded).split())
    return unicodedata.normalize("NFC", folded)


def unescape(raw: str) -> str:
    """Return the text with its HTML character references replaced; never raises."""
    return html.unescape(_NO_CHARACTER.sub("\ufffd", raw))


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


def words(printed: str) -> list[str]:
    """Letters and digits that nothing parts, in lower case."""
    plain = printed if printed.isascii() else _TYPOGRAPHIC.sub(" ", printed)
    if plain.isascii():
        # A table of bytes is asked four times as fast as a pattern is tried.
        return plain.encode().translate(_LETTERS).decode().split()
    return _WORD.findall(printed.lower())
