"""The images of an article: the lead image and those of the body, with caption and credit."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from newsarchive import text, urls
from newsarchive.extract import body, structured
from newsarchive.extract.document import Document, Node, ancestors, attribute
from newsarchive.extract.parts import Parts, unique
from newsarchive.items import Image

_CAPTION = "figcaption, .media-caption, .wp-caption-text, .photo-caption"
_CREDIT = ".media-photo-credit, .photo-credit, .image-credit, .credit"
_SOURCES = ("src", "data-src", "data-original", "data-lazy-src", "data-runner-src")
_LABEL = re.compile(
    r"^(?:(?:top|lead)\s+)?(?:(?:image|photo|picture)\s+)?(?:credits?|by|photo|image)\s*:\s*", re.IGNORECASE
)
_STAND_IN = re.compile(r"logo|default|placeholder|fallback|share[-_]?image|og[-_]image", re.IGNORECASE)
_NEXT_IMAGE = "/_next/image"
# An emoji or a counting pixel is no picture.
_SMALLEST = 50
_MOST = 200
_HIGHEST = 4


def images(document: Document, parts: Parts) -> list[Image]:
    """The lead image first; every picture once."""
    lead = _lead(document, parts)
    found = [*([lead] if lead else []), *_of_body(document, parts)]
    return list({_same(image): image for image in reversed(found)}.values())[::-1]


def split_credit(caption: str | None) -> tuple[str | None, str | None]:
    """`A harbour. (A. Lens / Agency)`: the last brackets hold the credit."""
    printed = (caption or "").rstrip(" .,;\u2002")
    start = _opening(printed)
    if start is None:
        return caption, None
    return printed[:start].rstrip() or None, text.clean(printed[start + 1 : -1]) or None


def _opening(printed: str) -> int | None:
    """Where the bracket opens that the text ends with; brackets within it are its own."""
    depth = 0
    for place in range(len(printed) - 1, -1, -1) if printed.endswith(")") else ():
        depth += {")": 1, "(": -1}.get(printed[place], 0)
        if depth == 0:
            return place
    return None


def _lead(document: Document, parts: Parts) -> Image | None:
    if parts.lead_image is not None:
        node = parts.lead_image if parts.lead_image.tag == "img" else parts.lead_image.css_first("img")
        image = _image(document, parts, node) if node is not None else None
        if image:
            image.caption = parts.lead_caption or image.caption
            image.credit = parts.lead_credit or image.credit
            image.lead = True
            return image
    url = _stated(document)
    if not url and not parts.lead_credit:
        return None
    return Image(url, None, parts.lead_caption, parts.lead_credit, lead=True)


def _stated(document: Document) -> str | None:
    """What the page gives to be shared, unless it is the site's own emblem."""
    stated = document.meta("og:image", "og:image:url", "twitter:image") or structured.address(
        document.article.get("image")
    )
    url = urls.absolute(document.base, stated)
    return url if url and not _STAND_IN.search(urlsplit(url).path) else None


def _of_body(document: Document, parts: Parts) -> Iterator[Image]:
    for root in parts.body:
        dropped = {node.mem_id for node in root.css(parts.drop)} if parts.drop else set()
        # Ghost's picture cards are no text, but they are pictures.
        pictures = {node.mem_id for node in root.css(".kg-image-card, .kg-gallery-card")}
        for node in unique(root.css("img"))[:_MOST]:
            inside = {one.mem_id for one in ancestors(node)}
            if not inside & (dropped - pictures) and not _is_unseen(node):
                image = _image(document, parts, node)
                if image:
                    yield image


def _is_unseen(node: Node) -> bool:
    facts = node.attributes
    sizes = [int(value) for value in (facts.get("width"), facts.get("height")) if value and value.isdecimal()]
    return body.is_hidden(facts) or any(size < _SMALLEST for size in sizes)


def _image(document: Document, parts: Parts, node: Node) -> Image | None:
    url = _url(document, node)
    caption, credit = _printed(node)
    if parts.credits_in_brackets and credit is None:
        caption, credit = split_credit(caption)
    return Image(url, text.clean(attribute(node, "alt") or "") or None, caption, credit, lead=False) if url else None


def _printed(node: Node) -> tuple[str | None, str | None]:
    """Caption and credit in the nearest element around the picture that has them."""
    for _, parent in zip(range(_HIGHEST), ancestors(node), strict=False):
        caption, credit = parent.css_first(_CAPTION), parent.css_first(_CREDIT)
        if len(parent.css("img")) > 1 and (caption is None or not _is_child(caption, parent)):
            # What stands here belongs to another picture of a gallery.
            break
        if caption is not None or credit is not None:
            printed = _LABEL.sub("", body.line(credit) or "") or None
            whole = body.line(caption)
            return (whole if whole != body.line(credit) else None), printed
        if parent.tag in ("figure", "article", "body"):
            break
    return None, None


def _is_child(node: Node, parent: Node) -> bool:
    return node.parent is not None and node.parent.mem_id == parent.mem_id


def _url(document: Document, node: Node) -> str | None:
    facts = node.attributes
    named = [facts.get(name) for name in _SOURCES]
    url = next((found for found in (urls.absolute(document.base, one) for one in named if one) if found), None)
    return _unwrapped(url) if url else None


def _unwrapped(url: str) -> str:
    """Next.js serves `/_next/image?url=…` for the picture at that URL."""
    parts = urlsplit(url)
    inner = parse_qs(parts.query).get("url", [""])[0] if parts.path == _NEXT_IMAGE else ""
    return urls.absolute(url, inner) or url if inner else url


def _same(image: Image) -> str:
    """One picture in several sizes has one path."""
    return urlsplit(image.url).path if image.url else ""
