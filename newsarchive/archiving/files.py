"""The WARC files of one crawl, one after the other, each with its index beside it."""

import logging
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import monotonic

from newsarchive import clock, dates
from newsarchive.archiving import manifest
from newsarchive.archiving.identity import new_record_id
from newsarchive.archiving.journal import Journal
from newsarchive.store.manifests import File
from newsarchive.store.rules import RuleBook
from newsarchive.warc import cdxj, records
from newsarchive.warc.cdxj import IndexFile
from newsarchive.warc.fields import Record
from newsarchive.warc.packing import PACKINGS, Packing
from newsarchive.warc.writer import Place, WarcWriter

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class OpenFile:
    """The file that is being written."""

    warc: WarcWriter
    index: IndexFile
    warcinfo_id: str
    opened_at: float
    known: set[str] = field(default_factory=set)
    """Name lookups and certificates that it holds."""

    @property
    def name(self) -> str:
        """Under which it will be found when it is closed."""
        return self.warc.path.name

    def write(self, bundle: tuple[Record, ...], *, method: str) -> tuple[Place, ...]:
        """Append records as one whole, then index them; raises `OSError`."""
        places = self.warc.write(bundle)
        lines = (
            cdxj.line(one, place, filename=self.name, method=method) for one, place in zip(bundle, places, strict=True)
        )
        self.index.append(line for line in lines if line)
        return places

    def close(self) -> list[Path]:
        """Both files under their final names; raises `OSError`."""
        warc = self.warc.close()
        return [warc, self.index.close()]


class WarcFiles:
    """Opens a file when there is something to write, and the next when it is full or old."""

    def __init__(
        self,
        folder: Path,
        *,
        collection: str,
        started_at: datetime,
        max_bytes: int,
        max_seconds: float,
        about: Mapping[str, str],
        packing: Packing = PACKINGS["gzip"],
        journal: Journal | None = None,
    ) -> None:
        """`journal`: is told of each file before it is created, and when it is closed."""
        self._folder = folder
        self.day = folder / started_at.strftime("%Y/%m/%d")
        self._collection = collection
        self._run = started_at.strftime("%Y%m%dT%H%M%SZ")
        self._max_bytes = max_bytes
        self._max_seconds = max_seconds
        self._about = about
        self._packing = packing
        self._journal = journal
        self._serial = 0
        self._reserved: str | None = None
        """The stem of the journal, which the first file shares."""
        self._open: OpenFile | None = None

    @property
    def open(self) -> OpenFile | None:
        """The file that is being written, if there is one."""
        return self._open

    def is_due(self) -> bool:
        """The open file has reached its size or its age."""
        current = self._open
        if current is None:
            return False
        return current.warc.size >= self._max_bytes or monotonic() - current.opened_at >= self._max_seconds

    def writable(self) -> OpenFile:
        """The open file, a new one when there is none; raises `OSError`."""
        if self._open is None:
            self._open = self._begin()
        return self._open

    def close(self) -> list[Path]:
        """Close the open file; raises `OSError`."""
        current, self._open = self._open, None
        if current is None:
            return []
        closed = current.close()
        if self._journal:
            self._journal.closes(File(current.name, current.warc.size, current.warc.digest, current.warc.records))
        return closed

    def begin(self) -> None:
        """Begin the journal, where that has not been done; raises `OSError`."""
        if self._journal and self._journal.path is None:
            self.day.mkdir(parents=True, exist_ok=True)
            self._reserved = self._journal.begin(self.day, self._free_stems())

    def end(self, *, reason: str, rules: RuleBook | None) -> list[Path]:
        """Write the manifest, once all that belongs to the files is closed; raises `OSError`.

        `rules`: what the rows are read by; None where there are no rows.
        """
        self.begin()
        if self._journal is None or self._journal.path is None:
            return []
        self._note_end(self._journal, reason)
        finished = manifest.finish(self._journal.path, self._folder, rules=rules, is_synced=self._journal.is_synced)
        return [finished] if finished else []

    def leave(self, *, reason: str) -> None:
        """Something cannot be closed: the next crawl finishes it, and finds why this one ended, if that can be said."""
        if self._journal and self._journal.path:
            try:
                self._note_end(self._journal, reason)
            except OSError as error:
                logger.info("%s: %s", self._journal.path.name, error)

    def _note_end(self, journal: Journal, reason: str) -> None:
        try:
            journal.ends(ended_at=dates.utc(clock.moment()), reason=reason)
        finally:
            journal.release()

    def _begin(self) -> OpenFile:
        self.begin()
        self.day.mkdir(parents=True, exist_ok=True)
        warc = self._create()
        current = OpenFile(warc, IndexFile(warc.path), new_record_id(), monotonic())
        if self._journal:
            self._journal.sync_folders(self.day)
        date = dates.utc(clock.moment())
        first = records.warcinfo(self._about, filename=warc.path.name, date=date, record_id=current.warcinfo_id)
        warc.write((first,))
        self._serial += 1
        logger.info("writing %s", warc.path.name)
        return current

    def _create(self) -> WarcWriter:
        while True:
            stem, self._reserved = self._reserved or next(self._free_stems()), None
            if self._journal:
                self._journal.opens(stem)
            try:
                return WarcWriter(self.day / f"{stem}{self._packing.suffix}", self._packing)
            except FileExistsError:
                logger.info("another crawl took the same name a moment ago")
                if self._journal:
                    self._journal.leaves(stem)

    def _free_stems(self) -> Iterator[str]:
        """Names that no file of an earlier crawl has, not even one of the same second."""
        while True:
            stem = f"NA-{self._collection}-{self._run}-{self._serial:05d}-{socket.gethostname()}"
            if not any(self.day.glob(f"{stem}.*")):
                yield stem
            self._serial += 1
