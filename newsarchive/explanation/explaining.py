"""Why a page reads as it does: each of its blocks, kept or dropped, and for which reason."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from newsarchive.errors import NotAnArticle
from newsarchive.extract import engine, furniture
from newsarchive.extract.decode import decode
from newsarchive.extract.document import Document, Node, ancestors
from newsarchive.extract.parts import Parts, ruled
from newsarchive.extract.platforms import profile
from newsarchive.extract.reading import extract
from newsarchive.items import Article
from newsarchive.learned import fold
from newsarchive.outlets import Outlet

KEPT = engine.KEPT
REASONS = {
    KEPT: "text of the article",
    "headline": "the headline, which has a field of its own",
    "dek": "the summary above the text, which has a field of its own",
    "furniture": "recurs over the outlet's pages: its learned table",
    "rule": "left out by the outlet's layout or its platform's profile",
    "outside": "outside the element that holds the article",
    "platform": "furniture by the profile of the page's platform",
    "model": "weighed, and found to be no text of the article",
    "hidden": "not to be seen on the page",
    "duplicate": "the article once more, in one piece",
    "next article": "another article that follows on the page",
    "no article": "read as text, but the page is no article",
    "advert": "advertising, offers and shops",
    "author": "about who wrote it",
    "button": "a button",
    "caption": "belongs to a picture",
    "comment": "what readers wrote",
    "consent": "cookies, notices and donations",
    "contact": "how to reach the newsroom",
    "copyright": "who owns the text",
    "credit": "who made or sent it",
    "dialog": "a window over the page",
    "footer": "the foot of the site",
    "list": "a list or a card of links",
    "live": "furniture of a live blog",
    "media": "belongs to a player or a gallery",
    "meta": "dates, tags and labels",
    "navigation": "menus and breadcrumbs",
    "newsletter": "asks to subscribe or to register",
    "related": "leads to other articles",
    "share": "share bars and follow links",
    "sidebar": "stands beside the article",
    "tags": "tags",
}
"""What the reasons mean: of the whole reading first, then the kinds of furniture that the engine knows."""
# There is nothing to be parsed.
_NO_PAGE = frozenset({"not_html", "empty", "too_complex"})


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text of the page, and what became of it."""

    text: str
    reason: str
    """`kept`, or why it was dropped."""
    place: str
    """Where it stands, as a learned table says it; empty for a paragraph that is made of several elements."""
    score: int | None = None
    """What the engine's model gave for it, in thousandths; None where it had no say."""

    @property
    def kept(self) -> bool:
        return self.reason == KEPT


@dataclass(frozen=True, slots=True)
class Explanation:
    """The reading of a page, or why there is none, and all blocks in the order of the page."""

    url: str
    article: Article | None
    rejected: str | None
    blocks: tuple[Block, ...]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many blocks each reason has: those that are kept, then by falling count."""
        counted = Counter(block.reason for block in self.blocks)
        return sorted(counted.items(), key=lambda one: (one[0] != KEPT, -one[1], one[0]))


def explain(
    payload: bytes, *, content_type: str | None, url: str, captured_at: datetime, outlet: Outlet | None = None
) -> Explanation:
    """As `extract` reads the page, with all that it left out."""
    try:
        article = extract(payload, content_type=content_type, url=url, captured_at=captured_at, outlet=outlet)
    except NotAnArticle as error:
        left = () if error.what in _NO_PAGE else _blocks_of_none(payload, content_type, url)
        return Explanation(url, None, error.what, left)
    document = Document(decode(payload, content_type).text, url)
    blocks = _judged(document, _parts(document, outlet, captured_at), article, outlet)
    return Explanation(url, article, None, tuple(blocks))


def _blocks_of_none(payload: bytes, content_type: str | None, url: str) -> tuple[Block, ...]:
    """What the engine makes of a page that is no article."""
    document = Document(decode(payload, content_type).text, url)
    found = engine.explain(document)
    return tuple(_block(one, "no article" if one.kept else one.reason, is_weighed=True) for one in found)


def _parts(document: Document, outlet: Outlet | None, captured_at: datetime) -> Parts:
    """As the reading finds them."""
    platform = profile(document, outlet.platform if outlet else None)
    located = platform.locate(document) if platform else Parts()
    return ruled(document, outlet.layout_at(captured_at) if outlet else None, located)


def _judged(document: Document, parts: Parts, article: Article, outlet: Outlet | None) -> list[Block]:
    """The engine's blocks with the reasons of this reading, whatever chose its body."""
    found = engine.explain(document, parts.bounds)
    within = {node.mem_id for root in parts.body for node in root.css("*")}
    # Of a text that stands twice on the page, that one is in the body which stands where the body was looked for.
    chosen = [one.node.mem_id in within if within else one.kept for one in found]
    kept, missing = _matched([one.text for one in found], chosen, article.body())
    dropped = {node.mem_id for root in parts.body for node in root.css(parts.drop)} if parts.drop else set()
    blocks = []
    for one, is_kept, is_chosen in zip(found, kept, chosen, strict=True):
        if is_kept:
            reason = KEPT
        elif is_chosen:
            reason = _why_not(one, article, outlet, is_ruled_out=_is_within(one.node, dropped))
        else:
            reason = "outside" if one.kept else one.reason
        blocks.append(_block(one, reason, is_weighed=not within))
    return _with_missing(blocks, missing)


def _why_not(one: engine.Block, article: Article, outlet: Outlet | None, *, is_ruled_out: bool) -> str:
    """Why a block is not in the body although it stands where the body is."""
    folded = fold(one.text)
    if outlet and outlet.learned and furniture.place(one.node) in outlet.learned.places.get(folded, ()):
        return "furniture"
    fields = {"headline": article.headline, "dek": article.dek}
    repeated = next((name for name, printed in fields.items() if printed and fold(printed) == folded), None)
    return repeated or ("rule" if is_ruled_out or one.kept else one.reason)


def _is_within(node: Node, elements: set[int]) -> bool:
    return bool(elements) and any(one.mem_id in elements for one in (node, *ancestors(node)))


def _matched(texts: Sequence[str], chosen: Sequence[bool], body: Sequence[str]) -> tuple[list[bool], Counter[str]]:
    """Which blocks are the body's paragraphs, and the paragraphs that are none of them."""
    missing, kept = Counter(body), [False] * len(texts)
    for wanted in (True, False):
        for place, (printed, is_chosen) in enumerate(zip(texts, chosen, strict=True)):
            if is_chosen is wanted and missing[printed] > 0:
                kept[place] = True
                missing[printed] -= 1
    return kept, +missing


def _with_missing(blocks: list[Block], missing: Counter[str]) -> list[Block]:
    """Paragraphs that rules cut otherwise than the engine stand at the end of the body: no text of it is untold."""
    end = max((place for place, block in enumerate(blocks) if block.kept), default=len(blocks) - 1) + 1
    return blocks[:end] + [Block(printed, KEPT, "") for printed in missing.elements()] + blocks[end:]


def _block(one: engine.Block, reason: str, *, is_weighed: bool) -> Block:
    return Block(one.text, reason, furniture.place(one.node), one.score if is_weighed else None)
