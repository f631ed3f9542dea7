"""What is printed around a headline, line by line: where bylines, days and deks stand on every kind of page."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from newsarchive import text
from newsarchive.extract.document import Node, attribute

_SKIPPED = frozenset({
    "script", "style", "noscript", "template", "svg", "iframe", "select", "textarea", "figure", "figcaption",
    "video", "audio", "canvas", "object", "math", "blockquote",
})  # fmt: skip
_INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "em", "font", "i", "label", "mark", "nobr",
    "q", "s", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr", "img", "picture", "ins", "address",
})  # fmt: skip
_WHOLE = 5000
_MOST_BEFORE, _MOST_AFTER, _HIGHEST = 8, 15, 3
_PARAGRAPH = 140
_TOP = frozenset({"body", "html", "main"})


@dataclass(frozen=True, slots=True)
class Anchor:
    href: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    anchors: tuple[Anchor, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    before: tuple[Line, ...] = ()
    """Nearest first."""
    after: tuple[Line, ...] = ()
    """Down to the first paragraphs of the body."""


@dataclass(slots=True)
class _Reader:
    """Gathers what is printed into lines, and counts what it costs."""

    lines: list[Line] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    nodes: int = 0
    paragraphs: int = 0
    has_room: bool = True
    most_nodes: int = 300
    most_lines: int = 30
    most_paragraphs: int = 2

    def end(self) -> None:
        printed = text.clean("".join(self.pieces)) if self.pieces else ""
        if printed:
            self.lines.append(Line(printed, tuple(self.anchors)))
            self.paragraphs += len(printed) >= _PARAGRAPH
            self.has_room = len(self.lines) < self.most_lines and self.paragraphs < self.most_paragraphs
        self.pieces, self.anchors = [], []

    def is_full(self) -> bool:
        return self.nodes >= self.most_nodes or not self.has_room


def read(headline: Node | None) -> Surroundings:
    """The lines around a headline; none where it is not printed."""
    if headline is None:
        return Surroundings()
    return Surroundings(tuple(_before(headline)), tuple(_after(headline)))


def beside(printed: str | None, root: Node | None) -> Surroundings:
    """The lines around the one that prints the headline, on a page that marks no heading."""
    lines = whole(root)
    place = next((number for number, line in enumerate(lines) if printed and line.text == printed), None)
    if place is None:
        return Surroundings()
    before = lines[max(0, place - _MOST_BEFORE) : place]
    return Surroundings(tuple(reversed(before)), tuple(lines[place + 1 : place + 1 + _MOST_AFTER]))


def whole(root: Node | None) -> list[Line]:
    """All lines of a page, up to what nobody would scroll through."""
    reader = _Reader(most_nodes=_WHOLE, most_lines=_WHOLE, most_paragraphs=_WHOLE)
    if root is not None:
        _take(root, reader)
        reader.end()
    return reader.lines


def _after(headline: Node) -> list[Line]:
    reader = _Reader()
    node: Node | None = headline
    while node is not None and node.tag not in ("body", "html") and not reader.is_full():
        for sibling in _siblings(node):
            _take(sibling, reader)
            if reader.is_full():
                break
        reader.end()
        node = node.parent
    return reader.lines


def _before(headline: Node) -> list[Line]:
    """Within the nearest elements around: further up stand the site's own lines, often with the day of the visit."""
    found: list[Line] = []
    node: Node | None = headline
    for _ in range(_HIGHEST):
        if node is None or node.tag in _TOP or len(found) >= _MOST_BEFORE:
            break
        sibling = node.prev
        while sibling is not None and len(found) < _MOST_BEFORE:
            reader = _Reader()
            _take(sibling, reader)
            reader.end()
            found.extend(reversed(reader.lines))
            sibling = sibling.prev
        node = node.parent
    return found[:_MOST_BEFORE]


def _siblings(node: Node) -> Iterator[Node]:
    sibling = node.next
    while sibling is not None:
        yield sibling
        sibling = sibling.next


def _take(root: Node, reader: _Reader) -> None:
    """All that an element prints, up to what the reader takes."""
    # For each open element its children that are still to come, and whether a line ends with it.
    children: list[Iterator[Node]] = [iter((root,))]
    ends_line = [False]
    while children and reader.has_room and reader.nodes < reader.most_nodes:
        node = next(children[-1], None)
        if node is None:
            children.pop()
            if ends_line.pop():
                reader.end()
            continue
        reader.nodes += 1
        tag = node.tag or ""
        if tag == "-text":
            reader.pieces.append(node.text_content or "")
        elif node.is_element_node and tag not in _SKIPPED:
            if tag == "a":
                reader.anchors.append(Anchor(attribute(node, "href") or "", text.clean(node.text())))
            ends_line.append(tag not in _INLINE)
            if ends_line[-1]:
                reader.end()
            children.append(node.iter(include_text=True))
