"""The spider of every outlet: sources become requests, answers become items."""

import os
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self, cast

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from newsarchive import clock, dates, discovery, urls
from newsarchive import counting as names
from newsarchive.capture.extension import ArchiveExtension
from newsarchive.errors import NewsArchiveError, SettingError, described
from newsarchive.freshness.credit import Voice
from newsarchive.frontier import looks
from newsarchive.health.answers import OUT_OF_SCOPE
from newsarchive.items import Link, SourceKind
from newsarchive.middlewares.contact import Contact
from newsarchive.middlewares.takedowns import TakedownsMiddleware
from newsarchive.outlets import Outlet
from newsarchive.plurals import counted
from newsarchive.report import SourceLine
from newsarchive.store.frontier import Frontier, KnownLead
from newsarchive.store.sources import DueSource, Sources
from newsarchive.store.state import Discovery, KnownPage
from newsarchive.warc.exchange import Purpose
from spiders.arguments import Arguments
from spiders.following import Reach
from spiders.foreign import ForeignArchives
from spiders.outcomes import Outcomes
from spiders.polls import Look, Polls

_APPEARED = 2_000
"""So many articles that came last tell the outlet's rhythm."""


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
        self._refused: set[str] = set()
        """Addresses that were named, and were taken down."""
        self.appeared: deque[tuple[int, int | None]] = deque(maxlen=_APPEARED)
        """When articles were found that are new and not of the past, and when their source says they were published."""

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
        # It listens from the beginning: code of the operator may fail on the first page.
        _ = self._outcomes
        self._discover_seeds()
        if self._arguments.seeds:
            for request in self._named_requests():
                yield request
            return
        crawl, now = self.outlet.crawl, clock.now()
        listed = [(source.url, source.kind) for source in self.outlet.sources_on(clock.moment())]
        self._sources.know(self.outlet.id, listed, pace=crawl.pace, now=now)
        if not self._arguments.due:
            self._sources.wake(self.outlet.id, now=now)
        async for line in ForeignArchives(self._archive, self.crawler, self._discover).read_due():
            self.source_lines.append(line)

    def room(self) -> int | None:
        """How many more pages the crawl may fetch; with `-a seeds` only those that are named there."""
        return 0 if self._arguments.seeds else self._left

    def page_request(self, page: KnownPage) -> Request:
        """The request for a page on lease, under the address by which it was first found."""
        if self._left is not None:
            self._left -= 1
        purpose = Purpose("article", page.via or "", page.source or "seed")
        return self._article_request(page.url, purpose, listed=page.headline)

    def source_request(self, source: DueSource) -> Request:
        """The request for a source that is due."""
        look = Look(
            source.url, cast("SourceKind", source.kind), source.conditional, is_lead=False, is_own=source.via is None
        )
        return self._source_request(look, via=source.via)

    def lead_request(self, lead: KnownLead) -> Request:
        """The request for a lead on lease."""
        return self._source_request(Look(lead.url, lead.kind, True, is_lead=True, steps=lead.steps), via=lead.via)

    async def parse_source(self, response: Response, source: Look) -> None:
        """What a source names goes into the state: articles that are new or due, and further sources."""
        await self._polls.answered(response, source)

    def source_failed(self, failure: Failure) -> None:
        self._polls.failed(failure)

    def parse_article(self, response: Response, address: str) -> Iterator[Any]:
        """A captured page becomes an item; an unchanged one is only noted."""
        item = self._outcomes.arrived(response, address)
        if item:
            yield item

    def article_failed(self, failure: Failure) -> None:
        if not self._outcomes.failed(failure):
            self._give_back()

    def follow(self, link: Link) -> None:
        """Take note of an article as if a source had named it: what is new or due is fetched in this crawl."""
        self._discover([link])

    def _give_back(self) -> None:
        """A page that was not fetched does not count."""
        self._left = None if self._left is None else self._left + 1

    def _discover(self, links: Sequence[Link], *, voice: Voice | None = None) -> list[Discovery]:
        """Note links in the state; one on which a parser fails is reported, and costs no other."""
        try:
            return self._discover_all(links, voice)
        except NewsArchiveError:
            raise
        except Exception as error:  # noqa: BLE001 - an outlet's links come from outside
            if len(links) == 1:
                self.logger.error("%s: a parser failed on this link (%s)", links[0].url, described(error))
                self.crawler.stats.inc_value(names.ENTRY_FAILED)
                return []
        return [discovery for link in links for discovery in self._discover([link], voice=voice)]

    def _discover_all(self, links: Sequence[Link], voice: Voice | None) -> list[Discovery]:
        stats, now = self.crawler.stats, clock.now()
        in_scope = [link for link in links if self.outlet.is_article(link.url) and not self._is_older(link)]
        mentioned = looks.named(self._standing(in_scope), self.outlet, now=now)
        discoveries = self._archive.state.discover(self.outlet.id, mentioned, now=now, voice=voice)
        stats.inc_value(names.OUT_OF_SCOPE, len(links) - len(in_scope))
        stats.inc_value(names.FOUND, sum(one.is_first for one in discoveries))
        stats.inc_value(names.KNOWN, sum(one.is_first and one.novelty == "known" for one in discoveries))
        came = (one.named for one in discoveries if one.novelty == "new" and not one.named.is_past)
        self.appeared.extend((now, named.published) for named in came)
        return discoveries

    def _standing(self, links: list[Link]) -> list[Link]:
        """Those that were not taken down: of the others the state is not to learn, not even their headlines."""
        if self._takedowns is None:
            return links
        down = {link.url for link in links if self._takedowns.is_taken_down(link.url)}
        if new := down - self._refused:
            self.crawler.stats.inc_value(f"{names.DROPPED}/{names.TAKEN_DOWN}", len(new))
            self._refused |= new
        return [link for link in links if link.url not in down]

    def _discover_seeds(self) -> None:
        if not self._seed_links:
            return
        appeared = self.appeared.copy()
        new = sum(one.novelty == "new" for one in self._discover(self._seed_links))
        # That a list names an article says nothing of when it appeared.
        self.appeared = appeared
        first, count = self._seed_links[0], len(self._seed_links)
        line = SourceLine(first.via, "seed", None, count, new, "")
        if not any(self.outlet.is_article(link.url) for link in self._seed_links):
            self.crawler.stats.inc_value(f"{names.SOURCE_FAILED}/{OUT_OF_SCOPE}")
            note = f"none of its {counted(count, 'URL')} is in scope, such as {first.url}"
            line = replace(line, reason=OUT_OF_SCOPE, note=note)
        self.source_lines.append(line)

    def _named_requests(self) -> Iterator[Request]:
        """URLs that a person named are fetched whether due or not, at the very address that was named; each once."""
        own = self.outlet.selection
        in_scope = (link for link in reversed(self._seed_links) if self.outlet.is_article(link.url))
        named = {urls.key(link.url, own): link for link in in_scope}
        for link in [*reversed(named.values())][: self._arguments.limit]:
            self._frontier.lease_this(link.url, now=clock.now())
            purpose = Purpose("article", link.via, link.kind)
            yield self._article_request(urls.to_fetch(link.url, own), purpose, listed=link.headline)

    def _read_seeds(self, folder: Path) -> tuple[Link, ...]:
        """The links of `-a seeds=FILE`, or of `seeds/<outlet>.txt` where there is one."""
        path = self._arguments.seeds or folder / f"{self.name}.txt"
        if not self._arguments.seeds and not os.path.lexists(path):
            return ()
        try:
            return discovery.read_seeds(path.read_text(encoding="utf-8"), name=str(path.name))
        except (OSError, UnicodeDecodeError) as error:
            subject = "-a seeds" if self._arguments.seeds else "seeds"
            raise SettingError(subject, str(path), f"a text file with one URL a line ({error})") from error

    def _article_request(self, address: str, purpose: Purpose, *, listed: str | None = None) -> Request:
        return Request(
            address,
            callback=self.parse_article,
            errback=self.article_failed,
            headers=self._validators(address),
            cb_kwargs={"address": address},
            meta={"purpose": purpose, "handle_httpstatus_list": [304], "listed_headline": listed},
        )

    def _source_request(self, source: Look, *, via: str | None) -> Request:
        return Request(
            source.url,
            callback=self.parse_source,
            errback=self.source_failed,
            headers=self._validators(source.url) if source.conditional else {},
            priority=10,
            cb_kwargs={"source": source},
            # A feed may be sent to another host, and Scrapy would drop that without a word.
            meta={
                "purpose": Purpose("source", via, source.kind),
                "handle_httpstatus_list": [304],
                "allow_offsite": True,
            },
        )

    def _validators(self, url: str) -> dict[str, str]:
        """Ask for an answer only if it is another than the one we hold (RFC 9110, 13.1)."""
        seen = self._archive.originals.of(url)
        fields = (("If-None-Match", seen.etag), ("If-Modified-Since", seen.last_modified)) if seen else ()
        return {name: value for name, value in fields if value}

    def _is_older(self, link: Link) -> bool:
        # An article cannot be younger than a capture of it.
        since, raw = self._arguments.since, link.modified_raw or link.published_raw or link.archived_raw
        moment = dates.parse(raw) if raw and since else None
        return bool(since and moment and moment.value[:10] < since)

    @cached_property
    def _archive(self) -> ArchiveExtension:
        extension = self.crawler.get_extension(ArchiveExtension)
        if extension is None:
            raise SettingError("CAPTURE_ENABLED", "False", "True: an outlet is crawled into an archive")
        return extension

    @cached_property
    def _takedowns(self) -> TakedownsMiddleware | None:
        found: Any = self.crawler.get_downloader_middleware(TakedownsMiddleware)
        return cast("TakedownsMiddleware | None", found)

    @cached_property
    def _sources(self) -> Sources:
        return Sources(self._archive.database)

    @cached_property
    def _frontier(self) -> Frontier:
        return Frontier(self._archive.database, self.outlet.id, self.outlet.selection)

    @cached_property
    def _polls(self) -> Polls:
        reach = Reach(self.outlet, self.crawler.settings, self._sources)
        return Polls(self.crawler, self._archive, reach=reach, discover=self._discover, lines=self.source_lines)

    @cached_property
    def _outcomes(self) -> Outcomes:
        return Outcomes(self.crawler, self._archive)
