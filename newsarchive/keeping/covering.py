"""How much of an archive a hold covers: a word that is mistyped covers nothing, and nobody would see it."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from newsarchive.keeping import inventory
from newsarchive.keeping.holds import Hold, Holds
from newsarchive.keeping.widening import widened
from newsarchive.sealing import names
from newsarchive.sealing.indexing import lines_beside
from newsarchive.sealing.pairs import all_pairs
from newsarchive.warc.writer import OPEN


@dataclass(frozen=True, slots=True)
class Covered:
    """What is closed; what is being written is not counted."""

    captures: int
    pairs: int
    snapshots: int


def covered(hold: Hold, archive: Path, folder: Path) -> Covered:
    """Raises `SnapshotError` where an index cannot be read."""
    captures = pairs = 0
    for outlet in outlets_in(archive, hold.scope.outlets):
        for pair in all_pairs(archive / outlet):
            if pair.warc.name.endswith(OPEN):
                continue
            found = sum(
                hold.scope.covers(outlet=outlet, url=line.url, captured_at=inventory.moment(line.digits), snapshot=None)
                for line in lines_beside(pair)
            )
            captures, pairs = captures + found, pairs + bool(found)
    snapshots = sum(_is_in(hold, number, path) for number, path in snapshots_in(folder).items())
    return Covered(captures, pairs, snapshots)


def holding_snapshots(known: Holds, archive: Path, folder: Path, numbers: Collection[int]) -> dict[int, Hold]:
    """By the numbers of snapshots that are there, the first hold under which something in them is.

    Raises `SnapshotError` where one cannot be read.
    """
    active = list(widened(known, archive).active) if numbers and any(known.active) else []
    files = {number: path for number, path in snapshots_in(folder).items() if number in numbers}
    # The first one is kept: it comes last.
    return {number: hold for number, path in files.items() for hold in reversed(active) if _is_in(hold, number, path)}


def snapshots_in(folder: Path) -> dict[int, Path]:
    """By their numbers."""
    return {int(path.name[:6]): path for path in folder.glob(f"[0-9]*{names.SUFFIX}")}


def _is_in(hold: Hold, number: int, snapshot: Path) -> bool:
    return any(
        hold.scope.covers(outlet=outlet, url=line.url, captured_at=inventory.moment(line.digits), snapshot=number)
        for outlet, line in inventory.captures_in(snapshot)
    )


def outlets_in(archive: Path, asked: Collection[str]) -> list[str]:
    """Those that are asked about and there; one that is not may be mistyped, and covers nothing."""
    there = sorted(path.name for path in archive.iterdir() if path.is_dir()) if archive.is_dir() else []
    return [name for name in there if not asked or name in asked]
