"""Answers and failures of sources: what they name goes into the state, and their polling learns from it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.asyncio import run_in_thread
from twisted.python.failure import Failure

from newsarchive import clock, dates, discovery
from newsarchive import counting as names
from newsarchive.capture.ending import SHUTDOWN
from newsarchive.capture.extension import ArchiveExtension
from newsarchive.discovery import Findings, Lead, lastmod
from newsarchive.errors import CaptureError, NotNow
from newsarchive.freshness import polling
from newsarchive.freshness.credit import Voice
from newsarchive.freshness.polling import Outcome
from newsarchive.frontier import looks
from newsarchive.items import Capture, Link, SourceKind
from newsarchive.outlets import Outlet
from newsarchive.report import SourceLine
from newsarchive.store.frontier import Frontier, KnownLead
from newsarchive.store.sources import Sources
from newsarchive.store.state import Discovery
from spiders.following import Reach
from spiders.outcomes import reason_of

_POLLED = frozenset({"sitemap", "follow"})
"""Kinds of leads that become sources of their own; others are pages of a list, and read once."""
_DISBELIEF = "its lastmod is not believed"
_LONG = 100_000
"""Bytes of a source that takes longer to be read than others should wait."""
_AT_ONCE = 500
"""Links that go into the state in one transaction."""
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

    async def answered(self, response: Response, source: Look) -> None:
        if response.status == 304:
            self._tell(response.url, source.kind, 304, note="not modified")
            self._note(source, polling.not_modified())
        else:
            await self._read(response, source)

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
        if reason != SHUTDOWN:
            self._tell(request.url, source.kind, status, note=reason)
        self._crawler.stats.inc_value(f"{names.SOURCE_FAILED}/{reason}")
        if source.is_lead:
            self._frontier.fail_lead(source.url, due=clock.now() + _LEAD_RETRY)
        else:
            self._note(source, polling.failed(reason))

    async def _read(self, response: Response, source: Look) -> None:
        found = await _findings(response, source.kind)
        capture: Capture | None = response.meta.get("capture")
        steps = source.steps if source.is_lead else self._reach.steps(source.url, source.kind)
        leads, refused = self._reach.following.choose(found, kind=source.kind, steps=steps)
        voice = self._voice(source.url, found)
        is_believed = voice.word != "lying"
        discoveries = await self._discovered(found.links if is_believed else lastmod.without(found.links), voice)
        with self._archive.database.transaction():
            known = self._sources.source(self._outlet.id, source.url)
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
                self._archive.ledger.remember(capture)
        note = "; ".join(filter(None, (*found.problems, "" if is_believed else _DISBELIEF, str(refused))))
        new = sum(one.novelty == "new" for one in discoveries)
        self._tell(response.url, source.kind, response.status, links=len(found.links), new=new, note=note)

    async def _discovered(self, links: Sequence[Link], voice: Voice) -> list[Discovery]:
        """In parts, for other crawls wait meanwhile; one that dies before the last looks at the whole source again."""
        discoveries: list[Discovery] = []
        for start in range(0, len(links), _AT_ONCE):
            discoveries += self._discover(links[start : start + _AT_ONCE], voice=voice)
            await asyncio.sleep(0)
        return discoveries

    def _voice(self, url: str, found: Findings) -> Voice:
        """What the `lastmod` and `updated` of the source are worth, by this answer and by its credit."""
        now = clock.now()
        claims = lastmod.claims(found.links[: lastmod.ENOUGH_PAGES])
        is_lie = lastmod.is_lie(claims, now=now)
        return Voice(url, "lying" if is_lie else self._archive.state.credit(self._outlet.id, url).word(now))

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
        """Children of an index and pages with links are sources of their own; further pages of a list are read once."""
        outlet, now = self._outlet.id, clock.now()
        for lead in leads:
            if lead.kind in _POLLED:
                self._sources.found(outlet, lead.url, lead.kind, via=via, now=now)
            if said := dates.parse(lead.modified_raw) if lead.modified_raw else None:
                self._sources.nudge(outlet, lead.url, int(said.instant().timestamp()), now=now)
        pages = [KnownLead(lead.url, lead.kind, via, lead.steps) for lead in leads if lead.kind not in _POLLED]
        self._frontier.add_leads(pages, now=now)

    def _tell(self, url: str, kind: str, status: int | None, *, links: int = 0, new: int = 0, note: str = "") -> None:
        self._lines.append(SourceLine(url, kind, status, links, new, note))


async def _findings(response: Response, kind: SourceKind) -> Findings:
    """What a source names; a long one is read in a thread, so that no other crawl waits for it."""
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1") or None
    read = partial(discovery.read_source, response.body, content_type=content_type, url=response.url, kind=kind)
    return await run_in_thread(read) if len(response.body) > _LONG else read()
