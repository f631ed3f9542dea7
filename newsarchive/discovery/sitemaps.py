"""Sitemaps: URL sets, indexes and news sitemaps."""

from collections.abc import Callable, Iterator
from itertools import islice

from lxml import etree

from newsarchive.discovery import formats, markup
from newsarchive.discovery.findings import ENOUGH, Lead, Mention, Reading, each, printed


def read(source: str) -> Reading:
    """Pages as mentions, child sitemaps as leads, in one pass that forgets what it has read."""
    repaired, repairs = markup.repair(source)
    body, oddities = formats.body_of(repaired)
    failures: list[str] = []
    found = list(islice(_entries(body, failures), ENOUGH))
    return Reading(
        tuple(entry for entry in found if isinstance(entry, Mention)),
        tuple(entry for entry in found if isinstance(entry, Lead)),
        (*repairs, *oddities),
        failures=tuple(failures),
    )


def _entries(body: str, failures: list[str]) -> Iterator[Mention | Lead]:
    # Some files are several, one behind the other: a parser reads one root only.
    for element in markup.elements(f"<sitemaps>{body}</sitemaps>"):
        if markup.name_of(element) in _READERS:
            yield from each((element,), _entry, failures)
            markup.forget(element)


def _entry(element: etree._Element) -> Mention | Lead:
    return _READERS[markup.name_of(element)](element)


def _page(entry: etree._Element) -> Mention:
    """Only the entry's own `loc`: those of its images and videos are no pages."""
    news = _child(entry, "news")
    return Mention(
        _said(entry, "loc"),
        _said(news, "title"),
        _said(news, "publication_date"),
        _said(entry, "lastmod"),
        _said(_child(news, "publication"), "language"),
    )


def _index_entry(entry: etree._Element) -> Lead:
    return Lead(_said(entry, "loc") or "", "sitemap", printed(_said(entry, "lastmod")))


_READERS: dict[str, Callable[[etree._Element], Mention | Lead]] = {"url": _page, "sitemap": _index_entry}


def _child(parent: etree._Element | None, name: str) -> etree._Element | None:
    """The first child of that name."""
    children = parent if parent is not None else ()
    return next((child for child in children if markup.name_of(child) == name), None)


def _said(parent: etree._Element | None, name: str) -> str | None:
    """The text of the first child of that name."""
    child = _child(parent, name)
    return child.text if child is not None else None
