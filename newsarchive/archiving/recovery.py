"""Finishing what a dead crawl left open: WARC files cut at their last whole bundle and indexed, missing lines derived.

A file whose process still lives is left alone.
"""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from newsarchive import durable, walking
from newsarchive.archiving import journal, manifest, reconciling
from newsarchive.archiving.rows import ARTICLES, REJECTED, stem_of
from newsarchive.errors import RecordError
from newsarchive.store import manifests
from newsarchive.store.chain import ACTS
from newsarchive.store.lines import open_path
from newsarchive.store.rules import FOLDER, RuleBook
from newsarchive.warc import cdxj, writer
from newsarchive.warc.packing import SUFFIXES
from newsarchive.warc.reader import read_records

if TYPE_CHECKING:
    # With it comes what reads articles; a project that only archives need not load that.
    from newsarchive.archiving.relearning import Lines

logger = logging.getLogger(__name__)

# The last record of what is written at once.
_ENDS_OF_BUNDLES = frozenset({"warcinfo", "metadata"})
_OPEN_WARCS = tuple(suffix + writer.OPEN for suffix in SUFFIXES)
_OPEN_INDEX = cdxj.SUFFIX + writer.OPEN
_OPEN_ROWS = open_path(Path(ARTICLES)).name
_CLOSED = ".closed"
"""Lies in the folder of a collection whose last crawl closed all that it had opened."""


def recover(folder: Path, *, lines: "Lines | None" = None) -> None:
    """Finish everything in a collection that dead crawls left open; `lines` are those of an outlet's crawls."""
    with _alone(folder):
        left = _left_by_the_dead(folder)
        for path in left:
            if path.name.endswith(_OPEN_WARCS):
                _finish_warc(path, with_rows=lines is not None)
        for path in left:
            if path.name.endswith(_OPEN_INDEX):
                _finish_index(path)
        if lines:
            forgotten = map(stem_of, reconciling.without_manifest(folder))
            stems = sorted({*_stems_with_open_rows(folder), *_stems_of_the_dead(left), *forgotten})
            for stem in stems:
                _finish_rows(stem, lines)
            # The next crawl looks at its own files only.
            for parent in {stem.parent for stem in stems}:
                durable.sync_folder(parent)
        _finish_runs(folder, left, with_rows=lines is not None)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One repair of a collection at a time: the next one finds nothing to do."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _left_by_the_dead(folder: Path) -> list[Path]:
    """What is open, but for the files of runs that live: a file may just be getting its final name."""
    left = sorted(_open_files(folder))
    living = [stem for path in left if path.name.endswith(manifests.OPEN) for stem in manifest.stems_of_living(path)]
    return [path for path in left if not any(path.name.startswith(f"{stem}.") for stem in living)]


def _stems_with_open_rows(folder: Path) -> Iterator[Path]:
    return (path.with_name(_stem(path.name)) for path in _open_files(folder) if path.name.endswith(_OPEN_ROWS))


def _stems_of_the_dead(left: list[Path]) -> Iterator[Path]:
    """Also those whose files are closed: a page may have waited for its reader when its file was full."""
    for path in left:
        if path.name.endswith(manifests.OPEN) and not path.with_name(path.name.removesuffix(writer.OPEN)).exists():
            yield from (path.with_name(stem) for stem in journal.read(path).stems)


def _finish_runs(folder: Path, left: list[Path], *, with_rows: bool) -> None:
    """Last: what a manifest lists must not change any more."""
    rules = RuleBook(folder / FOLDER) if with_rows else None
    for path in left:
        if path.name.endswith(manifests.OPEN):
            manifest.finish_dead(path, folder, rules=rules)
    if rules:
        for torn in rules.folder.glob(f"*{durable.PART}"):
            torn.unlink()


def begin(folder: Path) -> bool:
    """Take the mark of a clean end away, and say whether there was one; to be called by who holds the folder's lock."""
    try:
        (folder / _CLOSED).unlink()
    except FileNotFoundError:
        return False
    # Else the mark is back when the power fails.
    durable.sync_folder(folder)
    return True


def note_closed(folder: Path, files: list[Path]) -> None:
    """Nothing is open here, these files are on the disk: the next crawl need not look through the folders of years."""
    for parent in sorted({path.parent for path in files}):
        durable.sync_folder(parent)
    (folder / _CLOSED).touch()


def _open_files(folder: Path) -> Iterator[Path]:
    for parent, below, names in walking.walk(folder):
        # What a keeper's act left open is ended by its own command.
        below[:] = [name for name in below if name != ACTS]
        yield from (parent / name for name in names if name.endswith(writer.OPEN))


def _finish_warc(open_warc: Path, *, with_rows: bool) -> None:
    """Cut the torn tail, and give the file its index, its name and its lines; one without a whole record is removed."""
    path = open_warc.with_name(open_warc.name.removesuffix(writer.OPEN))
    with writer.left_behind(open_warc) as file:
        if file is None:
            logger.info("%s is being written by another process", open_warc.name)
            return
        whole = _whole_bytes(open_warc)
        torn = open_warc.stat().st_size - whole
        if whole == 0:
            open_warc.unlink()
            return
        file.truncate(whole)
        os.fsync(file.fileno())
        if with_rows:
            stem = stem_of(path)
            open_path(stem.with_name(stem.name + ARTICLES)).touch()
        cdxj.write_index(cdxj.index_path(path), cdxj.lines_of(open_warc))
        writer.finish(open_warc, path)
    logger.warning("%s was left open by a dead crawl; finished, %d torn bytes cut", path.name, torn)


def _whole_bytes(path: Path) -> int:
    """Where the last whole bundle ends."""
    end = 0
    try:
        for record in read_records(path, spool=path.parent):
            if record.kind in _ENDS_OF_BUNDLES:
                end = record.offset + record.length
    except RecordError as error:
        logger.info("%s", error)
    return end


def _finish_index(open_index: Path) -> None:
    """The index of a closed file is made again from it; one without a file is removed."""
    warc = _warc_of(open_index.with_name(open_index.name.removesuffix(_OPEN_INDEX)))
    if not open_index.exists() or (warc and warc.name.endswith(writer.OPEN)):
        return
    if warc:
        try:
            cdxj.write_index(cdxj.index_path(warc), cdxj.lines_of(warc))
        except RecordError as error:
            # A closed file is not ours to mend, and no reason to stop what comes after it.
            logger.error("%s; it gets no index", error)
            return
    open_index.unlink(missing_ok=True)


def _warc_of(stem: Path) -> Path | None:
    """The WARC file of a stem, open or closed."""
    candidates = (stem.with_name(stem.name + suffix + state) for suffix in SUFFIXES for state in ("", writer.OPEN))
    return next((candidate for candidate in candidates if candidate.exists()), None)


def _stem(name: str) -> str:
    return name.removesuffix(_OPEN_ROWS).removesuffix(".rejected")


def _finish_rows(stem: Path, lines: "Lines") -> None:
    warc = _warc_of(stem)
    if warc is None:
        _remove_rows(stem)
    elif not warc.name.endswith(writer.OPEN):
        lines.finish(warc)


def _remove_rows(stem: Path) -> None:
    """What was told of a file that is gone; its pages are asked for again."""
    for ending in (ARTICLES, REJECTED):
        open_path(stem.with_name(stem.name + ending)).unlink(missing_ok=True)
