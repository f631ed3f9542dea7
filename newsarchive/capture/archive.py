"""One outlet's part of an archive while it is written: WARC files and the rows beside them, always in pairs."""

import logging
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import filelock

from newsarchive import dates
from newsarchive.errors import ArchiveError, CaptureError
from newsarchive.items import Article, Capture, Rejection
from newsarchive.store.lines import LineFile
from newsarchive.warc import records
from newsarchive.warc.exchange import Exchange
from newsarchive.warc.records import Bundle, Earlier, Record
from newsarchive.warc.writer import Place, WarcWriter

logger = logging.getLogger(__name__)

WARC = ".warc.gz"
ARTICLES = ".jsonl.gz"
REJECTED = ".rejected.jsonl.gz"


@dataclass(frozen=True, slots=True)
class Kept:
    """An exchange that is in the archive."""

    bundle: Bundle
    capture: Capture | None
    """None when nothing came back."""
    bytes_written: int


class OutletLock:
    """At most one crawl of an outlet at a time; the lock dies with its process."""

    def __init__(self, folder: Path) -> None:
        """Raises `ArchiveError` when the folder cannot be written or another crawl holds it."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = filelock.FileLock(folder / ".lock", timeout=0)
            self._lock.acquire()
        except filelock.Timeout:
            raise ArchiveError(folder, "another crawl of this outlet is running; wait for it or stop it") from None
        except OSError as error:
            raise ArchiveError(folder, f"cannot be written ({error.strerror})") from error

    def release(self) -> None:
        self._lock.release()


class OutletArchive:
    """Writes the exchanges of one crawl and the rows read from them; rolls over to a new pair by size."""

    def __init__(
        self, folder: Path, *, outlet: str, started_at: datetime, max_bytes: int, info: Mapping[str, str]
    ) -> None:
        self._folder = folder
        self._outlet = outlet
        self._run = started_at.strftime("%Y%m%dT%H%M%SZ")
        self._day = started_at.strftime("%Y/%m/%d")
        self._max_bytes = max_bytes
        self._info = info
        self._serial = 0
        self._warc: WarcWriter | None = None
        self._warcinfo_id = ""
        self._lines: dict[str, Lines] = {}
        self._finished: list[Path] = []
        self._failure: str | None = None
        self.bytes_written = 0

    def commit(self, exchange: Exchange, earlier: Earlier | None) -> Kept:
        """Write an exchange; when this returns, its records are in the file.

        Raises `CaptureError`, from then on for every exchange: an archive with a hole is not continued.
        """
        if self._failure:
            raise CaptureError(exchange.url, self._failure)
        try:
            warc = self._writable()
            bundle = records.bundle(exchange, earlier=earlier, warcinfo_id=self._warcinfo_id, new_id=new_record_id)
            places = warc.write(bundle.records)
        except OSError as error:
            self._failure = f"{error.strerror or error} ({self._folder})"
            raise CaptureError(exchange.url, self._failure) from error
        written = sum(place.length for place in places)
        self.bytes_written += written
        return Kept(bundle, _capture(exchange, bundle, places, warc.path.name), written)

    def tell(self, article: Article) -> None:
        """Append the line of an article beside its capture; raises `CaptureError`."""
        assert article.provenance
        assert article.provenance.warc
        self._append(
            article.url, article.provenance.warc.filename, lambda lines: lines.articles.append(article.to_record())
        )

    def reject(self, rejection: Rejection) -> None:
        """Append the reason why a capture gave no article; raises `CaptureError`."""
        self._append(rejection.url, rejection.filename, lambda lines: lines.reject(rejection))

    def close(self) -> list[Path]:
        """Finish all pairs under their final names; what cannot be finished stays `.open` for the next start."""
        try:
            self._finished += self._close_warc()
            for lines in self._lines.values():
                self._finished += lines.finish()
        except OSError as error:
            self._failure = self._failure or f"{error.strerror or error} ({self._folder})"
            logger.error("%s: left open, the next crawl of %s finishes it", self._failure, self._outlet)
        return sorted(set(self._finished))

    @property
    def failure(self) -> str | None:
        """Why nothing can be written any more."""
        return self._failure

    def _append(self, url: str, filename: str, append: Callable[["Lines"], None]) -> None:
        try:
            append(self._lines_of(filename))
        except OSError as error:
            self._failure = f"{error.strerror or error} ({self._folder})"
            raise CaptureError(url, self._failure) from error

    def _lines_of(self, filename: str) -> "Lines":
        if filename not in self._lines:
            self._lines[filename] = Lines(self._folder / self._day / filename.removesuffix(WARC))
        return self._lines[filename]

    def _writable(self) -> WarcWriter:
        """The open WARC file, a new one when there is none or it is full."""
        if self._warc and self._warc.size >= self._max_bytes:
            self._roll_over()
        if self._warc is None:
            self._warc = self._begin()
        return self._warc

    def _begin(self) -> WarcWriter:
        folder = self._folder / self._day
        folder.mkdir(parents=True, exist_ok=True)
        stem = self._free_stem(folder)
        warc = WarcWriter(folder / f"{stem}{WARC}")
        self._lines_of(warc.path.name)
        self._warcinfo_id = new_record_id()
        warc.write((self._first_record(warc.path.name),))
        self._serial += 1
        logger.info("writing %s", warc.path.name)
        return warc

    def _roll_over(self) -> None:
        """Close the full file and finish the pairs before it; a late row is merged into its file at the end."""
        full = self._warc.path.name if self._warc else ""
        self._finished += self._close_warc()
        for filename in [name for name in self._lines if name != full]:
            self._finished += self._lines.pop(filename).finish()

    def _free_stem(self, folder: Path) -> str:
        """A name that no file of an earlier crawl has, not even one of the same second."""
        while True:
            stem = f"NA-{self._outlet}-{self._run}-{self._serial:05d}-{socket.gethostname()}"
            if not any(folder.glob(f"{stem}.*")):
                return stem
            self._serial += 1

    def _first_record(self, filename: str) -> Record:
        date = dates.utc(datetime.now().astimezone())
        return records.warcinfo(self._info, filename=filename, date=date, record_id=self._warcinfo_id)

    def _close_warc(self) -> list[Path]:
        warc, self._warc = self._warc, None
        return [warc.close()] if warc else []


class Lines:
    """The rows beside one WARC file: articles, and the reasons of what gave none."""

    def __init__(self, stem: Path) -> None:
        self.articles = LineFile(stem.with_name(stem.name + ARTICLES), offset_of=_article_offset)
        self._rejected = LineFile(stem.with_name(stem.name + REJECTED), offset_of=_rejection_offset)

    def reject(self, rejection: Rejection) -> None:
        self._rejected.append(
            {
                "url": rejection.url,
                "reason": rejection.reason,
                "captured_at": rejection.captured_at,
                "warc": {
                    "filename": rejection.filename,
                    "offset": rejection.offset,
                    "record_id": rejection.record_id,
                },
            }
        )

    def has(self, offset: int) -> bool:
        """The capture at this offset has its line or its reason."""
        return self.articles.has(offset) or self._rejected.has(offset)

    def finish(self) -> list[Path]:
        """An article file for every WARC file, even an empty one; a file of rejections only where there are any."""
        finished = [self.articles.finish()]
        return [*finished, self._rejected.finish()] if self._rejected.has_rows() else finished


def new_record_id() -> str:
    return f"<urn:uuid:{uuid4()}>"


def _article_offset(row: Mapping[str, Any]) -> int:
    return int(row["provenance"]["warc"]["offset"])


def _rejection_offset(row: Mapping[str, Any]) -> int:
    return int(row["warc"]["offset"])


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
        record_type="revisit" if primary.kind == "revisit" else "response",
        payload_digest=bundle.payload_digest or "",
        etag=bundle.answer.header("etag") if bundle.answer else None,
        last_modified=bundle.answer.header("last-modified") if bundle.answer else None,
    )
