"""Which pairs of an archive a scope takes: whole ones, never parts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from newsarchive.errors import SnapshotError
from newsarchive.items import is_erased
from newsarchive.politeness import reservations
from newsarchive.sealing import indexing
from newsarchive.sealing.pages import rows_of
from newsarchive.sealing.pairs import REJECTED, UNFINISHED, Pair, all_pairs, refuse_unfinished
from newsarchive.sealing.scope import Scope

_REASON = "rights_reserved"
_NOTHING = "matches nothing in the archive"
_LIKENESS = 0.6


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A pair that fits, but holds what is reserved; what is not reserved in it stays out, too."""

    pair: Pair
    reserved: int
    """Articles that are, and captures that gave none for that reason."""
    others: int
    """Articles that are not."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The pairs that go in, and those that would without `--leave-out-reserved`."""

    pairs: list[Pair]
    left_out: list[LeftOut]


def choose(archive: Path, scope: Scope) -> Chosen:
    """The pairs, all of them closed and whole; raises `SnapshotError` where one is not, or where there is none."""
    if not archive.is_dir():
        raise SnapshotError(archive, "there is no such archive")
    named = [pair for pair in all_pairs(archive) if scope.takes(pair)]
    # What is open may hold anything, so it is refused before anybody looks inside.
    refuse_unfinished(named)
    fitting = [pair for pair in named if _takes(scope, pair)]
    if not fitting:
        raise SnapshotError(archive, "holds nothing that the scope asks for")
    if not scope.leaves_out_reserved:
        return Chosen(fitting, [])
    counted = [LeftOut(pair, *_counts(pair)) for pair in fitting]
    taken = [one.pair for one in counted if not one.reserved]
    if not taken:
        raise SnapshotError(archive, "holds something reserved in all of the pairs that the scope asks for")
    return Chosen(taken, [one for one in counted if one.reserved])


def require_words(archive: Path, scope: Scope) -> None:
    """Raise `SnapshotError` for an outlet, a run or an address of a scope that matches nothing in the archive."""
    pairs = list(all_pairs(archive))
    outlets, runs = {pair.outlet for pair in pairs}, {pair.run for pair in pairs}
    for key, asked, there in (("outlet", scope.outlets, outlets), ("run", scope.runs, runs)):
        if missing := [name for name in asked if name not in there]:
            found = close(missing[0], there)
            raise SnapshotError(f"--scope {key}={missing[0]}", _NOTHING + (f"; did you mean {found}?" if found else ""))
    waiting = set(scope.urls)
    for pair in pairs if waiting else ():
        if not pair.warc.name.endswith(UNFINISHED):
            for line in indexing.lines_beside(pair):
                waiting = {prefix for prefix in waiting if not line.url.startswith(prefix)}
    if waiting:
        raise SnapshotError(f"--scope url={min(waiting)}", _NOTHING)


def close(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like this one; None where none is like it."""
    return next(iter(get_close_matches(name, sorted(known), n=1, cutoff=_LIKENESS)), None)


def reserved_by(row: dict[str, Any]) -> list[str]:
    """What reserves text and data mining of an article, by its row."""
    rights = row["rights"]
    if "reserved_by" in rights:
        return list(rights["reserved_by"])
    # Older versions told no more than what the page itself says.
    said = reservations.on_page(
        x_robots_tag=rights["x_robots_tag"],
        meta_robots=rights["meta_robots"],
        tdm_reservation=rights["tdm_reservation"],
    )
    return [f"{one.name}:{one.value}" for one in said if one.reserves]


def _takes(scope: Scope, pair: Pair) -> bool:
    """By its captures; where words are asked for, by its articles: one must fit in all that is asked."""
    if asks_for := scope.asks_for():
        return any(
            scope.takes_capture(one.url, one.digits) and asks_for(one.headline, one.text) for one in _articles(pair)
        )
    if scope.looks_at_captures:
        return any(scope.takes_capture(line.url, line.digits) for line in indexing.lines_beside(pair))
    return True


def _counts(pair: Pair) -> tuple[int, int]:
    """How much in a pair is reserved, and how many articles are not."""
    counts = {True: 0, False: 0}
    for one in _articles(pair):
        counts[one.is_reserved] += 1
    rejected = pair.warc.with_name(pair.stem + REJECTED)
    if rejected.exists():
        with rejected.open("rb") as stream:
            counts[True] += sum(1 for row in rows_of(stream, rejected.name) if row.get("reason") == _REASON)
    return counts[True], counts[False]


@dataclass(frozen=True, slots=True)
class _Article:
    """What of a row a scope may ask for."""

    url: str
    digits: str
    headline: str
    text: str
    is_reserved: bool


def _articles(pair: Pair) -> Iterator[_Article]:
    """One after the other, so that memory does not grow with them; of what was erased nothing is known."""
    with pair.rows.open("rb") as stream:
        for row in rows_of(stream, pair.rows.name):
            if is_erased(row):
                continue
            try:
                digits = "".join(filter(str.isdecimal, row["provenance"]["captured_at"]))[:14]
                texts = (str(row["headline"] or ""), str(row["text"]))
                article = _Article(str(row["url"]), digits, *texts, bool(reserved_by(row)))
            except (KeyError, TypeError) as error:
                raise SnapshotError(pair.rows, "has a row that is no article") from error
            yield article
