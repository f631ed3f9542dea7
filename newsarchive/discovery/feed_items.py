"""The items of a broken feed, each parsed by itself, so that what is broken in one costs no other."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from lxml import etree

from newsarchive.discovery import markup
from newsarchive.discovery.findings import ENOUGH, Mention, each, is_address, is_path

_NAME = r"(?:\w+:)?(?:item|entry)"
_MARK = re.compile(
    rf"<!\[CDATA\[.*?(?:\]\]>|\Z)|(?P<start><{_NAME}(?=[\s>]))|(?P<end></{_NAME}\s*>)",
    re.DOTALL | re.IGNORECASE,
)
_OWN = frozenset({"", "rss", "atom", "a10"})
_DATING = _OWN | {"dc", "dcterms"}
_PUBLISHED = frozenset({"pubdate", "published", "issued", "date", "created"})
_MODIFIED = frozenset({"updated", "modified"})


def count(body: str) -> int:
    """How many items begin in the text, as far as they can be kept."""
    return sum(1 for _ in islice((mark for mark in _MARK.finditer(body) if mark["start"]), ENOUGH))


def read(body: str, failures: list[str]) -> Iterator[Mention]:
    """Yield the mention of each item; `failures` is as in `findings.each`."""
    return filter(None, each(_items(body), _read_one, failures))


def _read_one(item: str) -> Mention | None:
    root = markup.element_of(item)
    return None if root is None else _mention(root)


def _items(body: str) -> Iterator[str]:
    """Each item from its start to its end, or to where the next one starts."""
    start: int | None = None
    for mark in _MARK.finditer(body):
        if mark["start"] is None and mark["end"] is None:
            continue
        if start is not None:
            yield body[start : mark.start()]
        start = mark.start() if mark["start"] else None
    if start is not None:
        yield body[start:]


def _mention(item: etree._Element) -> Mention:
    # An unclosed element holds all that follows it, so children are not enough.
    inside = list(item.iterdescendants())
    own = [element for element in inside if markup.prefix_of(element) in _OWN]
    dating = [element for element in inside if markup.prefix_of(element) in _DATING]
    return Mention(
        _original(inside) or _reference(own),
        _first(own, frozenset({"title"})),
        _first(dating, _PUBLISHED),
        _first(dating, _MODIFIED),
    )


def _first(elements: Iterable[etree._Element], names: frozenset[str]) -> str | None:
    return next((element.text for element in elements if markup.name_of(element) in names and element.text), None)


def _original(elements: list[etree._Element]) -> str | None:
    """The page whose address a feed service replaced by one of its own."""
    originals = (element.text for element in elements if markup.name_of(element) == "origlink")
    return next(filter(is_address, originals), None)


def _reference(elements: list[etree._Element]) -> str | None:
    links = [_address(element) for element in elements if markup.name_of(element) == "link"]
    guids = [element for element in elements if markup.name_of(element) in ("guid", "id")]
    paths = (
        guid.text
        for guid in guids
        if markup.name_of(guid) == "guid" and guid.get("isPermaLink") != "false" and is_path(guid.text)
    )
    return next(filter(None, links), None) or next(
        (one.text for one in guids if is_address(one.text)), next(paths, None)
    )


def _address(link: etree._Element) -> str | None:
    """Atom's `href`, RSS's text, or the text that a serializer for HTML put behind `<link/>`."""
    if (link.get("rel") or "alternate") != "alternate":
        return None
    candidates = (link.get("href"), link.text, link.tail if is_address(link.tail) else None)
    return next((value.strip() for value in candidates if value and value.strip()), None)
