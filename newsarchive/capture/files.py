"""The WARC files of one crawl, one after the other, each with its index beside it."""

import logging
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import monotonic

from newsarchive import clock, dates
from newsarchive.capture.identity import new_record_id
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
    ) -> None:
        self.day = folder / started_at.strftime("%Y/%m/%d")
        self._collection = collection
        self._run = started_at.strftime("%Y%m%dT%H%M%SZ")
        self._max_bytes = max_bytes
        self._max_seconds = max_seconds
        self._about = about
        self._packing = packing
        self._serial = 0
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
        return current.close() if current else []

    def _begin(self) -> OpenFile:
        self.day.mkdir(parents=True, exist_ok=True)
        warc = self._create()
        current = OpenFile(warc, IndexFile(warc.path), new_record_id(), monotonic())
        date = dates.utc(clock.moment())
        first = records.warcinfo(self._about, filename=warc.path.name, date=date, record_id=current.warcinfo_id)
        warc.write((first,))
        self._serial += 1
        logger.info("writing %s", warc.path.name)
        return current

    def _create(self) -> WarcWriter:
        while True:
            try:
                return WarcWriter(self.day / f"{self._free_stem()}{self._packing.suffix}", self._packing)
            except FileExistsError:
                logger.info("another crawl took the same name a moment ago")

    def _free_stem(self) -> str:
        """A name that no file of an earlier crawl has, not even one of the same second."""
        while True:
            stem = f"NA-{self._collection}-{self._run}-{self._serial:05d}-{socket.gethostname()}"
            if not any(self.day.glob(f"{stem}.*")):
                return stem
            self._serial += 1
