"""One reading of one payload, from bytes to the record's fields."""

from dataclasses import dataclass
from datetime import datetime

from newsarchive import dates, text, urls
from newsarchive.errors import NotAnArticle
from newsarchive.extract import body as bodies
from newsarchive.extract import (
    decode,
    engine,
    furniture,
    headline,
    identity,
    images,
    labels,
    language,
    moments,
    people,
    quality,
    rights,
    structured,
    surroundings,
    titles,
    written,
)
from newsarchive.extract.body import Paragraph
from newsarchive.extract.document import Document
from newsarchive.extract.parts import Parts, ruled
from newsarchive.extract.platforms import profile
from newsarchive.items import Article, Discovery, Http, Language, Provenance, Publisher, Quality
from newsarchive.outlets import Outlet

_MARKUP = ("html", "xml")
# What begins like this is no page, whatever its header says.
_FORMATS = (b"%PDF-", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"RIFF", b"\x1f\x8b")
_STATE = "state"
_LEAST_WORDS, _FEW_WORDS, _PROBE = 40, 150, 40
_MOST_LINKED = 500


@dataclass(frozen=True, slots=True)
class Body:
    """The paragraphs of an article, and what found them."""

    paragraphs: list[Paragraph]
    parts: Parts
    platform: str | None
    dek: str | None = None
    """Found above the body where no rule knows one."""
    engine: str = engine.NAME
    """What found the paragraphs where no rule did."""


def extract(
    payload: bytes, *, content_type: str | None, url: str, captured_at: datetime, outlet: Outlet | None = None
) -> Article:
    """The article that a captured page tells; the same bytes always give the same article.

    Raises `NotAnArticle` with the reason: `not_html`, `empty`, `too_complex`, `listing`, `soft_404`, `no_body`
    or `no_headline`.
    """
    if not _is_markup(payload, content_type):
        raise NotAnArticle(url, "not_html")
    decoded = decode.decode(payload, content_type)
    if not decoded.text or decoded.text.isspace():
        raise NotAnArticle(url, "empty")
    document = Document(decoded.text, url, decoded.markup)
    body = _body(document, outlet, captured_at)
    article = _told(document, body, outlet, captured_at)
    http = Http(None, content_type, decoded.charset, decoded.source)
    name = body.engine if body.parts.engine == "generic" else body.parts.engine
    extraction = identity.extraction(name, outlet, body.platform)
    article.provenance = Provenance(dates.utc(captured_at), None, http, Discovery(None, None), extraction)
    return article


def _is_markup(payload: bytes, content_type: str | None) -> bool:
    kind = (content_type or "").partition(";")[0].strip().lower()
    if payload.startswith(_FORMATS) or (kind and not any(markup in kind for markup in _MARKUP)):
        return False
    return bool(kind) or not payload.strip() or b"<" in payload or b"<\0" in payload


def _body(document: Document, outlet: Outlet | None, captured_at: datetime) -> Body:
    """By the outlet's layout, else by its platform, else without rules."""
    platform = profile(document, outlet.platform if outlet else None)
    located = platform.locate(document) if platform else Parts()
    parts = ruled(document, outlet.layout_at(captured_at) if outlet else None, located)
    name = platform.name if platform else None
    paragraphs = bodies.read(parts.body, drop=parts.drop)
    if parts.furniture:
        paragraphs = [one for one in paragraphs if not parts.furniture.fullmatch(one.text)]
    if paragraphs:
        return Body(paragraphs, parts, name)
    # A video, or a body that never came: whatever else stands on the page belongs to other articles.
    if parts.body:
        raise NotAnArticle(document.url, "no_body")
    if platform and not parts.bounds and not document.is_evidently_article:
        raise NotAnArticle(document.url, "soft_404" if headline.is_apology(document) else "listing")
    found = engine.read(document, parts.bounds)
    kept = _kept_by_scripts(document, found.paragraphs)
    if kept:
        return Body(kept, _without_rules(parts), name, engine=_STATE)
    return Body(found.paragraphs, _without_rules(parts), name, found.dek)


def _kept_by_scripts(document: Document, printed: list[Paragraph]) -> list[Paragraph]:
    """The body of a page that is only drawn in the browser: the page itself prints nothing of it."""
    if quality.words(printed) >= _FEW_WORDS:
        return []
    kept = written.paragraphs(document.story.bodies)
    if quality.words(kept) < max(_LEAST_WORDS, quality.words(printed)):
        return []
    lines = "".join(titles.squeezed(line.text) for line in surroundings.whole(document.tree.body))
    beginnings = (titles.squeezed(one.text)[:_PROBE] for one in kept)
    is_printed = any(len(one) == _PROBE and one in lines for one in beginnings)
    return [] if is_printed else kept


def _without_rules(parts: Parts) -> Parts:
    """What was found stays found; that the body was not is a miss."""
    return Parts(
        headline=parts.headline,
        dek=parts.dek,
        kicker=parts.kicker,
        has_missed=parts.has_missed,
    )


def _told(document: Document, body: Body, outlet: Outlet | None, captured_at: datetime) -> Article:
    """All fields that the page itself states."""
    parts, zone = body.parts, outlet.timezone if outlet else None
    names = titles.site_names(document, outlet.name if outlet else None, urls.host(document.url))
    head = headline.find(document, parts, names)
    printed = head.text
    around = surroundings.read(head.node) if head.node else surroundings.beside(printed, document.tree.body)
    dek = labels.dek(parts, printed) or body.dek
    own = furniture.without(body.paragraphs, document, outlet.learned if outlet else None)
    paragraphs = _without_repetition(own, printed, dek)
    _check(document, parts, paragraphs, printed)
    kicker, article_type, section = labels.kicker(parts, document, head.kicker)
    article = Article(
        document.url, headline=printed, dek=dek, kicker=kicker, article_type=article_type, section=section
    )
    _fill_text(article, document, paragraphs)
    article.authors = people.authors(document, parts, names, around, head.node)
    article.byline = people.byline(document, parts, around)
    article.published_at = moments.published(document, parts, captured_at, zone, around)
    article.updated_at = moments.updated(document, captured_at)
    article.images = images.images(document, parts)
    article.tags = labels.tags(document)
    article.rights = rights.read(document, outlet)
    article.is_free = article.rights.paywall.is_free if article.rights.paywall else None
    article.canonical_url = document.canonical_url
    article.publisher = _publisher(document)
    article.quality = _quality(document, body.parts, paragraphs, article)
    return article


def _without_repetition(paragraphs: list[Paragraph], printed: str | None, dek: str | None) -> list[Paragraph]:
    """The body without headline and dek before its first paragraph."""
    start = 0
    while start < len(paragraphs) and any(headline.is_same(paragraphs[start].text, one) for one in (printed, dek)):
        start += 1
    return paragraphs[start:]


def _check(document: Document, parts: Parts, paragraphs: list[Paragraph], printed: str | None) -> None:
    if not paragraphs:
        raise NotAnArticle(document.url, "no_body" if document.is_evidently_article else _kind_of_nothing(document))
    if parts.engine == "generic" and not document.is_evidently_article:
        if headline.is_apology(document):
            raise NotAnArticle(document.url, "soft_404")
        if quality.link_density(paragraphs) > _MOST_LINKED or document.graph.has_list():
            raise NotAnArticle(document.url, "listing")
        if quality.words(paragraphs) < _LEAST_WORDS:
            raise NotAnArticle(document.url, "no_body")
    if printed is None:
        raise NotAnArticle(document.url, "no_headline")


def _kind_of_nothing(document: Document) -> str:
    if headline.is_apology(document):
        return "soft_404"
    root = document.tree.body
    printed = bodies.read([root]) if root is not None else []
    if quality.link_density(printed) > _MOST_LINKED:
        return "listing"
    return "no_body" if printed else "empty"


def _fill_text(article: Article, document: Document, paragraphs: list[Paragraph]) -> None:
    lines = [paragraph.text for paragraph in paragraphs]
    article.text, article.paragraphs = text.join(lines), text.spans(lines)
    links = (urls.absolute(document.base, link) for paragraph in paragraphs for link in paragraph.links)
    article.links = list(dict.fromkeys(link for link in links if link))
    article.language = Language(language.code(article.text), document.language)
    article.text_sha256, article.simhash = quality.digest(article.text), quality.simhash(article.text)


def _publisher(document: Document) -> Publisher:
    stated = next(iter(document.graph.objects(document.article.get("publisher"))), None)
    if not isinstance(stated, dict):
        return Publisher(structured.string(stated), None)
    return Publisher(
        structured.string(stated.get("name")), urls.absolute(document.base, structured.string(stated.get("url")))
    )


def _quality(document: Document, parts: Parts, paragraphs: list[Paragraph], article: Article) -> Quality:
    count = quality.words(paragraphs)
    flags = {
        "short": count < quality.SHORT,
        "paywalled": article.is_free is False,
        "live_blog": "LiveBlogPosting" in structured.types(document.article),
        "broken_json_ld": document.graph.broken,
        "broken_state": document.has_broken_state,
        "rule_miss": parts.has_missed,
        "generic": parts.engine == "generic",
    }
    return Quality(
        count,
        len(paragraphs),
        quality.link_density(paragraphs),
        sorted(name for name, is_set in flags.items() if is_set),
    )
