"""The values that travel: `Link` → `Capture` → `Page` → `Article`.

The fields of `Article` and beneath are those of the record `news-article/1`, in its words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal

SCHEMA = "news-article/1"
ERASED = "news-tombstone/1"
"""The schema of a line that stands where an article was erased."""

SourceKind = Literal["feed", "sitemap", "section", "seed", "robots", "follow", "warc", "cdx"]
PAGES = frozenset(range(200, 300)) - {202, 204, 205, 206}
"""Statuses of a whole page; an unknown 2xx counts as 200 (RFC 9110, 15)."""
RecordType = Literal["response", "revisit", "resource"]


@dataclass(frozen=True, slots=True)
class Link:
    """An address that a source named."""

    url: str
    """Absolute, as the source printed it."""
    via: str
    """URL of the source, or the name of the seed list."""
    kind: SourceKind
    headline: str | None = None
    published_raw: str | None = None
    """The time of publication as the source printed it."""
    modified_raw: str | None = None
    """`atom:updated`, sitemap `lastmod`: a hint, often wrong."""
    language: str | None = None
    """`news:language`, `language` of a JSON Feed's item: as the source printed it."""
    archived_raw: str | None = None
    """When an archive captured the page (WARC-Date, timestamp of a CDX line): it was published by then."""


@dataclass(frozen=True, slots=True)
class Capture:
    """One exchange as it lies in an archive: where a record is, and what it holds."""

    url: str
    """Target URI."""
    captured_at: str
    """WARC-Date: RFC 3339, UTC."""
    filename: str
    """Name of the closed WARC file, without folder."""
    offset: int
    length: int
    """Bytes of the compressed record."""
    record_id: str
    """`<urn:uuid:…>`"""
    record_type: RecordType
    payload_digest: str
    """`sha1:` and base32 of the entity-body: transfer coding undone, content coding kept (WARC 1.1, 5.9)."""
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class RobotsTxt:
    """The robots.txt that was in force when a page was asked for, and what of it decided."""

    record_id: str | None
    """Of the answer, which may lie in a file of an earlier crawl: it is asked for once a day."""
    means: Literal["read", "unavailable", "unreachable"]
    """`unavailable`: there is none (RFC 9309, 2.3.1.3); `unreachable`: an older copy stood in."""
    agent: str | None
    """To whom the group is addressed that was ours: our product token or `*`; null where none was."""
    rule: str | None
    """The line that decided, without comment; null where none fits the address, which is then allowed."""
    reserves: str | None
    """What in it reserves text and data mining of the page: `user-agent:gptbot`, `content-signal`."""


@dataclass(frozen=True, slots=True)
class TdmRep:
    """The tdmrep.json of a page's host, and the rule of it that is about the page (W3C TDMRep)."""

    record_id: str | None
    """Of the answer, which may lie in a file of an earlier crawl: it is asked for once a week."""
    location: str | None
    """Null where no rule is about the page, or where there is no such file."""
    reservation: str | None
    policy: str | None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a site said of a page before it was asked for."""

    robots_txt: RobotsTxt | None = None
    """None where it was not asked."""
    tdmrep: TdmRep | None = None
    """None where it was not asked."""


NOTHING_SAID = Terms()


@dataclass(frozen=True, slots=True)
class Page:
    """A captured answer on its way to an article: all that a reading may depend on."""

    capture: Capture
    payload: bytes
    """Entity-body: transfer coding undone, content coding kept."""
    status: int | None
    """None where a payload was kept without its message."""
    content_encoding: str | None
    content_type: str | None
    x_robots_tag: str | None
    tdm_reservation: str | None
    """All headers of that name (TDM Reservation Protocol)."""
    via: str | None
    """What named this URL: URL of a source, or the name of a seed list."""
    source: SourceKind | None
    robots: str | None
    """What robots.txt said when we asked: `allowed`, or null where it was not asked."""
    tdm_policy: str | None = None
    """The header of that name (TDM Reservation Protocol)."""
    terms: Terms = NOTHING_SAID


@dataclass(slots=True)
class Person:
    name: str
    url: str | None = None


@dataclass(slots=True)
class Timestamp:
    """`published_at` or `updated_at`."""

    value: str
    """RFC 3339 with the zone that is known; a full date when precision is `day`."""
    precision: Literal["second", "minute", "day"]
    source: Literal["json-ld", "meta", "time", "byline", "url", "feed"]
    raw: str
    """As the site printed it."""


@dataclass(slots=True)
class Language:
    code: str | None
    """ISO 639-1, judged by the text."""
    declared: str | None
    """What the page says of itself."""


@dataclass(slots=True)
class Image:
    url: str | None
    alt: str | None
    caption: str | None
    credit: str | None
    lead: bool


@dataclass(slots=True)
class Paywall:
    """What says that a page is free to read, or is not."""

    is_free: bool
    source: Literal["outlet", "json-ld", "meta"]
    """`outlet`: by the paywall rule of its YAML; `meta`: `article:content_tier`."""


@dataclass(slots=True)
class Rights:
    """What the site said when we asked."""

    robots: str | None = None
    """`allowed`, or null where robots.txt was not asked."""
    robots_txt: RobotsTxt | None = None
    x_robots_tag: str | None = None
    meta_robots: str | None = None
    """All robots metas; those that are addressed to one crawler as `googlebot: noindex`."""
    tdm_reservation: str | None = None
    """Headers `tdm-reservation`, then metas of that name, each value once: `0, 1` where they contradict each other."""
    tdm_policy: str | None = None
    """Header `tdm-policy`, else the meta of that name."""
    tdmrep: TdmRep | None = None
    reserved_by: list[str] = field(default_factory=list)
    """What reserves text and data mining of this page, of all that is said: `user-agent:gptbot`, `tdmrep:/news/`."""
    license: str | None = None
    """The first of `license_links`."""
    license_links: list[str] = field(default_factory=list)
    """`rel=license`, then `license` of JSON-LD."""
    copyright_holder: str | None = None
    """`copyrightHolder` of JSON-LD, where it has a name."""
    paywall: Paywall | None = None
    """Null where nothing says whether the page is free."""


@dataclass(slots=True)
class Quality:
    words: int = 0
    paragraphs: int = 0
    link_density: int = 0
    """Characters inside links, per mille of the body's."""
    flags: list[str] = field(default_factory=list)


@dataclass(slots=True)
class WarcPointer:
    filename: str
    offset: int
    length: int
    record_id: str
    record_type: RecordType
    payload_digest: str


@dataclass(slots=True)
class Http:
    status: int | None
    """Null where only a payload was read, not a capture."""
    content_type: str | None
    charset: str | None
    charset_source: str | None
    """`bom`, `utf-8` (the bytes are valid UTF-8), `header`, `meta` or `fallback`."""


@dataclass(slots=True)
class Discovery:
    via: str | None
    source: SourceKind | None


@dataclass(slots=True)
class Rule:
    name: str
    digest: str


@dataclass(slots=True)
class Extraction:
    id: str
    """Hash of all that a reading depends on."""
    version: str
    engine: str
    """What found the body: `layout`, `platform/rebelmouse`, `platform/ghost`, `generic/blocks`, `state`."""
    rules: list[Rule]


@dataclass(slots=True)
class Provenance:
    captured_at: str
    warc: WarcPointer | None
    """Null where only a payload was read, not a capture."""
    http: Http
    discovery: Discovery
    extraction: Extraction


@dataclass(slots=True)
class Publisher:
    name: str | None
    url: str | None


@dataclass(slots=True)
class Article:
    """One reading of one capture. It alone is mutable: `extract` fills what the page says, the pipelines the rest."""

    url: str
    """Target URI of the capture."""
    schema: str = SCHEMA
    id: str = ""
    """`sha256:` of the canonical JSON of [target URI, payload digest, extraction id]."""
    text: str = ""
    """The body: NFC, paragraphs parted by an empty line; headline and dek not repeated."""
    paragraphs: list[list[int]] = field(default_factory=list)
    """Start and end of each paragraph in `text`, in code points."""
    headline: str | None = None
    dek: str | None = None
    kicker: str | None = None
    section: str | None = None
    article_type: str | None = None
    authors: list[Person] = field(default_factory=list)
    """People or desks; never a URL or a date as a name."""
    byline: str | None = None
    """As printed."""
    published_at: Timestamp | None = None
    updated_at: Timestamp | None = None
    language: Language = field(default_factory=lambda: Language(None, None))
    images: list[Image] = field(default_factory=list)
    """Only those of this article."""
    links: list[str] = field(default_factory=list)
    """Absolute URLs inside the body."""
    tags: list[str] = field(default_factory=list)
    is_free: bool | None = None
    canonical_url: str | None = None
    """`rel=canonical`"""
    outlet: str | None = None
    """Id of the outlet; null for a page of an unknown host."""
    publisher: Publisher = field(default_factory=lambda: Publisher(None, None))
    article_key: str = ""
    """The story over time: canonical URL, normalised and hashed."""
    rights: Rights = field(default_factory=Rights)
    quality: Quality = field(default_factory=Quality)
    text_sha256: str = ""
    simhash: str = ""
    """64 bits over word triples, 16 hex digits: near duplicates differ in few bits."""
    provenance: Provenance | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    """Anything an outlet's own rules add; the only free-form place."""

    def body(self) -> list[str]:
        """The paragraphs of `text`."""
        return [self.text[start:end] for start, end in self.paragraphs]

    def to_record(self) -> dict[str, Any]:
        """The record as plain JSON values."""
        record: dict[str, Any] = _plain(self)
        return record


@dataclass(frozen=True, slots=True)
class Rejection:
    """A captured page that gave no article, with the reason."""

    url: str
    reason: str
    captured_at: str
    filename: str
    offset: int
    record_id: str
    message: str | None = None
    """Of the exception, where code of the operator rejected the page."""

    @classmethod
    def of(cls, capture: Capture, reason: str, message: str | None = None) -> "Rejection":
        place = (capture.filename, capture.offset, capture.record_id)
        return cls(capture.url, reason, capture.captured_at, *place, message)

    def to_record(self) -> dict[str, Any]:
        """The row as plain JSON values."""
        return {
            "url": self.url,
            "reason": self.reason,
            **({"message": self.message} if self.message else {}),
            "captured_at": self.captured_at,
            "warc": {"filename": self.filename, "offset": self.offset, "record_id": self.record_id},
        }


@dataclass(frozen=True, slots=True)
class ErasedArticle:
    """An article that was erased by an act of a keeper: its line says so, and nothing of what it said."""

    id: str
    """Of the line that was there; of the act and the capture where digests were dropped."""
    url: str | None
    outlet: str | None
    article_key: str | None
    captured_at: str
    filename: str
    offset: int
    length: int
    record_id: str
    """Of the record that stands where the capture was."""
    act: str
    erased_at: str
    reason: str
    authority: str
    erased_record_id: str

    def to_record(self) -> dict[str, Any]:
        """The line as plain JSON values."""
        return {
            "schema": ERASED,
            "id": self.id,
            "status": "tombstone",
            "text": None,
            "headline": None,
            "url": self.url,
            "outlet": self.outlet,
            "article_key": self.article_key,
            "provenance": {
                "captured_at": self.captured_at,
                "warc": {
                    "filename": self.filename,
                    "offset": self.offset,
                    "length": self.length,
                    "record_id": self.record_id,
                    "record_type": "metadata",
                },
            },
            "tombstone": {
                "act": self.act,
                "erased_at": self.erased_at,
                "reason": self.reason,
                "authority": self.authority,
                "erased_record_id": self.erased_record_id,
            },
        }


def is_erased(row: Mapping[str, Any]) -> bool:
    """A line of the rows stands where an article was erased."""
    return row.get("schema") == ERASED


def _plain(value: Any) -> Any:
    """As `dataclasses.asdict`, which copies each word by itself and takes three times as long."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}


def moment_of(capture: Capture) -> datetime:
    """`captured_at` as an aware time."""
    return datetime.fromisoformat(capture.captured_at)
