"""One walk over the page, which fills its columns."""

from newsarchive.extract.body import BREAK, CELL, CELLS, INLINE, MARKS, PARAGRAPH_BREAK, printed_line
from newsarchive.extract.document import Document, Node
from newsarchive.extract.engine import names, phrases
from newsarchive.extract.engine.page import Page

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
_BLOCK, _INLINE, _BREAK, _CELL, _PRUNE, _SKIP = range(6)
_LINE = "___"
# No article is longer; a page that is takes no more memory than this.
_MOST_BLOCKS, _MOST_ELEMENTS, _MOST_PIECES = 1 << 14, 1 << 17, 1 << 16
# All others are block-level elements.
_KINDS = {
    **dict.fromkeys(INLINE, _INLINE), **dict.fromkeys(CELLS, _CELL), **dict.fromkeys(_PRUNED, _PRUNE),
    **dict.fromkeys(_SILENT, _SKIP), "-comment": _SKIP, "br": _BREAK,
}  # fmt: skip


class _Walk:
    """The state of one walk."""

    __slots__ = ("anchors", "emphases", "emphasised", "linked", "links", "mask", "open", "page", "pictured",
                 "pieces", "signatures")  # fmt: skip

    def __init__(self) -> None:
        self.page = Page()
        self.signatures: dict[str, int] = {}
        self.open = [-1]
        self.pieces: list[str] = []
        self.links: list[str] = []
        self.linked = self.emphasised = self.anchors = self.emphases = self.mask = self.pictured = 0

    def print(self, printed: str) -> None:
        """What the page's author wrote: our marks in it mean nothing."""
        if printed.isspace():
            # White space between blocks is none of their text.
            if self.pieces:
                self.pieces.append(printed)
            return
        self.pieces.append(printed.translate(MARKS) if BREAK in printed or CELL in printed else printed)
        if self.anchors or self.emphases:
            count = len(printed.strip())
            self.linked += count if self.anchors else 0
            self.emphasised += count if self.emphases else 0

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
        if len(self.page.blocks.texts) >= _MOST_BLOCKS:
            return
        if BREAK not in joined:
            self._add(printed_line(joined), self.linked, self.emphasised, following=0)
            return
        following, whole = 0, len(joined)
        for part in PARAGRAPH_BREAK.split(joined):
            linked, emphasised = self.linked * len(part) // whole, self.emphasised * len(part) // whole
            following |= self._add(printed_line(part), linked, emphasised, following=following)

    def _add(self, printed: str, linked: int, emphasised: int, *, following: int) -> bool:
        """One block; none if nothing in it is a letter, a digit, or the line that agencies part sections with."""
        blocks = self.page.blocks
        if (not any(map(str.isalnum, printed)) and not printed.startswith(_LINE)) or len(blocks.texts) >= _MOST_BLOCKS:
            return False
        blocks.texts.append(printed)
        tokens = phrases.words(printed)
        blocks.tokens.append(tokens)
        blocks.keys.append("".join(tokens))
        blocks.owners.append(self.open[-1])
        blocks.links.append(() if following else tuple(self.links))
        blocks.linked.append(linked)
        blocks.emphasised.append(emphasised)
        blocks.breaks.append(following)
        blocks.masks.append(self.mask)
        blocks.pictured.append(self.pictured)
        self.pictured = 0
        return True

    def enter(self, node: Node, tag: str) -> None:
        if self.pieces:
            self.end()
        facts = node.attributes
        signature, mask, certain = tag, 0, None
        if facts:
            signature = f"{tag} {facts.get('class') or ''}"
            mask, certain = names.meaning(facts)
        elements, opened = self.page.elements, self.open
        elements.parents.append(opened[-1])
        opened.append(len(elements.tags))
        elements.nodes.append(node)
        elements.tags.append(tag)
        elements.masks.append(mask)
        elements.signatures.append(self.signatures.setdefault(signature, len(self.signatures)))
        elements.certain.append((tag not in _ROOTS and certain) or "")
        elements.starts.append(len(self.page.blocks.texts))
        elements.ends.append(0)

    def leave(self) -> None:
        if self.pieces:
            self.end()
        self.page.elements.ends[self.open.pop()] = len(self.page.blocks.texts)

    def enter_inline(self, node: Node, tag: str) -> bool:
        """Whether it is to be read."""
        if tag == "img":
            self.pictured = 1
        facts = node.attributes
        if facts:
            mask, certain = names.meaning(facts)
            if certain or mask & names.HIDDEN:
                return False
            self.mask |= mask
        if tag == "a":
            self.anchors += 1
            reference = facts.get("href") or ""
            # An address within the page leads nowhere else.
            if not reference.startswith("#"):
                self.links.append(reference)
        elif tag in _EMPHASIS:
            self.emphases += 1
        return True

    def leave_inline(self, tag: str) -> None:
        if tag == "a":
            self.anchors -= 1
        elif tag in _EMPHASIS:
            self.emphases -= 1

    def break_line(self) -> None:
        self.pieces.append(BREAK)
        if len(self.pieces) > _MOST_PIECES:
            self.end()

    def prune(self, node: Node, tag: str) -> None:
        self.end()
        if tag == "figcaption":
            # A picture with a caption of its own needs none in the next block.
            self.pictured = 0
        self.page.pruned.append((len(self.page.blocks.texts), node, _PRUNED[tag]))


def walk(document: Document) -> Page:
    """Iterative: a page may nest as deeply as it likes, and however long it is, so much of it is read."""
    state, node = _Walk(), document.tree.body
    tags, printed = state.page.elements.tags, state.print
    # The elements whose children are being read; and of each element that is open its tag if it is inline, else None.
    parents: list[Node] = []
    opened: list[str | None] = []
    while node is not None and len(tags) < _MOST_ELEMENTS:
        tag = node.tag or ""
        if tag == "-text":
            printed(node.text_content or "")
        elif _enters(state, node, tag, opened):
            child = node.first_child
            if child is not None:
                parents.append(node)
                node = child
                continue
            _leave(state, opened)
        following = node.next if parents else None
        while following is None and parents:
            node = parents.pop()
            _leave(state, opened)
            following = node.next if parents else None
        node = following
    while opened:
        _leave(state, opened)
    state.page.elements.kinds.extend(state.signatures)
    return state.page


def _leave(state: _Walk, opened: list[str | None]) -> None:
    tag = opened.pop()
    if tag is None:
        state.leave()
    else:
        state.leave_inline(tag)


def _enters(state: _Walk, node: Node, tag: str, opened: list[str | None]) -> bool:
    """Whether its children are read."""
    kind = _KINDS.get(tag, _BLOCK)
    if kind == _INLINE:
        is_read = state.enter_inline(node, tag)
        if is_read:
            opened.append(tag)
        return is_read
    if kind == _BLOCK and node.is_element_node:
        state.enter(node, tag)
        opened.append(None)
        return True
    if kind == _CELL:
        state.pieces.append(CELL)
        opened.append(tag)
        return True
    if kind == _BREAK:
        state.break_line()
    elif kind == _PRUNE:
        state.prune(node, tag)
    return False
