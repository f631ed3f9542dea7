"""Declarative refreshes: the `Refresh` header field and the `meta` element, by HTML's shared steps. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsarchive import urls
from newsarchive.extract import decode

MAX_LETTERS = 4096
"""Letters of a page in which the element is looked for."""
MAX_BYTES = 4 * MAX_LETTERS
"""No charset of the web has more bytes for a letter."""
# HTML, "shared declarative refresh steps": `0;url='/b' more`, `0, /b`, `0.5 url = /b`.
_DELAY = re.compile(
    r"[ \t\n\f\r]*+(?=[0-9.])([0-9]*+)[0-9.]*+(?:(?=[;, \t\n\f\r])[ \t\n\f\r]*+[;,]?+[ \t\n\f\r]*+(.*))?\Z", re.DOTALL
)
_BEFORE_URL = re.compile(r"(?:url[ \t\n\f\r]*+=[ \t\n\f\r]*+)?+", re.IGNORECASE)
_SCRIPT = re.compile(r"\s*+javascript:", re.IGNORECASE)
# Browsers run scripts, so the contents of `noscript` are text for them.
_TEXT = frozenset({"noscript", "template"})
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Refresh:
    """The URL that a page loads after so many whole seconds; its own URL if it loads itself again."""

    seconds: int
    url: str


def read(field: str | None, page: bytes, content_type: str | None, url: str) -> Refresh | None:
    """Return the first valid refresh of an answer from `url`, that of its header field first.

    `page` is the start of an HTML page without its coding, empty for another answer.
    """
    printed = (field or "").encode("latin-1").decode("utf-8", "percentencode")
    found = _refresh(printed, base=url, url=url)
    if found or b"refresh" not in page.replace(b"\0", b"").lower():
        return found
    tree = LexborHTMLParser(decode.decode(page, content_type).text[:MAX_LETTERS])
    base = urls.absolute(url, _first(tree, "base[href]", "href")) or url
    refreshes = (_refresh(value, base=base, url=url) for value in _declared(tree))
    return next((refresh for refresh in refreshes if refresh), None)


def _declared(tree: LexborHTMLParser) -> Iterator[str]:
    for element in tree.css("meta[http-equiv][content]"):
        if (element.attributes["http-equiv"] or "").strip().lower() == "refresh" and not _is_text(element):
            yield element.attributes["content"] or ""


def _is_text(element: LexborNode) -> bool:
    node: LexborNode | None = element
    while node is not None and node.tag not in _TEXT:
        node = node.parent
    return node is not None


def _first(tree: LexborHTMLParser, selector: str, name: str) -> str | None:
    element = tree.css_first(selector)
    return element.attributes[name] if element else None


def _refresh(printed: str, *, base: str, url: str) -> Refresh | None:
    found = _DELAY.match(printed)
    if found is None:
        return None
    seconds = int(found[1].lstrip("0")[:_MOST_DIGITS] or 0)
    if not found[2]:
        return Refresh(seconds, url)
    behind = _BEFORE_URL.match(found[2])
    reference = found[2][behind.end() if behind else 0 :]
    if reference[:1] in ("'", '"'):
        reference = reference[1:].partition(reference[0])[0]
    target = None if _SCRIPT.match(reference) else urls.target(base, reference)
    return Refresh(seconds, target) if target else None
