"""Opens a collection's archive for a crawl and closes it; between the two, the handlers commit exchanges through it."""

import logging
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, get_args

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.settings import BaseSettings
from scrapy.utils.asyncio import AsyncioLoopingCall, create_looping_call
from scrapy.utils.defer import deferred_from_coro
from twisted.internet.task import LoopingCall
from twisted.python.failure import Failure

from newsarchive import checked, clock
from newsarchive import counting as names
from newsarchive.archiving import reconciling, recovery
from newsarchive.archiving.files import WarcFiles
from newsarchive.archiving.journal import Journal
from newsarchive.archiving.originals import Originals
from newsarchive.archiving.reconciling import Lost
from newsarchive.capture import options
from newsarchive.capture.archive import Archive, Kept, OutletLock
from newsarchive.capture.ending import UnderWay, is_ending
from newsarchive.capture.options import Options
from newsarchive.capture.surroundings import beginning
from newsarchive.controls import guard_logs
from newsarchive.errors import ArchiveError, CaptureError, NewsArchiveError, ReaderError
from newsarchive.items import Capture, Rejection
from newsarchive.judging.unread import NO_OUTCOME
from newsarchive.keeping import superseding
from newsarchive.store import chain
from newsarchive.store.captures import Captures, Seen
from newsarchive.store.database import Database
from newsarchive.store.ledger import Ledger, seen_of
from newsarchive.store.rules import rule_book
from newsarchive.store.state import State
from newsarchive.warc.exchange import Exchange
from newsarchive.warc.fields import Kind
from newsarchive.warc.packing import SUFFIXES
from newsarchive.warc.records import Earlier

if TYPE_CHECKING:
    # With it comes what reads YAML; a project that only archives need not load that.
    from newsarchive.archiving.relearning import Lines
    from newsarchive.outlets import Outlet

logger = logging.getLogger(__name__)

_MIB = 1024 * 1024
_LOOK_SECONDS = 1
_RECORDS = {kind: f"{names.RECORDS}/{kind}" for kind in get_args(Kind)}


class ArchiveExtension:
    """One crawl's archive: its files, the state, and for an outlet its lock and its ledger."""

    def __init__(self, crawler: Crawler, *, collection: str, outlet: "Outlet | None") -> None:
        """Raises `ArchiveError` when the folder cannot be written or another crawl of the outlet is running."""
        chosen = Options.of(crawler.settings)
        self.root = chosen.root
        self.folder = chosen.root / collection
        self.outlet = outlet
        self.outlinks = chosen.outlinks
        self.under_way = UnderWay(chosen.stop_grace)
        self.started_at = clock.moment()
        self.files: list[Path] = []
        self.failure: str | None = None
        self.uncaptured = 0
        """Responses that came past the archive."""
        self._stopping: Any = None
        self._looking: LoopingCall | AsyncioLoopingCall | None = None
        self._crawler = crawler
        self._counted: Counter[str] = Counter()
        self._fresh: dict[str, Seen] = {}
        self._keepers = options.keepers_folder(crawler.settings)
        _prepare(self.folder, chosen.min_free_bytes)
        self._lock = OutletLock(self.folder) if outlet else None
        if self._lock:
            self._end_acts()
        self.database = Database(self.root / "state.sqlite")
        self.state = State(self.database)
        self.captures = Captures(self.database, self.folder.name)
        self._ledger = Ledger(self.state, self.captures, outlet) if outlet else None
        self.originals = Originals(self.folder, self.captures)
        self._lost = Lost()
        # Crawls that hold no lock may stand beside each other: the end of one says nothing of the others.
        if self._lock is None or not recovery.begin(self.folder):
            recovery.recover(self.folder, lines=self._lines(crawler.settings))
            if outlet:
                self._lost = reconciling.reconcile(self.folder, outlet=outlet, state=self.state, captures=self.captures)
        self._lost |= reconciling.forget_lost(self.folder, captures=self.captures, state=self.state, outlet=outlet)
        if outlet:
            reconciling.note_begun(self.folder, self.started_at)
        rules = rule_book(self.folder, outlet) if outlet else None
        about = options.warcinfo(
            crawler.settings,
            chosen,
            collection=collection,
            outlet_digest=outlet.digest if outlet else None,
            learned_digest=outlet.learned.digest if outlet and outlet.learned else None,
        )
        known = beginning(
            crawler.settings,
            collection=collection,
            outlet=outlet,
            started_at=self.started_at,
            settings_digest=about["settingsDigest"],
        )
        # Crawls without a lock have no order.
        known["previous"] = chain.head(self.folder) if outlet else None
        files = WarcFiles(
            self.folder,
            collection=collection,
            started_at=self.started_at,
            max_bytes=chosen.max_bytes,
            max_seconds=chosen.max_seconds,
            about=about,
            packing=chosen.packing,
            journal=Journal(known, is_synced=chosen.fsync != "none"),
        )
        self.archive = Archive(files, fsync=chosen.fsync, redaction=chosen.redaction, rules=rules)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        outlet = getattr(crawler.spider, "outlet", None)
        # `scrapy shell` has no spider yet: what is only looked at is not archived.
        if crawler.spider is None or not crawler.settings.getbool("CAPTURE_ENABLED"):
            raise NotConfigured
        guard_logs()
        # It imports this module.
        from newsarchive.capture import uncaptured  # noqa: PLC0415

        uncaptured.require_middlewares(crawler.settings)
        if Options.of(crawler.settings).fails_uncaptured:
            uncaptured.require_capturing(crawler.settings)
        collection = options.collection_name(crawler.spider, crawler.settings)
        try:
            extension = cls(crawler, collection=collection, outlet=outlet)
        except OSError as error:
            raise _unwritten(error, Options.of(crawler.settings).root / collection) from error
        crawler.signals.connect(extension.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(extension.spider_closed, signal=signals.spider_closed)
        crawler.signals.connect(extension.engine_stopped, signal=signals.engine_stopped)
        crawler.signals.connect(extension.stop_on_failure, signal=signals.spider_error)
        crawler.signals.connect(extension.stop_on_failure, signal=signals.item_error)
        return extension

    @property
    def ledger(self) -> Ledger:
        """What became of each page of the outlet; only a crawl of an outlet has one."""
        assert self._ledger
        return self._ledger

    @property
    def lost(self) -> Lost:
        """What earlier crawls had captured and the collection no longer holds."""
        return self._lost | self.originals.lost

    def _end_acts(self) -> None:
        """Go on with a takedown that was killed on its way in this folder."""
        for act in superseding.unended(self.folder):
            # A project that only archives need not load what reads articles.
            from newsarchive.keeping import erasing, placing  # noqa: PLC0415

            try:
                with placing.standing(self._keepers) as known:
                    logger.warning("%s had been killed on its way; it is carried out now", act)
                    erasing.resume_in(self.folder, self.outlet, known)
            except OSError as error:
                raise ArchiveError(self.folder, f"{act} cannot be carried out ({error.strerror})") from error

    def _lines(self, settings: BaseSettings) -> "Lines | None":
        if self.outlet is None:
            return None
        # A project that only archives need not load what reads articles.
        from newsarchive.archiving.relearning import Lines  # noqa: PLC0415

        return Lines(
            self.ledger,
            self.database,
            outlet=self.outlet,
            days=checked.whole(settings, "SAME_STORY_DAYS", 7),
            repeated=checked.whole(settings, "REPEATED_TEXT_PAGES", 3),
        )

    def settle_owed(self) -> int:
        """Reject pages that ended without a row or a rejection, let the state retry them, and return their number.

        Raises `ArchiveError`, `CaptureError`.
        """
        owed = self.archive.owed
        for page in owed:
            self.archive.reject(Rejection.of(page.capture, NO_OUTCOME))
            self.ledger.failed(page.address, NO_OUTCOME)
            self._crawler.stats.inc_value(f"{names.FAILED}/{NO_OUTCOME}")
            outcome = {"outcome": "failed", "url": page.address, "reason": NO_OUTCOME}
            self._crawler.signals.send_catch_log(names.ARTICLE_OUTCOME, **outcome)
        return len(owed)

    async def commit(self, exchange: Exchange) -> Kept:
        """Archive an exchange; raises `CaptureError`. What no article or source depends on is remembered at once."""
        self.archive.roll_over_if_due()
        kept = await self.archive.commit(exchange, self._earlier(exchange))
        self._count(exchange, kept)
        if kept.capture and exchange.purpose.role in ("robots", "other") and _may_be_repeated(exchange, kept):
            self._remember(kept.capture)
        return kept

    def has_answer(self, url: str) -> bool:
        """Whether the collection has a whole answer under this target URI; an outlet checks its articles itself."""
        return self.outlet is not None or url in self._fresh or self.originals.of(url) is not None

    def stop_on_failure(self, failure: Failure) -> None:
        """What no page can do anything about ends the crawl: an archive or a state that cannot be written, readers that
        cannot be started. Any other error is the spider's own.
        """
        if isinstance(failure.value, (ArchiveError, CaptureError, ReaderError)):
            self.stop(failure.value)

    def stop(self, error: NewsArchiveError) -> None:
        """Nothing may be read that is not kept, nor fetched that nobody reads: the crawl ends here; said once."""
        if self.failure is None:
            self.failure = str(error)
            logger.error("%s; the crawl stops", error)
            reason = "no_reader" if isinstance(error, ReaderError) else "capture_failed"
            self._stopping = deferred_from_coro(self._crawler.engine.close_spider_async(reason=reason))

    def spider_opened(self) -> None:
        self._looking = create_looping_call(self._settle)
        self._looking.start(_LOOK_SECONDS, now=False)

    def spider_closed(self, reason: str) -> None:
        if self._looking and self._looking.running:
            self._looking.stop()
        self._settle_counts()
        self.files = self.archive.close(reason=reason)
        self.failure = self.failure or self.archive.failure or self._forgotten()
        self.database.close()
        if self._lock:
            if not self.failure:
                self._note_closed()
            self._lock.release()
        for problem in self._problems():
            logger.error("%s", problem)
            self.failure = self.failure or problem

    def _problems(self) -> Iterator[str]:
        """Return what a person must look at; the report of an outlet names its lost captures itself."""
        if self.outlet is None:
            yield from self.lost.lines()
        if self.uncaptured:
            yield f"not in the archive: responses that came past it: {self.uncaptured}"

    def _note_closed(self) -> None:
        try:
            recovery.note_closed(self.folder, self.files)
        except OSError as error:
            self.failure = str(_unwritten(error, self.folder))
            logger.error("%s", self.failure)

    def engine_stopped(self) -> None:
        """The exit code of Scrapy's own `crawl` is 1 for a crawler without a spider, and 0 for all others."""
        if self.failure:
            self._crawler.spider = None

    def _settle(self) -> None:
        """What is not worth doing after each exchange; and a crawl that has nothing to do closes an old file too."""
        if is_ending(self._crawler):
            self.under_way.end()
        try:
            self._settle_counts()
            self._settle_memory()
            self.archive.roll_over_if_due()
        except (ArchiveError, CaptureError) as error:
            self.stop(error)

    def _count(self, exchange: Exchange, kept: Kept) -> None:
        counted = self._counted
        for record in kept.bundle.records:
            counted[_RECORDS[record.kind]] += 1
        counted[names.BYTES_WRITTEN] += kept.bytes_written
        counted[names.BYTES_RECEIVED] += sum([len(attempt.response) for attempt in exchange.attempts])
        if exchange.rebuilt:
            counted[names.REBUILT] += 1

    def _settle_counts(self) -> None:
        for name, count in self._counted.items():
            self._crawler.stats.inc_value(name, count)
        self._counted.clear()

    def _remember(self, capture: Capture) -> None:
        """A crawl that is killed forgets a second of this: what it forgot is kept whole once more, and no revisit."""
        if seen := seen_of(capture):
            self._fresh[capture.url] = seen

    def _settle_memory(self) -> None:
        if self._fresh:
            self.captures.remember_all(self._fresh)
            self._fresh.clear()

    def _forgotten(self) -> str | None:
        """Why the state could not learn of the last captures; None when it did."""
        try:
            self._settle_memory()
            warcs = [path for path in self.files if path.name.endswith(SUFFIXES)]
            self.captures.note_sizes({path.name: path.stat().st_size for path in warcs if path.exists()})
        except ArchiveError as error:
            logger.error("%s", error)
            return str(error)
        return None

    def _earlier(self, exchange: Exchange) -> Earlier | None:
        if exchange.method != "GET":
            return None
        seen = self._fresh.get(exchange.url) or self.originals.of(exchange.url)
        if seen is None or not seen.record_id:
            return None
        return Earlier(seen.record_id, exchange.url, seen.captured_at, seen.payload_digest)


def _may_be_repeated(exchange: Exchange, kept: Kept) -> bool:
    """A later answer with the same payload may be written as a revisit of this one."""
    answer = kept.bundle.answer
    return exchange.method == "GET" and answer is not None and answer.status == 200


def _prepare(folder: Path, min_free_bytes: int) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise _unwritten(error, folder) from error
    if free < min_free_bytes:
        raise ArchiveError(
            folder, f"{free // _MIB} MB are free on this disk, ARCHIVE_MIN_FREE_MB asks for {min_free_bytes // _MIB}"
        )


def _unwritten(error: OSError, folder: Path) -> ArchiveError:
    """What a user is told of a disk that is full, read-only or broken."""
    return ArchiveError(Path(error.filename or folder), f"cannot be written ({error.strerror})")
