"""Articles as the bytes of a page, in the skeleton of their layout."""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment
from markupsafe import Markup

from newsarchive import templates
from newsarchive.demoweb import markup
from newsarchive.demoweb.articles import HOMES, DemoArticle

_TEMPLATES = {
    "rebelmouse": "rs_article.html.j2",
    "rebelmouse_amp": "rs_amp.html.j2",
    "rebelmouse_listing": "rs_listing.html.j2",
    "ghost_b": "ki_b.html.j2",
    "ghost_b_big_picture": "ki_b.html.j2",
    "ghost_b_opinion": "ki_b.html.j2",
    "ghost_c": "ki_c.html.j2",
    "ghost_listing": "ki_listing.html.j2",
}
PICTURES = {
    "responsible_statecraft": "https://responsiblestatecraft.org/media-library/",
    "kyiv_independent": "https://assets.kyivindependent.com/content/images/",
}
_CUT_DESCRIPTION = 110
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


def render_page(article: DemoArticle) -> bytes:
    """The payload of an article's page, in the article's charset."""
    if article.layout == "pdf":
        return _PDF
    values = _listed(article) if article.layout.endswith("_listing") else {"article": article}
    text = render(_TEMPLATES[article.layout], **values)
    # What an old charset cannot say stands as a character reference.
    return text.encode(article.serving.charset, errors="xmlcharrefreplace")


def _listed(article: DemoArticle) -> dict[str, Any]:
    """What a list shows that stands at an article's address: its neighbours, or a sentence."""
    cards = [
        DemoArticle(article.outlet, one.path.strip("/"), "", one.headline, path=one.path, kicker=one.section)
        for one in article.teasers
    ]
    shown = [] if article.dek else cards
    return {
        "title": article.headline,
        "path": article.address,
        "articles": shown,
        "next_page": None,
        "text": article.dek or "",
    }


def render_amp(article: DemoArticle) -> bytes:
    """The payload of an article's AMP duplicate."""
    return render(_TEMPLATES["rebelmouse_amp"], article=article).encode()


def content_type(article: DemoArticle) -> str:
    """The Content-Type header of the page; it may lie."""
    if article.layout == "pdf":
        return "application/pdf"
    return f"text/html; charset={article.serving.declared_charset}"


def render(template: str, **values: Any) -> str:
    """A template of this package, filled."""
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    environment = templates.environment("newsarchive.demoweb")
    environment.filters.update(
        html=_html,
        plain=markup.plain,
        json=_json,
        local=_local,
        rfc822=lambda moment: moment.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        slug=_slug,
        quoted=lambda text: quote(text, safe=""),
    )
    environment.globals.update(homes=HOMES, description=description, json_ld=json_ld, next_state=next_state)
    return environment


def _html(marked: str, hex_apostrophes: bool = False) -> Markup:
    return Markup(markup.html(marked, hex_apostrophes))  # noqa: S704 - markup.html escapes


def _json(value: object) -> Markup:
    """JSON that may stand in a script element."""
    return Markup(json.dumps(value, ensure_ascii=False).replace("</", "<\\/"))  # noqa: S704 - cannot end the script


def _local(moment: Any) -> str:
    """`November 15, 2024 4:09 PM`, whatever the machine's language."""
    return f"{moment:%B} {moment.day}, {moment.year} {moment.hour % 12 or 12}:{moment:%M} {moment:%p}"


def _slug(text: str) -> str:
    return "-".join(part for part in "".join(c if c.isalnum() else " " for c in text.lower()).split())


def description(article: DemoArticle) -> str:
    """What the page tells of itself in its head: the dek, or the first words; may be cut with `...`."""
    text = markup.plain(article.dek or next(iter(article.paragraphs), ""))
    if "cut_description" in article.flags or not article.dek:
        return text if len(text) <= _CUT_DESCRIPTION else text[:_CUT_DESCRIPTION].rsplit(" ", 1)[0] + "..."
    return text


def json_ld(article: DemoArticle) -> dict[str, Any]:
    """The page's schema.org object, with only what the article states there."""
    states = "json-ld" in article.states
    home = HOMES[article.outlet]
    facts = {
        "@context": "https://schema.org",
        "@type": "NewsArticle" if article.outlet == "responsible_statecraft" else "Article",
        "headline": markup.plain(article.headline),
        "description": description(article),
        "author": _people(article, home),
        "datePublished": _zulu(article, article.published) if states else None,
        "dateModified": _zulu(article, article.updated) if states else None,
        "image": {"@type": "ImageObject", "url": PICTURES[article.outlet] + article.lead.name}
        if article.lead
        else None,
        "keywords": _keywords(article),
        "isAccessibleForFree": article.is_free,
        "mainEntityOfPage": {"@type": "WebPage", "@id": article.url},
        "publisher": {"@type": "Organization", "name": _site_name(article.outlet), "url": f"{home}/"},
        "url": article.url,
    }
    return {key: value for key, value in facts.items() if value is not None}


def _people(article: DemoArticle, home: str) -> Any:
    """RebelMouse writes one author as an object and several as a list; Ghost likewise."""
    people = [
        {"@type": "Person", "name": one.name, **({"url": home + one.url} if one.url else {})} for one in article.authors
    ]
    return (people[0] if len(people) == 1 else people) if people else None


def _keywords(article: DemoArticle) -> Any:
    if not article.tags:
        return None
    return list(article.tags) if article.outlet == "responsible_statecraft" else ", ".join(article.tags)


def _zulu(article: DemoArticle, moment: Any) -> str | None:
    """RebelMouse writes whole seconds, Ghost milliseconds."""
    if moment is None:
        return None
    return f"{moment:%Y-%m-%dT%H:%M:%S}" + ("Z" if article.outlet == "responsible_statecraft" else ".000Z")


def _site_name(outlet: str) -> str:
    return {"responsible_statecraft": "Responsible Statecraft", "kyiv_independent": "The Kyiv Independent"}[outlet]


def next_state(article: DemoArticle, others: Iterable[Any]) -> dict[str, Any]:
    """What a Next.js page carries in `__NEXT_DATA__`: the article and its neighbours once more."""
    return {
        "props": {
            "pageProps": {
                "post": {
                    "slug": article.slug,
                    "title": markup.plain(article.headline),
                    "html": "".join(f"<p>{markup.html(text)}</p>" for text in article.paragraphs),
                },
                "newsFeed": [{"title": one.headline, "excerpt": one.brief[0]} for one in others],
            }
        },
        "page": "/[slug]",
        "buildId": "k3Vd0demo",
    }
