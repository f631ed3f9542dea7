"""One walk over the page: its elements, and its blocks of text between the bounds of block-level elements."""

from dataclasses import dataclass, field

from newsarchive.extract.body import BREAK, CELL, CELLS, INLINE, MARKS, PARAGRAPH_BREAK, is_hidden, printed_line
from newsarchive.extract.document import Document, Node
from newsarchive.extract.engine import names, phrases

# Never read: what stands beneath is not even looked at.
_SILENT = frozenset({
    "script", "style", "noscript", "template", "head", "svg", "iframe", "object", "video", "audio", "canvas",
    "select", "textarea", "input", "math", "datalist", "map", "link", "meta", "base", "source", "track", "embed",
})  # fmt: skip
# Furniture wherever it stands; the reason it is dropped for.
_PRUNED = {
    "nav": "navigation", "footer": "footer", "button": "button", "figcaption": "caption", "dialog": "dialog",
}  # fmt: skip
# Named for what they hold too: `<body class="comments">`.
_ROOTS = frozenset({"body", "main"})
_EMPHASIS = frozenset({"b", "strong", "em", "i"})


@dataclass(slots=True)
class Elements:
    """The page's block-level elements in its order, as columns; the first is the root."""

    nodes: list[Node] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    masks: list[int] = field(default_factory=list)
    certain: list[str] = field(default_factory=list)
    """What the element's own name says it certainly is, if that is furniture."""
    signatures: list[int] = field(default_factory=list)
    """Elements of one tag and one class have one number."""
    starts: list[int] = field(default_factory=list)
    """The first block within."""
    ends: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Blocks:
    """The page's blocks of text in its order, as columns."""

    texts: list[str] = field(default_factory=list)
    tokens: list[list[str]] = field(default_factory=list)
    """Words in lower case."""
    owners: list[int] = field(default_factory=list)
    """The element each stands in."""
    links: list[tuple[str, ...]] = field(default_factory=list)
    linked: list[int] = field(default_factory=list)
    """Characters within links."""
    emphasised: list[int] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    """1 for what a double line break parts from the block before."""
    masks: list[int] = field(default_factory=list)
    """What inline elements within are called."""


@dataclass(slots=True)
class Page:
    elements: Elements = field(default_factory=Elements)
    blocks: Blocks = field(default_factory=Blocks)
    pruned: list[tuple[int, Node, str]] = field(default_factory=list)
    """Before which block, what, and why."""


class _Walk:
    """The state of one walk."""

    def __init__(self) -> None:
        self.page = Page()
        self.signatures: dict[str, int] = {}
        self.open = [-1]
        self.pieces: list[str] = []
        self.links: list[str] = []
        self.linked = self.emphasised = self.anchors = self.emphases = self.mask = 0

    def print(self, printed: str) -> None:
        """What the page's author wrote: our marks in it mean nothing."""
        if printed.isspace():
            # White space between blocks is none of their text.
            if self.pieces:
                self.pieces.append(printed)
            return
        self.add(printed.translate(MARKS) if BREAK in printed or CELL in printed else printed)

    def add(self, printed: str) -> None:
        self.pieces.append(printed)
        if self.anchors or self.emphases:
            count = len(printed.strip())
            if self.anchors:
                self.linked += count
            if self.emphases:
                self.emphasised += count

    def end(self) -> None:
        """Close the block that is open."""
        if not self.pieces:
            return
        joined = "".join(self.pieces)
        if not joined.isspace():
            self._close(joined)
        self.pieces.clear()
        self.links = []
        self.linked = self.emphasised = self.mask = 0

    def _close(self, joined: str) -> None:
        parts = PARAGRAPH_BREAK.split(joined) if BREAK in joined else (joined,)
        blocks, following, whole = self.page.blocks, 0, len(joined)
        for part in parts:
            printed = printed_line(part)
            if not any(map(str.isalnum, printed)):
                continue
            blocks.texts.append(printed)
            blocks.tokens.append(phrases.WORD.findall(printed.lower()))
            blocks.owners.append(self.open[-1])
            blocks.links.append(() if following else tuple(self.links))
            blocks.linked.append(self.linked * len(part) // whole)
            blocks.emphasised.append(self.emphasised * len(part) // whole)
            blocks.breaks.append(following)
            blocks.masks.append(self.mask)
            following = 1

    def enter(self, node: Node, tag: str, facts: dict[str, str | None]) -> None:
        self.end()
        elements = self.page.elements
        signature, mask, certain = tag, 0, None
        if facts:
            signature = f"{tag} {facts.get('class') or ''}"
            mask, certain = names.meaning(facts)
            if is_hidden(facts):
                mask |= names.HIDDEN
        elements.nodes.append(node)
        elements.tags.append(tag)
        elements.parents.append(self.open[-1])
        elements.masks.append(mask)
        elements.signatures.append(self.signatures.setdefault(signature, len(self.signatures)))
        elements.certain.append((tag not in _ROOTS and certain) or "")
        elements.starts.append(len(self.page.blocks.texts))
        elements.ends.append(0)
        self.open.append(len(elements.tags) - 1)

    def leave(self) -> None:
        self.end()
        self.page.elements.ends[self.open.pop()] = len(self.page.blocks.texts)

    def enter_inline(self, tag: str, facts: dict[str, str | None]) -> None:
        if tag == "a":
            self.anchors += 1
            reference = facts.get("href") or ""
            # An address within the page leads nowhere else.
            if not reference.startswith("#"):
                self.links.append(reference)
        elif tag in _EMPHASIS:
            self.emphases += 1

    def leave_inline(self, tag: str) -> None:
        if tag == "a":
            self.anchors -= 1
        elif tag in _EMPHASIS:
            self.emphases -= 1


def walk(document: Document) -> Page:
    """Iterative: a page may nest as deeply as it likes."""
    state = _Walk()
    root = document.tree.body
    # A node is entered; a string is the inline element that ends, None the block that ends.
    waiting: list[Node | str | None] = [root] if root is not None else []
    while waiting:
        node = waiting.pop()
        if node is None:
            state.leave()
        elif isinstance(node, str):
            state.leave_inline(node)
        elif (tag := node.tag or "") == "-text":
            state.print(node.text_content or "")
        elif tag == "br":
            state.add(BREAK)
        elif tag not in _SILENT and node.is_element_node:
            _open(state, node, tag, waiting)
    return state.page


def _open(state: _Walk, node: Node, tag: str, waiting: list[Node | str | None]) -> None:
    if tag in _PRUNED:
        state.end()
        state.page.pruned.append((len(state.page.blocks.texts), node, _PRUNED[tag]))
        return
    facts = node.attributes
    if tag in INLINE:
        if facts:
            mask, certain = names.meaning(facts)
            if certain or is_hidden(facts):
                return
            state.mask |= mask
        state.enter_inline(tag, facts)
        waiting.append(tag)
    elif tag in CELLS:
        state.add(CELL)
    else:
        state.enter(node, tag, facts)
        waiting.append(None)
    waiting.extend(list(node.iter(include_text=True))[::-1])
