"""The headline: which of the page's candidates is the one printed above the article."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from newsarchive import urls
from newsarchive.extract import body, surroundings, titles
from newsarchive.extract.document import Document, Node, ancestors, attribute
from newsarchive.extract.marks import Mark
from newsarchive.extract.parts import Parts

_APOLOGY = re.compile(
    r"\b(?:page|article|story|content)\b.{0,20}\b(?:not (?:be )?found|no longer (?:available|exists)|"
    r"does(?:n.t| not) exist)\b|^\W*(?:error )?404\b|\b404 error\b",
    re.IGNORECASE,
)
_BETWEEN = ":|–— "
_OPENING = tuple("\"'“‘«„(")
# Within a heading these stand before the headline, or after it.
_KICKER_CLASS = re.compile(
    r"kicker|overline|over-?title|top-?line|sub-?line|sub-?title|sub-?head|title-?header|eyebrow|strap|roof|dachzeile"
    r"|spitzmarke|label|badge|flag|prefix|vignette|rubri|categor|category|section|tag(?:line)?\b",
    re.IGNORECASE,
)
_UNSEEN_CLASS = re.compile(r"visually-?hidden|sr-?only|screen-?reader|hidden-?dash|invisible", re.IGNORECASE)
_CRUMB_CLASS = re.compile(r"crumb|seo", re.IGNORECASE)
_ASIDE = frozenset({"nav", "aside", "footer", "template", "noscript"})
_HIGHEST = 6
_ALIKE, _RATHER_ALIKE = 600, 400
_EXACT = 1000
_NEXT, _MOST_HEADINGS = 6, 80
_LONGEST = 400
_CRUMBS = 2
_SENTENCE = 3


@dataclass(frozen=True, slots=True)
class Headline:
    text: str | None
    node: Node | None = None
    """Where it is printed."""
    kicker: str | None = None
    """What the same heading prints before it."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    mark: Mark
    text: str
    kicker: str | None
    is_crumb: bool
    support: int
    """How like it is to what the metadata state, per mille; beyond a thousand for each that says the same."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the page itself tells of its headline."""

    site_names: Sequence[str]
    stated: Sequence[str]
    title: Sequence[str]
    parts: Sequence[str] = ()
    """Of the title, where nothing else states a headline."""


def find(document: Document, parts: Parts, site_names: Sequence[str]) -> Headline:
    """The headline as printed above the article; where no element is certain, as the page's metadata have it."""
    located = body.line(parts.headline)
    if located:
        return Headline(located, parts.headline)
    stated, title = titles.stated(document, site_names), titles.of_page(document, site_names)
    parts_of_title = () if stated else [part for one in title for part in (*titles.cuts(one), *titles.parts(one))]
    known = _Known(site_names, stated, title, parts_of_title)
    best = _best(document, known)
    if best is None and not stated and not title:
        return _spelled_in_address(document, known)
    if best is None:
        return Headline(_as_printed(document, next(iter((*stated, *title)), None)))
    return Headline(best.text, best.mark.node, best.kicker)


def _spelled_in_address(document: Document, known: _Known) -> Headline:
    """The heading whose words the page's own address has, where no title says more than the site's name."""
    address = " ".join(titles.words(unquote(urlsplit(document.url).path.rstrip("/").rpartition("/")[2])))
    found = _candidates(document, document.marks.headings[:_MOST_HEADINGS], replace(known, stated=(address,)))
    best = max(found, key=lambda one: one.support, default=None)
    if best is None or best.support < _ALIKE or not _is_sentence(best):
        return Headline(None)
    return Headline(best.text, best.mark.node, best.kicker)


def _as_printed(document: Document, stated: str | None) -> str | None:
    """The part of a title that the page prints on a line of its own: what else is in it names the site."""
    # The name of the site is printed, too; but it is short.
    least = len(stated or "") // 3
    pieces = [one for one in titles.cuts(stated or "") if len(one) >= least and len(titles.words(one)) >= _SENTENCE]
    if not pieces:
        return stated
    printed = {titles.words(line.text) for line in surroundings.whole(document.tree.body)}
    return next((one for one in pieces if titles.words(one) in printed), stated)


def is_same(one: str, other: str | None) -> bool:
    """Both print the same words."""
    return bool(other) and titles.words(one) == titles.words(other or "")


def is_apology(document: Document) -> bool:
    """The headline says that there is no such page, whatever the status said."""
    title = document.marks.title
    headings = (body.line(mark.node) or "" for mark in document.marks.headings if mark.tag == "h1")
    printed = [title.text() if title else "", *headings]
    return any(_APOLOGY.search(one) for one in printed)


def _best(document: Document, known: _Known) -> _Candidate | None:
    headings = document.marks.headings
    first = _candidates(document, [mark for mark in headings if mark.tag == "h1"][:_NEXT], known)
    best = max(first, key=lambda one: one.support, default=None)
    if best and best.is_crumb and not any(is_same(best.text, one) for one in known.stated[:1]):
        # A site that prints its h1 small among the breadcrumbs has the headline for readers in the next heading.
        later = [mark for mark in headings if mark.order > best.mark.order][:_NEXT]
        printed = _candidates(document, later, replace(known, title=(*known.title, best.text)))
        return next((one for one in printed if not one.is_crumb and one.support >= _RATHER_ALIKE), best)
    # A title alone may be the site's: it does not outweigh the only h1.
    if best and (best.support >= _ALIKE or (not known.stated and len(first) == 1)):
        return best
    lower = (_candidate(document, mark, known) for mark in headings[:_MOST_HEADINGS] if mark.tag != "h1")
    exact = [one for one in lower if one and one.support > _EXACT]
    if exact and not known.stated:
        # The title alone may name both: `A site » Archive » A headline`.
        return max(exact, key=lambda one: len(one.text))
    return next(iter(exact), None) or _alone(first)


def _alone(first: Sequence[_Candidate]) -> _Candidate | None:
    """An h1 that the metadata know nothing of is still what the reader sees, if it is a sentence and no banner."""
    return next((one for one in first if _is_sentence(one) and not _is_banner(one.mark.node)), None)


def _is_sentence(candidate: _Candidate) -> bool:
    return not candidate.is_crumb and len(titles.words(candidate.text)) >= _SENTENCE


def _is_banner(node: Node) -> bool:
    """It stands in the header of the page, not of the article."""
    around = [one.tag for one in ancestors(node)]
    return "header" in around and not {"article", "main"} & set(around)


def _candidates(document: Document, marks: Sequence[Mark], known: _Known) -> list[_Candidate]:
    found = (_candidate(document, mark, known) for mark in marks)
    return [one for one in found if one]


def _candidate(document: Document, mark: Mark, known: _Known) -> _Candidate | None:
    scopes = [one for _, one in zip(range(_HIGHEST), ancestors(mark.node), strict=False)]
    if _leads_home(document, mark.node) or any(one.tag in _ASIDE for one in scopes):
        return None
    kicker, printed = _parted(mark.node, known)
    if not printed or len(printed) > _LONGEST or titles.is_site(printed, known.site_names):
        return None
    others = (*known.stated, *known.title)
    support = max((titles.likeness(printed, other) for other in others), default=0)
    exact = sum(is_same(printed, other) for other in (*others, *known.parts))
    return _Candidate(mark, printed, kicker, _is_crumb(mark.node, scopes), support + exact)


def _parted(node: Node, known: _Known) -> tuple[str | None, str | None]:
    """Kicker and headline of a heading; a kicker that the metadata have before the headline belongs to it."""
    whole = body.line(node)
    if not whole:
        return None, None
    others = (*known.stated, *known.title)
    # What stands behind a bar is the headline: `Opinion | A headline`.
    tails = (*known.stated, *(one.rpartition(" | ")[2] for one in known.stated if " | " not in whole))
    tail = max((one for one in tails if _is_tail(one, whole)), key=len, default="")
    if tail and _is_headline_alone(tail, whole, known.stated, has_parts=len(_elements(node)) > 1):
        return whole.removesuffix(tail).strip(_BETWEEN) or None, tail
    same = next((one for one in others if titles.squeezed(one) == titles.squeezed(whole)), None)
    if same:
        # Parts of a heading that stand on lines of their own run together, where the metadata part them.
        return None, same if len(same) > len(whole) else whole
    return _marked_kicker(node, whole)


def _is_tail(one: str, whole: str) -> bool:
    """Some sites print the kicker within the h1, where the metadata have the headline alone."""
    before = whole.removesuffix(one)
    # A straight quotation mark opens where it is the first of a pair.
    is_quoted = before.endswith(_OPENING) and not (before.endswith('"') and before.count('"') % 2 == 0)
    return before != whole and bool(before.strip()) and not is_quoted


def _is_headline_alone(tail: str, whole: str, stated: Sequence[str], *, has_parts: bool) -> bool:
    """It is what is shared, or more say so than say the contrary."""
    if " | " in whole:
        return False
    alone = sum(is_same(tail, one) for one in stated)
    together = sum(titles.squeezed(whole) == titles.squeezed(one) for one in stated if " | " not in one)
    return alone > together or (has_parts and tail == stated[0]) or (not alone and not together)


def _marked_kicker(node: Node, whole: str) -> tuple[str | None, str]:
    children = _elements(node)
    for _ in range(_HIGHEST):
        if len(children) == 1 and body.line(children[0]) == whole:
            children = _elements(children[0])
    marked = [child for child in children if _KICKER_CLASS.search(attribute(child, "class") or "")]
    unseen = [child for child in children if _UNSEEN_CLASS.search(attribute(child, "class") or "")]
    rest = whole
    for child in (*marked, *unseen):
        rest = rest.replace(body.line(child) or "", " ", 1)
    rest = " ".join(rest.split()).strip(_BETWEEN)
    if not marked or len(titles.words(rest)) < 2 or rest not in whole:
        return None, whole
    kicker = body.line(marked[0])
    # What follows the headline is no kicker, but no part of it either.
    return (kicker if kicker and whole.startswith(kicker) else None), rest


def _elements(node: Node) -> list[Node]:
    return [child for child in node.iter() if child.is_element_node]


def _is_crumb(node: Node, scopes: Iterable[Node]) -> bool:
    return any(_CRUMB_CLASS.search(attribute(one, "class") or "") for one in (node, *scopes)) or _follows_links(node)


def _follows_links(node: Node) -> bool:
    """Before it, on its line, stand links to the sections above."""
    links = 0
    sibling = node.prev
    while sibling is not None:
        if sibling.is_element_node:
            if sibling.tag not in ("a", "span", "svg"):
                return False
            links += sibling.tag == "a" or sibling.css_first("a") is not None
        sibling = sibling.prev
    return links >= _CRUMBS


def _leads_home(document: Document, node: Node) -> bool:
    link = node.css_first("a[href]") or next((one for one in ancestors(node) if one.tag == "a"), None)
    target = urls.absolute(document.base, attribute(link, "href")) if link is not None else None
    return bool(target) and urlsplit(target or "").path in ("", "/") and not urlsplit(target or "").query
