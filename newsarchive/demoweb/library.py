"""The demo articles as they lie in the package: `articles/<outlet>/<slug>.yaml`."""

import zlib
from dataclasses import replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from newsarchive.demoweb.articles import HOMES, Author, Block, DemoArticle, Picture, Serving, Teaser

_TEASERS = 3
_FIRST_NUMBER = 2669000000


def load_articles() -> list[DemoArticle]:
    """All demo articles, outlet by outlet, each with the teasers that stand on its page."""
    return list(_articles())


@cache
def _articles() -> tuple[DemoArticle, ...]:
    return tuple(article for outlet in HOMES for article in _with_teasers(_read_outlet(outlet)))


def _read_outlet(outlet: str) -> list[DemoArticle]:
    folder = files("newsarchive.demoweb").joinpath("articles", outlet)
    entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    return [_read(outlet, entry) for entry in entries if entry.name.endswith(".yaml")]


def _read(outlet: str, entry: Traversable) -> DemoArticle:
    slug = entry.name.removesuffix(".yaml")
    fields: dict[str, Any] = yaml.safe_load(entry.read_text(encoding="utf-8"))
    plain = {
        "authors": tuple(Author(**one) for one in fields.pop("authors", [])),
        "lead": Picture(**fields.pop("lead")) if fields.get("lead") else None,
        "body": tuple(_block(one) for one in fields.pop("body", [])),
        "flags": frozenset(fields.pop("flags", [])),
        "serving": _serving(fields.pop("serving", {})),
        "teasers": tuple(_teaser(one) for one in fields.pop("teasers", [])),
        "overrides": fields.pop("expected", {}),
    }
    lists = {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}
    return DemoArticle(outlet=outlet, slug=slug, **{"number": _number(slug), **fields, **lists, **plain})


def _number(slug: str) -> int:
    """The RebelMouse post id: the digits at the end of the address, else one made of the slug."""
    tail = slug.rpartition("-")[2]
    return int(tail) if tail.isdigit() and len(tail) == 10 else _FIRST_NUMBER + zlib.crc32(slug.encode()) % 1_000_000


def _block(one: str | dict[str, Any]) -> Block:
    """`text`, or a mapping of one kind to its lines, pictures or facts."""
    if isinstance(one, str):
        return Block("paragraph", (one,))
    ((kind, value),) = one.items()
    if kind == "image":
        return Block(kind, pictures=(Picture(**value),))
    if kind == "gallery":
        return Block(kind, pictures=tuple(Picture(**picture) for picture in value))
    if isinstance(value, dict):
        return Block(kind, facts=value)
    return Block(kind, (value,) if isinstance(value, str) else tuple(value or ()))


def _serving(fields: dict[str, Any]) -> Serving:
    headers = tuple((name, value) for name, value in fields.pop("headers", []))
    return Serving(headers=headers, **fields)


def _teaser(fields: dict[str, Any]) -> Teaser:
    picture = Picture(**fields.pop("picture"))
    brief, rest = tuple(fields.pop("brief")), tuple(fields.pop("rest"))
    return Teaser(**fields, picture=picture, brief=brief, rest=rest, number=_number(fields["path"]))


def _with_teasers(articles: list[DemoArticle]) -> list[DemoArticle]:
    """Each article with the three that follow it in the folder, where its own file names none."""
    shown = [article for article in articles if len(article.paragraphs) >= 4 and article.rejected is None]
    return [
        article if article.teasers else replace(article, teasers=_following(article, shown)) for article in articles
    ]


def _following(article: DemoArticle, shown: list[DemoArticle]) -> tuple[Teaser, ...]:
    later = [one for one in shown if one.slug > article.slug]
    earlier = [one for one in shown if one.slug < article.slug]
    return tuple(_teaser_of(one) for one in [*later, *earlier][:_TEASERS])


def _teaser_of(article: DemoArticle) -> Teaser:
    prose = article.paragraphs
    return Teaser(
        headline=article.headline,
        section=(article.kicker or "News Feed").rpartition(" | ")[2],
        path=article.address,
        brief=tuple(prose[:2]),
        rest=tuple(prose[2:]),
        picture=article.lead or Picture("newsroom.jpg"),
        number=article.number,
        minutes=article.minutes,
    )
