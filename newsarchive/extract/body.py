"""From nodes to paragraphs: a walk in the order of the page that keeps what a reader reads."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from newsarchive import text
from newsarchive.extract.document import Node

# Marks for what is an element in the page; text.clean would remove them from printed text.
BREAK, CELL = "\x1e", "\x1f"
PARAGRAPH_BREAK = re.compile(rf"{BREAK}\s*(?:{BREAK}\s*)+")
MARKS = str.maketrans({BREAK: " ", CELL: " "})
_DROPPED = frozenset({
    "script", "style", "noscript", "template", "form", "button", "nav", "aside", "footer", "iframe", "svg",
    "object", "video", "audio", "canvas", "select", "textarea", "input", "figcaption", "head", "math", "dialog",
})  # fmt: skip
INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "ins", "kbd", "label", "mark", "nobr", "picture", "q", "ruby", "rp", "rt", "s", "samp", "small", "span",
    "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "img", "rb", "slot",
})  # fmt: skip
CELLS = frozenset({"td", "th"})
# A figure holds pictures and cards; only these in it are text of the article.
_PROSE_IN_FIGURE = "p, blockquote, table, pre, ul, ol"
_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    links: tuple[str, ...] = ()
    """As printed."""
    linked: int = 0
    """How many characters stand inside links."""


@dataclass(slots=True)
class _Open:
    """The paragraph that is being read."""

    pieces: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    linked: int = 0
    anchors: int = 0
    done: list[Paragraph] = field(default_factory=list)

    def add(self, printed: str) -> None:
        self.pieces.append(printed)
        if self.anchors:
            self.linked += len(printed.strip())

    def end(self) -> None:
        """Close the paragraph; two line breaks within it make two of it."""
        joined = "".join(self.pieces)
        if joined.strip():
            parts = (
                [printed_line(part) for part in PARAGRAPH_BREAK.split(joined)]
                if BREAK in joined
                else [printed_line(joined)]
            )
            whole = [part for part in parts if any(map(str.isalnum, part))]
            for number, part in enumerate(whole):
                mine = (tuple(self.links), self.linked) if number == 0 else ((), 0)
                self.done.append(Paragraph(part, *mine))
        self.pieces, self.links, self.linked = [], [], 0


def read(roots: Iterable[Node], *, drop: str = "") -> list[Paragraph]:
    """The paragraphs beneath the roots, without what `drop` selects and without what a reader does not see."""
    result: list[Paragraph] = []
    for root in roots:
        dropped = {node.mem_id for node in root.css(drop)} if drop else set()
        dropped.discard(root.mem_id)
        result.extend(_walk(root, dropped))
    return result


def line(node: Node | None) -> str | None:
    """What an element prints, as one line; None if nothing."""
    if node is None:
        return None
    return " ".join(paragraph.text for paragraph in _walk(node, set())) or None


def _walk(root: Node, dropped: set[int]) -> list[Paragraph]:
    """Iterative: a page may nest as deeply as it likes."""
    paragraph = _Open()
    # A node is entered; a string is what happens after its children.
    waiting: list[Node | str] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            _leave(node, paragraph)
            continue
        tag = node.tag
        if tag == "-text":
            paragraph.add((node.text_content or "").translate(MARKS))
        elif tag == "br":
            paragraph.add(BREAK)
        elif tag and node.is_element_node and not _is_unread(node, tag, dropped, is_root=node is root):
            _enter(node, tag, paragraph)
            waiting.append(tag)
            waiting.extend(reversed(list(node.iter(include_text=True))))
    paragraph.end()
    return paragraph.done


def _enter(node: Node, tag: str, paragraph: _Open) -> None:
    if tag in CELLS:
        paragraph.add(CELL)
    elif tag not in INLINE:
        paragraph.end()
    elif tag == "a":
        paragraph.anchors += 1
        reference = node.attributes.get("href") or ""
        # An address within the page leads nowhere else.
        if not reference.startswith("#"):
            paragraph.links.append(reference)


def _leave(tag: str, paragraph: _Open) -> None:
    if tag == "a":
        paragraph.anchors -= 1
    elif tag not in INLINE and tag not in CELLS:
        paragraph.end()


def _is_unread(node: Node, tag: str, dropped: set[int], *, is_root: bool) -> bool:
    if is_root:
        return False
    if tag in _DROPPED or node.mem_id in dropped:
        return True
    if tag == "figure" and node.css_first(_PROSE_IN_FIGURE) is None:
        return True
    facts = node.attributes
    return bool(facts) and is_hidden(facts)


def is_hidden(facts: dict[str, str | None]) -> bool:
    """The attributes say that nobody sees the element."""
    if "hidden" in facts or facts.get("aria-hidden") == "true":
        return True
    style = facts.get("style")
    return bool(style) and bool(_INVISIBLE.search(style or ""))


def printed_line(joined: str) -> str:
    # To Python a break is white space, too, and is folded with the rest.
    if CELL not in joined:
        return text.clean(joined)
    cells = [text.clean(cell) for cell in joined.split(CELL)]
    return " | ".join(cell for cell in cells if cell)
