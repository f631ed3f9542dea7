"""What a snapshot holds: `outlet=NAME run=ID date=FROM..TO url=PREFIX query=WORDS`, all of which must fit."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from newsarchive.errors import SnapshotError
from newsarchive.sealing.pairs import Pair
from newsarchive.sealing.words import Words, words_of

_RUN = re.compile(r"\d{8}T\d{6}Z")
_KEYS = ("outlet", "run", "date", "url", "query")


@dataclass(frozen=True, slots=True)
class Scope:
    """Empty means that everything fits; of several outlets, runs, URLs or queries one must fit."""

    outlets: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    urls: tuple[str, ...] = ()
    queries: tuple[tuple[str, ...], ...] = ()
    """Of one all words must stand in an article."""
    leaves_out_reserved: bool = False
    """No pair in which the text and data mining of an article is reserved."""

    def as_json(self) -> dict[str, Any]:
        """As it stands in a seal."""
        return {
            "outlets": list(self.outlets),
            "runs": list(self.runs),
            "first_day": self.first_day.isoformat() if self.first_day else None,
            "last_day": self.last_day.isoformat() if self.last_day else None,
            "urls": list(self.urls),
            "queries": [list(words) for words in self.queries],
            "leaves_out_reserved": self.leaves_out_reserved,
        }

    def takes(self, pair: Pair) -> bool:
        """Judged by the name of a pair alone."""
        return (not self.outlets or pair.outlet in self.outlets) and (not self.runs or pair.run in self.runs)

    @property
    def looks_at_captures(self) -> bool:
        """Names are not enough to judge a pair."""
        return bool(self.first_day or self.last_day or self.urls)

    def asks_for(self) -> Callable[[str | None, str], bool] | None:
        """Whether an article of that headline and text is asked for; None where no words are."""
        if not self.queries:
            return None
        queries = [Words(words) for words in self.queries]
        return lambda headline, text: any(words.are_in(headline, text) for words in queries)

    def takes_capture(self, url: str, digits: str) -> bool:
        """A capture, with its time in 14 digits, is one for which its pair is taken."""
        day = digits[:8]
        first = f"{self.first_day:%Y%m%d}" if self.first_day else day
        last = f"{self.last_day:%Y%m%d}" if self.last_day else day
        in_time = first <= day <= last
        return in_time and (not self.urls or url.startswith(self.urls))


def scope_of(told: dict[str, Any]) -> Scope:
    """The scope that stands in a seal; raises `SnapshotError` where there is none."""
    try:
        first, last = (date.fromisoformat(told[name]) if told[name] else None for name in ("first_day", "last_day"))
        return Scope(
            tuple(told["outlets"]),
            tuple(told["runs"]),
            first,
            last,
            tuple(told["urls"]),
            # Seals of older versions say nothing of these.
            tuple(tuple(words) for words in told.get("queries", ())),
            bool(told.get("leaves_out_reserved")),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise SnapshotError("--supersedes", "the seal says no scope; say it with --scope") from error


def read_scope(words: Iterable[str], *, leaves_out_reserved: bool = False) -> Scope:
    """The scope that a person wrote; raises `SnapshotError` for what cannot be understood."""
    named = _named(words)
    queries = [words_of(query) for query in named["query"]]
    if not all(queries):
        raise SnapshotError("--scope query=", "expected words to search for")
    for run in named["run"]:
        if not _RUN.fullmatch(run):
            raise SnapshotError(f"--scope run={run}", "a run is called by its start, such as 20261122T040000Z")
    if len(named["date"]) > 1:
        raise SnapshotError("--scope", "one date=FROM..TO is enough")
    first, last = _days(named["date"][0]) if named["date"] else (None, None)
    return Scope(
        tuple(sorted(set(named["outlet"]))),
        tuple(sorted(set(named["run"]))),
        first,
        last,
        tuple(sorted(set(named["url"]))),
        tuple(sorted(set(queries))),
        leaves_out_reserved,
    )


def _named(words: Iterable[str]) -> dict[str, list[str]]:
    """What was asked for, by key; words behind `query=` belong to it until the next key."""
    named: dict[str, list[str]] = {key: [] for key in _KEYS}
    for word in words:
        last = ""
        for part in word.split():
            key, equals, value = part.partition("=")
            if last == "query" and not (equals and key in named):
                named[last][-1] += f" {part}"
                continue
            if key not in named or not equals or not value:
                raise SnapshotError(
                    f"--scope {part}", "expected outlet=NAME, run=ID, date=FROM..TO, url=PREFIX or query=WORDS"
                )
            named[key].append(value)
            last = key
    return named


def _days(text: str) -> tuple[date | None, date | None]:
    first, dots, last = text.partition("..")
    try:
        from_day = date.fromisoformat(first) if first else None
        to_day = date.fromisoformat(last) if last else None if dots else from_day
    except ValueError as error:
        raise SnapshotError(f"--scope date={text}", "expected days, such as 2026-11-01..2026-11-30") from error
    if (from_day and to_day and from_day > to_day) or not (from_day or to_day):
        raise SnapshotError(f"--scope date={text}", "the first day comes after the last, or there is none")
    return from_day, to_day
