"""Where pages state a day: in JSON-LD, in metadata, in <time>, around the headline, in their scripts and addresses."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Literal

from newsarchive import dates, text
from newsarchive.extract import body, structured, surroundings, titles
from newsarchive.extract.document import Document, Node, ancestors, attribute
from newsarchive.extract.marks import Mark
from newsarchive.extract.parts import Parts
from newsarchive.extract.surroundings import Line, Surroundings

Source = Literal["json-ld", "meta", "time", "byline", "url", "feed"]
Stated = tuple[Source, str, str | None]
"""Where it stands, what it says, and the zone of those who wrote it without one."""

PUBLISHED = (
    "article:published_time", "og:article:published_time", "parsely-pub-date", "datepublished", "dc.date.issued",
    "dcterms.issued", "dcterms.created", "sailthru.date", "cxenseparse:publishtime", "cxenseparse:recs:publishtime",
    "publishdate", "publish-date", "publish_date", "publication_date", "publicationdate", "published_time",
    "article.published", "article:published", "article_date_original", "bt:pubdate",
    "shareaholic:article_published_time", "iso-8601-publish-date",
    "og:published_time", "og:pubdate", "pubdate", "sw-pubdate", "rnews:datepublished",
    "citation_publication_date", "uploaddate", "datecreated",
)  # fmt: skip
# On some sites the day of the last change.
DATED = ("dc.date", "dc.date.created", "dcterms.date", "created", "date")
UPDATED = (
    "article:modified_time", "og:updated_time", "og:article:modified_time", "datemodified", "dcterms.modified",
    "dc.date.modified", "last-modified", "lastmod", "article:updated_time",
)  # fmt: skip
# Objects that are no articles by name, but are what the page is about.
_PAGES = frozenset({
    "WebPage", "ItemPage", "Recipe", "HowTo", "VideoObject", "Review", "ClaimReview", "CreativeWork",
    "DiscussionForumPosting", "PodcastEpisode", "Course", "Question", "FAQPage", "MedicalWebPage",
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
_PUBLISHING = re.compile(
    r"publi|post(?:ed|ado)|veröffentlich|erstellt|verfasst|geschrieben|datum|date\b|stand\b|edited|created|änderung|aktuali[sz]|"
    r"pubblicat|gepost|geplaatst|опубликован|дата|fecha|data\b|inserito|enviado|am\s+\d|on\s+\w+\s+\d",
    re.IGNORECASE,
)
_PUBLISHED_THEN = re.compile(r"publi[sc]?|posted|veröffentlicht|pubblicat|geplaatst|опубликован", re.IGNORECASE)
_FOREIGN = re.compile(
    r"related|teaser|recommend|popular|\bcomments?(?:-list|-body|-meta)?\b|kommentar|latest|trending|copyright|\bevents?\b",
    re.IGNORECASE,
)
_FOREIGN_TAGS = frozenset({"nav", "aside", "blockquote"})
_TOP = frozenset({"body", "html", "main", "article"})
_TWO_DAYS = timedelta(days=2)
_LONGEST, _LONGEST_LINE, _LONGEST_LABEL, _LONGEST_DAY = 1000, 140, 70, 120
# Where a word of changing stands further on, something else was told before it.
_LEAD = 12
_MACHINE_READABLE = ("datetime", "content", "title")
_MOST_TIMES, _MOST_LINES, _HIGHEST = 12, 25, 8


def in_json_ld(document: Document, name: str) -> Iterator[Stated]:
    raw = structured.string(document.article.get(name))
    if raw:
        yield "json-ld", raw, None


def in_story(document: Document, name: str) -> Iterator[Stated]:
    """What the state of the page's front end says of the article."""
    raw = structured.string(document.in_scripts.get(name))
    if raw:
        yield "json-ld", raw, None


def on_pages(document: Document) -> Iterator[Stated]:
    """An object that is no article by its name, but is what the page is about."""
    for node in document.graph.nodes:
        if structured.types(node) & _PAGES:
            raw = structured.string(node.get("datePublished")) or structured.string(node.get("uploadDate"))
            if raw:
                yield "json-ld", raw, None


def in_metas(document: Document, names: Iterable[str]) -> Iterator[Stated]:
    for name in names:
        for raw in document.metas.get(name, ())[:1]:
            yield "meta", raw, None


def in_times(document: Document, parts: Parts, zone: str | None) -> Iterator[Stated]:
    """`<time>` and what is marked as the day of publication: the attribute, then what it prints."""
    nodes = [parts.time] if parts.time else [mark.node for mark in _own_times(document, parts)]
    for node in nodes:
        yield from _in_time(node, zone)


def in_other_times(document: Document, zone: str | None) -> Iterator[Stated]:
    """Whoever they belong to, there are no better ones."""
    for mark in document.marks.times[:1]:
        yield from _in_time(mark.node, zone)


def _in_time(node: Node, zone: str | None) -> Iterator[Stated]:
    raw = text.clean(next(filter(None, (attribute(node, name) for name in _MACHINE_READABLE)), ""))
    printed = (body.line(node) or "")[:_LONGEST]
    if _UPDATING.search(printed):
        return
    stated: list[Stated] = [("time", raw, zone), ("byline", printed, zone)]
    yield from reversed(stated) if _tells_another_day(printed, raw) else stated


def _tells_another_day(printed: str, raw: str) -> bool:
    """The words say that it was published then, and the attribute is of a later change."""
    if not _PUBLISHED_THEN.search(printed):
        return False
    one, other = dates.parse(printed), dates.parse(raw)
    return one is not None and other is not None and abs(one.instant() - other.instant()) > _TWO_DAYS


def _own_times(document: Document, parts: Parts) -> list[Mark]:
    """Those marked as publication first, then the first <time> that is no other article's; last what was changed."""
    times = [mark for mark in document.marks.times[:_MOST_TIMES] if not _is_foreign(mark.node)]
    own = [mark for mark in times if mark.tag != "time" or "pubdate" in mark.facts or mark.has("itemprop")]
    if parts.engine == "generic":
        known = {mark.order for mark in own}
        others = [mark for mark in times if mark.tag == "time" and mark.order not in known]
        own += sorted(others, key=_is_of_a_change)[:2]
    return own[:3]


def _is_of_a_change(mark: Mark) -> bool:
    classes = mark.facts.get("class") or ""
    return bool(_UPDATING.search(classes)) and not _PUBLISHED_THEN.search(classes)


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


def in_byline(parts: Parts, zone: str | None) -> Iterator[Stated]:
    if not parts.byline:
        return
    found = parts.byline_pattern.search(parts.byline[:_LONGEST]) if parts.byline_pattern else None
    stated = found.groupdict().get("date") if found else None
    yield "byline", stated or parts.byline[:_LONGEST], zone


def in_lines(around: Surroundings, zone: str | None) -> Iterator[Stated]:
    """Short lines around the headline, without those that tell of an update alone."""
    for line in _short_lines(around):
        update = _UPDATING.search(line.text)
        if update is None:
            yield "byline", line.text, zone
        elif update.start() > _LEAD:
            yield "byline", line.text[: update.start()], zone


def in_updates(document: Document, around: Surroundings, zone: str | None) -> Iterator[Stated]:
    """A page that tells only when it was changed."""
    for line in _short_lines(around):
        yield "byline", line.text, zone
    yield from in_metas(document, UPDATED)
    yield from in_json_ld(document, "dateModified")
    yield from in_classes(document, zone, updates=True)


def _short_lines(around: Surroundings) -> Iterator[Line]:
    near = (*around.after[:_MOST_LINES], *around.before)
    return (line for line in near if len(line.text) <= _longest(line.text))


def _longest(printed: str) -> int:
    """A line that speaks of publishing may be long; any other is a sentence, and its day that of an event."""
    return _LONGEST_LINE if _PUBLISHING.search(printed) else _LONGEST_LABEL


def in_classes(document: Document, zone: str | None, *, updates: bool = False) -> Iterator[Stated]:
    """Elements whose class hints at a day, wherever they stand."""
    found = 0
    for mark in document.hints.days:
        if found >= _MOST_TIMES:
            return
        stated = attribute(mark.node, "datetime") or attribute(mark.node, "title") or ""
        printed = body.line(mark.node) or ""
        is_day = any(map(str.isdigit, stated + printed)) and len(printed) <= _LONGEST_DAY
        is_update = bool(_UPDATING.search(mark.facts.get("class") or "") or _UPDATING.search(printed))
        if is_day and is_update is updates and not _is_foreign(mark.node):
            found += 1
            yield "time", stated, zone
            yield "byline", printed, zone


def in_titles(document: Document) -> Iterator[Stated]:
    """`08.11.2021 | A headline`, `A headline | Site | 08.11.2021`"""
    title = document.marks.title
    for whole in (document.meta("og:title"), title.text() if title is not None else None):
        for part in titles.parts(text.clean(whole or "")):
            if len(part) <= _LONGEST_DAY and dates.is_day_alone(part):
                yield "byline", part, None


def on_whole_page(document: Document, zone: str | None) -> Iterator[Stated]:
    """A line anywhere that says of a day what it was, or says nothing else, or begins with it."""
    lines = [line.text for line in surroundings.whole(document.tree.body)]
    short = [line for line in lines if len(line) <= _LONGEST_LINE and any(map(str.isdigit, line))]
    told = [line for line in short if _PUBLISHING.search(line)]
    alone = [line for line in short if dates.is_day_alone(line)]
    begun = [line for line in lines if dates.begins_with_day(line)]
    for line in (*told[:_MOST_LINES], *alone[:_MOST_LINES], *begun[:_MOST_LINES]):
        yield "byline", line[:_LONGEST], zone


def in_state(document: Document) -> Iterator[Stated]:
    """What the scripts of the page keep of its article."""
    found = _STATE.search(document.html)
    if found:
        yield "json-ld", found["raw"], None


def in_addresses(document: Document) -> Iterator[Stated]:
    for url in (document.canonical_url, document.url):
        if url:
            yield "url", url, None
