"""Titles as pages state them, freed of what is not the newsroom's: the site's name, the kicker."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from newsarchive import text
from newsarchive.extract import structured
from newsarchive.extract.document import Document

_SEPARATOR = re.compile(r"\s+(?:[|\-–—:·•»«›‹~/│｜]|--|::|&raquo;)+\s+|\s*[|│｜]\s*|(?<=\w)\s?(?:--|»)\s?(?=\w)")
_SITE_HEADLINE = frozenset({"home", "homepage", "news", "startseite", "blog", "blog archive"})
_LONGEST = 500
_MOST_OF_A_NAME = 6


@lru_cache(maxsize=256)
def words(printed: str) -> tuple[str, ...]:
    """The words, in lower case; a soft hyphen parts none."""
    return tuple(text.words(printed.replace("\u00ad", "")))


def squeezed(printed: str) -> str:
    """The letters and digits alone."""
    return "".join(words(printed))


def likeness(one: str, other: str) -> int:
    """Words in common, per mille of the shorter one's."""
    first, second = set(words(one)), set(words(other))
    # A label of one or two words is within every headline that has them.
    if min(len(first), len(second)) < 3 and first != second:
        return 0
    return 1000 * len(first & second) // (min(len(first), len(second)) or 1)


def stated(document: Document, site_names: Sequence[str]) -> list[str]:
    """What the metadata call the article, without the site's name: the one meant for sharing first."""
    article = document.article
    candidates = (
        document.meta("og:title"),
        structured.string(article.get("headline")) or structured.string(article.get("name")),
        document.meta("twitter:title", "parsely-title", "dc.title", "dcterms.title", "title"),
    )
    found = _of_article(candidates, site_names)
    return found or _of_article([structured.string(document.story.facts.get("headline"))], site_names)


def of_page(document: Document, site_names: Sequence[str]) -> list[str]:
    """The <title> without the site's name."""
    node = document.marks.title
    return _of_article([structured.string(node.text())] if node is not None else [], site_names)


def site_names(document: Document, outlet_name: str | None, host: str) -> list[str]:
    """All names by which the page's site may sign its titles."""
    search = next((one.get("title") for one in document.marks.links if "search" in (one.get("rel") or "")), None)
    labels = host.split(".")
    title = document.marks.title
    whole = {" ".join(words(one)) for one in (document.meta("og:title"), title.text() if title else None) if one}
    # Some give the article's title as the name of the site.
    told = [one for one in (document.site_name, search) if one and not _is_title(" ".join(words(one)), whole)]
    return [name for name in (outlet_name, *told, host, labels[0], labels[-2] if len(labels) > 1 else None) if name]


def _is_title(name: str, titles: Iterable[str]) -> bool:
    """It is the title of the page, or too long a part of it to be a name."""
    return any(name == one or (name in one and name.count(" ") >= _MOST_OF_A_NAME) for one in titles)


def is_site(printed: str, site_names: Sequence[str]) -> bool:
    """It names the site, not an article."""
    spoken = words(printed)
    return (
        not spoken
        or " ".join(spoken) in _SITE_HEADLINE
        or any(_named(spoken) == _named(words(name)) for name in site_names)
    )


def parts(printed: str) -> list[str]:
    """What the separators part."""
    return [part for part in _SEPARATOR.split(printed) if part and part.strip()]


def cuts(printed: str) -> list[str]:
    """All that is left when one separator cuts off what is before or after it."""
    found = list(_SEPARATOR.finditer(printed))
    sides = [side for one in found for side in (printed[: one.start()], printed[one.end() :])]
    return [side for side in sides if side.strip()]


def _of_article(candidates: Iterable[str | None], site_names: Sequence[str]) -> list[str]:
    cut = [_without_site(one, site_names) for one in candidates if one and len(one) <= _LONGEST]
    return [one for one in cut if one and not is_site(one, site_names)]


def _without_site(printed: str, site_names: Sequence[str]) -> str:
    separators = list(_SEPARATOR.finditer(printed))
    for separator in separators:
        if is_site(printed[separator.end() :], site_names):
            return printed[: separator.start()]
    for separator in reversed(separators):
        if is_site(printed[: separator.start()], site_names):
            return printed[separator.end() :]
    return printed


def _named(spoken: Sequence[str]) -> str:
    """`The New Times` and `newtimes` are one site."""
    return "".join(spoken[1:] if spoken[:1] == ("the",) else spoken)
