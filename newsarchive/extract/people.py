"""Authors and byline: which of the page's statements says who wrote it."""

import re
from collections.abc import Iterable, Iterator, Sequence

from newsarchive import urls
from newsarchive.extract import body, structured, titles
from newsarchive.extract.document import Document, Node, ancestors, attribute
from newsarchive.extract.marks import Mark
from newsarchive.extract.names import (
    begins_with_by,
    in_line,
    is_by_alone,
    is_name,
    is_printed_name,
    looks_like_person,
    names,
)
from newsarchive.extract.parts import Parts
from newsarchive.extract.surroundings import Surroundings
from newsarchive.items import Person

_METAS = (
    "author", "parsely-author", "sailthru.author", "byl", "byline", "dc.creator", "dcterms.creator", "article:author",
    "article:author_name", "article:author:name", "article_author", "articleauthor", "cxenseparse:author", "authors",
    "shareaholic:article_author_name", "citation_author", "creator", "og:article:author", "twitter:creator:name",
)  # fmt: skip
_WRITTEN_BY = re.compile(
    r"written by|by|author|verfasst von|geschrieben von|écrit par|escrito por|scritto da|geschreven door|"
    r"skrevet av|skrevet af|skriven av|napisane przez|yazan|автор|kirjoittanut|napsal\(a\)|작성자|ditulis oleh",
    re.IGNORECASE,
)
_PROFILE = re.compile(
    r"/(?:authors?|autor(?:en|es|i)?|auteurs?|people|profile|profil|writers?|staff|by|reporters?|contributors?|columnists?|redakteur|journalist)/",
    re.IGNORECASE,
)
_FOREIGN = re.compile(r"comment|related|teaser|card|widget|sidebar|recommend|popular|latest|more-", re.IGNORECASE)
_FOREIGN_TAGS = frozenset({"nav", "aside", "footer", "li"})
_LONGEST_BYLINE, _LONGEST_LIST = 160, 1000
# How many elements, or how many marks, before and after the headline.
_NEAR_ELEMENTS, _NEAR_MARKS = (60, 250), (15, 40)
_MOST_MARKS, _HIGHEST, _MOST_LINES = 12, 6, 15


def authors(
    document: Document,
    parts: Parts,
    site_names: Sequence[str],
    around: Surroundings | None = None,
    headline: Node | None = None,
) -> list[Person]:
    """From JSON-LD, else the metadata, else the printed byline; a house only where nobody is named."""
    around = around or Surroundings()
    houses: list[Person] = []
    for source in _sources(document, parts, around, headline):
        people = _distinct(source)
        if any(not _is_doubtful(person.name, site_names) for person in people):
            return people
        houses = houses or people
    return houses


def _sources(
    document: Document, parts: Parts, around: Surroundings, headline: Node | None
) -> Iterator[Iterable[Person]]:
    yield _stated(document, document.article, is_person=True)
    yield _in_metas(document)
    yield _printed(document, parts)
    if parts.engine == "generic":
        yield _near(document.marks.names, document.marks.headings, document, headline, _NEAR_MARKS)
        yield _in_lines(around, document)
        yield _linked(around, document)
        yield _near(document.hints.names, document.hints.headings, document, headline, _NEAR_ELEMENTS)
        yield _marked(document, document.marks.names)
    yield _in_state(document)
    yield _stated(document, document.article, is_person=False)


def byline(document: Document, parts: Parts, around: Surroundings | None = None) -> str | None:
    """The byline as printed."""
    if parts.byline or parts.engine != "generic":
        return parts.byline
    near = (around.after[:_MOST_LINES] + around.before) if around else ()
    line = next((line.text for line in near if len(line.text) <= _LONGEST_BYLINE and in_line(line.text)), None)
    if line:
        return line
    found = document.css('[class*="byline" i]')
    printed = body.line(found[0]) if len(found) == 1 else None
    return printed if printed and len(printed) <= _LONGEST_BYLINE else None


def _is_doubtful(name: str, site_names: Sequence[str]) -> bool:
    """It names the site, or is what somebody signs in with."""
    return (name.islower() and " " not in name) or "admin" in name.lower() or _is_the_site(name, site_names)


def _is_the_site(name: str, sites: Sequence[str]) -> bool:
    """`n-tv NACHRICHTEN` is the site n-tv.de."""
    squeezed = titles.squeezed(name)
    if titles.is_site(name, sites):
        return True
    longer = (titles.squeezed(site) for site in sites)
    return not looks_like_person(name) and any(len(one) > 3 and squeezed.startswith(one) for one in longer)


def _in_state(document: Document) -> Iterator[Person]:
    yield from _stated(document, document.story.facts, is_person=True)


def _stated(document: Document, article: structured.Node, *, is_person: bool) -> Iterator[Person]:
    """JSON-LD: an author may be an object, a text, a list of either, a list of lists; houses alone are no people."""
    values = list(_flat(document.graph.objects(article.get("author") or article.get("creator") or ())))
    authors = [value if isinstance(value, dict) else {"name": value} for value in values]
    if is_person and all("Organization" in structured.types(author) for author in authors):
        return
    for author in authors:
        stated = author.get("name")
        url = urls.absolute(document.base, structured.string(author.get("url")))
        for one in stated if isinstance(stated, list) else [stated]:
            printed = structured.string(one) or ""
            # `, The Times`: the name is missing.
            people = [] if is_person and printed.startswith(",") else names(printed)
            yield from (Person(name, url if len(people) == 1 else None) for name in people)


def _flat(values: Iterable[object]) -> Iterator[object]:
    for value in values:
        if isinstance(value, list):
            yield from (one for one in value if not isinstance(one, list))
        else:
            yield value


def _in_metas(document: Document) -> Iterator[Person]:
    for name in _METAS:
        found = [one for content in document.metas.get(name, ()) for one in names(content)]
        if found:
            return iter([Person(one) for one in found])
    for number in ("1", "2"):
        if _WRITTEN_BY.fullmatch(document.meta(f"twitter:label{number}") or ""):
            return iter([Person(one) for one in names(document.meta(f"twitter:data{number}") or "")])
    return iter(())


def _printed(document: Document, parts: Parts) -> Iterable[Person]:
    people = [person for node in parts.names for person in _named(document, node)]
    if people or not parts.byline:
        return people
    found = parts.byline_pattern.search(parts.byline[:_LONGEST_LIST]) if parts.byline_pattern else None
    if found or begins_with_by(parts.byline):
        return [Person(name) for name in names(found["authors"] if found else parts.byline)]
    return []


def _near(
    marks: Sequence[Mark], headings: Sequence[Mark], document: Document, headline: Node | None, reach: tuple[int, int]
) -> list[Person]:
    """Of what is marked as an author's what stands near the headline; all, where it is not printed."""
    if headline is None:
        return _marked(document, marks)
    start = next((one.order for one in headings if one.node.mem_id == headline.mem_id), 0)
    before, after = reach
    return _marked(document, [mark for mark in marks if start - before <= mark.order <= start + after])


def _marked(document: Document, marks: Sequence[Mark]) -> list[Person]:
    """The first elements that name somebody; those of one kind belong together."""
    first: Mark | None = None
    people: list[Person] = []
    for mark in marks[:_MOST_MARKS]:
        if first is not None and (mark.facts.get("class"), mark.tag) != (first.facts.get("class"), first.tag):
            continue
        found = [] if _is_foreign(mark.node) else _of_mark(document, mark)
        if found:
            first = first or mark
            people.extend(found)
    return people


def _of_mark(document: Document, mark: Mark) -> list[Person]:
    printed = body.line(mark.node) or attribute(mark.node, "content") or ""
    if len(printed) > _LONGEST_BYLINE:
        return []
    said = () if _linked_names(mark.node) else in_line(printed)
    if said:
        return [Person(name, _profile(document, mark.node) if len(said) == 1 else None) for name in said]
    if mark.has("itemprop") or mark.has("rel") or mark.has("property"):
        return _named(document, mark.node)
    # A class alone may mean anything.
    return [person for person in _named(document, mark.node) if is_printed_name(person.name)]


def _in_lines(around: Surroundings, document: Document) -> list[Person]:
    """The line that says `by`; or the name on the line after it."""
    near = (*around.after[:_MOST_LINES], *around.before)
    for place, line in enumerate(near):
        if len(line.text) > _LONGEST_BYLINE:
            continue
        said = in_line(line.text)
        if not said and is_by_alone(line.text) and place + 1 < len(near):
            said = tuple(name for name in names(near[place + 1].text) if is_printed_name(name))
        if said:
            links = {anchor.text: urls.absolute(document.base, anchor.href) for anchor in line.anchors}
            return [Person(name, links.get(name)) for name in said]
    return []


def _linked(around: Surroundings, document: Document) -> list[Person]:
    """Links to the pages of authors."""
    for line in (*around.after[:_MOST_LINES], *around.before):
        found = [anchor for anchor in line.anchors if _PROFILE.search(anchor.href) and is_name(anchor.text)]
        if found and len(line.text) <= _LONGEST_BYLINE:
            return [Person(name, urls.absolute(document.base, one.href)) for one in found for name in names(one.text)]
    return []


def _is_foreign(node: Node) -> bool:
    around = [
        one
        for _, one in zip(range(_HIGHEST), ancestors(node), strict=False)
        if one.tag not in ("body", "html", "main", "article")
    ]
    return any(one.tag in ("nav", "blockquote") or _FOREIGN.search(attribute(one, "class") or "") for one in around)


def _named(document: Document, node: Node) -> list[Person]:
    linked = _linked_names(node)
    if linked:
        return [Person(name, _profile(document, one)) for one, printed in linked for name in names(printed)]
    inner = node.css_first('[itemprop="name"]') or node
    printed = body.line(inner) or attribute(inner, "content") or ""
    people = names(printed) if len(printed) <= _LONGEST_BYLINE else []
    url = _profile(document, node) if len(people) == 1 else None
    return [Person(name, url) for name in people]


def _linked_names(node: Node) -> list[tuple[Node, str]]:
    return [(one, printed) for one in node.css("a[href]") if is_printed_name(printed := body.line(one) or "")]


def _profile(document: Document, node: Node) -> str | None:
    link = node if node.tag == "a" else node.css_first("a[href]")
    return urls.absolute(document.base, attribute(link, "href")) if link is not None else None


def _distinct(people: Iterable[Person]) -> list[Person]:
    return list({person.name.lower(): person for person in reversed(list(people))}.values())[::-1]
