"""Ghost: standard themes, the theme family of `c-content`, and front ends with CSS modules on the same posts."""

import re
from collections.abc import Sequence

from newsarchive.extract import body
from newsarchive.extract.document import Document, Node, ancestors, attribute
from newsarchive.extract.parts import Parts, unique

# The last ones are CSS modules: `ArticleBody_root__x7Kq2`, whose end changes with every build.
_BODIES = (
    ".gh-content",
    ".c-content",
    ".post-full-content .post-content",
    ".post-content",
    ".post-full-content",
    '[class*="ArticleBody_"], [class*="ArticleContent_"], [class*="PostBody_"], [class*="PostContent_"]',
)
_HEADLINES = (
    "h1.c-topper__title, h2.bigPictureTopper__title",
    "h1.gh-article-title, h1.article-title, h1.post-full-title, h1.post-title",
    "h1",
)
_DEKS = (
    (
        ".c-topper__standfirst, .gh-article-excerpt, .post-full-custom-excerpt, .article-excerpt, "
        '[class*="_dek__"], [class*="_standfirst__"], [class*="_subtitle__"], [class*="_excerpt__"]'
    ),
)
_KICKERS = (
    (
        ".c-topper__tag, .gh-article-tag, .article-tag, .post-full-tag, .post-card-primary-tag, "
        '[class*="_tag__"], [class*="_kicker__"], [class*="_primaryTag__"]'
    ),
)
_BYLINES = (".c-topper__meta", ".gh-article-meta", ".post-full-byline", ".article-byline", ".c-byline", ".post-byline")
_AUTHORS = 'a[href*="/author/"]'
_DROP = (
    ".kg-bookmark-card, [class^=shortcodePatreon], [class*=' shortcodePatreon'], .kg-embed-card, .kg-signup-card, "
    ".kg-product-card, .kg-cta-card, .kg-header-card, .kg-button-card, .kg-audio-card, .kg-video-card, .kg-file-card, "
    ".kg-image-card, .kg-gallery-card, .gh-subscribe, .gh-cta, "
    '[class*="RelatedCard_"], [class*="AuthorCard_"], [class*="NewsFeed_"], [class*="Newsletter"], '
    '[class*="Membership"]'
)
_FURNITURE = re.compile(
    r"Hi, this is .{2,80}?, cheers for reading this (?:article|story|piece)\b.*"
    r"|This audio is created with AI assistance",
    re.DOTALL,
)
_BYLINE = re.compile(
    r"by (?P<authors>.{1,300}?) "
    r"(?P<date>(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r" \d{1,2}, \d{4} \d{1,2}:\d{2} [AP]M) \d+ min read"
)
# A list of other items may hold more text than the article does: what stands in one of these is no body.
_LISTS = re.compile(
    r"feed|related|card|author|bio\b|banner|teaser|newsletter|comment|member|footer|header|nav|promo|sidebar|picks|more",
    re.IGNORECASE,
)
_SHORTEST_BODY = 200
_LONGEST_BYLINE = 1000


def is_of(document: Document) -> bool:
    """The page was made by Ghost."""
    return (document.meta("generator") or "").startswith("Ghost") or document.first(".kg-card, .gh-content") is not None


def locate(document: Document) -> Parts:
    """The parts of the post, its head being what stands around the headline and holds nothing of the body."""
    bodies = _bodies(document)
    headline = _first([document.tree.root] if document.tree.root else [], _HEADLINES)
    head = _head(headline, bodies)
    byline = _byline(head)
    return Parts(
        engine="platform/ghost",
        body=tuple(bodies),
        drop=_DROP,
        furniture=_FURNITURE,
        headline=headline,
        dek=_first(head, _DEKS),
        kicker=body.line(_first(head, _KICKERS)),
        byline=byline,
        byline_pattern=_BYLINE,
        names=tuple(unique([node for scope in head for node in scope.css(_AUTHORS)])),
        time=_first(head, ("time",)),
        lead_image=_lead_image(document, headline, bodies),
        credits_in_brackets=True,
        has_missed=not bodies,
    )


def _bodies(document: Document) -> list[Node]:
    for selector in _BODIES:
        found = unique(document.css(selector))
        if found:
            return [next((node for node in found if node.css_first("p") is not None), found[0])]
    return _first_prose(document)


def _first_prose(document: Document) -> list[Node]:
    """The first element after the headline that holds paragraphs enough to be a body: the classes are unknown."""
    lengths: dict[int, int] = {}
    is_after_headline = False
    for node in document.css("h1, p"):
        parent = node.parent
        if node.tag == "h1":
            is_after_headline = True
        elif is_after_headline and parent is not None:
            length = lengths[parent.mem_id] = lengths.get(parent.mem_id, 0) + len(node.text(strip=True))
            if length >= _SHORTEST_BODY and not _is_in_list(parent):
                return [parent]
    return []


def _is_in_list(node: Node) -> bool:
    scopes = [one for one in (node, *ancestors(node)) if one.tag not in ("html", "body", "-document")]
    return any(one.tag in ("aside", "footer", "nav") or _LISTS.search(attribute(one, "class") or "") for one in scopes)


def _head(headline: Node | None, bodies: Sequence[Node]) -> list[Node]:
    if headline is None or not bodies:
        return []
    around_body = {one.mem_id for node in bodies for one in (node, *ancestors(node))}
    scope = headline
    for parent in ancestors(headline):
        if parent.mem_id in around_body:
            break
        scope = parent
    return [scope]


def _byline(head: Sequence[Node]) -> str | None:
    """The line `by … min read`, wherever in the head it stands; else what the theme marks as a byline."""
    marked = _first(head, _BYLINES)
    printed = body.line(marked)
    if printed and _BYLINE.search(printed[:_LONGEST_BYLINE]):
        return printed
    for paragraph in body.read(head):
        found = _BYLINE.search(paragraph.text[:_LONGEST_BYLINE])
        if found:
            return found[0]
    if marked is not None and marked.css_first(_AUTHORS) is not None:
        return printed
    return body.line(_first(head, (".c-byline",)))


def _lead_image(document: Document, headline: Node | None, bodies: Sequence[Node]) -> Node | None:
    """The first figure between headline and body."""
    if headline is None or not bodies:
        return None
    ends, is_after_headline = {node.mem_id for node in bodies}, False
    for node in document.css("h1, h2, figure, article, div, section"):
        if node.mem_id in ends:
            return None
        if node.mem_id == headline.mem_id:
            is_after_headline = True
        elif is_after_headline and node.tag == "figure" and node.css_first("img") is not None:
            return node
    return None


def _first(scopes: Sequence[Node], selectors: Sequence[str]) -> Node | None:
    for selector in selectors:
        for scope in scopes:
            node = scope.css_first(selector)
            if node is not None:
                return node
    return None
