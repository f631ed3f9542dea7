"""Authors and byline: names of people or desks, never an address, a date or a role."""

import re
from collections.abc import Iterable, Iterator

from newsarchive import urls
from newsarchive.extract import body, structured
from newsarchive.extract.document import Document, Node, attribute
from newsarchive.extract.parts import Parts
from newsarchive.items import Person

_METAS = ("author", "parsely-author", "sailthru.author", "byl", "dc.creator", "dcterms.creator", "article:author")
_BYLINES = '[itemprop="author"], [rel~="author"], .byline, .c-byline, .article-byline, .byline__name, .author-name'
_BY = re.compile(r"^\s*(?:written\s+|posted\s+|words\s+|reported\s+)?by\b[:\s]*", re.IGNORECASE)
_JOINTS = re.compile(r"\s*[,;|]\s*(?:and\s+|&\s+)?|\s+(?:and|und|et|&|with)\s+", re.IGNORECASE)
_DESK = re.compile(r"\b(?:desk|team|staff|newsroom|board|service|bureau|editors|agencies)$", re.IGNORECASE)
_ROLE = re.compile(
    r"(?:(?:senior|chief|staff|deputy|news|political|foreign|managing|guest|contributing|special|associate|executive|"
    r"[a-z]+ affairs|[a-z]+)\s+)?(?:reporter|editor|correspondent|writer|columnist|journalist|contributor|producer|"
    r"analyst|editor-in-chief|author|photographer)s?(?:\s+(?:in|for|at|of)\b.*)?",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"(?:jr|sr|ph\.?d|m\.?d|ii|iii|iv|esq)\.?", re.IGNORECASE)
_DATED = re.compile(
    r"\d{2,}|\b(?:updated|published|posted|ago|min read|january|february|march \d|april \d|june|july|august \d|"
    r"september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?:|www\.|//|@|\.(?:com|org|net|co)\b", re.IGNORECASE)
_NOBODY = frozenset(
    {"admin", "administrator", "author", "unknown", "none", "null", "undefined", "guest", "editor", "by", "anonymous"}
)
_LONGEST = 70
_LONGEST_LIST = 1000
_MOST_WORDS = 8


def authors(document: Document, parts: Parts, site: str | None) -> list[Person]:
    """From JSON-LD, else the metadata, else the printed byline; the site itself only where nobody else is named."""
    found: list[Person] = []
    for source in (_stated(document), _in_metas(document), _printed(document, parts)):
        people = _distinct(source)
        if any(person.name != site for person in people):
            return people
        found = found or people
    return found


def byline(document: Document, parts: Parts) -> str | None:
    """The byline as printed."""
    if parts.byline:
        return parts.byline
    nodes = document.css(".byline, .c-byline, .article-byline") if parts.engine == "generic" else []
    return body.line(nodes[0]) if len(nodes) == 1 else None


def names(printed: str) -> list[str]:
    """`by A, B and C` names three; a text is no list of names."""
    if len(printed) > _LONGEST_LIST:
        return []
    plain = _BY.sub("", printed).strip(" ,|–—-•·")
    pieces = (
        [plain]
        if _DESK.search(plain)
        else [piece.strip(" .") if len(piece) < 3 else piece for piece in _JOINTS.split(plain)]
    )
    whole: list[str] = []
    for piece in pieces:
        if whole and _SUFFIX.fullmatch(piece):
            whole[-1] += f", {piece}"
        elif is_name(piece):
            whole.append(piece)
    return whole


def is_name(printed: str) -> bool:
    """It may be the name of a person or a desk."""
    if not 1 < len(printed) <= _LONGEST or len(printed.split()) > _MOST_WORDS or not printed[0].isalnum():
        return False
    if printed.lower() in _NOBODY or _ADDRESS.search(printed) or _DATED.search(printed):
        return False
    return not _ROLE.fullmatch(printed)


def _stated(document: Document) -> Iterator[Person]:
    for value in document.graph.objects(document.article.get("author") or document.article.get("creator")):
        stated = structured.string(value.get("name")) if isinstance(value, dict) else structured.string(value)
        url = urls.absolute(document.base, structured.string(value.get("url"))) if isinstance(value, dict) else None
        people = names(stated or "")
        yield from (Person(name, url if len(people) == 1 else None) for name in people)


def _in_metas(document: Document) -> Iterator[Person]:
    for name in _METAS:
        found = [one for content in document.metas.get(name, ()) for one in names(content)]
        if found:
            return iter([Person(one) for one in found])
    if (document.meta("twitter:label1") or "").lower() in ("written by", "by", "author"):
        return iter([Person(one) for one in names(document.meta("twitter:data1") or "")])
    return iter(())


def _printed(document: Document, parts: Parts) -> Iterable[Person]:
    people = [person for node in parts.names for person in _named(document, node)]
    if people:
        return people
    if parts.byline:
        found = parts.byline_pattern.search(parts.byline[:_LONGEST_LIST]) if parts.byline_pattern else None
        if found or _BY.match(parts.byline):
            return [Person(name) for name in names(found["authors"] if found else parts.byline)]
    return [person for node in _marked(document, parts) for person in _named(document, node)]


def _marked(document: Document, parts: Parts) -> Iterator[Node]:
    """Elements any page may mark its author with; a class alone must also print `by`."""
    if parts.engine != "generic":
        return
    for node in document.css(_BYLINES):
        facts = node.attributes
        if (
            facts.get("itemprop") == "author"
            or "author" in (facts.get("rel") or "")
            or _BY.match(body.line(node) or "")
        ):
            yield node


def _named(document: Document, node: Node) -> list[Person]:
    inner = node.css_first('[itemprop="name"]') or node
    link = node if node.tag == "a" else node.css_first("a[href]")
    people = names(body.line(inner) or "")
    url = urls.absolute(document.base, attribute(link, "href")) if link and len(people) == 1 else None
    return [Person(name, url) for name in people]


def _distinct(people: Iterable[Person]) -> list[Person]:
    return list({person.name.lower(): person for person in reversed(list(people))}.values())[::-1]
