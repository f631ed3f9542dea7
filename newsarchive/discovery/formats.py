"""Which format an answer has, judged by itself: what the operator called it and its Content-Type are often wrong."""

import re
from typing import Literal

from newsarchive.discovery.findings import HOST_LINE
from newsarchive.items import SourceKind

Format = Literal["feed", "JSON feed", "sitemap", "list", "page", "nothing"]

_HEAD = 100_000
# A feed may stand behind comments, and behind warnings that are themselves HTML.
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_INSTRUCTION = re.compile(r"<\?.*?(?:\?>|\Z)", re.DOTALL)
_ROOT = re.compile(
    r"<(?:[\w.-]+:)?(?P<name>rss|feed|rdf|channel|urlset|sitemapindex|html|body)(?=[\s/>])",
    re.IGNORECASE,
)
# Blanks without line breaks: a search at each of many empty lines has to stay short.
_ADDRESS = re.compile(
    rf"^[ \t]*(?:(?:sitemap:[ \t]*)?https?://|{HOST_LINE.pattern}[ \t\r]*$)", re.IGNORECASE | re.MULTILINE
)
_BY_ROOT: dict[str, Format] = {
    "rss": "feed",
    "feed": "feed",
    "rdf": "feed",
    "channel": "feed",
    "urlset": "sitemap",
    "sitemapindex": "sitemap",
}
_EXPECTED: dict[SourceKind, frozenset[Format]] = {
    "feed": frozenset({"feed", "JSON feed"}),
    # The protocol takes feeds and plain lists for sitemaps too (sitemaps.org, "Other Sitemap formats").
    "sitemap": frozenset({"sitemap", "list", "feed"}),
    "section": frozenset({"page"}),
    "follow": frozenset({"page"}),
    "robots": frozenset({"list", "nothing"}),
    "cdx": frozenset({"list", "nothing", "JSON feed"}),
    "warc": frozenset(),
    "seed": frozenset({"page", "feed", "JSON feed", "sitemap", "list"}),
}


def judge(source: str) -> Format:
    """The format by the first element that tells, or by the first character where there are no elements."""
    head = _COMMENT.sub("", source[:_HEAD]).lstrip("\ufeff \t\r\n")
    if not head:
        return "nothing"
    if head[0] in "{[":
        return "JSON feed"
    if root := _ROOT.search(head):
        return _BY_ROOT.get(root["name"].lower(), "page")
    if "<" not in head:
        return "list" if _ADDRESS.search(head) else "nothing"
    return "page"


def body_of(repaired: str) -> tuple[str, tuple[str, ...]]:
    """Repaired XML from its root to its last tag, and whether anything but comments and instructions stood before it.

    What follows the last tag is half a word where the answer was cut off, and could be half a URL.
    """
    root = _ROOT.search(_COMMENT.sub(lambda comment: " " * len(comment[0]), repaired[:_HEAD]))
    start = root.start() if root else 0
    before = _INSTRUCTION.sub("", _COMMENT.sub("", repaired[:start]))
    return repaired[start : repaired.rfind(">") + 1], ("text before the XML",) if before.strip() else ()


def surprise(kind: SourceKind, found: Format) -> tuple[str, ...]:
    """What is wrong when a source of this kind answers in that format."""
    return () if found in _EXPECTED[kind] else (f"not a {kind}: read as a {found}",)
