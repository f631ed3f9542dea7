"""A collection's part of an archive while a crawl writes it: WARC files, their indexes, and the rows beside them."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import filelock
from scrapy.utils.asyncio import run_in_thread
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import DeferredLock

from newsarchive import dates
from newsarchive.archiving.files import OpenFile, WarcFiles
from newsarchive.archiving.identity import new_record_id
from newsarchive.archiving.manifest import keep_identity
from newsarchive.archiving.rows import Rows
from newsarchive.capture.durability import Durability
from newsarchive.capture.options import Fsync
from newsarchive.errors import ArchiveError, CaptureError, OutletBusyError
from newsarchive.items import Article, Capture, Extraction, RecordType, Rejection
from newsarchive.store.rules import RuleBook
from newsarchive.warc import records, resources
from newsarchive.warc.exchange import Exchange
from newsarchive.warc.octets import SPOOL_FROM
from newsarchive.warc.records import Bundle, Earlier
from newsarchive.warc.redaction import Redaction
from newsarchive.warc.writer import Place

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """An exchange that is in the archive."""

    bundle: Bundle
    capture: Capture | None
    """None when nothing came back."""
    bytes_written: int


@dataclass(frozen=True, slots=True)
class Owed:
    """A captured page of which neither a row nor a rejection is written yet."""

    address: str
    """Of the article page; a redirect may have led elsewhere."""
    capture: Capture


class OutletLock:
    """At most one crawl of an outlet at a time; the lock dies with its process."""

    def __init__(self, folder: Path) -> None:
        """Raises `ArchiveError` when the folder cannot be written or another crawl holds it."""
        try:
            self._lock = filelock.FileLock(folder / ".lock", timeout=0)
            self._lock.acquire()
        except filelock.Timeout:
            raise OutletBusyError(folder, "another crawl of this outlet is running; wait for it or stop it") from None
        except OSError as error:
            raise ArchiveError(folder, f"cannot be written ({error.strerror})") from error

    def release(self) -> None:
        self._lock.release()


class Archive:
    """Writes the exchanges of one crawl, and the rows read from them where there is an outlet."""

    def __init__(self, files: WarcFiles, *, fsync: Fsync, redaction: Redaction, rules: RuleBook | None) -> None:
        """`rules`: where what rows are read by is kept; None where there are no rows."""
        self._files = files
        self._durability = Durability(fsync)
        self._redaction = redaction
        self._rules = rules
        self._known: set[str] = set()
        self._rows: dict[str, Rows] = {}
        self._finished: list[Path] = []
        self._owed: dict[tuple[str, int], Owed] = {}
        self._writing = DeferredLock()
        self.failure: str | None = None
        """Why nothing can be written any more."""

    async def commit(self, exchange: Exchange, earlier: Earlier | None) -> Kept:
        """Write an exchange; when this returns, its records are in the file, and as safe as `WARC_FSYNC` says.

        Raises `CaptureError`, from then on for every exchange: an archive with a hole is not continued.
        """
        is_long = any(len(attempt.response) > SPOOL_FROM for attempt in exchange.attempts)
        # A long one is packed in a thread, and the others wait for it; mostly there is none, and nobody waits.
        if not is_long and not self._writing.locked:
            current, kept = self._keep(exchange, earlier)
            await self._safe(exchange.url, current)
            return kept
        await maybe_deferred_to_future(self._writing.acquire())
        try:
            current, kept = await run_in_thread(self._keep, exchange, earlier)
            await self._safe(exchange.url, current)
        finally:
            self._writing.release()
        return kept

    async def note_outlinks(self, capture: Capture, links: list[str]) -> None:
        """Write which links were followed from a captured page; raises `CaptureError`."""
        if self._writing.locked:
            await maybe_deferred_to_future(self._writing.acquire())
            self._writing.release()
        with self._guarded(capture.url):
            current = self._files.writable()
            record = resources.outlinks(
                capture.url,
                links,
                about=capture.record_id,
                captured_at=capture.captured_at,
                warcinfo_id=current.warcinfo_id,
                new_id=new_record_id,
            )
            current.write((record,), method="GET")

    def roll_over_if_due(self) -> None:
        """Close a file that has reached its size or its age; a late row is merged into its file at the end.

        Raises `CaptureError`.
        """
        if self._writing.locked or not self._files.is_due():
            return
        with self._guarded(str(self._files.day)):
            closed = self._files.close()
            self._finished += closed
            full = closed[0].name if closed else ""
            for filename in [name for name in self._rows if name != full]:
                self._finished += self._rows.pop(filename).finish()

    def tell(self, article: Article) -> None:
        """Append the line of an article beside its capture; raises `CaptureError`."""
        assert article.provenance
        assert article.provenance.warc
        with self._guarded(article.url):
            self._keep_identity(article.provenance.extraction)
            warc = article.provenance.warc
            self._rows_of(warc.filename).articles.append(article.to_record())
            self._owed.pop((warc.filename, warc.offset), None)

    def reject(self, rejection: Rejection) -> None:
        """Append the reason why a capture gave no article; raises `CaptureError`."""
        with self._guarded(rejection.url):
            self._rows_of(rejection.filename).reject(rejection)
            self._owed.pop((rejection.filename, rejection.offset), None)

    def owe(self, capture: Capture, address: str) -> None:
        """Expect a row or a rejection of this page: code of others may drop it on its way without a word."""
        self._owed[capture.filename, capture.offset] = Owed(address, capture)

    def is_owed(self, capture: Capture) -> bool:
        """Whether neither a row nor a rejection of this page is written yet."""
        return (capture.filename, capture.offset) in self._owed

    @property
    def owed(self) -> list[Owed]:
        """All pages without a row or a rejection."""
        return list(self._owed.values())

    def close(self, *, reason: str) -> list[Path]:
        """Finish all files under their final names, and tell them in the manifest, with the reason of the crawl's end.

        What cannot be finished stays `.open` for the next start.
        """
        try:
            self._finished += self._files.close()
            for rows in self._rows.values():
                self._finished += rows.finish()
            self._finished += self._files.end(reason=reason, rules=self._rules)
        except OSError as error:
            self.failure = self.failure or self._what(error)
            logger.error("%s: left open, the next crawl finishes it", self.failure)
            self._files.leave(reason=reason)
        return sorted(set(self._finished))

    def _keep(self, exchange: Exchange, earlier: Earlier | None) -> tuple[OpenFile, Kept]:
        with self._guarded(exchange.url):
            current = self._files.writable()
            if self._rules:
                self._rows_of(current.name)
            bundle = records.bundle(
                exchange,
                earlier=earlier,
                warcinfo_id=current.warcinfo_id,
                new_id=new_record_id,
                redaction=self._redaction,
            )
            around = resources.circumstances(
                exchange, known=current.known, warcinfo_id=current.warcinfo_id, new_id=new_record_id
            )
            places = current.write((*around, *bundle.records), method=exchange.method)
        written = sum(place.length for place in places)
        return current, Kept(bundle, _capture(exchange, bundle, places[len(around) :], current.name), written)

    def _keep_identity(self, extraction: Extraction) -> None:
        """Before a row names it, so that no row names what cannot be known."""
        if self._rules and extraction.id not in self._known:
            keep_identity(extraction, self._rules)
            self._known.add(extraction.id)

    async def _safe(self, url: str, current: OpenFile) -> None:
        with self._guarded(url):
            await self._durability.reach(current.warc.fileno())

    def _rows_of(self, filename: str) -> Rows:
        if filename not in self._rows:
            self._rows[filename] = Rows(self._files.day / filename)
        return self._rows[filename]

    @contextmanager
    def _guarded(self, url: str) -> Iterator[None]:
        """Whatever the disk refuses fails this exchange and all that follow."""
        if self.failure:
            raise CaptureError(url, self.failure)
        try:
            yield
        except OSError as error:
            self.failure = self._what(error)
            raise CaptureError(url, self.failure) from error

    def _what(self, error: OSError) -> str:
        return f"{error.strerror or error} ({self._files.day})"


def _capture(exchange: Exchange, bundle: Bundle, places: tuple[Place, ...], filename: str) -> Capture | None:
    primary = bundle.primary
    if primary is None:
        return None
    place = places[bundle.records.index(primary)]
    return Capture(
        url=exchange.url,
        captured_at=dates.utc(exchange.started_at),
        filename=filename,
        offset=place.offset,
        length=place.length,
        record_id=primary.record_id,
        record_type=_TYPES[primary.kind],
        payload_digest=bundle.payload_digest or "",
        etag=bundle.answer.header("etag") if bundle.answer else None,
        last_modified=bundle.answer.header("last-modified") if bundle.answer else None,
    )


_TYPES: dict[str, RecordType] = {"response": "response", "revisit": "revisit", "resource": "resource"}
