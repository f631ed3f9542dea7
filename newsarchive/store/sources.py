"""The sources of all outlets in the state of an archive: which are due, and what each look at them taught."""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from newsarchive.freshness import polling
from newsarchive.freshness.polling import Outcome, Pace, Polling
from newsarchive.freshness.rhythm import NOTHING, Rhythm
from newsarchive.store.database import Database

_RHYTHM = struct.Struct("<32d")
_FIELDS = tuple(field.name for field in fields(Polling))
_COLUMNS = ", ".join(_FIELDS)
_LISTED = "outlet = ? AND via IS NULL"
# Others are asked in place of a source that has failed so often in a row.
_SEVERAL_FAILURES = 3
# Two sources may each be known through the other.
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class DueSource:
    """A source to be looked at now."""

    url: str
    kind: str
    via: str | None
    """The source that named it; None for one of the outlet's YAML."""
    conditional: bool
    """Whether the request may carry validators; without them the digest decides."""


class Sources:
    """When each source of each outlet is looked at next; times are whole seconds since 1970, UTC.

    At the start of a crawl, `know` tells the sources of the outlet's YAML, then `due` gives those to ask, each with
    or without validators. `found` tells a source that another one named (child sitemap), and `nudge` what an index
    says of its `lastmod`. After every look, `note` is told its outcome (`polling.read`, `polling.not_modified`,
    `polling.failed`), once, when what it named is durable. A harvest asks `next_due` of each of its outlets.
    Every method raises `ArchiveError` when the file cannot be read or written any more.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._run = database.run

    def know(self, outlet: str, sources: Iterable[tuple[str, str]], *, pace: Pace, now: int) -> None:
        """These (URL, kind) are the outlet's own sources; new ones are due at once, others than these are forgotten."""
        listed = dict(sources)
        with self._database.transaction():
            for url, kind in listed.items():
                self._insert(outlet, url, kind, None, pace, now)
            bounds = (pace.shortest, pace.longest, pace.worth)
            self._run(
                "UPDATE source SET shortest = ?, longest = ?, worth = ?, next_poll = min(next_poll, ?) "
                "WHERE outlet = ? AND (shortest, longest, worth) <> (?, ?, ?)",
                (*bounds, now + pace.longest, outlet, *bounds),
            )
            earlier = [row[0] for row in self._run(f"SELECT url FROM source WHERE {_LISTED}", (outlet,))]  # noqa: S608 - a constant
            for url in set(earlier) - set(listed):
                self._forget(outlet, url)

    def found(self, outlet: str, url: str, kind: str, *, via: str, now: int) -> None:
        """The source `via` named this one; if it is new it is due at once, at the pace of the other."""
        row = self._run(
            "SELECT shortest, longest, worth FROM source WHERE outlet = ? AND url = ?", (outlet, via)
        ).fetchone()
        self._insert(outlet, url, kind, via, Pace(*row) if row else Pace(), now)

    def wake(self, outlet: str, *, now: int) -> None:
        """A person wants the outlet crawled: all its sources are due."""
        self._run("UPDATE source SET next_poll = ? WHERE outlet = ? AND next_poll > ?", (now, outlet, now))

    def depth(self, outlet: str, url: str) -> int:
        """How many sources stand between this one and the outlet's YAML, which named the first of them."""
        row = self._run(
            """
            WITH RECURSIVE above (url, steps) AS (
                VALUES (?1, 0)
                UNION SELECT source.via, steps + 1 FROM source JOIN above ON source.url = above.url
                WHERE source.outlet = ?2 AND source.via IS NOT NULL AND steps < ?3
            )
            SELECT max(steps) FROM above
            """,
            (url, outlet, _DEEPEST),
        ).fetchone()
        return int(row[0])

    def postpone(self, outlet: str, url: str, *, due: int) -> None:
        """The source was not asked now, through no fault of its own: nothing is learned but when it may be."""
        self._run("UPDATE source SET next_poll = ? WHERE outlet = ? AND url = ?", (due, outlet, url))

    def nudge(self, outlet: str, url: str, changed_at: int, *, now: int) -> None:
        """An index says that this source changed then: it is due, unless such words proved empty several times."""
        known = self._known(outlet, url)
        if known:
            self._update(outlet, polling.nudged(known[0], changed_at, now=now))

    def due(self, outlet: str, now: int) -> list[DueSource]:
        """The sources to be looked at now, longest overdue first."""
        rows = self._run(
            f"SELECT via, {_COLUMNS} FROM source WHERE outlet = ? AND next_poll <= ? ORDER BY next_poll, url",  # noqa: S608 - a constant
            (outlet, now),
        )
        known = ((via, _polling(row)) for via, *row in rows)
        return [DueSource(one.url, one.kind, via, one.may_be_conditional(now)) for via, one in known]

    def note(self, outlet: str, url: str, outcome: Outcome, now: int) -> Polling | None:
        """Learn from a look at a source; gives what is known of it now, None for a source that nobody told of.

        When it may have lost something, or fails for the third time, the outlet's other sources become due.
        """
        with self._database.transaction():
            known = self._known(outlet, url)
            if known is None:
                return None
            before, pace = known
            source = polling.after(before, outcome, now=now, pace=pace)
            self._update(outlet, source)
            if source.failures == _SEVERAL_FAILURES or source.overflowed_at == now:
                self._wake_others(outlet, url, now)
        return source

    def source(self, outlet: str, url: str) -> Polling | None:
        """What is known of one source."""
        known = self._known(outlet, url)
        return known[0] if known else None

    def of_outlet(self, outlet: str) -> Iterator[Polling]:
        """All sources of an outlet, for its report and its health."""
        rows = self._run(f"SELECT {_COLUMNS} FROM source WHERE outlet = ? ORDER BY url", (outlet,))  # noqa: S608 - a constant
        return map(_polling, rows)

    def next_due(self, outlet: str) -> int | None:
        """When the next source of the outlet is due; None when it has none."""
        moment: int | None = self._run("SELECT min(next_poll) FROM source WHERE outlet = ?", (outlet,)).fetchone()[0]
        return moment

    def _insert(self, outlet: str, url: str, kind: str, via: str | None, pace: Pace, now: int) -> None:
        self._run(
            "INSERT INTO source (outlet, url, kind, via, next_poll, shortest, longest, worth, rhythm) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET kind = excluded.kind, via = excluded.via WHERE excluded.via IS NULL",
            (outlet, url, kind, via, now, pace.shortest, pace.longest, pace.worth, _packed(NOTHING)),
        )

    def _known(self, outlet: str, url: str) -> tuple[Polling, Pace] | None:
        row = self._run(
            f"SELECT shortest, longest, worth, {_COLUMNS} FROM source WHERE outlet = ? AND url = ?",  # noqa: S608 - a constant
            (outlet, url),
        ).fetchone()
        return (_polling(row[3:]), Pace(*row[:3])) if row else None

    def _update(self, outlet: str, source: Polling) -> None:
        values = [getattr(source, name) for name in _FIELDS]
        values[_FIELDS.index("rhythm")] = _packed(source.rhythm)
        self._run(
            f"UPDATE source SET ({_COLUMNS}) = ({', '.join('?' * len(_FIELDS))}) WHERE outlet = ? AND url = ?",  # noqa: S608 - a constant
            (*values, outlet, source.url),
        )

    def _wake_others(self, outlet: str, url: str, now: int) -> None:
        self._run(
            "UPDATE source SET next_poll = ? WHERE outlet = ? AND url <> ? AND next_poll > ? AND failures = 0",
            (now, outlet, url, now),
        )

    def _forget(self, outlet: str, url: str) -> None:
        """With all that it led to, and what their words were worth."""
        rows = self._run(
            """
            WITH RECURSIVE gone (url) AS (
                VALUES (?) UNION SELECT source.url FROM source JOIN gone ON source.via = gone.url AND source.outlet = ?
            )
            SELECT url FROM gone
            """,
            (url, outlet),
        )
        gone = [(outlet, row[0]) for row in rows]
        self._database.run_many("DELETE FROM source WHERE outlet = ? AND url = ?", gone)
        self._database.run_many("DELETE FROM credit WHERE outlet = ? AND source = ?", gone)


def _polling(row: Sequence[Any]) -> Polling:
    known = dict(zip(_FIELDS, row, strict=True))
    seconds, *counts = _RHYTHM.unpack(known["rhythm"])
    known["rhythm"] = Rhythm(seconds, tuple(counts[:24]), tuple(counts[24:]))
    return Polling(**{**known, "is_nudged": bool(known["is_nudged"])})


def _packed(rhythm: Rhythm) -> bytes:
    return _RHYTHM.pack(rhythm.seconds, *rhythm.hours, *rhythm.days)
