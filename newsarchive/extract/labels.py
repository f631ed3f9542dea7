"""Dek, kicker, section and tags: the labels around a headline."""

from collections.abc import Iterable, Iterator

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
        document.article.get("articleSection") or document.in_scripts.get("articleSection")
    )
    if parts.kicker is None:
        return printed, None, stated
    first, bar, second = parts.kicker.partition(" | ")
    return (parts.kicker, first, second) if bar else (parts.kicker, None, first)


def tags(document: Document) -> list[str]:
    """The first list of tags the page states, in its order."""
    for source in _tags(document):
        found = [one for one in map(structured.string, source) if one and not one.startswith("#")]
        if found:
            return list(dict.fromkeys(found))
    return []


def _tags(document: Document) -> Iterator[Iterable[str]]:
    yield document.metas.get("article:tag", ())
    keywords = document.article.get("keywords")
    yield keywords if isinstance(keywords, list) else _listed(structured.string(keywords))
    for name in ("parsely-tags", "news_keywords", "keywords"):
        yield _listed(document.meta(name))
    yield document.in_scripts.get("keywords", ())


def _listed(printed: str | None) -> list[str]:
    return [part.strip() for part in printed.split(",")] if printed else []
