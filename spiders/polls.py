"""Answers and failures of sources: what they name goes into the state, and their polling learns from it."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from newsarchive import clock, dates, fairness, urls
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
from newsarchive.health import answers
from newsarchive.health.answers import OUT_OF_SCOPE, SourceAnswer
from newsarchive.items import Capture, SourceKind
from newsarchive.judging import refusals, wording
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
    is_own: bool = False
    """The outlet's YAML names it."""
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
            self._fail(source, error.what, _line(source, response.status))
        except BrokenOff as end:
            self._crawler.stats.inc_value(f"{names.SOURCE_FAILED}/{end.reason}")

    def _take_not_modified(self, response: Response, source: Look) -> None:
        capture: Capture | None = response.meta.get("capture")
        if capture and capture.record_type != "revisit":
            self._fail(source, names.UNREQUESTED_304, _line(source, 304))
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
            cause = f" ({failure.value.cause})" if failure.value.cause else ""
            self._lines.append(SourceLine(request.url, source.kind, None, 0, 0, f"{reason}{cause}", put_off=True))
            self._postpone(source, int(failure.value.until) + 1)
            return
        # A source that the end of the crawl kept from being asked is nothing that a person must see.
        self._fail(source, reason, None if reason == SHUTDOWN else _line(source, status))

    def _fail(self, source: Look, reason: str, line: SourceLine | None) -> None:
        self._report_failure(reason, line)
        if source.is_lead:
            self._frontier.fail_lead(source.url, due=clock.now() + _LEAD_RETRY)
        else:
            self._note(source, polling.failed(reason))

    def _report_failure(self, reason: str, line: SourceLine | None) -> None:
        if line:
            self._lines.append(replace(line, reason=reason, note=line.note or reason))
        self._crawler.stats.inc_value(f"{names.SOURCE_FAILED}/{reason}")

    async def _read(self, response: Response, source: Look) -> None:
        listing = await self._listings.read(response, source.kind)
        capture: Capture | None = response.meta.get("capture")
        known = self._sources.source(self._outlet.id, source.url)
        tally = looks.Tally(is_first=known is None or known.last_success is None)
        refused: Counter[str] = Counter()
        voice = self._voice(source.url, listing.outline)
        further: list[Lead] = []
        in_scope, example = False, None
        for portion in listing.portions:
            in_scope = in_scope or self._is_in_scope(portion, source)
            example = example or next((link.url for link in portion.links), None)
            further += self._take_over(portion, source, voice, tally, refused)
            await self._give_way(source.url)
        outline = listing.outline
        self._count(outline, response.url)
        trouble = answers.trouble(_answer(response, source, outline, in_scope=in_scope, example=example))
        line = SourceLine(response.url, source.kind, response.status, outline.links, tally.new, "")
        if trouble and trouble.reason != OUT_OF_SCOPE:
            self._fail(source, trouble.reason, replace(line, url=source.url, note=trouble.what))
            return
        with self._archive.database.transaction():
            self._go_on(further, source.url, since=self._since(source, known), last_seen=tally.last_seen)
            moved_to = response.url if response.url != source.url else None
            self._note(source, tally.outcome(capture=capture, conditional=source.conditional, moved_to=moved_to))
            # Everything that the source named is in the state now: it may answer "not modified" next time. One that
            # names nothing in scope is read again, so that it is reported again.
            if capture and not trouble:
                self._archive.ledger.remember(capture)
        doubt = _DISBELIEF if voice.word == "lying" else ""
        unread = f"entries on which a parser failed: {len(outline.failures)}" if outline.failures else ""
        note = "; ".join(filter(None, (*outline.problems, unread, doubt, str(Refused(refused)))))
        if trouble:
            self._report_failure(trouble.reason, replace(line, url=source.url, note=trouble.what))
        else:
            self._lines.append(replace(line, note=note))

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

    def _is_in_scope(self, portion: Findings, source: Look) -> bool:
        """Whether a portion names an article of the outlet, or a source on its hosts that is polled on its own."""
        hosts = self._outlet.hosts | self._outlet.source_hosts
        if any(lead.kind in _POLLED and urls.host(lead.url) in hosts for lead in portion.leads):
            return True
        is_followed = source.kind == "follow" and any(urls.host(link.url) in hosts for link in portion.links)
        return is_followed or any(self._outlet.is_article(link.url) for link in portion.links)

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


def _line(source: Look, status: int | None) -> SourceLine:
    """The line of a source that gave nothing."""
    return SourceLine(source.url, source.kind, status, 0, 0, "")


def _answer(response: Response, source: Look, outline: Outline, *, in_scope: bool, example: str | None) -> SourceAnswer:
    """The facts on which the success of an answer depends."""
    unreadable = outline.unreadable
    fields = {name.decode("latin-1").lower(): values[-1].decode("latin-1") for name, values in response.headers.items()}
    is_titled_so = wording.challenges([unreadable.detail]) if unreadable else False
    return SourceAnswer(
        source.kind,
        unreadable.reason if unreadable else None,
        unreadable.detail if unreadable else "",
        outline.links,
        in_scope=in_scope,
        is_challenge=is_titled_so or refusals.is_challenge(response.status, fields, response.body),
        is_own=source.is_own,
        example=example,
        landed=response.url if response.url != source.url else None,
    )
