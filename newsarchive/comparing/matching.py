"""Rows of two archives, each with its partner: merged by offset per pair of files, the rest over all files."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from newsarchive.comparing.files import Pair, Side
from newsarchive.comparing.rows import Row, read_erased, read_refusals, read_rows
from newsarchive.comparing.spool import SideName, Spool


@dataclass(frozen=True, slots=True)
class Both:
    """One capture, read twice."""

    old: Row
    new: Row


@dataclass(frozen=True, slots=True)
class Alone:
    """A row without a partner; `reason` is why the other side refused the capture, where it says so."""

    side: SideName
    row: Row
    reason: str | None


def matches(old: Side, new: Side, pairs: Iterable[Pair]) -> Iterator[Both | Alone]:
    """All rows of both sides, each once; raises `LineError`."""
    with Spool() as spool:
        for pair in pairs:
            yield from _merged(pair, spool)
        spool.match()
        for ours, theirs in spool.both():
            yield Both(ours, theirs)
        for name, other in (("old", new), ("new", old)):
            yield from _alone(spool, name, other)  # type: ignore[arg-type]


def _alone(spool: Spool, side: Literal["old", "new"], other: Side) -> Iterator[Alone]:
    if spool.has_alone(side):
        for path in other.refusals:
            spool.explain(side, read_refusals(path))
        for path in other.articles:
            spool.explain(side, read_erased(path))
    for row, reason in spool.alone(side):
        yield Alone(side, row, reason)


def _merged(pair: Pair, spool: Spool) -> Iterator[Both]:
    """Partners at equal offsets; everything else goes to the spool, also of files that are in no order."""
    olds = read_rows(pair.old) if pair.old else iter(())
    news = read_rows(pair.new) if pair.new else iter(())
    old, new = next(olds, None), next(news, None)
    while old or new:
        if old and new and _place(old) == _place(new) and old.record_id == new.record_id is not None:
            yield Both(old, new)
            old, new = next(olds, None), next(news, None)
        elif new is None or (old and _place(old) <= _place(new)):
            assert old
            spool.add("old", old)
            old = next(olds, None)
        else:
            spool.add("new", new)
            new = next(news, None)


def _place(row: Row) -> int:
    return -1 if row.offset is None else row.offset
