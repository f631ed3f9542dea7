"""The articles of the demo web, each with the record that a good reading of its page gives."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from newsarchive.demoweb.markup import plain

HOMES = {
    "responsible_statecraft": "https://responsiblestatecraft.org",
    "kyiv_independent": "https://kyivindependent.com",
}
ZONES = {
    "responsible_statecraft": ZoneInfo("America/New_York"),
    "kyiv_independent": ZoneInfo("Europe/Kyiv"),
}
_TEXTUAL = frozenset({"paragraph", "breaks", "subhead", "list", "numbered", "quote"})
_DATED_PATH = re.compile(r"^/(\d{4})/(\d{2})/(\d{2})/")
_UNLISTED = datetime(2022, 1, 1, tzinfo=UTC)

Form = Literal["json-ld", "meta", "visible"]


@dataclass(frozen=True, slots=True)
class Author:
    name: str
    url: str | None = None
    role: str | None = None
    bio: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    name: str
    """File name beneath the outlet's picture folder."""
    alt: str = ""
    caption: str | None = None
    credit: str | None = None
    label: str = "Top image credit:"
    """What Responsible Statecraft prints before the credit."""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the body: prose, or something that stands between the prose."""

    kind: str
    """`paragraph breaks subhead list numbered quote` are prose;
    `image gallery embed card membership membership_wide pitch rule ad` are not."""
    lines: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def paragraphs(self) -> list[str]:
        """What belongs into the record's body."""
        return [plain(line) for line in self.lines] if self.kind in _TEXTUAL else []


@dataclass(frozen=True, slots=True)
class Teaser:
    """Another article on the page of this one: two paragraphs in sight, the rest in a template."""

    headline: str
    section: str
    path: str
    brief: tuple[str, ...]
    rest: tuple[str, ...]
    picture: Picture
    number: int
    minutes: int = 2


@dataclass(frozen=True, slots=True)
class Serving:
    """How a page travels."""

    framing: Literal["length", "chunked", "close"] = "length"
    coding: Literal["negotiated", "identity", "gzip", "br"] = "negotiated"
    charset: str = "utf-8"
    declared_charset: str = "utf-8"
    """What the Content-Type header says."""
    content_type: str = "text/html"
    delay: float = 0.0
    failing: int | None = None
    """Status of the first answers."""
    failures: int = 0
    """How many they are."""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DemoArticle:
    """One page of the demo web: what it says, in which layout, with which traps."""

    outlet: str
    slug: str
    layout: str
    headline: str
    path: str = ""
    dek: str | None = None
    kicker: str | None = None
    authors: tuple[Author, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    listed: datetime | None = None
    """Where an article without a time stands in lists; only `lastmod` of a sitemap shows it."""
    states: tuple[Form, ...] = ("json-ld", "meta", "visible")
    """Where the page states its times."""
    tags: tuple[str, ...] = ()
    lead: Picture | None = None
    body: tuple[Block, ...] = ()
    is_free: bool | None = None
    traps: tuple[str, ...] = ()
    flags: frozenset[str] = frozenset()
    """Switches of the templates."""
    serving: Serving = Serving()
    addresses: tuple[str, ...] = ()
    """Other paths at which the same page answers."""
    moved_from: tuple[str, ...] = ()
    """Old paths that redirect here."""
    amp: str | None = None
    """Path of the AMP duplicate."""
    number: int = 2669000000
    """RebelMouse's post id."""
    robots: Literal["allowed", "refused"] = "allowed"
    rejected: str | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the expected record that do not follow from the rest."""
    unwanted: tuple[str, ...] = ()
    teasers: tuple[Teaser, ...] = ()
    version: datetime | None = None
    """When the page was last touched without saying so."""

    @property
    def address(self) -> str:
        """Path, and query if there is one."""
        return self.path or f"/{self.slug}/"

    @property
    def url(self) -> str:
        return HOMES[self.outlet] + self.address

    @property
    def published_local(self) -> datetime | None:
        """The time of publication on the newsroom's clock."""
        return self.published.astimezone(ZONES[self.outlet]) if self.published else None

    @property
    def listed_at(self) -> datetime:
        """Where the article stands in a list, newest first."""
        return self.published or self.listed or _day_in_path(self.address) or _UNLISTED

    @property
    def touched_at(self) -> datetime:
        """Last-Modified."""
        return self.version or self.updated or self.listed_at

    @property
    def paragraphs(self) -> list[str]:
        """The body as the record must have it."""
        return [paragraph for block in self.body for paragraph in block.paragraphs]

    @property
    def minutes(self) -> int:
        """The reading time a page claims."""
        return max(1, round(sum(len(text.split()) for text in self.paragraphs) / 130))

    @property
    def must_not_contain(self) -> tuple[str, ...]:
        """Strings of this page that are furniture: captions, cards, other articles."""
        pictures = [*([self.lead] if self.lead else []), *(one for block in self.body for one in block.pictures)]
        captions = [text for one in pictures for text in (one.caption, one.credit) if text]
        cards = [text for block in self.body for text in block.facts.values() if len(text.split()) > 3]
        cards += [line for block in self.body if block.kind == "pitch" for line in block.lines]
        teasers = [plain(text) for one in self.teasers for text in (*one.brief, *one.rest)]
        return (*self.unwanted, *captions, *cards, *teasers)

    def expected(self) -> dict[str, Any]:
        """The record that a good reading of the page gives; for a page that gives none, only `url` and `rejected`."""
        if self.rejected:
            return {"url": self.url, "rejected": self.rejected}
        article_type, section = self._kicker_parts()
        moment, precision = self._published()
        record = {
            "url": self.url,
            "canonical_url": self.url,
            "outlet": self.outlet,
            "headline": plain(self.headline),
            "dek": plain(self.dek) if self.dek else None,
            "kicker": self.kicker,
            "article_type": article_type,
            "section": section,
            "authors": [author.name for author in self.authors],
            "published_at": moment,
            "precision": precision,
            "updated_at": self.updated.isoformat(timespec="seconds") if self.updated else None,
            "language": "en",
            "body": self.paragraphs,
            "lead_image": self._lead_image(),
            "tags": list(self.tags),
            "is_free": self.is_free,
        }
        return {**record, **self.overrides}

    def edited(self, paragraphs: list[str], at: datetime) -> "DemoArticle":
        """The article with another body, and no word of it."""
        return replace(self, body=tuple(Block("paragraph", (text,)) for text in paragraphs), version=at)

    def _kicker_parts(self) -> tuple[str | None, str | None]:
        """Type and section; Responsible Statecraft prints `type | section`, The Kyiv Independent its primary tag."""
        if self.kicker is None:
            return None, None
        first, bar, second = self.kicker.partition(" | ")
        return (first, second) if bar else (None, first)

    def _published(self) -> tuple[str | None, str | None]:
        if self.published and {"json-ld", "meta"} & set(self.states):
            return self.published.isoformat(timespec="seconds"), "second"
        if self.published_local and "visible" in self.states:
            return self.published_local.replace(second=0).isoformat(timespec="seconds"), "minute"
        day = _day_in_path(self.address)
        return (day.date().isoformat(), "day") if day else (None, None)

    def _lead_image(self) -> dict[str, str | None] | None:
        if self.lead is None:
            return None
        return {"alt": self.lead.alt or None, "caption": self.lead.caption, "credit": self.lead.credit}


def _day_in_path(path: str) -> datetime | None:
    found = _DATED_PATH.match(urlsplit(path).path)
    return datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC) if found else None
