"""What a home page, or an article beside it, says of the outlet: name, language, platform, feeds, links."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from newsarchive import text, urls
from newsarchive.discovery import Lead, conventions, read_source
from newsarchive.errors import NotAnArticle, parsing
from newsarchive.extract import structured
from newsarchive.extract.decode import decode
from newsarchive.extract.document import Document, attribute
from newsarchive.extract.platforms import profile
from newsarchive.items import Link
from newsarchive.scouting.judging import Judgement

MAX_FEEDS = 8
"""A page may name a feed for each of its sections; the first are the general ones."""
_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"})
_LOOKS_LIKE_FEED = re.compile(r"/(?:rss|feeds?|atom|rdf)(?:[/.?]|$)|\.(?:rss|rdf|atom)$|[?&]feed=", re.IGNORECASE)
# A feed of what readers write names no new articles.
_OF_COMMENTS = re.compile(r"/comments?/|comments/feed|[?&]feed=comments", re.IGNORECASE)
_TITLE_PARTS = re.compile(r"\s+[|\u2013\u2014\u00b7•:»-]\s+")
_OWNERS = frozenset({"NewsMediaOrganization", "Organization", "WebSite"})


@dataclass(frozen=True, slots=True)
class SitePage:
    """One page as a scout reads it."""

    url: str
    name: Judgement[str] | None
    language: str | None
    """As the page declares it: ISO 639."""
    region: str | None
    platform: Judgement[str] | None
    feeds: tuple[Lead, ...]
    """Those that its head names, then those that it links."""
    links: tuple[Link, ...]
    dates: tuple[str, ...]
    """When it was published, as it says for machines."""


def read_page(payload: bytes, *, content_type: str | None, url: str, headers: Mapping[str, str]) -> SitePage:
    """Raises `NotAnArticle` for a page that is too complex, or on which a parser fails."""
    with parsing(url, NotAnArticle):
        return _read_page(payload, content_type=content_type, url=url, headers=headers)


def _read_page(payload: bytes, *, content_type: str | None, url: str, headers: Mapping[str, str]) -> SitePage:
    document = Document(decode(payload, content_type).text, url)
    links = read_source(payload, content_type=content_type, url=url, kind="section").links
    return SitePage(
        url,
        _name(document),
        document.language,
        document.region,
        _platform(document, payload, headers),
        tuple(dict.fromkeys((*_declared_feeds(document), *_linked_feeds(links))))[:MAX_FEEDS],
        links,
        tuple(_dates(document)),
    )


def _name(document: Document) -> Judgement[str] | None:
    stated = text.clean(document.meta("og:site_name", "application-name") or "")
    if stated:
        return Judgement(stated, "sure", "og:site_name")
    owners = (structured.string(node.get("name")) for node in document.graph.nodes if structured.types(node) & _OWNERS)
    if owner := next(filter(None, owners), None):
        return Judgement(owner, "likely", "JSON-LD")
    parts = _TITLE_PARTS.split(text.clean(document.first_title or ""))
    if not any(parts):
        return None
    # «Politics - The Example Times», «The Example Times | News from everywhere».
    host = _letters(urls.host(document.url).partition(".")[0])
    fitting = (part for part in parts if (_letters(part) and _letters(part) in host) or host in _letters(part))
    found = next(fitting, None)
    return Judgement(found, "likely", "the title") if found else Judgement(parts[0], "guessed", "the title")


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower())).removeprefix("the")


def _platform(document: Document, payload: bytes, headers: Mapping[str, str]) -> Judgement[str] | None:
    found = profile(document, None)
    if found:
        return Judgement(found.name, "sure", "marks of the page")
    known = conventions.platform_of(payload, headers)
    return Judgement(known, "likely", "marks of the page") if known else None


def _declared_feeds(document: Document) -> Iterator[Lead]:
    for node in document.css("link[rel~=alternate][type][href]"):
        if (attribute(node, "type") or "").lower().strip() in _FEED_TYPES:
            yield from _feed(urls.absolute(document.base, attribute(node, "href")))


def _linked_feeds(links: tuple[Link, ...]) -> Iterator[Lead]:
    for link in links:
        if _LOOKS_LIKE_FEED.search(link.url):
            yield from _feed(link.url)


def _feed(url: str | None) -> Iterator[Lead]:
    if url and not _OF_COMMENTS.search(url):
        yield Lead(url, "feed")


def _dates(document: Document) -> Iterator[str]:
    for node in document.graph.articles():
        yield from filter(None, (structured.string(node.get(key)) for key in ("datePublished", "dateModified")))
    for name in ("article:published_time", "article:modified_time"):
        yield from document.metas.get(name, ())
