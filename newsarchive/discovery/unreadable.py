"""Why an answer is not the source that was asked for, although it came whole. Pure."""

from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from newsarchive import text
from newsarchive.discovery.findings import Findings, Unreadable
from newsarchive.discovery.formats import Format
from newsarchive.items import SourceKind

_HEAD = 100_000
_MOST_LETTERS = 80
_MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"%PDF-", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
)
# An index that holds nothing for an outlet, and a robots.txt without sitemaps, are correct answers.
_MAY_BE_EMPTY = frozenset({"robots", "cdx"})
_LISTS = frozenset({"section", "follow"})
_NO_LINKS = ("entries without a link", "lines that are not a URL")
_XML = frozenset({"feed", "sitemap"})


def unreadable(
    payload: bytes, source: str, findings: Findings, *, found: Format, kind: SourceKind
) -> Unreadable | None:
    """Return the reason, or None for an answer of the right kind, even one that names nothing.

    `source` is the decoded payload, `found` its format. A feed or sitemap that is a page is none, whatever it links to.
    """
    if not source.strip():
        return None if kind in _MAY_BE_EMPTY else Unreadable("empty")
    if file_type := next((name for magic, name in _MAGIC if payload.startswith(magic)), None):
        return Unreadable(file_type)
    if found == "page" and kind not in _LISTS:
        return Unreadable("html_page", title(source))
    if findings.links or findings.leads:
        return None
    return _without_links(source, findings, found, kind)


def title(page: str) -> str:
    """The title of a page, else its first words."""
    tree = LexborHTMLParser(page[:_HEAD])
    node = tree.css_first("title") or tree.css_first("h1") or tree.body
    words = text.clean(node.text(deep=True, separator=" ")) if node else ""
    return words if len(words) <= _MOST_LETTERS else f"{words[:_MOST_LETTERS]}…"


def _without_links(source: str, findings: Findings, found: Format, kind: SourceKind) -> Unreadable | None:
    if found == "nothing":
        return None if kind in _MAY_BE_EMPTY else Unreadable("unknown_format")
    if found == "page":
        return Unreadable("no_links", title(source))
    if found == "JSON feed":
        return _json_without_links(findings, kind)
    if any(problem.startswith(_NO_LINKS) for problem in findings.problems):
        return Unreadable("no_links")
    return Unreadable("broken_xml") if found in _XML and not _is_well_formed(source) else None


def _json_without_links(findings: Findings, kind: SourceKind) -> Unreadable | None:
    if kind in _MAY_BE_EMPTY:
        return None
    if any(problem.startswith("not JSON") for problem in findings.problems):
        return Unreadable("broken_json")
    if any(problem.startswith("JSON without items") for problem in findings.problems):
        return Unreadable("not_a_feed")
    return Unreadable("no_links") if any("without a link" in problem for problem in findings.problems) else None


def _is_well_formed(source: str) -> bool:
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False)
    try:
        etree.fromstring(source.strip().encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return False
    return True
