"""RebelMouse: the post of the page stands in blocks of its own; below follow other posts, whole, in templates."""

import re
from collections.abc import Sequence

from newsarchive.extract import body
from newsarchive.extract.document import Document, Node, ancestors, attribute
from newsarchive.extract.parts import Parts, unique

_BLOCKS = '[data-source="current_post"]'
_BOOTSTRAP = "REBELMOUSE_BOOTSTRAP_DATA"
_POST_ID = re.compile(rf'{_BOOTSTRAP}\b.{{0,4000}}?"post"\s*:\s*\{{\s*"id"\s*:\s*"?(\d+)', re.DOTALL)
_BODIES = (".body-description", "[data-headline]")
_HEADLINES = (".widget__headline-text", ".widget__headline", "h1")
# The sub-headline follows the headline; sites rename the classes but keep the order.
_DEKS = (".widget__subheadline-text", ".widget__subheadline", "h1 + h2")
_LEADS = (".widget__head img", "img.rm-hero-media", "picture img")
_DROP = (
    ".js-appear-on-expand, .widget__show-more, .image-media, .media-caption, .media-photo-credit, .photo-credit, "
    ".photo-caption, .ad-slot, .rm-embed, .widget__shares, .newsletter-element, .js-listicle-ads"
)
_CREDIT = re.compile(
    r"^(?:top |lead )?(?:image|photo|video)(?: credits?| by| courtesy)?\s*:\s*(?P<credit>.+)$", re.IGNORECASE
)
_FURNITURE = re.compile(
    r"(?:keep reading\W*)?(?:show less)?|google cta|(?:top )?(?:image|photo) credits?:.*", re.IGNORECASE
)
_KICKER = re.compile(r"[^|]{2,40} \| [^|]{2,60}")


def is_of(document: Document) -> bool:
    """The page was made by RebelMouse."""
    return _BOOTSTRAP in document.html or document.first(f"{_BLOCKS}, article[elid]") is not None


def locate(document: Document) -> Parts:
    """The parts of the page's own post; nothing of the posts that follow it."""
    own = _post_id(document)
    blocks = _blocks(document, own)
    foreign = _foreign(blocks, own)
    bodies = _bodies(blocks, foreign)
    captions = [
        node for block in blocks for node in block.css(".photo-caption, .photo-credit") if _is_own(node, foreign)
    ]
    lines = _lines(blocks, bodies, own)
    caption, credit = _picture_lines(captions, lines)
    social = _first(blocks, (".social-author",), foreign)
    return Parts(
        engine="platform/rebelmouse",
        body=tuple(bodies),
        drop=", ".join(filter(None, (_DROP, _foreign_selector(own)))),
        furniture=_FURNITURE,
        headline=_first(blocks, _HEADLINES, foreign),
        dek=_first(blocks, _DEKS, foreign),
        kicker=_kicker(blocks, lines, foreign),
        byline=body.line(social),
        names=tuple(unique(social.css(".social-author__name"))) if social else (),
        time=_first(blocks, (".social-date__text", ".social-date"), foreign),
        lead_image=_first(blocks, _LEADS, foreign),
        lead_caption=caption,
        lead_credit=credit,
        has_missed=not bodies,
    )


def _post_id(document: Document) -> str | None:
    found = _POST_ID.search(document.html)
    if found:
        return found[1]
    node = document.first(f"{_BLOCKS} article[elid], {_BLOCKS} [elid]")
    return attribute(node, "elid") if node else None


def _blocks(document: Document, own: str | None) -> list[Node]:
    """The owner test: blocks of the current post, else the article with its id, else the body of its headline."""
    blocks = unique(document.css(_BLOCKS))
    if not blocks and own:
        blocks = unique(document.css(f'article[elid="{own}"]'))
    if not blocks:
        headline = document.meta("og:title")
        blocks = [
            node
            for node in document.css("[data-headline]")
            if headline and attribute(node, "data-headline") == headline
        ]
    return blocks


def _foreign_selector(own: str | None) -> str:
    return f'[elid]:not([elid="{own}"])' if own else ""


def _foreign(blocks: Sequence[Node], own: str | None) -> set[int]:
    """Posts of others that stand within the blocks of this one."""
    selector = _foreign_selector(own)
    return {node.mem_id for block in blocks for node in block.css(selector)} if selector else set()


def _is_own(node: Node, foreign: set[int]) -> bool:
    return not foreign or (node.mem_id not in foreign and all(one.mem_id not in foreign for one in ancestors(node)))


def _first(blocks: Sequence[Node], selectors: Sequence[str], foreign: set[int]) -> Node | None:
    for selector in selectors:
        for block in blocks:
            for node in block.css(selector):
                if _is_own(node, foreign):
                    return node
    return None


def _bodies(blocks: Sequence[Node], foreign: set[int]) -> list[Node]:
    for selector in _BODIES:
        found = [node for block in blocks for node in block.css(selector) if _is_own(node, foreign)]
        if found:
            return unique(found)
    return []


def _lines(blocks: Sequence[Node], bodies: Sequence[Node], own: str | None) -> list[str]:
    """What the blocks print around the body."""
    selectors = filter(None, (*_BODIES, "h1", "h2", _foreign_selector(own)))
    around = [block for block in blocks if all(block.mem_id != one.mem_id for one in bodies)]
    return [paragraph.text for paragraph in body.read(around, drop=", ".join(selectors))]


def _kicker(blocks: Sequence[Node], lines: Sequence[str], foreign: set[int]) -> str | None:
    """`Analysis | Europe`; of several section links without a bar none is taken."""
    node = _first(blocks, (".all-related-sections",), foreign)
    printed = body.line(node)
    if node and printed and (" | " in printed or len(node.css("a")) == 1):
        return printed
    return next((line for line in lines if _KICKER.fullmatch(line)), None)


def _picture_lines(nodes: Sequence[Node], lines: Sequence[str]) -> tuple[str | None, str | None]:
    """Caption and credit of the post's own lead image, the credit without its label."""
    caption = credit = None
    for node in nodes:
        printed = body.line(node) or ""
        labelled = _CREDIT.match(printed)
        if labelled or "photo-credit" in (attribute(node, "class") or ""):
            credit = credit or (labelled["credit"] if labelled else printed.strip("()")) or None
        else:
            caption = caption or printed or None
    if credit is None:
        credit = next((found["credit"] for found in map(_CREDIT.match, lines) if found), None)
    return caption, credit
