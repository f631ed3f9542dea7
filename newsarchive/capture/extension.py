"""Opens an outlet's archive for a crawl and closes it; between the two, the handler commits exchanges through it."""

import asyncio
import hashlib
import logging
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import rfc8785
import scrapy
import twisted
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from twisted.python.failure import Failure

import newsarchive
from newsarchive.capture.archive import Kept, OutletArchive, OutletLock
from newsarchive.capture.recovery import recover
from newsarchive.errors import ArchiveError, CaptureError, NewsArchiveError, SettingError
from newsarchive.outlets import Outlet
from newsarchive.report import stats as names
from newsarchive.store.ledger import Ledger
from newsarchive.store.state import State
from newsarchive.warc.exchange import Exchange
from newsarchive.warc.records import Earlier

logger = logging.getLogger(__name__)

_MIB = 1024 * 1024


class ArchiveExtension:
    """One crawl's archive, its lock and its ledger; off where the spider has no outlet."""

    def __init__(self, crawler: Crawler, outlet: Outlet) -> None:
        """Raises `ArchiveError` when the folder cannot be written or another crawl of the outlet is running."""
        settings = crawler.settings
        self.root = Path(settings["ARCHIVE_DIR"])
        self.started_at = datetime.now(UTC)
        self.files: list[Path] = []
        self.failure: str | None = None
        self._stopping: asyncio.Future[None] | None = None
        self._crawler = crawler
        folder = self.root / outlet.id
        self._lock = OutletLock(folder)
        _check_space(folder, settings.getint("ARCHIVE_MIN_FREE_MB"))
        self.ledger = Ledger(State(self.root / "state.sqlite"), outlet)
        recover(folder, outlet=outlet, ledger=self.ledger)
        self.archive = OutletArchive(
            folder,
            outlet=outlet.id,
            started_at=self.started_at,
            max_bytes=_max_bytes(settings.getint("WARC_MAX_MB")),
            info=_warcinfo(crawler, outlet),
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        outlet = getattr(crawler.spider, "outlet", None)
        if outlet is None or not crawler.settings.getbool("CAPTURE_ENABLED"):
            raise NotConfigured
        extension = cls(crawler, outlet)
        crawler.signals.connect(extension.spider_closed, signal=signals.spider_closed)
        crawler.signals.connect(extension.stop_on_failure, signal=signals.spider_error)
        crawler.signals.connect(extension.stop_on_failure, signal=signals.item_error)
        return extension

    def commit(self, exchange: Exchange) -> Kept:
        """Archive an exchange; raises `CaptureError`. What no article or source depends on is remembered at once."""
        kept = self.archive.commit(exchange, self._earlier(exchange))
        stats = self._crawler.stats
        for record in kept.bundle.records:
            stats.inc_value(f"{names.RECORDS}/{record.kind}")
        stats.inc_value(names.BYTES_WRITTEN, kept.bytes_written)
        stats.inc_value(names.BYTES_RECEIVED, sum(len(attempt.response) for attempt in exchange.attempts))
        if kept.capture and exchange.purpose.role in ("robots", "other") and _is_ok(kept):
            self.ledger.remember(kept.capture)
        return kept

    def stop_on_failure(self, failure: Failure) -> None:
        """An archive or a state that cannot be written ends the crawl; any other error is the spider's own."""
        if isinstance(failure.value, (ArchiveError, CaptureError)):
            self.stop(failure.value)

    def stop(self, error: NewsArchiveError) -> None:
        """Nothing may be read that is not kept, so the crawl ends here; said once."""
        if self.failure is None:
            self.failure = str(error)
            logger.error("%s; the crawl stops", error)
            closing = self._crawler.engine.close_spider_async(reason="capture_failed")
            self._stopping = asyncio.ensure_future(closing)

    def spider_closed(self) -> None:
        self.files = self.archive.close()
        self.failure = self.failure or self.archive.failure
        self.ledger.state.close()
        self._lock.release()

    def _earlier(self, exchange: Exchange) -> Earlier | None:
        seen = self.ledger.state.seen(exchange.url) if exchange.method == "GET" else None
        return Earlier(seen.record_id, exchange.url, seen.captured_at, seen.payload_digest) if seen else None


def _is_ok(kept: Kept) -> bool:
    return kept.bundle.answer is not None and kept.bundle.answer.status == 200


def _check_space(folder: Path, minimum_mb: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < minimum_mb * _MIB:
        raise ArchiveError(
            folder, f"{free // _MIB} MB are free on this disk, ARCHIVE_MIN_FREE_MB asks for {minimum_mb}"
        )


def _max_bytes(megabytes: int) -> int:
    if megabytes < 1:
        raise SettingError("WARC_MAX_MB", megabytes, "a number of at least 1")
    return megabytes * _MIB


def _warcinfo(crawler: Crawler, outlet: Outlet) -> dict[str, str]:
    """Who crawled, with what, under which rules (WARC 1.1, 6.2)."""
    settings = crawler.settings
    software = f"newsarchive/{newsarchive.__version__} Scrapy/{scrapy.__version__} Twisted/{twisted.__version__}"
    chosen = {name: repr(settings.get(name)) for name in sorted(settings.attributes) if settings.getpriority(name)}
    fields = {
        "software": software,
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "isPartOf": outlet.id,
        "operator": settings.get("OPERATOR"),
        "http-header-from": settings.get("CONTACT"),
        "http-header-user-agent": settings.get("USER_AGENT"),
        "robots": "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
        "settingsDigest": "sha256:" + hashlib.sha256(rfc8785.dumps(chosen)).hexdigest(),
        "outletDigest": outlet.digest,
    }
    return {name: value for name, value in fields.items() if value}
