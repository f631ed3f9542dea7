"""What a crawl is about to write, noted before it is written, so that whoever finds it dead knows all of its files.

`….manifest.json.open`: a line of JSON for each note; the first says all that is known of the run when it begins.
"""

import fcntl
import json
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from newsarchive import durable
from newsarchive.store import manifests
from newsarchive.store.manifests import File

logger = logging.getLogger(__name__)

_ABOVE = 4
"""Folders above a day's that may be new: month, year, collection, archive."""


@dataclass(slots=True)
class Noted:
    """What a journal says."""

    beginning: dict[str, Any]
    """Empty for a run that died before it had written anything."""
    stems: list[str] = field(default_factory=list)
    closed: dict[str, File] = field(default_factory=dict)
    """WARC files that were closed, by name."""
    ended_at: str | None = None
    reason: str | None = None


class Journal:
    """Written by one crawl, and locked as long as that lives."""

    def __init__(self, beginning: Mapping[str, Any], *, is_synced: bool) -> None:
        """`beginning`: what the manifest will say, as far as it is known; `is_synced`: each note reaches the disk."""
        self._beginning = beginning
        self.is_synced = is_synced
        self._descriptor: int | None = None
        self._size = 0
        self.path: Path | None = None
        """Where it lies; None before it has begun."""

    def begin(self, day: Path, stems: Iterator[str]) -> str:
        """Create the journal under the first stem that is free, and return that; raises `OSError`."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        for stem in stems:
            path = day / (stem + manifests.OPEN)
            try:
                self._descriptor = os.open(path, flags, 0o644)
            except FileExistsError:
                continue
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.path = path
            self._note({"begins": {**self._beginning, "run": stem}})
            self.sync_folders(day, *day.parents[:_ABOVE])
            return stem
        raise FileExistsError(17, "no stem is free", str(day))

    def opens(self, stem: str) -> None:
        """A WARC file of this stem is about to be created; raises `OSError`."""
        self._note({"opens": stem})

    def leaves(self, stem: str) -> None:
        """Another crawl has taken the stem; raises `OSError`."""
        self._note({"leaves": stem})

    def closes(self, warc: File) -> None:
        """A WARC file has its final name and content; raises `OSError`."""
        self._note({"closes": manifests.file_facts(warc)})

    def ends(self, *, ended_at: str, reason: str) -> None:
        """Nothing more will be written; raises `OSError`. A second call does nothing."""
        if self._descriptor is not None:
            self._note({"ends": {"ended_at": ended_at, "reason": reason}})

    def release(self) -> None:
        """Give the journal to whoever makes the manifest of it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def sync_folders(self, *folders: Path) -> None:
        """Where notes reach the disk, so do the names of files that were just created; raises `OSError`."""
        for folder in folders if self.is_synced else ():
            durable.sync_folder(folder)

    def _note(self, note: Mapping[str, Any]) -> None:
        """After an `OSError` the journal is as it was before."""
        assert self._descriptor is not None
        line = memoryview((json.dumps(note, ensure_ascii=False, sort_keys=True) + "\n").encode())
        size = self._size + len(line)
        try:
            while line:
                line = line[os.write(self._descriptor, line) :]
            if self.is_synced:
                os.fdatasync(self._descriptor)
        except OSError:
            os.ftruncate(self._descriptor, self._size)
            raise
        self._size = size


def read(path: Path) -> Noted:
    """What a journal says up to its first line that is torn; raises `OSError`."""
    noted = Noted({})
    try:
        with path.open("rb") as lines:
            for line in lines:
                if not line.endswith(b"\n"):
                    break
                _take(noted, json.loads(line))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        logger.warning("%s: what follows a damaged line is not known (%s)", path, error)
    return noted


def _take(noted: Noted, note: dict[str, Any]) -> None:
    match note:
        case {"begins": beginning}:
            noted.beginning = beginning
        case {"opens": stem}:
            noted.stems.append(stem)
        case {"leaves": stem}:
            noted.stems.remove(stem)
        case {"closes": warc}:
            one = manifests.file_of(warc)
            noted.closed[one.path] = one
        case {"ends": end}:
            noted.ended_at, noted.reason = end["ended_at"], end["reason"]
        case _:
            raise ValueError(f"an unknown note: {note!r}")
