"""What publishers say of the use of their pages is kept as evidence, and the outlet's policy is followed."""

import logging
from dataclasses import replace
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import DeferredLock

from newsarchive import clock
from newsarchive import counting as names
from newsarchive.capture.handler import error_name
from newsarchive.errors import NewsArchiveError, NotNow, RightsReserved
from newsarchive.items import NOTHING_SAID, PAGES, TdmRep, Terms
from newsarchive.middlewares.book import database_of
from newsarchive.middlewares.refusing import refused
from newsarchive.middlewares.robots import RobotsMiddleware, authority_of
from newsarchive.politeness import reservations
from newsarchive.politeness.reservations import TDMREP_MAX_BYTES, TDMREP_PATH
from newsarchive.store.signals import KeptTdmRep, SignalBook
from newsarchive.warc.exchange import Purpose

logger = logging.getLogger(__name__)

_DAY = 24 * 60 * 60
_WEEK = 7 * _DAY
_UNKNOWN = KeptTdmRep(0.0, b"", None)


class Reserved(RightsReserved, IgnoreRequest):
    """`RightsReserved` as Scrapy takes it: a request that goes to its errback without a noise."""


class ReservationsMiddleware:
    """Before a page is asked for: what robots.txt and tdmrep.json say of it. After: what its headers say."""

    def __init__(self, crawler: Crawler) -> None:
        outlet = getattr(crawler.spider, "outlet", None)
        if outlet is None:
            raise NotConfigured
        self._crawler = crawler
        self._outlet = outlet.id
        self._policy = outlet.crawl.reserved
        self._asks_tdmrep = crawler.settings.getbool("TDMREP_ENABLED", True)
        self._locks: dict[str, DeferredLock] = {}
        self._noted: set[str] = set()
        self._opened: SignalBook | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if not _is_article(request):
            return
        reserved = await self._reserved_by_robots(request)
        # Of a page that is not fetched no more need be known.
        if not (reserved and self._policy == "skip"):
            by_file = await self._reserved_by_tdmrep(request)
            reserved = reserved or by_file
        if reserved and self._policy == "skip":
            await refused(self._crawler, request, "rights_reserved", reserved)
            raise Reserved(request.url, "rights_reserved")
        if reserved and self._policy == "exclude-from-export":
            self._book.withhold(self._outlet, request.url, reserved, now=clock.now())

    def process_response(self, request: Request, response: Response) -> Response:
        """Headers of pages and sources alike; what stands in the page itself is found by who reads it."""
        capture = request.meta.get("capture")
        if isinstance(request.meta.get("purpose"), Purpose) and capture:
            said = reservations.on_page(
                x_robots_tag=_joined(response, "X-Robots-Tag"),
                meta_robots=None,
                tdm_reservation=_joined(response, "tdm-reservation"),
            )
            self._book.note(capture.url, "header", said, record_id=capture.record_id, now=clock.now())
        return response

    async def _reserved_by_robots(self, request: Request) -> str | None:
        middleware: Any = self._crawler.get_downloader_middleware(RobotsMiddleware)
        if middleware is None:
            return None
        kept, rules = await middleware.known(request)
        authority = authority_of(request.url)
        if authority not in self._noted:
            self._noted.add(authority)
            said, at = reservations.in_robots(rules), int(kept.good_at or kept.asked_at)
            self._book.note(f"{authority}/robots.txt", "robots.txt", said, record_id=kept.record_id, now=at)
        reserves = reservations.robots_reserves(rules, request.url)
        terms: Terms = request.meta.get("terms") or NOTHING_SAID
        if terms.robots_txt:
            request.meta["terms"] = replace(terms, robots_txt=replace(terms.robots_txt, reserves=reserves))
        return reserves

    async def _reserved_by_tdmrep(self, request: Request) -> str | None:
        if not self._asks_tdmrep:
            return None
        authority = authority_of(request.url)
        lock = self._locks.setdefault(authority, DeferredLock())
        await maybe_deferred_to_future(lock.acquire())
        try:
            kept = self._book.tdmrep(authority)
            if kept is None or clock.seconds() - kept.asked_at > _WEEK:
                kept = await self._ask(authority, kept)
        finally:
            lock.release()
        rule = reservations.tdmrep_rule(kept.body, request.url) or {}
        location, reservation = rule.get("location"), reservations.reservation_of(rule)
        said = TdmRep(kept.record_id, location, reservation, reservations.policy_of(rule))
        terms: Terms = request.meta.get("terms") or NOTHING_SAID
        request.meta["terms"] = replace(terms, tdmrep=said)
        return reservations.tdmrep_reserves(location, reservation)

    async def _ask(self, authority: str, before: KeptTdmRep | None) -> KeptTdmRep:
        """Ask for it; while it cannot be had, what was last known holds, and it is asked for again in a day."""
        url = authority + TDMREP_PATH
        meta = {"purpose": Purpose("other"), "dont_retry": True}
        asked = Request(url, meta=meta, callback=NO_CALLBACK, dont_filter=True)
        response: Response | None = None
        try:
            response = await self._crawler.engine.download_async(asked)
            why = names.UNREQUESTED_304 if response.status == 304 else f"http_{response.status}"
        except NotNow:
            return before or _UNKNOWN
        except NewsArchiveError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, there is no answer, and a page does not depend on it
            why = error_name(error)
        kept = self._read(response, url)
        if kept is None:
            logger.warning("%s: cannot be fetched (%s); it is asked for again in a day", url, why)
            kept = replace(before or _UNKNOWN, asked_at=clock.seconds() - _WEEK + _DAY)
        self._book.keep_tdmrep(authority, kept)
        return kept

    def _read(self, response: Response | None, url: str) -> KeptTdmRep | None:
        """What an answer says, noted as evidence; None for one that says nothing."""
        if response is None or response.status >= 500 or response.status == 304:
            return None
        body = response.body[:TDMREP_MAX_BYTES] if response.status in PAGES else b""
        capture = response.request.meta.get("capture") if response.request else None
        kept = KeptTdmRep(clock.seconds(), body, capture.record_id if capture else None)
        self._book.note(url, "tdmrep.json", reservations.in_tdmrep(body), record_id=kept.record_id, now=clock.now())
        return kept

    @property
    def _book(self) -> SignalBook:
        self._opened = self._opened or SignalBook(database_of(self._crawler))
        return self._opened


def _is_article(request: Request) -> bool:
    purpose = request.meta.get("purpose")
    return isinstance(purpose, Purpose) and purpose.role == "article"


def _joined(response: Response, name: str) -> str | None:
    """All headers of a name as one list (RFC 9110, 5.3)."""
    return ", ".join(value.decode("latin-1") for value in response.headers.getlist(name)) or None
