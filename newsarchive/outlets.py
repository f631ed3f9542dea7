"""Facts about an outlet: `config/outlets/<outlet>.yaml` over `config/defaults.yaml`, read into a frozen `Outlet`."""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import rfc8785
from pydantic import Field, ValidationError, model_validator

from newsarchive import dates, learned, urls, yaml_files
from newsarchive.errors import OutletError
from newsarchive.facts import (
    MAX_COUNT,
    MAX_DELAY,
    DaysKept,
    Duration,
    Facts,
    Host,
    LanguageCode,
    Pattern,
    Selector,
    Url,
    Zone,
)
from newsarchive.freshness.polling import Pace
from newsarchive.learned import Learned
from newsarchive.parameters import ORDINARY, Selection
from newsarchive.sources import Source

DEFAULTS = "defaults.yaml"
FOLDER = "outlets"
_SUFFIXES = frozenset({".yml", ".yaml"})
_NAME = re.compile(r"[a-z0-9][a-z0-9_]*")


class Articles(Facts):
    """Scope: which URLs are articles. Patterns are searched in path and query."""

    allow: tuple[Pattern, ...] = ()
    deny: tuple[Pattern, ...] = ()
    hosts: tuple[Host, ...] = ()
    """Hosts beside that of `home`."""
    keep_params: tuple[str, ...] = ()
    """Parameters of the query that select an article though they look like tracking."""
    drop_params: tuple[str, ...] = ()
    """Parameters that select nothing, such as the place of a link on a page."""


class Crawl(Facts):
    delay: float = Field(ge=0, le=MAX_DELAY)
    """Seconds between two requests to one host."""
    concurrency: int = Field(ge=1, le=16)
    daily_requests: int | None = Field(default=None, ge=1, le=MAX_COUNT)
    """Requests of all kinds on one day, UTC, over all runs; null for no limit."""
    reserved: Literal["record", "exclude-from-export", "skip"] = "record"
    """What becomes of pages whose publisher reserves text and data mining; what was said is recorded in any case."""
    section_pages: int = Field(ge=1, le=MAX_COUNT)
    """How far a section page is followed through its `next` links."""
    feed_pages: int = Field(ge=1, le=MAX_COUNT)
    recapture: tuple[Duration, ...]
    """Ages at which an article is captured again."""
    poll: tuple[Duration, Duration]
    """Bounds of the time between two looks at a source; between them its own history decides."""
    poll_worth: Duration
    """So much waiting of one article is worth one look: less finds sooner and asks more often."""
    live: Duration
    """How soon a live blog is captured again after it changed."""
    backfill_older: Duration
    """An article that its source dates back for longer belongs to the past, and yields to news."""
    backfill_per_day: int = Field(ge=0, le=MAX_COUNT)
    """Requests for the past in a day."""

    @model_validator(mode="after")
    def _bounds_are_in_order(self) -> "Crawl":
        if not 0 < self.poll[0] <= self.poll[1] or self.poll_worth <= 0 or self.live <= 0:
            raise ValueError(
                "poll: [shortest, longest] in this order, and poll, poll_worth and live longer than nothing"
            )
        return self

    @property
    def pace(self) -> Pace:
        """The bounds of polling as the policy takes them."""
        return Pace(*self.poll, self.poll_worth)


class Layout(Facts):
    """How the outlet's pages were built up to a day; selectors are CSS."""

    until: date | None = None
    """Last day of this layout; none for today's."""
    body: Selector | None = None
    drop: tuple[Selector, ...] = ()
    headline: Selector | None = None
    dek: Selector | None = None
    kicker: Selector | None = None
    byline: Selector | None = None
    byline_pattern: Pattern | None = None
    """Over the byline's text; named groups `authors` and `date`."""
    lead_image: Selector | None = None
    """The figure or image that belongs to the head of the article."""


class Publisher(Facts):
    name: str | None = None
    url: Url | None = None


class Retention(Facts):
    """How many days after its last capture something is kept; `keeping.inventory` says what is of which class."""

    articles: DaysKept = None
    rejected: DaysKept = None
    discovery: DaysKept = None
    reports: DaysKept = None
    snapshots: DaysKept = None

    def of(self, kind: str) -> int | None:
        """Of a class; None: for ever."""
        days: int | None = getattr(self, kind)
        return days


class Outlet(Facts):
    """One outlet, wholly known and checked; `id` is the name of its file."""

    id: str
    name: str = Field(min_length=1)
    home: Url
    language: LanguageCode
    timezone: Zone
    publisher: Publisher = Publisher()
    platform: (
        Literal[
            "rebelmouse",
            "ghost",
            "arc",
            "drupal",
            "substack",
            "webflow",
            "squarespace",
            "hubspot",
            "blogger",
            "wordpress",
        ]
        | None
    ) = None
    """Overrides the fingerprint of the page."""
    sources: tuple[Source, ...] = Field(min_length=1)
    articles: Articles
    crawl: Crawl
    retention: Retention = Retention()
    layouts: tuple[Layout, ...] = ()
    """Newest first."""
    paywall: Selector | None = None
    """Present on pages whose text is not free."""
    unverified: bool = False
    """True while no live page has been seen."""
    evidence: str | None = None
    """Where the facts come from, for whoever doubts them; nothing is decided by it."""
    digest: str = ""
    """`sha256:` of those facts on which a reading depends."""
    learned: Learned | None = None
    """The furniture that its pages have taught: a file of its own, with a digest of its own."""

    @model_validator(mode="after")
    def _layouts_are_newest_first(self) -> "Outlet":
        days = [layout.until or date.max for layout in self.layouts]
        if days != sorted(days, reverse=True) or len(set(days)) != len(days):
            raise ValueError("layouts newest first, each but the first with its own until")
        return self

    @property
    def hosts(self) -> frozenset[str]:
        """Hosts of the outlet, without `www.`."""
        return _hosts(self.home, self.articles.hosts)

    @property
    def source_hosts(self) -> frozenset[str]:
        """Hosts of its sources, which are asked because the YAML names them."""
        return frozenset(filter(None, (urls.host(source.url) for source in self.sources)))

    def sources_on(self, moment: datetime) -> Iterator[Source]:
        """The sources to be asked at a moment, by the day that it is where the outlet is."""
        today = moment.astimezone(dates.zone(self.timezone)).date()
        return (asked for source in self.sources for asked in source.on(today))

    @cached_property
    def selection(self) -> Selection:
        """Which parameters tell its articles apart."""
        return Selection(frozenset(self.articles.keep_params), frozenset(self.articles.drop_params))

    def layout_at(self, captured_at: datetime) -> Layout | None:
        """The layout that was in use when a page was captured."""
        day = captured_at.astimezone(UTC).date()
        fitting = [layout for layout in self.layouts if layout.until is None or day <= layout.until]
        return fitting[-1] if fitting else None

    def is_article(self, url: str) -> bool:
        """The URL is in scope: on the outlet's hosts, allowed by a pattern and denied by none."""
        if urls.host(url) not in self.hosts:
            return False
        allow, deny = self._scope
        parts = urlsplit(urls.to_fetch(url, self.selection))
        # With the query and without: a parameter nobody knows must not put an article out of scope.
        addresses = {parts.path, f"{parts.path}?{parts.query}" if parts.query else parts.path}
        return _any_finds(allow, addresses) and not _any_finds(deny, addresses)

    @cached_property
    def _scope(self) -> tuple[list[re.Pattern[str]], list[re.Pattern[str]]]:
        allow = [re.compile(p) for p in self.articles.allow] or [re.compile(r"/.")]
        return allow, [re.compile(p) for p in self.articles.deny]


@lru_cache(4096)
def _hosts(home: str, others: tuple[str, ...]) -> frozenset[str]:
    return frozenset({urls.host(home), *(name.removeprefix("www.") for name in others)})


def _any_finds(patterns: list[re.Pattern[str]], addresses: set[str]) -> bool:
    return any(pattern.search(address) for pattern in patterns for address in addresses)


def is_name(name: str) -> bool:
    """Whether an outlet may be called so: it is the name of a file, a folder and a spider."""
    return _NAME.fullmatch(name) is not None


def names(config: Path) -> list[str]:
    """The outlets of a config folder, sorted, without reading them."""
    return [file.stem for file in _files(config)]


def broken(config: Path) -> Iterator[OutletError]:
    """Yield the errors of each outlet whose files are wrong."""
    yield from misnamed(config)
    for name in names(config):
        try:
            load(config, name)
        except OutletError as error:
            yield error
        except KeyError:
            # Deleted meanwhile.
            continue


def misnamed(config: Path) -> Iterator[OutletError]:
    """Yield an error for each YAML file whose suffix is not `.yaml`: it is not an outlet."""
    for file in sorted((config / FOLDER).glob("*")):
        if file.suffix.lower() in _SUFFIXES and file.suffix != ".yaml" and not file.name.startswith("."):
            yield OutletError(file, [("file", f"the name {file.name!r}", f"{file.stem.lower()}.yaml")])


def on_host(config: Path, url: str) -> Iterator[Outlet]:
    """The outlets on whose hosts a URL is, by name; one whose YAML is broken is left out.

    Only files that print the host are understood: looking for a word in 3,000 files takes a hundredth of reading them,
    and nothing has to be kept in step with them.
    """
    host = urls.host(url)
    for file in _files(config):
        if host and _prints(file, host) and (outlet := _unbroken(config, file.stem)) and host in outlet.hosts:
            yield outlet


def load(config: Path, name: str) -> Outlet:
    """Read one outlet over the defaults, and its learned table if it has one.

    Raises `OutletError` with all errors of the file, and `KeyError` when there is no such file.
    """
    return untaught(config, name).model_copy(update={"learned": learned.load(config, name)})


def untaught(config: Path, name: str) -> Outlet:
    """As `load`, without the learned table."""
    file = config / FOLDER / f"{name}.yaml"
    # A broken link is there, too.
    if "/" in name or not os.path.lexists(file):
        raise KeyError(name)
    if not is_name(name):
        raise OutletError(file, [("file", f"the name {name!r}", "a name of small letters, digits and _")])
    defaults, own = yaml_files.read_mapping(config / DEFAULTS), yaml_files.read_mapping(file)
    try:
        outlet = Outlet.model_validate({**_over(defaults, own), "id": name}, context={"file": file})
    except ValidationError as error:
        raise OutletError(file, _mistakes(error, own)) from None
    return outlet.model_copy(update={"digest": _sha256(reading_facts(outlet))})


def _files(config: Path) -> list[Path]:
    """The YAML files; hidden ones are those of editors and file systems."""
    files = (file for file in (config / FOLDER).glob("*.yaml") if not file.name.startswith("."))
    return sorted(files, key=lambda file: file.stem)


def _prints(file: Path, host: str) -> bool:
    """Whether the text of a file has a host, in ASCII or with the letters of an internationalized name."""
    try:
        text = yaml_files.read_octets(file, max_bytes=yaml_files.MAX_BYTES).decode(errors="replace").lower()
    except OutletError:
        return False
    return host in text or ("xn--" in host and _with_letters(host) in text)


def _with_letters(host: str) -> str:
    try:
        return host.encode().decode("idna")
    except UnicodeError:
        return host


def _unbroken(config: Path, name: str) -> Outlet | None:
    try:
        return load(config, name)
    except (OutletError, KeyError):
        return None


def reading_facts(outlet: Outlet) -> bytes:
    """The facts on which a reading depends, as canonical JSON: its sha256 is the outlet's digest."""
    facts = outlet.model_dump(mode="json", include=_READING)
    if outlet.selection != ORDINARY:
        # The key of an article depends on them. Outlets that say nothing keep the digest they always had.
        facts["params"] = [list(outlet.articles.keep_params), list(outlet.articles.drop_params)]
    if outlet.crawl.reserved == "skip":
        # What is reserved gives no line; the other policies change nothing in a reading.
        facts["reserved"] = outlet.crawl.reserved
    return rfc8785.dumps(facts)


def from_reading_facts(facts: bytes) -> Outlet:
    """An outlet that reads as the one whose `reading_facts` these are; it cannot be crawled.

    Raises `ValueError` for what is no such JSON, or is of a version that knows other facts.
    """
    told = json.loads(facts)
    if not isinstance(told, dict):
        raise ValueError("no facts of an outlet")  # noqa: TRY004 - it is the file that is wrong
    told.pop("params", None)
    crawl = {**_CRAWLED_BY_NOBODY, "reserved": told.pop("reserved", "record")}
    whole = {**told, "crawl": crawl, "sources": [{"section": told.get("home")}]}
    return Outlet.model_validate_json(json.dumps({**whole, "digest": _sha256(facts)}))


_READING = {
    "id",
    "home",
    "language",
    "timezone",
    "publisher",
    "name",
    "platform",
    "layouts",
    "paywall",
    "articles",
}
_CRAWLED_BY_NOBODY = {
    "delay": 0,
    "concurrency": 1,
    "section_pages": 1,
    "feed_pages": 1,
    "recapture": [],
    "poll": ["1d", "1d"],
    "poll_worth": "1d",
    "live": "1d",
    "backfill_older": "1d",
    "backfill_per_day": 0,
}


def _sha256(facts: bytes) -> str:
    return "sha256:" + hashlib.sha256(facts).hexdigest()


def _over(defaults: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    """The outlet's facts over the defaults: mappings are joined, everything else replaces."""
    return {
        **defaults,
        **{
            key: _over(defaults[key], value)
            if isinstance(value, dict) and isinstance(defaults.get(key), dict)
            else value
            for key, value in facts.items()
        },
    }


def _mistakes(error: ValidationError, own: dict[str, Any]) -> list[tuple[str, str, str]]:
    """All errors with a value of the file itself or of the defaults.

    That a list is too short is not reported when its entries are wrong.
    """
    found = error.errors()
    wrong_inside = {one["loc"][0] for one in found if len(one["loc"]) > 1}
    return [_mistake(one, own) for one in found if not (one["type"] == "too_short" and one["loc"][0] in wrong_inside)]


def _mistake(error: Any, own: dict[str, Any]) -> tuple[str, str, str]:
    """(key, found, expected) of one error of pydantic."""
    key = ".".join(str(part) for part in error["loc"]) or "file"
    if error["type"] == "missing":
        return key, "nothing", "a value"
    if error["loc"] and not _has(own, error["loc"]):
        key += f" (from {DEFAULTS})"
    if error["type"] == "extra_forbidden":
        return key, _shown(error["input"]), f"no such key; known are {', '.join(_known_keys(error['loc']))}"
    expected = error["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return key, _shown(error["input"]), expected


def _has(own: dict[str, Any], location: tuple[int | str, ...]) -> bool:
    """Whether a value is the file's own: mappings are joined with the defaults, everything else replaces them."""
    value: Any = own
    for part in location:
        if not isinstance(value, dict):
            return True
        if part not in value:
            return False
        value = value[part]
    return True


def _known_keys(location: tuple[int | str, ...]) -> list[str]:
    places: dict[str, type[Facts]] = {
        "sources": Source,
        "articles": Articles,
        "crawl": Crawl,
        "layouts": Layout,
        "publisher": Publisher,
        "retention": Retention,
    }
    facts = places.get(str(location[0]), Outlet) if len(location) > 1 else Outlet
    return sorted(set(facts.model_fields) - {"id", "digest", "learned"})


def _shown(value: object) -> str:
    text = urls.redacted(repr(value))
    return text if len(text) <= 80 else f"{text[:77]}..."
