"""The body of a page without rules: blocks of text, each kept or dropped for a reason."""

from dataclasses import dataclass

from newsarchive.extract.body import Paragraph, line
from newsarchive.extract.document import Document, Node
from newsarchive.extract.engine import beyond_doubt, bounds, features, rules
from newsarchive.extract.engine.bounds import Bounds
from newsarchive.extract.engine.features import Table
from newsarchive.extract.engine.page import Page
from newsarchive.extract.engine.trees import model
from newsarchive.extract.engine.view import Ints
from newsarchive.extract.engine.walk import walk

NAME = "generic/blocks"
KEPT, DEK, HEADLINE = "kept", "dek", "headline"


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text between the bounds of block-level elements, and what the engine makes of it."""

    paragraph: Paragraph
    reason: str
    """`kept` for the body, `dek` for the summary above it; else the kind of furniture."""
    node: Node
    """The element it stands in."""
    score: int | None = None
    """What the model gave for it, in thousandths; None where a rule decided."""

    @property
    def kept(self) -> bool:
        return self.reason == KEPT

    @property
    def text(self) -> str:
        return self.paragraph.text


@dataclass(frozen=True, slots=True)
class Reading:
    """What the engine takes for the article."""

    paragraphs: list[Paragraph]
    dek: str | None


def read(document: Document, platform: Bounds | None = None) -> Reading:
    """The body's paragraphs, and the dek that the page prints above them."""
    page = walk(document)
    reasons, _ = _judged(document, page, platform)
    kept = [_paragraph(page, place) for place, reason in enumerate(reasons) if reason == KEPT]
    dek = " ".join(page.blocks.texts[place] for place, reason in enumerate(reasons) if reason == DEK)
    return Reading(kept, dek or None)


def explain(document: Document, platform: Bounds | None = None) -> list[Block]:
    """Every block of the page in its order, also those in elements that are never looked into."""
    page = walk(document)
    unread: dict[int, list[Block]] = {}
    for place, node, reason in page.pruned:
        if printed := line(node):
            unread.setdefault(place, []).append(Block(Paragraph(printed), reason, node))
    found: list[Block] = []
    for place, block in enumerate(_blocks(document, page, platform)):
        found.extend(unread.pop(place, ()))
        found.append(block)
    return [*found, *(block for rest in unread.values() for block in rest)]


def _blocks(document: Document, page: Page, platform: Bounds | None) -> list[Block]:
    reasons, scores = _judged(document, page, platform)
    nodes, owners = page.elements.nodes, page.blocks.owners
    return [
        Block(_paragraph(page, place), reason, nodes[owners[place]], scores.get(place))
        for place, reason in enumerate(reasons)
    ]


def _paragraph(page: Page, place: int) -> Paragraph:
    blocks = page.blocks
    return Paragraph(blocks.texts[place], blocks.links[place], blocks.linked[place])


def _judged(document: Document, page: Page, platform: Bounds | None) -> tuple[list[str], dict[int, int]]:
    """A reason for every block, and the scores of those that were weighed."""
    reasons, head = beyond_doubt.judge(document, page)
    places = [place for place, reason in enumerate(reasons) if not reason]
    scores: dict[int, int] = {}
    if places:
        table = features.measure(document, page, places, head)
        weighed = model().score(table.measures(model().features))
        scores = dict(zip(places, weighed.tolist(), strict=True))
        for place, reason in zip(places, _decide(table, weighed), strict=True):
            reasons[place] = reason
    if platform is not None:
        reasons = bounds.within(page, reasons, platform)
    if head >= 0 and reasons[head] != KEPT:
        reasons[head] = HEADLINE
    return reasons, scores


def _decide(table: Table, scores: Ints) -> list[str]:
    after = rules.after_the_body(table)
    dek, kept = rules.decide(table, scores, after)
    otherwise = rules.reasons(table, after)
    return [
        KEPT if is_kept else DEK if is_dek else reason
        for is_kept, is_dek, reason in zip(kept.tolist(), dek.tolist(), otherwise, strict=True)
    ]
