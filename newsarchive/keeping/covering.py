"""How much of an archive a hold covers: a word that is mistyped covers nothing, and nobody would see it."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from newsarchive.keeping import inventory
from newsarchive.keeping.holds import Hold
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
    for outlet in _outlets(archive, hold.scope.outlets):
        for pair in all_pairs(archive / outlet):
            if pair.warc.name.endswith(OPEN):
                continue
            found = sum(
                hold.scope.covers(outlet=outlet, url=line.url, captured_at=inventory.moment(line.digits), snapshot=None)
                for line in lines_beside(pair)
            )
            captures, pairs = captures + found, pairs + bool(found)
    files = {int(path.name[:6]): path for path in folder.glob(f"[0-9]*{names.SUFFIX}")}
    snapshots = sum(_is_in(hold, number, path) for number, path in files.items())
    return Covered(captures, pairs, snapshots)


def _is_in(hold: Hold, number: int, snapshot: Path) -> bool:
    return any(
        hold.scope.covers(outlet=outlet, url=line.url, captured_at=inventory.moment(line.digits), snapshot=number)
        for outlet, line in inventory.captures_in(snapshot)
    )


def _outlets(archive: Path, asked: Collection[str]) -> list[str]:
    """Those that are asked about and there; one that is not may be mistyped, and covers nothing."""
    there = sorted(path.name for path in archive.iterdir() if path.is_dir()) if archive.is_dir() else []
    return [name for name in there if not asked or name in asked]
