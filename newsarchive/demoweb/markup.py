"""The markup of the demo articles, `**strong** *emphasis* [text](address)`: as HTML, and as the plain text of it."""

import re
import unicodedata

_MARK = re.compile(r"\[(?P<text>[^\]]+)\]\((?P<href>[^)\s]+)\)|\*\*(?P<strong>.+?)\*\*|\*(?P<em>[^*]+)\*")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_PLAIN = str.maketrans(_ESCAPES)
# Both sites write some apostrophes as references (`&#x27;` in headlines of The Kyiv Independent).
_HEX = str.maketrans({**_ESCAPES, "'": "&#x27;"})


def plain(marked: str) -> str:
    """The text without its marks, as a record must have it: NFC, white space folded."""
    return " ".join(unicodedata.normalize("NFC", _unmarked(marked)).split())


def html(marked: str, hex_apostrophes: bool = False) -> str:
    """The text as HTML, everything in it escaped."""
    escapes = _HEX if hex_apostrophes else _PLAIN
    pieces, end = [], 0
    for mark in _MARK.finditer(marked):
        pieces += [marked[end : mark.start()].translate(escapes), _element(mark, hex_apostrophes)]
        end = mark.end()
    return "".join([*pieces, marked[end:].translate(escapes)])


def _unmarked(marked: str) -> str:
    return _MARK.sub(lambda mark: _unmarked(_inner(mark)), marked)


def _inner(mark: re.Match[str]) -> str:
    return mark["text"] or mark["strong"] or mark["em"]


def _element(mark: re.Match[str], hex_apostrophes: bool) -> str:
    inner = html(_inner(mark), hex_apostrophes)
    if mark["href"]:
        address = mark["href"].translate(_PLAIN).replace('"', "&quot;")
        return f'<a href="{address}">{inner}</a>'
    return f"<strong>{inner}</strong>" if mark["strong"] else f"<em>{inner}</em>"
