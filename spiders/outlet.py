"""The spider of every outlet: sources become requests, answers become items."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Self, cast

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from scrapy.utils.asyncio import run_in_thread
from twisted.python.failure import Failure

from newsarchive import clock, dates, discovery, urls
from newsarchive import counting as names
from newsarchive.capture.ending import SHUTDOWN
from newsarchive.capture.extension import ArchiveExtension
from newsarchive.capture.handler import error_name
from newsarchive.discovery import Findings, Lead, lastmod
from newsarchive.errors import CaptureError, NotNow, RightsReserved, SettingError
from newsarchive.freshness import polling
from newsarchive.freshness.ladder import Word
from newsarchive.freshness.polling import Outcome
from newsarchive.frontier import looks
from newsarchive.items import Capture, Link, SourceKind
from newsarchive.middlewares.contact import Contact
from newsarchive.outlets import Outlet
from newsarchive.pipelines.dropping import PageItem
from newsarchive.report import SourceLine
from newsarchive.store.frontier import Frontier, KnownLead
from newsarchive.store.ledger import Ledger
from newsarchive.store.sources import DueSource, Sources
from newsarchive.store.state import Discovery, KnownPage
from newsarchive.warc.exchange import Purpose
from spiders.arguments import Arguments
from spiders.following import Reach
from spiders.foreign import ForeignArchives

_GONE = frozenset({404, 410, 451})
_POLLED = frozenset({"sitemap", "follow"})
"""Kinds of leads that become sources of their own; others are pages of a list, and read once."""
_LONG = 100_000
"""Bytes of a source that takes longer to be read than others should wait."""
_AT_ONCE = 500
"""Links that go into the state in one transaction."""
_DISBELIEF: dict[Word, str] = {"lying": "its lastmod is not believed", "honest": "", "unknown": ""}
_LEAD_RETRY = 3600
"""Seconds until a further source that could not be read is asked for again."""


@dataclass(frozen=True, slots=True)
class Look:
    """One request for a source."""

    url: str
    """Under which the source is known; redirects may lead elsewhere."""
    kind: SourceKind
    conditional: bool
    is_lead: bool
    """A further page of a list, read once; any other is polled at its own rate."""
    steps: int = 0
    """How many more pages in a row the list may have."""


class OutletSpider(Spider):
    """Crawls one outlet; the loader makes a subclass for each YAML file.

    Articles are not scheduled here: what a source names goes into the state, and the scheduler leases from there.
    """

    outlet: Outlet
    custom_settings = {"SCHEDULER": "newsarchive.frontier.LeaseScheduler"}  # noqa: RUF012 - Scrapy's form

    def __init__(self, **given: str) -> None:
        """Arguments are those of `spiders.arguments`; raises `SettingError`."""
        super().__init__()
        self._arguments = Arguments.of(given)
        self._left = self._arguments.limit
        self._seed_links: tuple[Link, ...] = ()
        self.source_lines: list[SourceLine] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = cls(*args, **kwargs)
        spider._set_crawler(crawler)
        # A source may also be a file.
        asked = [source.url for source in cls.outlet.sources if urls.host(source.url)]
        Contact.of(crawler.settings).require_all([cls.outlet.home, *asked])
        spider._seed_links = spider._read_seeds(Path(crawler.settings["SEEDS_DIR"]))
        return spider

    async def start(self) -> AsyncIterator[Any]:
        self._discover_seeds()
        if self._arguments.seeds:
            for request in self._named_requests():
                yield request
            return
        crawl, now = self.outlet.crawl, clock.now()
        asked = [(source.url, source.kind) for source in self.outlet.sources_on(clock.moment())]
        listed = [(url, kind) for url, kind in asked if kind != "warc"]
        self._sources.know(self.outlet.id, listed, pace=crawl.pace, now=now)
        if not self._arguments.due:
            self._sources.wake(self.outlet.id, now=now)
        archives = ForeignArchives(self._archive, self.crawler, self._discover)
        for pattern in (url for url, kind in asked if kind == "warc"):
            async for line in archives.read(pattern):
                self.source_lines.append(line)

    def room(self) -> int | None:
        """How many more pages the crawl may fetch; with `-a seeds` only those that are named there."""
        return 0 if self._arguments.seeds else self._left

    def page_request(self, page: KnownPage) -> Request:
        """The request for a page on lease, under the address by which it was first found."""
        if self._left is not None:
            self._left -= 1
        return self._article_request(page.url, Purpose("article", page.via or "", page.source or "seed"))

    def source_request(self, source: DueSource) -> Request:
        """The request for a source that is due."""
        look = Look(source.url, cast("SourceKind", source.kind), source.conditional, is_lead=False)
        return self._source_request(look, via=source.via)

    def lead_request(self, lead: KnownLead) -> Request:
        """The request for a lead on lease."""
        return self._source_request(Look(lead.url, lead.kind, True, is_lead=True, steps=lead.steps), via=lead.via)

    async def parse_source(self, response: Response, source: Look) -> None:
        """What a source names goes into the state: articles that are new or due, and further sources."""
        if response.status == 304:
            self._tell_source(response.url, source.kind, 304, note="not modified")
            self._note(source, polling.not_modified())
        else:
            await self._read_source(response, source)

    def parse_article(self, response: Response, address: str) -> Iterator[Any]:
        """A captured page becomes an item; an unchanged one is only noted."""
        stats, ledger = self.crawler.stats, self._ledger
        stats.inc_value(names.FETCHED)
        capture, page = response.meta.get("capture"), response.meta.get("page")
        if response.status == 304 or (capture and capture.record_type == "revisit"):
            stats.inc_value(names.UNCHANGED)
            ledger.unchanged(address)
        elif page is None:
            stats.inc_value(f"{names.FAILED}/not_captured")
            ledger.failed(address, "not_captured")
        else:
            yield PageItem(page, address)

    def source_failed(self, failure: Failure) -> None:
        if isinstance(failure.value, CaptureError):
            return
        reason, status = _reason(failure)
        request: Any = failure.request  # type: ignore[attr-defined]
        source: Look = request.cb_kwargs["source"]
        # A source that the end of the crawl kept from being asked is nothing that a person must see.
        if reason != SHUTDOWN:
            self._tell_source(request.url, source.kind, status, note=reason)
        if isinstance(failure.value, NotNow):
            self._postpone(source, int(failure.value.until) + 1)
            return
        self.crawler.stats.inc_value(f"{names.SOURCE_FAILED}/{reason}")
        if source.is_lead:
            self._frontier.fail_lead(source.url, due=clock.now() + _LEAD_RETRY)
        else:
            self._note(source, polling.failed(reason))

    def article_failed(self, failure: Failure) -> None:
        if isinstance(failure.value, CaptureError):
            return
        reason, status = _reason(failure)
        address = failure.request.cb_kwargs["address"]  # type: ignore[attr-defined]
        if isinstance(failure.value, NotNow):
            self._ledger.postponed(address, failure.value.until, reason)
            self._give_back()
        elif reason == "robots":
            self._ledger.refused(address, reason)
            self._give_back()
        elif isinstance(failure.value, RightsReserved):
            self.crawler.stats.inc_value(f"{names.DROPPED}/{reason}")
            self._ledger.refused(address, reason)
            self._give_back()
        elif status in _GONE:
            self.crawler.stats.inc_value(f"{names.DROPPED}/{reason}")
            self._ledger.gone(address, reason)
        else:
            self.crawler.stats.inc_value(f"{names.FAILED}/{reason}")
            self._ledger.failed(address, reason)

    def _give_back(self) -> None:
        """A page that was not fetched does not count."""
        self._left = None if self._left is None else self._left + 1

    async def _read_source(self, response: Response, source: Look) -> None:
        found = await _findings(response, source.kind)
        capture: Capture | None = response.meta.get("capture")
        steps = source.steps if source.is_lead else self._reach.steps(source.url, source.kind)
        leads, refused = self._reach.following.choose(found, kind=source.kind, steps=steps)
        word = _word(found, source.kind)
        # In parts, for other crawls wait meanwhile; one that dies before the last looks at the whole source again.
        links = lastmod.believed(found.links, word)
        discoveries: list[Discovery] = []
        for start in range(0, len(links), _AT_ONCE):
            discoveries += self._discover(links[start : start + _AT_ONCE], word=word)
            await asyncio.sleep(0)
        with self._archive.database.transaction():
            known = self._sources.source(self.outlet.id, source.url)
            self._follow(leads, source.url)
            outcome = looks.outcome(
                discoveries,
                capture=capture,
                conditional=source.conditional,
                is_first=known is None or known.last_success is None,
                moved_to=response.url if response.url != source.url else None,
            )
            self._note(source, outcome)
            # Everything that the source named is in the state now: it may answer "not modified" next time.
            if capture:
                self._ledger.remember(capture)
        note = "; ".join(filter(None, (*found.problems, _DISBELIEF[word], str(refused))))
        new = sum(one.novelty == "new" for one in discoveries)
        self._tell_source(response.url, source.kind, response.status, links=len(found.links), new=new, note=note)

    def _note(self, source: Look, outcome: Outcome) -> None:
        if source.is_lead:
            self._frontier.read_lead(source.url)
        else:
            self._sources.note(self.outlet.id, source.url, outcome, clock.now())

    def _postpone(self, source: Look, due: int) -> None:
        if source.is_lead:
            self._frontier.postpone_lead(source.url, due=due)
        else:
            self._sources.postpone(self.outlet.id, source.url, due=due)

    def _follow(self, leads: list[Lead], via: str) -> None:
        """Children of an index and pages with links are sources of their own; further pages of a list are read once."""
        outlet, now = self.outlet.id, clock.now()
        for lead in leads:
            if lead.kind in _POLLED:
                self._sources.found(outlet, lead.url, lead.kind, via=via, now=now)
            if said := dates.parse(lead.modified_raw) if lead.modified_raw else None:
                self._sources.nudge(outlet, lead.url, int(said.instant().timestamp()), now=now)
        pages = [KnownLead(lead.url, lead.kind, via, lead.steps) for lead in leads if lead.kind not in _POLLED]
        self._frontier.add_leads(pages, now=now)

    def _discover(self, links: Sequence[Link], *, word: Word = "unknown") -> list[Discovery]:
        stats, now = self.crawler.stats, clock.now()
        in_scope = [link for link in links if self.outlet.is_article(link.url) and not self._is_older(link)]
        stats.inc_value(names.OUT_OF_SCOPE, len(links) - len(in_scope))
        mentioned = looks.named(in_scope, self.outlet, now=now)
        discoveries = self._archive.state.discover(self.outlet.id, mentioned, now=now, word=word)
        stats.inc_value(names.FOUND, sum(one.is_first for one in discoveries))
        stats.inc_value(names.KNOWN, sum(one.is_first and one.novelty == "known" for one in discoveries))
        return discoveries

    def _discover_seeds(self) -> None:
        if self._seed_links:
            new = sum(one.novelty == "new" for one in self._discover(self._seed_links))
            name = self._seed_links[0].via
            self.source_lines.append(SourceLine(name, "seed", None, len(self._seed_links), new, ""))

    def _named_requests(self) -> Iterator[Request]:
        """URLs that a person named are fetched whether due or not, at the very address that was named; each once."""
        own = self.outlet.selection
        in_scope = (link for link in reversed(self._seed_links) if self.outlet.is_article(link.url))
        named = {urls.key(link.url, own): link for link in in_scope}
        for link in [*reversed(named.values())][: self._arguments.limit]:
            self._frontier.lease_this(link.url, now=clock.now())
            yield self._article_request(urls.to_fetch(link.url, own), Purpose("article", link.via, link.kind))

    def _read_seeds(self, folder: Path) -> tuple[Link, ...]:
        """The links of `-a seeds=FILE`, or of `seeds/<outlet>.txt` where there is one."""
        path = self._arguments.seeds or folder / f"{self.name}.txt"
        try:
            return discovery.read_seeds(path.read_text(encoding="utf-8"), name=str(path.name))
        except (OSError, UnicodeDecodeError) as error:
            if self._arguments.seeds:
                raise SettingError("-a seeds", str(path), "a text file with one URL a line") from error
            return ()

    def _article_request(self, address: str, purpose: Purpose) -> Request:
        return Request(
            address,
            callback=self.parse_article,
            errback=self.article_failed,
            headers=self._validators(address),
            cb_kwargs={"address": address},
            meta={"purpose": purpose, "handle_httpstatus_list": [304]},
        )

    def _source_request(self, source: Look, *, via: str | None) -> Request:
        return Request(
            source.url,
            callback=self.parse_source,
            errback=self.source_failed,
            headers=self._validators(source.url) if source.conditional else {},
            priority=10,
            cb_kwargs={"source": source},
            meta={"purpose": Purpose("source", via, source.kind), "handle_httpstatus_list": [304]},
        )

    def _validators(self, url: str) -> dict[str, str]:
        """Ask for an answer only if it is another than the one we hold (RFC 9110, 13.1)."""
        seen = self._archive.state.seen(url)
        fields = (("If-None-Match", seen.etag), ("If-Modified-Since", seen.last_modified)) if seen else ()
        return {name: value for name, value in fields if value}

    def _is_older(self, link: Link) -> bool:
        # An article cannot be younger than a capture of it.
        since, raw = self._arguments.since, link.modified_raw or link.published_raw or link.archived_raw
        moment = dates.parse(raw) if raw and since else None
        return bool(since and moment and moment.value[:10] < since)

    def _tell_source(
        self, url: str, kind: str, status: int | None, *, links: int = 0, new: int = 0, note: str = ""
    ) -> None:
        self.source_lines.append(SourceLine(url, kind, status, links, new, note))

    @cached_property
    def _archive(self) -> ArchiveExtension:
        extension = self.crawler.get_extension(ArchiveExtension)
        if extension is None:
            raise SettingError("CAPTURE_ENABLED", "False", "True: an outlet is crawled into an archive")
        return extension

    @cached_property
    def _sources(self) -> Sources:
        return Sources(self._archive.database)

    @cached_property
    def _frontier(self) -> Frontier:
        return Frontier(self._archive.database, self.outlet.id, self.outlet.selection)

    @cached_property
    def _reach(self) -> Reach:
        return Reach(self.outlet, self.crawler.settings, self._sources)

    @property
    def _ledger(self) -> Ledger:
        return self._archive.ledger


async def _findings(response: Response, kind: SourceKind) -> Findings:
    """What a source names; a long one is read in a thread, so that no other crawl waits for it."""
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1") or None
    read = partial(discovery.read_source, response.body, content_type=content_type, url=response.url, kind=kind)
    return await run_in_thread(read) if len(response.body) > _LONG else read()


def _word(found: Findings, kind: SourceKind) -> Word:
    """What the source's `lastmod` and `updated` are worth: feeds are believed until they are seen to lie."""
    seen = lastmod.word(lastmod.claims(found.links[: lastmod.ENOUGH_PAGES]), lastmod.Record(), now=clock.now())
    return "honest" if kind == "feed" and seen == "unknown" else seen


def _reason(failure: Failure) -> tuple[str, int | None]:
    """(slug, HTTP status) of why there is no page."""
    error = failure.value
    if isinstance(error, HttpError):
        return f"http_{error.response.status}", error.response.status
    if isinstance(error, NotNow):
        return error.reason, None
    if isinstance(error, RightsReserved):
        return error.what, None
    if isinstance(error, IgnoreRequest):
        return ("robots" if "robots.txt" in str(error) else "ignored"), None
    return error_name(error) if error else "unknown", None
