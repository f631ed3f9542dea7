"""The manifest of a run that has ended, by itself or by a kill: made of its journal and of its files as they lie."""

import hashlib
import json
import logging
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from newsarchive import durable
from newsarchive.archiving import journal
from newsarchive.archiving.journal import Noted
from newsarchive.archiving.rows import ARTICLES, REJECTED
from newsarchive.errors import ArchiveError, RecordError
from newsarchive.items import Extraction, Rule
from newsarchive.store import chain, manifests
from newsarchive.store.lines import read_lines
from newsarchive.store.manifests import File, Manifest, Previous
from newsarchive.store.rules import RuleBook
from newsarchive.warc import cdxj
from newsarchive.warc.packing import SUFFIXES
from newsarchive.warc.reader import read_records
from newsarchive.warc.writer import left_behind

logger = logging.getLogger(__name__)

KILLED = "killed"
_BLOCK = 1024 * 1024
_EXTRACTION = re.compile(rb'"extraction":\{"engine":"[^"]*","id":"(sha256:[0-9a-f]{64})"')


def file_of(path: Path, *, folder: Path) -> File:
    """A file as a manifest in `folder` lists it; raises `OSError`."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return File(
        path=Path(os.path.relpath(path, folder)).as_posix(),
        bytes=size,
        sha256=f"sha256:{digest.hexdigest()}",
        records=_count_of_records(path) if path.name.endswith(SUFFIXES) else None,
        rows=sum(1 for _ in read_lines(path)) if path.name.endswith(ARTICLES) else None,
    )


def _count_of_records(warc: Path) -> int | None:
    """Unknown for a file that cannot be read to its end: that is told by who verifies it."""
    try:
        return sum(1 for _ in read_records(warc))
    except RecordError as error:
        logger.warning("%s", error)
        return None


def finish(open_path: Path, collection: Path, *, rules: RuleBook | None, is_synced: bool = True) -> Path | None:
    """Make the manifest of a journal that nobody writes any more, and remove the journal.

    None where the run had not begun to write. `rules`: None where there are no rows; `is_synced`: whether the end of
    the chain outlives the power. Raises `OSError`.
    """
    noted = journal.read(open_path)
    path = open_path.with_name(open_path.name.removesuffix(".open"))
    if noted.beginning:
        told = _written(path)
        if told is None:
            told = _manifest(noted, path.parent, collection, rules)
            durable.write(path, told.to_json())
        if rules:
            chain.advance(collection, path, told.digest, since=noted.beginning["previous"], is_synced=is_synced)
    open_path.unlink()
    return path if noted.beginning else None


def _written(path: Path) -> Manifest | None:
    """The manifest, where its run had come so far; one that was damaged since is made again."""
    try:
        return manifests.read(path) if path.exists() else None
    except ArchiveError as error:
        logger.warning("%s", error)
        return None


def finish_dead(open_path: Path, collection: Path, *, rules: RuleBook | None) -> None:
    """As `finish`, for what a dead crawl left behind; what another process is writing is left alone."""
    with left_behind(open_path) as file:
        if file is None:
            logger.info("%s is being written by another process", open_path.name)
            return
        finished = finish(open_path, collection, rules=rules)
    if finished:
        logger.warning("%s is that of a crawl that was killed", finished.name)


def stems_of_living(open_path: Path) -> list[str]:
    """What a journal that is being written names; nothing for one that was left behind."""
    with left_behind(open_path) as file:
        if file:
            return []
    try:
        noted = journal.read(open_path)
    except FileNotFoundError:
        return []
    return [open_path.name.removesuffix(manifests.OPEN), *noted.stems]


def _manifest(noted: Noted, folder: Path, collection: Path, rules: RuleBook | None) -> Manifest:
    beginning = dict(noted.beginning)
    previous = beginning.pop("previous")
    outputs = tuple(sorted(_outputs(noted, folder), key=lambda one: one.path))
    return Manifest(
        **beginning,
        ended_at=noted.ended_at,
        reason=noted.reason or KILLED,
        extractions=_extractions((folder / one.path for one in outputs), rules) if rules else {},
        inputs=(),
        outputs=outputs,
        previous=_previous(previous, folder, collection),
    )


def _previous(told: Mapping[str, str] | None, folder: Path, collection: Path) -> Previous | None:
    if told is None:
        return None
    path = os.path.relpath(collection / told["path"], folder)
    return Previous(Path(path).as_posix(), told["digest"])


def _outputs(noted: Noted, folder: Path) -> Iterator[File]:
    """What was known of a WARC file when it was closed stays so, whatever it is now."""
    endings = (*SUFFIXES, cdxj.SUFFIX, ARTICLES, REJECTED)
    for path in (folder / (stem + ending) for stem in noted.stems for ending in endings):
        if path.name in noted.closed:
            yield noted.closed[path.name]
        elif path.exists():
            yield file_of(path, folder=folder)


def _extractions(paths: Iterable[Path], rules: RuleBook) -> dict[str, Mapping[str, Any] | None]:
    """All readings that rows name, each spelled out."""
    found: dict[str, Mapping[str, Any] | None] = {}
    for path in paths:
        if path.name.endswith(ARTICLES) and not path.name.endswith(REJECTED):
            for line in read_lines(path):
                if _id_of(line) not in found:
                    extraction = _extraction(line)
                    found[extraction.id] = _spelled_out(extraction, rules)
    return found


def _spelled_out(extraction: Extraction, rules: RuleBook) -> Mapping[str, Any] | None:
    try:
        keep_identity(extraction, rules)
        return rules.identity(extraction.id)
    except ArchiveError as error:
        logger.warning("%s", error)
        return None


def keep_identity(extraction: Extraction, rules: RuleBook) -> None:
    """Keep what an `extraction.id` is made of, as far as it can be known; raises `OSError`."""
    # A project that only archives need not load what reads articles.
    from newsarchive.extract import identity  # noqa: PLC0415

    if rules.has(extraction.id):
        return
    try:
        rules.keep(identity.spelled_out(extraction))
    except ValueError as error:
        logger.warning("not spelled out: %s", error)


def _id_of(line: bytes) -> str | None:
    """The `extraction.id` of a canonical row, where it can be seen without reading the row."""
    # Behind `provenance` no value but text has quotes, and those of text are escaped.
    found = _EXTRACTION.match(line, max(line.rfind(b'"extraction":{'), 0))
    return found[1].decode() if found else None


def _extraction(line: bytes) -> Extraction:
    told = json.loads(line)["provenance"]["extraction"]
    return Extraction(**{**told, "rules": [Rule(**rule) for rule in told["rules"]]})
