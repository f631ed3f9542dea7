"""Dek, kicker, section and tags: the labels around a headline."""

from collections.abc import Iterable

from newsarchive.extract import body, structured
from newsarchive.extract.document import Document
from newsarchive.extract.parts import Parts


def dek(parts: Parts, headline_text: str | None) -> str | None:
    """The dek that the page prints; a description in the metadata is none."""
    printed = body.line(parts.dek)
    return printed if printed != headline_text else None


def kicker(parts: Parts, document: Document, printed: str | None = None) -> tuple[str | None, str | None, str | None]:
    """Kicker, article type and section: `Analysis | Europe` has both, a single label is the section.

    What a heading prints before the headline is a kicker, too; but it may be anything, so that no section follows.
    """
    stated = document.meta("article:section", "parsely-section") or structured.string(
        document.article.get("articleSection")
    )
    if parts.kicker is None:
        return printed, None, stated
    first, bar, second = parts.kicker.partition(" | ")
    return (parts.kicker, first, second) if bar else (parts.kicker, None, first)


def tags(document: Document) -> list[str]:
    """The first list of tags the page states, in its order."""
    keywords = document.article.get("keywords")
    sources: tuple[Iterable[str], ...] = (
        document.metas.get("article:tag", ()),
        keywords if isinstance(keywords, list) else _listed(structured.string(keywords)),
        _listed(document.meta("parsely-tags")),
        _listed(document.meta("news_keywords")),
        _listed(document.meta("keywords")),
    )
    for source in sources:
        found = [one for one in map(structured.string, source) if one and not one.startswith("#")]
        if found:
            return list(dict.fromkeys(found))
    return []


def _listed(printed: str | None) -> list[str]:
    return [part.strip() for part in printed.split(",")] if printed else []
