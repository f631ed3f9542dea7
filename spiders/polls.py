"""Answers and failures of sources: what they name goes into the state, and their polling learns from it."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from newsarchive import clock, dates, fairness
from newsarchive import counting as names
from newsarchive.capture.ending import SHUTDOWN, BrokenOff
from newsarchive.capture.extension import ArchiveExtension
from newsarchive.discovery import Findings, Lead, lastmod
from newsarchive.discovery.following import Refused
from newsarchive.discovery.portions import Outline
from newsarchive.errors import CaptureError, NotNow, PageError, parsing
from newsarchive.freshness import polling
from newsarchive.freshness.credit import Voice
from newsarchive.freshness.polling import Outcome, Polling
from newsarchive.frontier import looks
from newsarchive.items import Capture, SourceKind
from newsarchive.outlets import Outlet
from newsarchive.report import SourceLine
from newsarchive.store.frontier import Frontier, KnownLead
from newsarchive.store.sources import Sources
from newsarchive.store.state import Discovery
from spiders.following import Reach
from spiders.listings import Listings
from spiders.outcomes import reason_of

logger = logging.getLogger(__name__)

_POLLED = frozenset({"sitemap", "follow"})
"""Kinds of leads that become sources of their own; others are pages of a list, and read once."""
_DISBELIEF = "its lastmod is not believed"
_MOST_LOGGED = 10
"""Entries of a source on which a parser failed; all of them are counted."""
_LEAD_RETRY = 3600
"""Seconds until a further source that could not be read is asked for again."""

Discover = Callable[..., list[Discovery]]
"""Takes note of links; `voice` says what the dates of modification are worth that their source prints."""


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


class Polls:
    """The sources of one crawl; each look at one leaves a line for the report."""

    def __init__(
        self,
        crawler: Crawler,
        archive: ArchiveExtension,
        *,
        reach: Reach,
        discover: Discover,
        lines: list[SourceLine],
    ) -> None:
        spider: Any = crawler.spider
        self._crawler = crawler
        self._archive = archive
        self._outlet: Outlet = spider.outlet
        self._reach = reach
        self._discover = discover
        self._lines = lines
        self._sources = Sources(archive.database)
        self._frontier = Frontier(archive.database, self._outlet.id, self._outlet.selection)
        self._listings = Listings(crawler, archive)
        self._news_since: dict[str, int] = {}
        """From when on an article is news to a list, by the further pages that this crawl takes note of."""

    async def answered(self, response: Response, source: Look) -> None:
        if response.status == 304:
            self._take_not_modified(response, source)
            return
        try:
            with parsing(response.url):
                await self._read(response, source)
        except PageError as error:
            if error.detail:
                logger.error("%s", error)
            self._fail(source, error.what, response.status)
        except BrokenOff as end:
            self._crawler.stats.inc_value(f"{names.SOURCE_FAILED}/{end.reason}")

    def _take_not_modified(self, response: Response, source: Look) -> None:
        capture: Capture | None = response.meta.get("capture")
        if capture and capture.record_type != "revisit":
            self._fail(source, names.UNREQUESTED_304, 304)
            return
        self._tell(response.url, source.kind, 304, note="not modified")
        self._note(source, polling.not_modified())

    def failed(self, failure: Failure) -> None:
        """A host that must not be asked now is no failure of the source."""
        if isinstance(failure.value, CaptureError):
            return
        reason, status = reason_of(failure)
        request: Any = failure.request  # type: ignore[attr-defined]
        source: Look = request.cb_kwargs["source"]
        if isinstance(failure.value, NotNow):
            self._lines.append(SourceLine(request.url, source.kind, None, 0, 0, reason, put_off=True))
            self._postpone(source, int(failure.value.until) + 1)
            return
        # A source that the end of the crawl kept from being asked is nothing that a person must see.
        self._fail(source, reason, status, is_told=reason != SHUTDOWN)

    def _fail(self, source: Look, reason: str, status: int | None, *, is_told: bool = True) -> None:
        if is_told:
            self._tell(source.url, source.kind, status, note=reason)
        self._crawler.stats.inc_value(f"{names.SOURCE_FAILED}/{reason}")
        if source.is_lead:
            self._frontier.fail_lead(source.url, due=clock.now() + _LEAD_RETRY)
        else:
            self._note(source, polling.failed(reason))

    async def _read(self, response: Response, source: Look) -> None:
        listing = await self._listings.read(response, source.kind)
        capture: Capture | None = response.meta.get("capture")
        known = self._sources.source(self._outlet.id, source.url)
        tally = looks.Tally(is_first=known is None or known.last_success is None)
        refused: Counter[str] = Counter()
        voice = self._voice(source.url, listing.outline)
        further: list[Lead] = []
        for portion in listing.portions:
            further += self._take_over(portion, source, voice, tally, refused)
            await self._give_way(source.url)
        with self._archive.database.transaction():
            self._go_on(further, source.url, since=self._since(source, known), last_seen=tally.last_seen)
            moved_to = response.url if response.url != source.url else None
            self._note(source, tally.outcome(capture=capture, conditional=source.conditional, moved_to=moved_to))
            # Everything that the source named is in the state now: it may answer "not modified" next time.
            if capture:
                self._archive.ledger.remember(capture)
        outline = listing.outline
        self._count(outline, response.url)
        doubt = _DISBELIEF if voice.word == "lying" else ""
        unread = f"entries on which a parser failed: {len(outline.failures)}" if outline.failures else ""
        note = "; ".join(filter(None, (*outline.problems, unread, doubt, str(Refused(refused)))))
        self._tell(response.url, source.kind, response.status, links=outline.links, new=tally.new, note=note)

    def _count(self, outline: Outline, url: str) -> None:
        for failure in outline.failures[:_MOST_LOGGED]:
            logger.error("%s: a parser failed on an entry (%s)", url, failure)
        self._crawler.stats.inc_value(names.ENTRY_FAILED, len(outline.failures))

    def _take_over(
        self, portion: Findings, source: Look, voice: Voice, tally: looks.Tally, refused: Counter[str]
    ) -> list[Lead]:
        """Take note of a portion; says to which further pages of its list it leads."""
        steps = source.steps if source.is_lead else self._reach.steps(source.url, source.kind)
        links = lastmod.without(portion.links) if voice.word == "lying" else portion.links
        with self._archive.database.transaction():
            leads, others = self._reach.following.choose(portion, kind=source.kind, steps=steps)
            tally.add(self._discover(links, voice=voice))
            self._follow(leads, source.url)
        refused.update(others.reasons)
        return [lead for lead in leads if lead.kind not in _POLLED]

    async def _give_way(self, url: str) -> None:
        """Others go on meanwhile; a crawl that ends before the last portion looks at the whole source again."""
        fairness.OF_PROCESS.took(self._crawler)
        await fairness.OF_PROCESS.turn(self._crawler)
        if self._archive.under_way.is_over:
            raise BrokenOff(url)

    def _voice(self, url: str, outline: Outline) -> Voice:
        """What the `lastmod` and `updated` of the source are worth, by this answer and by its credit."""
        if outline.is_lie:
            return Voice(url, "lying")
        return Voice(url, self._archive.state.credit(self._outlet.id, url).word(clock.now()))

    def _note(self, source: Look, outcome: Outcome) -> None:
        if source.is_lead:
            self._frontier.read_lead(source.url)
        else:
            self._sources.note(self._outlet.id, source.url, outcome, clock.now())

    def _postpone(self, source: Look, due: int) -> None:
        if source.is_lead:
            self._frontier.postpone_lead(source.url, due=due)
        else:
            self._sources.postpone(self._outlet.id, source.url, due=due)

    def _follow(self, leads: list[Lead], via: str) -> None:
        """Children of an index and pages with links are sources of their own."""
        outlet, now = self._outlet.id, clock.now()
        for lead in leads:
            if lead.kind in _POLLED:
                self._sources.found(outlet, lead.url, lead.kind, via=via, now=now)
            if said := dates.parse(lead.modified_raw) if lead.modified_raw else None:
                self._sources.nudge(outlet, lead.url, int(said.instant().timestamp()), now=now)

    def _since(self, source: Look, known: Polling | None) -> int:
        """From when on an article is news to the list that this is a page of."""
        if source.is_lead:
            return self._news_since.get(source.url, 0)
        return polling.news_since(known.last_success if known else None, clock.now())

    def _go_on(self, further: list[Lead], via: str, *, since: int, last_seen: int) -> None:
        """Further pages of a list are read once; one without news to the list leads to none with any."""
        if since and last_seen <= since:
            return
        self._news_since |= {lead.url: since for lead in further}
        pages = [KnownLead(lead.url, lead.kind, via, lead.steps) for lead in further]
        self._frontier.add_leads(pages, now=clock.now())

    def _tell(self, url: str, kind: str, status: int | None, *, links: int = 0, new: int = 0, note: str = "") -> None:
        self._lines.append(SourceLine(url, kind, status, links, new, note))
