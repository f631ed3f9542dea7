"""Headline, dek, kicker, section and tags: which of the page's candidates is the newsroom's."""

import re
from collections.abc import Iterable, Sequence

from newsarchive.extract import body, structured
from newsarchive.extract.document import Document, attribute
from newsarchive.extract.parts import Parts

_SEPARATOR = re.compile(r"\s+[|\-–—:·•»]+\s+")
_WORD = re.compile(r"\w+")
_APOLOGY = re.compile(
    r"\b(?:page|article|story|content)\b.{0,20}\b(?:not (?:be )?found|no longer (?:available|exists)|"
    r"does(?:n.t| not) exist)\b|^\W*(?:error )?404\b|\b404 error\b",
    re.IGNORECASE,
)
_ALIKE = 600
_LONGEST = 500
_OPENING = "\"'“‘«„("
_SITE_HEADLINE = frozenset({"home", "homepage", "news"})


def headline(document: Document, parts: Parts, site_names: Sequence[str]) -> str | None:
    """The headline as printed above the article; where no element is certain, as the page's metadata have it."""
    located = body.line(parts.headline)
    if located:
        return located
    stated = _stated(document, site_names)
    title = _title(document, site_names)
    printed = [one for one in map(body.line, document.css("h1")) if one and not _is_site(one, site_names)]
    supported = [(max((_likeness(one, other) for other in (*stated, *title)), default=0), one) for one in printed]
    best = max(supported, key=lambda pair: pair[0], default=(0, ""))
    # A title alone may be the site's: it does not outweigh the only h1.
    if best[0] >= _ALIKE or (not stated and len(printed) == 1):
        return _without_kicker(best[1], stated)
    return next(iter((*stated, *title)), None)


def dek(parts: Parts, headline_text: str | None) -> str | None:
    """The dek that the page prints; a description in the metadata is none."""
    printed = body.line(parts.dek)
    return printed if printed != headline_text else None


def kicker(parts: Parts, document: Document) -> tuple[str | None, str | None, str | None]:
    """Kicker, article type and section: `Analysis | Europe` has both, a single label is the section."""
    stated = document.meta("article:section", "parsely-section") or structured.string(
        document.article.get("articleSection")
    )
    if parts.kicker is None:
        return None, None, stated
    first, bar, second = parts.kicker.partition(" | ")
    return (parts.kicker, first, second) if bar else (parts.kicker, None, first)


def tags(document: Document) -> list[str]:
    """The first list of tags the page states, in its order."""
    keywords = document.article.get("keywords")
    sources: tuple[Iterable[str], ...] = (
        document.metas.get("article:tag", ()),
        keywords if isinstance(keywords, list) else _parted(structured.string(keywords)),
        _parted(document.meta("parsely-tags")),
        _parted(document.meta("news_keywords")),
        _parted(document.meta("keywords")),
    )
    for source in sources:
        found = [one for one in map(structured.string, source) if one and not one.startswith("#")]
        if found:
            return list(dict.fromkeys(found))
    return []


def is_same(one: str, other: str | None) -> bool:
    """Both print the same words."""
    return bool(other) and _words(one) == _words(other or "")


def is_apology(document: Document) -> bool:
    """The headline says that there is no such page, whatever the status said."""
    title = document.first("title")
    printed = [title.text() if title else "", *(body.line(node) or "" for node in document.css("h1"))]
    return any(_APOLOGY.search(one) for one in printed)


def _stated(document: Document, site_names: Sequence[str]) -> list[str]:
    """What the metadata call the article, without the site's name at the end."""
    candidates = (
        document.meta("og:title"),
        structured.string(document.article.get("headline")) or structured.string(document.article.get("name")),
        document.meta("twitter:title", "parsely-title", "dc.title"),
    )
    return _of_article(candidates, site_names)


def _title(document: Document, site_names: Sequence[str]) -> list[str]:
    node = document.first("title")
    return _of_article([structured.string(node.text())] if node else [], site_names)


def _of_article(candidates: Iterable[str | None], site_names: Sequence[str]) -> list[str]:
    cut = [_without_site(one, site_names) for one in candidates if one and len(one) <= _LONGEST]
    return [one for one in cut if one and not _is_site(one, site_names)]


def _without_site(printed: str, site_names: Sequence[str]) -> str:
    separators = list(_SEPARATOR.finditer(printed))
    for separator in separators:
        if _is_site(printed[separator.end() :], site_names):
            return printed[: separator.start()]
    for separator in reversed(separators):
        if _is_site(printed[: separator.start()], site_names):
            return printed[separator.end() :]
    return printed


def _without_kicker(printed: str, stated: Sequence[str]) -> str:
    """Some sites print the kicker within the h1, where the metadata have the headline alone."""
    tails = [one for one in stated if printed.endswith(one) and not printed[: -len(one)].endswith(tuple(_OPENING))]
    return max(tails, key=len, default=printed)


def _is_site(printed: str, site_names: Sequence[str]) -> bool:
    words = _words(printed)
    return (
        not words
        or " ".join(words) in _SITE_HEADLINE
        or any(_squeezed(words) == _squeezed(_words(n)) for n in site_names)
    )


def _squeezed(words: Sequence[str]) -> str:
    """`The New Times` and `newtimes` are one site."""
    return "".join(words[1:] if words[:1] == ["the"] else words)


def _words(printed: str) -> list[str]:
    return _WORD.findall(printed.lower())


def _likeness(one: str, other: str) -> int:
    """Words in common, per mille of the shorter one's."""
    first, second = set(_words(one)), set(_words(other))
    # A label of one or two words is within every headline that has them.
    if min(len(first), len(second)) < 3 and first != second:
        return 0
    return 1000 * len(first & second) // (min(len(first), len(second)) or 1)


def _parted(listed: str | None) -> list[str]:
    return [part.strip() for part in listed.split(",")] if listed else []


def site_names(document: Document, outlet_name: str | None, host: str) -> list[str]:
    """All names by which the page's site may sign its titles."""
    publisher = document.site_name
    title = document.first('link[rel="search"][title]')
    stated = attribute(title, "title") if title else None
    labels = host.split(".")
    return [
        name
        for name in (outlet_name, publisher, stated, host, labels[0], labels[-2] if len(labels) > 1 else None)
        if name
    ]
