"""When an article was published and updated: what the page states, in the order of its worth; never the capture."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

from newsarchive import dates, text
from newsarchive.extract import body, structured
from newsarchive.extract.document import Document, Node, attribute
from newsarchive.extract.parts import Parts
from newsarchive.items import Timestamp

Source = Literal["json-ld", "meta", "time", "byline", "url", "feed"]
Stated = tuple[Source, str, str | None]
"""Where it stands, what it says, and the zone of those who wrote it without one."""

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "parsely-pub-date", "datepublished", "dc.date.issued",
    "dcterms.issued", "sailthru.date", "publishdate", "publish-date", "publication_date", "pubdate", "dc.date", "date",
)  # fmt: skip
_UPDATED = (
    "article:modified_time",
    "og:updated_time",
    "og:article:modified_time",
    "datemodified",
    "dcterms.modified",
    "last-modified",
)
_TIMES = 'time[itemprop="datePublished"], time[pubdate], [itemprop="datePublished"]'
_HEAD_TIMES = "article time[datetime], header time[datetime], main time[datetime], time[datetime]"
_LONGEST = 1000
_PAGES = frozenset({"WebPage", "ItemPage"})


def published(document: Document, parts: Parts, captured_at: datetime, zone: str | None) -> Timestamp | None:
    """The first statement that can be believed; a later one of the same day may tell the time of day."""
    stated = (
        *_in_json_ld(document, "datePublished"),
        *_in_metas(document, _PUBLISHED),
        *_in_times(document, parts, zone),
        *_in_byline(parts, zone),
    )
    found = _chosen(_believed(stated, captured_at))
    if found:
        return found
    for url in (document.canonical_url, document.url):
        moment = dates.from_url(url) if url else None
        if url and moment and dates.is_believable(moment, captured_at):
            return Timestamp(moment.value, moment.precision, "url", url)
    return None


def updated(document: Document, captured_at: datetime) -> Timestamp | None:
    """What the page states for machines."""
    stated = (*_in_json_ld(document, "dateModified"), *_in_metas(document, _UPDATED))
    return _chosen(_believed(stated, captured_at))


def _believed(stated: Iterable[Stated], captured_at: datetime) -> Iterator[Timestamp]:
    for source, raw, zone in stated:
        moment = dates.parse(raw, local_zone=zone)
        if moment and dates.is_believable(moment, captured_at):
            yield Timestamp(moment.value, moment.precision, source, raw)


def _chosen(believed: Iterable[Timestamp]) -> Timestamp | None:
    statements = list(believed)
    if not statements or statements[0].precision != "day":
        return next(iter(statements), None)
    day = statements[0]
    finer = (one for one in statements if one.precision != "day" and one.value.startswith(day.value))
    return next(finer, day)


def _in_json_ld(document: Document, name: str) -> Iterator[Stated]:
    pages = [node for node in document.graph.nodes if structured.types(node) & _PAGES] if not document.article else []
    for node in (document.article, *pages):
        raw = structured.string(node.get(name))
        if raw:
            yield "json-ld", raw, None


def _in_metas(document: Document, names: Iterable[str]) -> Iterator[Stated]:
    for name in names:
        for raw in document.metas.get(name, ())[:1]:
            yield "meta", raw, None


def _in_times(document: Document, parts: Parts, zone: str | None) -> Iterator[Stated]:
    """`<time>`: its attribute, then what it prints."""
    node = parts.time or document.first(_TIMES) or _only_time(document, parts)
    if node is None:
        return
    raw = text.clean(attribute(node, "datetime") or attribute(node, "content") or "")
    if raw:
        yield "time", raw, zone
    printed = body.line(node)
    if printed:
        yield "byline", printed, zone


def _only_time(document: Document, parts: Parts) -> Node | None:
    """The first time element, on a page without rules."""
    return document.first(_HEAD_TIMES) if parts.engine == "generic" else None


def _in_byline(parts: Parts, zone: str | None) -> Iterator[Stated]:
    if not parts.byline:
        return
    found = parts.byline_pattern.search(parts.byline[:_LONGEST]) if parts.byline_pattern else None
    stated = found.groupdict().get("date") if found else None
    yield "byline", stated or parts.byline[:_LONGEST], zone
