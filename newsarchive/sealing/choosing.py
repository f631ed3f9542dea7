"""Which pairs of an archive a scope takes: whole ones, never parts."""

from pathlib import Path

from newsarchive.errors import SnapshotError
from newsarchive.sealing import indexing
from newsarchive.sealing.pairs import Pair, all_pairs, refuse_unfinished
from newsarchive.sealing.scope import Scope


def choose(archive: Path, scope: Scope) -> list[Pair]:
    """The pairs, all of them closed and whole; raises `SnapshotError` where one is not, or where there is none."""
    if not archive.is_dir():
        raise SnapshotError(archive, "there is no such archive")
    named = [pair for pair in all_pairs(archive) if scope.takes(pair)]
    # What is open may hold anything, so it is refused before anybody looks inside.
    refuse_unfinished(named)
    taken = [pair for pair in named if not scope.looks_inside or _takes(scope, pair)]
    if not taken:
        raise SnapshotError(archive, "holds nothing that the scope asks for")
    return taken


def _takes(scope: Scope, pair: Pair) -> bool:
    return any(scope.takes_capture(line.url, line.digits) for line in indexing.lines_beside(pair))
