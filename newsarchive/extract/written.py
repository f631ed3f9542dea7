"""A body as front ends keep it: HTML, text, or lists of typed blocks; read into paragraphs."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from newsarchive.extract import body, complexity
from newsarchive.extract.body import Paragraph

_MOST, _MOST_LETTERS, _DEEPEST = 20_000, 2_000_000, 12
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:#\w{1,8}|\w{2,8});")
_BLOCK = re.compile(r"<(?:p|div|h[1-6]|ul|ol|li|blockquote|br|table|section)\b", re.IGNORECASE)
_LINES = re.compile(r"\n\s*\n|\r\n|\n")
_KINDS = ("type", "_type", "_cls", "nodeType", "__typename", "kind", "component", "tagName", "tag", "blockType", "name")
# What a block calls itself that holds text of the article, or holds such blocks; whatever else it calls itself is none.
_TEXT = re.compile(
    r"text|para|head|title|list|item|quote|block|html|body|content|section|table|row|cell|column|document|root|doc|span|"
    r"link|mark|strong|em|bold|italic|underline|break|^(?:p|h[1-6]|ul|ol|li|a|b|i|u|s|br|td|tr|th|div)$",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"image|photo|picture|gallery|video|audio|embed|media|related|promo|advert|\bads?\b|newsletter|subscri|signup|share|"
    r"social|author|byline|bio|caption|credit|tag|comment|card|teaser|recirc|interstitial|story-?link|read-?more|widget|"
    r"paywall|button|cta|form|podcast|slideshow|carousel|poll|quiz|script|iframe|oembed|reference|divider",
    re.IGNORECASE,
)
_INLINE = re.compile(
    r"text|span|link|mark|strong|em|bold|italic|underline|break|a|b|i|u|s|br|hyperlink|inline.*", re.IGNORECASE
)
_HOLDING = re.compile(
    r"(?:.*_)?(?:html|text|content|contents|value|body|children|childs|items|paragraphs?|blocks|elements|components|"
    r"nodes|rendered|markup|copy|document|richtext|cells|rows|data|root|props|properties|attributes|fields)(?:_?(?:text|html))?",
    re.IGNORECASE,
)


def paragraphs(bodies: Iterable[Any]) -> list[Paragraph]:
    """Of several values the one with most text."""
    read = ([one for printed in _Reader().all(value) for one in _parsed(printed)] for value in bodies)
    return max(read, key=lambda found: sum(len(one.text) for one in found), default=[])


class _Reader:
    """Texts in their order, each with or without markup; bounded, whatever holds itself."""

    def __init__(self) -> None:
        self.left = _MOST
        self.letters = _MOST_LETTERS

    def all(self, value: Any, depth: int = 0) -> Iterator[str]:
        self.left -= 1
        if self.left < 0 or depth > _DEEPEST:
            return
        if isinstance(value, str):
            self.letters -= len(value)
            if self.letters > 0 and " " in value.strip():
                yield value
        elif isinstance(value, list):
            for one in value:
                yield from self.all(one, depth + 1)
        elif isinstance(value, dict) and _is_text(value):
            yield from self._block(value, depth)

    def _block(self, value: dict[str, Any], depth: int) -> Iterator[str]:
        """Pieces of one line are joined; blocks within a block are blocks of their own."""
        held = [one for name, one in value.items() if one and _HOLDING.fullmatch(name)]
        for one in held:
            if isinstance(one, list) and one and all(_is_inline(piece) for piece in one):
                yield "".join(self._pieces(one, depth + 1))
                return
        found = [printed for one in held for printed in self.all(one, depth + 1)]
        # The same text may be kept twice, with markup and without.
        yield from found if len(held) < 2 else _richest(held, found)

    def _pieces(self, pieces: list[Any], depth: int) -> Iterator[str]:
        for piece in pieces:
            self.left -= 1
            if self.left < 0 or depth > _DEEPEST:
                return
            if isinstance(piece, str):
                yield piece
                continue
            for name, one in piece.items():
                if isinstance(one, str) and one and _HOLDING.fullmatch(name):
                    yield one
                elif isinstance(one, list) and _HOLDING.fullmatch(name):
                    yield from self._pieces([each for each in one if _is_inline(each)], depth + 1)


def _richest(held: list[Any], found: list[str]) -> list[str]:
    """Of several texts of one block the longest; lists are parts of it."""
    if all(isinstance(one, str) for one in held):
        return [max(found, key=len)] if found else []
    return found


def _kind(value: dict[str, Any]) -> str | None:
    return next((value[name] for name in _KINDS if isinstance(value.get(name), str)), None)


def _is_text(value: dict[str, Any]) -> bool:
    kind = _kind(value)
    return kind is None or (bool(_TEXT.search(kind)) and not _OTHER.search(kind))


def _is_inline(piece: Any) -> bool:
    if isinstance(piece, str):
        return False
    kind = _kind(piece) if isinstance(piece, dict) else None
    if not isinstance(piece, dict):
        return False
    return (
        bool(_INLINE.fullmatch(kind)) if kind else set(piece) <= {"text", "marks", "bold", "italic", "children", "url"}
    )


def _parsed(printed: str) -> list[Paragraph]:
    if not _MARKUP.search(printed):
        return [one for line in _LINES.split(printed) if (one := _paragraph(line))]
    markup = (printed if _BLOCK.search(printed) else f"<p>{printed}</p>").encode(errors="replace")
    if complexity.is_too_complex(markup):
        return []
    root = LexborHTMLParser(markup).body
    return body.read([root]) if root is not None else []


def _paragraph(line: str) -> Paragraph | None:
    cleaned = body.printed_line(line)
    return Paragraph(cleaned) if any(map(str.isalnum, cleaned)) else None
