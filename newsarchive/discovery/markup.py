"""Markup made well-formed enough for parsers, and elements seen without their namespaces."""

import html
import io
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from newsarchive import urls

_CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
_BARE = re.compile(r"&(?!#(?:x[0-9a-f]{1,8}|[0-9]{1,8});|[a-z][a-z0-9]{1,31};)", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:#\w+|(?P<name>\w+));")
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_DECLARATION = re.compile(r"<\?xml\s[^>]{0,200}\?>")
# Alternatives end at the end of the text, so that a hostile one is passed over once only.
_DOCTYPE = re.compile(r"<!DOCTYPE\b[^\[>]*(?:\[.*?(?:\]\s*>|\Z)|>|\Z)", re.DOTALL)
# feedparser reads a `base` without a prefix, too.
_BASE = re.compile(r"""\s(?:xml:)?base\s*=\s*("[^"<]*"|'[^'<]*'|[^\s"'<>]+)""", re.IGNORECASE)
_CAREFUL: dict[str, Any] = {
    "recover": True,
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


def without_controls(source: str) -> tuple[str, tuple[str, ...]]:
    """The text without the characters that XML forbids."""
    cleaned, count = _CONTROL.subn("", source)
    return cleaned, ("control characters removed",) if count else ()


def repair(source: str) -> tuple[str, tuple[str, ...]]:
    """Return XML without declarations, invalid bases and entities other than the five of XML; CDATA is not changed.

    Without declarations no entity can expand, whatever the parser.
    """
    parts = _CDATA.split(source)
    # Every second part is a CDATA section.
    outside = [_DOCTYPE.sub("", _DECLARATION.sub("", part)) for part in parts[::2]]
    based = [_BASE.sub(_without_invalid, part) for part in outside]
    parts[::2] = [_REFERENCE.sub(_mended, _BARE.sub("&amp;", part)) for part in based]
    problems = {
        "invalid xml:base ignored": based != outside,
        "entity declarations dropped": "<!ENTITY" in source,
        "bare & repaired": any(_BARE.search(part) for part in outside),
    }
    return "".join(parts), tuple(problem for problem, met in problems.items() if met)


def elements(repaired: str) -> Iterator[etree._Element]:
    """Each element of repaired XML as it ends, mended where it is broken, with no DTD, network or huge node."""
    events = etree.iterparse(io.BytesIO(repaired.encode()), encoding="utf-8", **_CAREFUL)
    try:
        for _, element in events:
            yield element
    except etree.XMLSyntaxError:
        return


def element_of(repaired: str) -> etree._Element | None:
    """One small piece of repaired XML, mended where it is broken; None where there is no element at all."""
    try:
        return etree.fromstring(repaired.encode(), etree.XMLParser(encoding="utf-8", **_CAREFUL))
    except etree.XMLSyntaxError:
        return None


def name_of(element: etree._Element) -> str:
    """The name without namespace, in lower case."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()


def prefix_of(element: etree._Element) -> str:
    """The prefix as printed, declared or not, in lower case."""
    return (element.prefix or str(element.tag).rpartition("}")[2].rpartition(":")[0]).lower()


def forget(element: etree._Element) -> None:
    """Free an element and all before it, so that a long document needs little memory."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _without_invalid(base: re.Match[str]) -> str:
    """Drop a base that is not a URL: feedparser resolves even absolute links against it, and loses them."""
    reference = html.unescape(base[1].strip("\"'"))
    is_valid = not reference.strip() or urls.absolute("https://any.example/", reference)
    return base[0] if is_valid else " "


def _mended(reference: re.Match[str]) -> str:
    """`&eacute;` and `&#233;` are characters, `&#1;` is nothing, `&unknown;` is its own letters."""
    if reference["name"] in _XML_ENTITIES:
        return reference[0]
    return html.escape(_CONTROL.sub("", html.unescape(reference[0])))
