"""Comparison of the state with the files of a collection: lost captures are forgotten, and their pages fetched again.

A killed crawl leaves what the kernel has, so the state never knows more than the files. When the power fails, each file
is as new as the disk happens to have it: the state may name captures that are gone. Whole WARC files may be lost at any
time, by a broken disk or a person.
"""

import logging
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from newsarchive import clock, dates, durable, walking
from newsarchive.errors import RecordError
from newsarchive.plurals import counted
from newsarchive.store import manifests
from newsarchive.store.captures import Captures
from newsarchive.store.state import State
from newsarchive.warc.packing import SUFFIXES
from newsarchive.warc.reader import read_records
from newsarchive.warc.writer import OPEN

if TYPE_CHECKING:
    # With it comes what reads YAML; a project that only archives need not load that.
    from newsarchive.outlets import Outlet

logger = logging.getLogger(__name__)

_BEGUN = ".begun"
"""Holds when the last crawl of a collection began."""
_RUN = re.compile(r"-(\d{8}T\d{6}Z)-\d+-")
_KINDS = frozenset({"response", "revisit"})
_MOST_NAMED = 5
"""Names of lost files that a report shows."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Captures that the state knew, and that the collection no longer holds."""

    captures: int = 0
    pages: int = 0
    """Article pages that are fetched again for it."""
    files: tuple[str, ...] = ()
    """Names of WARC files that no longer exist, or were changed."""
    unreachable: tuple[str, ...] = ()
    """Names of WARC files whose disk is not mounted, or refuses access: they may exist."""

    def __or__(self, other: "Lost") -> "Lost":
        return Lost(
            self.captures + other.captures,
            self.pages + other.pages,
            tuple(dict.fromkeys((*self.files, *other.files))),
            (*self.unreachable, *other.unreachable),
        )

    def lines(self) -> Iterator[str]:
        """Return one line for the lost captures, and one for the files that cannot be reached."""
        if self.captures or self.pages:
            where = f" (lost or changed: {_some(self.files)})" if self.files else ""
            due = f"; {counted(self.pages, 'page')} due for a new capture" if self.pages else ""
            yield f"{counted(self.captures, 'capture')} of earlier crawls no longer in the archive{where}{due}"
        if self.unreachable:
            yield f"{_some(self.unreachable)} cannot be reached; no revisit refers to their captures"


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_MOST_NAMED])
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"{counted(len(names), 'WARC file')}: {shown}{more}"


def note_begun(folder: Path, started_at: datetime) -> None:
    """Call it when all that earlier crawls left is repaired; raises `OSError`."""
    durable.write(folder / _BEGUN, b"%d\n" % int(started_at.timestamp()))


def forget_lost(folder: Path, *, captures: Captures, state: State, outlet: "Outlet | None") -> Lost:
    """Forget captures whose WARC file is lost or has another size, so that no revisit refers to them.

    Their pages are due at once.
    Captures in files that cannot be reached are not referred to in this crawl, and stay known.
    """
    captures.prune_files()
    presence = {name: _presence(folder, name, size) for name, size in captures.files().items()}
    unreachable = tuple(name for name, found in presence.items() if found == "unreachable")
    captures.ignore_files(unreachable)
    lost = [name for name, found in presence.items() if found == "lost"]
    if not lost:
        return Lost(unreachable=unreachable)
    gone = [capture for name in lost for capture in captures.of_file(name)]
    pages = 0
    # Pages first: a crawl that dies in between finds the same loss again.
    if outlet:
        addresses = [address for capture in gone for address in (capture.url, capture.address) if address]
        pages = state.fetch_again(outlet.id, addresses, now=clock.now())
    state.forget_records([(capture.url, capture.record_id) for capture in gone])
    captures.prune_files()
    told = "%d captures are lost with %d lost or changed WARC files; %d pages are fetched again"
    logger.warning(told, len(gone), len(lost), pages)
    return Lost(len(gone), pages, tuple(lost), unreachable)


def paths_of(folder: Path, name: str) -> tuple[Path, Path]:
    """Return where a WARC file of a collection is: under its name, or still open."""
    run = _run_of(Path(name)) or ""
    day = folder / run[:4] / run[4:6] / run[6:8]
    return day / name, day / (name + OPEN)


def _presence(folder: Path, name: str, size: int | None) -> Literal["present", "lost", "unreachable"]:
    """Return whether a WARC file of this size exists; None for an unknown size."""
    paths = paths_of(folder, name)
    try:
        if any(_has_size(path, size) for path in paths):
            return "present"
    except OSError:
        return "unreachable"
    path, day = paths[0], paths[0].parent
    # A year, month or day may be a link to a folder on another disk.
    is_cut_off = any(one.is_symlink() and not one.exists() for one in (path, day, day.parent, day.parents[1]))
    return "unreachable" if is_cut_off else "lost"


def _has_size(path: Path, size: int | None) -> bool:
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(found.st_mode) and (found.st_size > 0 if size is None else found.st_size == size)


def reconcile(folder: Path, *, outlet: "Outlet", state: State, captures: Captures) -> Lost:
    """Let the state forget what the files of the last crawl do not hold; to be called when they are repaired."""
    since = _begun(folder)
    if since is None:
        return Lost()
    ids: set[str] = set()
    addresses: set[str] = set()
    for warc in _written_since(folder, since):
        known, settled = _told_by(warc, outlet)
        ids |= known
        addresses |= settled
    forgotten = captures.forget_unknown(ids, since=dates.utc(datetime.fromtimestamp(since, UTC)))
    pages = state.ask_again(outlet.id, addresses, since=since)
    if forgotten or pages:
        # Else it knows them again when the power fails, and the next crawl looks at no file of this one.
        state.sync()
        told = "the state knew %d captures and %d pages that are not in the archive: they are asked for again"
        logger.warning(told, forgotten, pages)
    return Lost(forgotten, pages)


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
