"""The two files of rows beside each other, written as they come, there whole or not at all."""

import gzip
import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from newsarchive import durable
from newsarchive.archiving.rows import ARTICLES, REJECTED
from newsarchive.store.manifests import File

# Files are compared unpacked; beyond this, gzip takes half as long again for a thirtieth of the bytes.
_LEVEL = 4


class _Lines:
    """One `.jsonl.gz` in the making, without name and time in its header."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.part = path.with_name(path.name + durable.PART)
        self.rows = 0
        self._file = self.part.open("wb")
        self._digest = hashlib.sha256()
        self._packed = gzip.GzipFile(filename="", mode="wb", fileobj=self._hashing(), mtime=0, compresslevel=_LEVEL)

    def add(self, line: bytes) -> None:
        self._packed.write(line)
        self.rows += 1

    def finish(self, folder: Path) -> File:
        """Make it durable under its final name; `folder` is that to which its path is told."""
        self._packed.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        size = self._file.tell()
        self._file.close()
        self.part.rename(self.path)
        name = self.path.relative_to(folder).as_posix()
        return File(name, size, f"sha256:{self._digest.hexdigest()}", rows=self.rows)

    def abort(self) -> None:
        # What is left to be written may find the disk full.
        with suppress(OSError):
            self._file.close()
        self.part.unlink(missing_ok=True)

    def _hashing(self) -> BinaryIO:
        file, digest = self._file, self._digest

        class Hashing:
            def write(self, octets: bytes) -> int:
                digest.update(octets)
                return file.write(octets)

            def flush(self) -> None:
                file.flush()

        return Hashing()  # type: ignore[return-value]


class Pair:
    """The rows of one WARC file."""

    def __init__(self, folder: Path, place: Path) -> None:
        """`place` is beneath `folder`, without an ending; raises `OSError`."""
        self._folder = folder
        self._articles_path, self._rejected_path = paths_at(folder, place)
        self._articles_path.parent.mkdir(parents=True, exist_ok=True)
        # Of a run that was killed, if there are no rejections this time.
        self._rejected_path.with_name(self._rejected_path.name + durable.PART).unlink(missing_ok=True)
        self._articles = _Lines(self._articles_path)
        self._rejected: _Lines | None = None

    def tell(self, line: bytes) -> None:
        """Add the line of an article; raises `OSError`."""
        self._articles.add(line)

    def reject(self, line: bytes) -> None:
        """Add the line of a rejection; raises `OSError`."""
        if self._rejected is None:
            self._rejected = _Lines(self._rejected_path)
        self._rejected.add(line)

    def finish(self) -> tuple[File, ...]:
        """Both under their final names; as beside a crawl, there is a file of rejections only where there are any."""
        rejected = [self._rejected.finish(self._folder)] if self._rejected else []
        if not rejected:
            self._rejected_path.unlink(missing_ok=True)
        written = (self._articles.finish(self._folder), *rejected)
        durable.sync_folder(self._articles_path.parent)
        return written

    def abort(self) -> None:
        """As if it had never been begun."""
        self._articles.abort()
        if self._rejected:
            self._rejected.abort()


def paths_at(folder: Path, place: Path) -> tuple[Path, Path]:
    """(articles, rejections) of a place."""
    stem = folder / place
    return stem.with_name(stem.name + ARTICLES), stem.with_name(stem.name + REJECTED)
