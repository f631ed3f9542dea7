"""What the state says of the crawls since the last clean end, held against the records that are there.

A killed crawl leaves what the kernel has, so the state never knows more than the files. When the power fails, each file
is as new as the disk happens to have it: the state may name captures that are gone. They are forgotten, and their
pages asked for again.
"""

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from newsarchive import dates, durable, walking
from newsarchive.errors import RecordError
from newsarchive.store import manifests
from newsarchive.store.state import State
from newsarchive.warc.packing import SUFFIXES
from newsarchive.warc.reader import read_records

if TYPE_CHECKING:
    # With it comes what reads YAML; a project that only archives need not load that.
    from newsarchive.outlets import Outlet

logger = logging.getLogger(__name__)

_BEGUN = ".begun"
"""Holds when the last crawl of a collection began."""
_RUN = re.compile(r"-(\d{8}T\d{6}Z)-\d+-")
_KINDS = frozenset({"response", "revisit"})


def note_begun(folder: Path, started_at: datetime) -> None:
    """Call it when all that earlier crawls left is repaired; raises `OSError`."""
    durable.write(folder / _BEGUN, b"%d\n" % int(started_at.timestamp()))


def reconcile(folder: Path, *, outlet: "Outlet", state: State) -> None:
    """Let the state forget what the files of the last crawl do not hold; to be called when they are repaired."""
    since = _begun(folder)
    if since is None:
        return
    ids: set[str] = set()
    addresses: set[str] = set()
    for warc in _written_since(folder, since):
        known, settled = _told_by(warc, outlet)
        ids |= known
        addresses |= settled
    hosts = {*outlet.hosts, *outlet.source_hosts}
    forgotten = state.forget_captures(hosts, ids, since=dates.utc(datetime.fromtimestamp(since, UTC)))
    pages = state.ask_again(outlet.id, addresses, since=since)
    if forgotten or pages:
        # Else it knows them again when the power fails, and the next crawl looks at no file of this one.
        state.sync()
        told = "the state knew %d captures and %d pages that are not in the archive: they are asked for again"
        logger.warning(told, forgotten, pages)


def _begun(folder: Path) -> int | None:
    try:
        return int((folder / _BEGUN).read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return None


def without_manifest(folder: Path) -> Iterator[Path]:
    """Those WARC files of a collection's last crawl of which no manifest tells: when the power failed, the crawl's
    journal may have gone, and with it lines of files that are closed.
    """
    told = {_run_of(path) for path in walking.files(folder) if path.name.endswith(manifests.SUFFIX)}
    return (warc for warc in _written_since(folder, _begun(folder)) if _run_of(warc) not in told)


def _written_since(folder: Path, since: int | None) -> Iterator[Path]:
    """The WARC files of crawls that began then or later, and those closed since, the same second included: the state
    tells no less than seconds. Nothing where no beginning is known.
    """
    if since is None:
        return
    earliest = datetime.fromtimestamp(since, UTC).strftime("%Y%m%dT%H%M%SZ")
    for path in walking.files(folder):
        run = _run_of(path)
        if run and path.name.endswith(SUFFIXES) and (run >= earliest or path.stat().st_mtime >= since):
            yield path


def _run_of(path: Path) -> str | None:
    run = _RUN.search(path.name)
    return run[1] if run else None


def _told_by(warc: Path, outlet: "Outlet") -> tuple[set[str], set[str]]:
    """The ids of all captures in a file, and the addresses of the pages whose state may follow from them.

    That an error was captured, or a redirect, is no reason for a page to be known.
    """
    # With it comes what reads articles; a project that only archives need not load that.
    from newsarchive.archiving.trails import Trails  # noqa: PLC0415
    from newsarchive.deriving.crawled import settles  # noqa: PLC0415

    ids: set[str] = set()
    addresses: set[str] = set()
    trails = Trails()
    try:
        for record in read_records(warc):
            if record.kind in _KINDS:
                ids.add(record.field("WARC-Record-ID") or "")
            answered = trails.ended_by(record)
            if answered and settles(answered, record.block_fields(), outlet=outlet):
                url = answered.field("WARC-Target-URI") or ""
                addresses |= {url, trails.of(url).address}
    except RecordError as error:
        logger.warning("%s", error)
    return ids, addresses
