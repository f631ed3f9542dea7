"""When an article was published and updated: what the page states, in the order of its worth; never the capture."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Literal

from newsarchive import dates, text
from newsarchive.extract import body, structured
from newsarchive.extract.document import Document, Node, ancestors, attribute
from newsarchive.extract.marks import Mark
from newsarchive.extract.parts import Parts
from newsarchive.extract.surroundings import Line, Surroundings
from newsarchive.items import Timestamp

Source = Literal["json-ld", "meta", "time", "byline", "url", "feed"]
Stated = tuple[Source, str, str | None]
"""Where it stands, what it says, and the zone of those who wrote it without one."""

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "parsely-pub-date", "datepublished", "dc.date.issued",
    "dcterms.issued", "dcterms.created", "sailthru.date", "cxenseparse:publishtime", "cxenseparse:recs:publishtime",
    "publishdate", "publish-date", "publish_date", "publication_date", "publicationdate", "published_time",
    "article.published", "article:published", "article_date_original", "bt:pubdate", "shareaholic:article_published_time",
    "iso-8601-publish-date", "og:published_time", "og:pubdate", "pubdate", "sw-pubdate", "rnews:datepublished",
    "citation_publication_date", "uploaddate", "datecreated",
)  # fmt: skip
# On some sites the day of the last change.
_DATED = ("dc.date", "dc.date.created", "dcterms.date", "created", "date")
_UPDATED = (
    "article:modified_time", "og:updated_time", "og:article:modified_time", "datemodified", "dcterms.modified",
    "dc.date.modified", "last-modified", "lastmod", "article:updated_time",
)  # fmt: skip
# Objects that are no articles by name, but are what the page is about.
_PAGES = frozenset({
    "WebPage", "ItemPage", "Recipe", "HowTo", "VideoObject", "Review", "ClaimReview", "CreativeWork", "DiscussionForumPosting",
    "PodcastEpisode", "Course", "Question", "FAQPage", "MedicalWebPage",
})  # fmt: skip
_STATE = re.compile(
    r"""["'\\]?\b(?:datePublished|date_published|publishedAt|published_at|publishDate|publish_date|publishedDate|"""
    r"""published_date|publicationDate|publication_date|pubDate|pub_date|firstPublished(?:At|Date)?|first_published_at|"""
    r"""articlePublishTime|publishTime|published_time|publishedTime|datePublication|createdAt|created_at)\b"""
    r"""\\?["']?\s*[:=]\s*\\?["'](?P<raw>\d{4}-\d{2}-\d{2}[^"'\\<>]{0,20})"""
)
_UPDATING = re.compile(
    r"updated?|modified|aktuali[sz]|stand\b|geändert|mis[e]? à jour|modifi|actuali[sz]|atualiz|aggiorn|bijgewerkt|"
    r"oppdatert|opdateret|uppdaterad|обновлен|оновлен|zaktualiz|güncelle|更新|수정|تحديث|frissít|päivitetty",
    re.IGNORECASE,
)
_FOREIGN = re.compile(
    r"related|teaser|recommend|popular|\bcomments?(?:-list|-body|-meta)?\b|kommentar|latest|trending|copyright|\bevents?\b",
    re.IGNORECASE,
)
_FOREIGN_TAGS = frozenset({"nav", "aside", "blockquote"})
_TOP = frozenset({"body", "html", "main", "article"})
_LONGEST, _LONGEST_LINE, _LONGEST_DAY = 1000, 140, 120
# Where a word of changing stands further on, something else was told before it.
_LEAD = 12
_MOST_TIMES, _MOST_LINES, _HIGHEST = 12, 25, 8


def published(
    document: Document, parts: Parts, captured_at: datetime, zone: str | None, around: Surroundings | None = None
) -> Timestamp | None:
    """The first statement that can be believed; a later one of the same day may tell the time of day."""
    writing = dates.writing(document.language, document.region)
    around = around or Surroundings()
    # The first three may complete each other; of the others each stands for itself.
    first = (
        *_in_json_ld(document, "datePublished"),
        *_in_metas(document, _PUBLISHED),
        *_in_times(document, parts, zone),
        *_in_byline(parts, zone),
        *(_in_lines(around, zone) if parts.engine == "generic" else ()),
    )
    weaker = (
        _in_metas(document, _DATED),
        _in_addresses(document),
        _on_pages(document),
        _in_other_times(document, zone),
        _in_classes(document, zone),
        _in_state(document),
        _in_updates(document, around, zone),
    )
    found = (_chosen(_believed(source, captured_at, writing)) for source in (first, *weaker))
    return next((one for one in found if one), None)


def updated(document: Document, captured_at: datetime) -> Timestamp | None:
    """What the page states for machines."""
    stated = (*_in_json_ld(document, "dateModified"), *_in_metas(document, _UPDATED))
    return _chosen(_believed(stated, captured_at, dates.writing(document.language, document.region)))


def _believed(stated: Iterable[Stated], captured_at: datetime, writing: dates.Writing) -> Iterator[Timestamp]:
    for source, raw, zone in stated:
        moment = dates.from_url(raw) if source == "url" else dates.parse(raw, local_zone=zone, writing=writing)
        if moment and dates.is_believable(moment, captured_at):
            yield Timestamp(moment.value, moment.precision, source, raw)


def _chosen(believed: Iterable[Timestamp]) -> Timestamp | None:
    """The first; a later one may tell the time of that day, or on which clock it was."""
    statements = list(believed)
    if not statements:
        return None
    first = statements[0]
    if first.precision == "day":
        finer = (one for one in statements if one.precision != "day" and one.value.startswith(first.value))
        return next(finer, first)
    clocks = (_on_the_clock_of(one, first.value) for one in statements[1:] if one.precision != "day")
    value = next((found for found in clocks if found), first.value)
    return replace(first, value=value)


def _on_the_clock_of(other: Timestamp, value: str) -> str | None:
    """The same instant with the offset of its place, where the value is in UTC or has no zone at all."""
    stated = dates.parse(other.raw)
    one, another = (datetime.fromisoformat(stated.value) if stated else None), datetime.fromisoformat(value)
    if one is None or one.utcoffset() is None or another.utcoffset() or (another.tzinfo and not one.utcoffset()):
        return None
    if another.tzinfo is None:
        placed = another.replace(tzinfo=one.tzinfo)
    else:
        placed = another.astimezone(one.tzinfo)
    is_same = placed.replace(second=0) == one.replace(second=0)
    return placed.isoformat(timespec="seconds") if is_same else None


def _in_json_ld(document: Document, name: str) -> Iterator[Stated]:
    raw = structured.string(document.article.get(name))
    if raw:
        yield "json-ld", raw, None


def _on_pages(document: Document) -> Iterator[Stated]:
    """An object that is no article by its name, but is what the page is about."""
    for node in document.graph.nodes:
        if structured.types(node) & _PAGES:
            raw = structured.string(node.get("datePublished")) or structured.string(node.get("uploadDate"))
            if raw:
                yield "json-ld", raw, None


def _in_metas(document: Document, names: Iterable[str]) -> Iterator[Stated]:
    for name in names:
        for raw in document.metas.get(name, ())[:1]:
            yield "meta", raw, None


def _in_times(document: Document, parts: Parts, zone: str | None) -> Iterator[Stated]:
    """`<time>` and what is marked as the day of publication: the attribute, then what it prints."""
    nodes = [parts.time] if parts.time else [mark.node for mark in _own_times(document, parts)]
    for node in nodes:
        yield from _in_time(node, zone)


def _in_other_times(document: Document, zone: str | None) -> Iterator[Stated]:
    """Whoever they belong to, there are no better ones."""
    for mark in document.marks.times[:1]:
        yield from _in_time(mark.node, zone)


def _in_time(node: Node, zone: str | None) -> Iterator[Stated]:
    raw = text.clean(attribute(node, "datetime") or attribute(node, "content") or "")
    printed = (body.line(node) or "")[:_LONGEST]
    if not _UPDATING.search(printed):
        yield "time", raw, zone
        yield "byline", printed, zone


def _own_times(document: Document, parts: Parts) -> list[Mark]:
    """Those marked as publication first, then the first <time> that is not another article's."""
    times = document.marks.times[:_MOST_TIMES]
    marked = [mark for mark in times if mark.tag != "time" or "pubdate" in mark.facts or mark.has("itemprop")]
    own = [mark for mark in marked if not _is_foreign(mark.node)]
    if parts.engine == "generic":
        own += [mark for mark in times if mark.tag == "time" and not _is_foreign(mark.node)][:2]
    return own[:3]


def _is_foreign(node: Node) -> bool:
    """It belongs to a comment, a teaser or the site."""
    around = [one for _, one in zip(range(_HIGHEST), ancestors(node), strict=False) if one.tag not in _TOP]
    is_in_article = any(one.tag == "article" for one in ancestors(node))
    return any(
        one.tag in _FOREIGN_TAGS
        or (one.tag == "footer" and not is_in_article)
        or _FOREIGN.search(attribute(one, "class") or "")
        for one in around
    )


def _in_byline(parts: Parts, zone: str | None) -> Iterator[Stated]:
    if not parts.byline:
        return
    found = parts.byline_pattern.search(parts.byline[:_LONGEST]) if parts.byline_pattern else None
    stated = found.groupdict().get("date") if found else None
    yield "byline", stated or parts.byline[:_LONGEST], zone


def _in_lines(around: Surroundings, zone: str | None) -> Iterator[Stated]:
    """Short lines around the headline, without those that tell of an update alone."""
    for line in _short_lines(around):
        update = _UPDATING.search(line.text)
        if update is None:
            yield "byline", line.text, zone
        elif update.start() > _LEAD:
            yield "byline", line.text[: update.start()], zone


def _in_updates(document: Document, around: Surroundings, zone: str | None) -> Iterator[Stated]:
    """A page that tells only when it was changed."""
    for line in _short_lines(around):
        yield "byline", line.text, zone
    yield from _in_metas(document, _UPDATED)
    yield from _in_json_ld(document, "dateModified")


def _short_lines(around: Surroundings) -> Iterator[Line]:
    near = (*around.after[:_MOST_LINES], *around.before)
    return (line for line in near if len(line.text) <= _LONGEST_LINE)


def _in_classes(document: Document, zone: str | None) -> Iterator[Stated]:
    """Elements whose class hints at a day, wherever they stand."""
    found = 0
    for mark in document.marks.days:
        if found >= _MOST_TIMES:
            return
        stated = attribute(mark.node, "datetime") or attribute(mark.node, "title") or ""
        printed = body.line(mark.node) or ""
        if any(map(str.isdigit, stated + printed)) and len(printed) <= _LONGEST_DAY and not _is_foreign(mark.node):
            found += 1
            yield "time", stated, zone
            yield "byline", printed, zone


def _in_state(document: Document) -> Iterator[Stated]:
    """What the scripts of the page keep of its article."""
    found = _STATE.search(document.html)
    if found:
        yield "json-ld", found["raw"], None


def _in_addresses(document: Document) -> Iterator[Stated]:
    for url in (document.canonical_url, document.url):
        if url:
            yield "url", url, None
