"""Readers of pages under one form: bytes and URL in; body, title, authors and date out."""

import logging
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

Told = dict[str, Any]
Reader = Callable[[bytes, str], Told]

# A moment after every page: readers that know of one must not believe in later dates.
NOW = datetime(2026, 11, 22, tzinfo=UTC)
_BLOCKS = "p, h2, h3, h4, h5, h6, li, blockquote, pre, td"


def ours() -> Reader:
    """No outlet is known, so nothing but the generic engine and the platforms is at work."""
    from newsarchive.errors import NotAnArticle  # noqa: PLC0415 - each reader is loaded where it is measured
    from newsarchive.extract import extract  # noqa: PLC0415

    def read(payload: bytes, url: str) -> Told:
        try:
            article = extract(payload, content_type="text/html; charset=utf-8", url=url, captured_at=NOW)
        except NotAnArticle as error:
            return {"body": "", "title": None, "authors": [], "date_published": None, "refused": error.what}
        extraction = article.provenance.extraction if article.provenance else None
        return {
            "body": article.text,
            "title": article.headline,
            "authors": [person.name for person in article.authors],
            "date_published": article.published_at.value if article.published_at else None,
            "language": article.language.code if article.language else None,
            "platform": next((rule.name for rule in extraction.rules), None) if extraction else None,
        }

    return read


def trafilatura() -> Reader:
    """With its metadata, as whoever wants articles calls it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from trafilatura import bare_extraction  # noqa: PLC0415
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    dates = {"original_date": True, "extensive_search": True, "max_date": NOW.date().isoformat()}

    def read(payload: bytes, url: str) -> Told:
        found = bare_extraction(
            payload, url=url, with_metadata=True, include_comments=False, date_extraction_params=dates
        )
        authors = (getattr(found, "author", None) or "").split("; ") if found else []
        return {
            "body": getattr(found, "text", None) or "",
            "title": getattr(found, "title", None),
            "authors": [name for name in authors if name],
            "date_published": getattr(found, "date", None),
        }

    return read


def newspaper4k() -> Reader:
    """From the page alone; it would like to fetch more."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import newspaper  # type: ignore[import-not-found]  # noqa: PLC0415

    def read(payload: bytes, url: str) -> Told:
        article = newspaper.Article(url, fetch_images=False)
        article.download(input_html=payload.decode("utf-8", "replace"))
        try:
            article.parse()
        except Exception:  # noqa: BLE001 - what it raises on broken pages is its own
            return {"body": "", "title": None, "authors": [], "date_published": None}
        published = article.publish_date
        return {
            "body": article.text,
            "title": article.title,
            "authors": list(article.authors),
            "date_published": published.isoformat() if isinstance(published, datetime) else None,
        }

    return read


def readability() -> Reader:
    """The body as blocks of its summary, and its title."""
    import lxml.html  # noqa: PLC0415
    from readability import Document  # type: ignore[import-not-found]  # noqa: PLC0415

    logging.getLogger("readability").setLevel(logging.CRITICAL)

    def read(payload: bytes, _: str) -> Told:
        try:
            document = Document(payload.decode("utf-8", "replace"))
            summary, title = document.summary(html_partial=True), document.short_title()
            tree = lxml.html.fromstring(summary)
        except Exception:  # noqa: BLE001 - likewise
            return {"body": "", "title": None}
        blocks = [" ".join(block.text_content().split()) for block in tree.cssselect(_BLOCKS)]
        return {"body": [block for block in blocks if block] or tree.text_content(), "title": title}

    return read


def parse_alone(payload: bytes) -> None:
    """What no reader on this parser can do without."""
    from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser  # noqa: PLC0415

    LexborHTMLParser(payload.decode("utf-8", "replace"), scripting=True, options=LexborDocumentOptions.WO_EVENTS)


READERS: dict[str, Callable[[], Reader]] = {
    "ours": ours,
    "trafilatura": trafilatura,
    "newspaper4k": newspaper4k,
    "readability": readability,
}
