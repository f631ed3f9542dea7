"""The health book: every outlet's history in the state of an archive, and what was found and told of it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from newsarchive.freshness.polling import Polling
from newsarchive.freshness.rhythm import DAY, Rhythm
from newsarchive.health import Arrivals, Day, Figures, Finding, History, Limits, judge
from newsarchive.health.findings import Cause
from newsarchive.store.database import Database
from newsarchive.store.sources import Sources

_MOMENTS = ("first_attempt", "last_attempt", "last_success", "last_new", "learned_until", "longest_silence")
_SUMS = ("day", "polls", "sources_failed", "articles", "requests", "octets")

Total = tuple[str, str, str, int]
"""Outlet, measure, reason (or nothing), amount."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What stands after a crawl, and what is over since."""

    findings: tuple[Finding, ...] = ()
    recovered: tuple[Finding, ...] = ()


class HealthBook:
    """Learns from crawls, and judges; every method raises `ArchiveError` when the state cannot be used any more."""

    def __init__(self, database: Database, limits: Limits) -> None:
        self._database = database
        self._run = database.run
        self._limits = limits
        self._sources = Sources(database)

    def note(self, crawl: Figures) -> Verdict:
        """Learn from a crawl that has ended, and judge the outlet by what was known before and by this."""
        outlet = crawl.outlet
        with self._database.transaction():
            stood = self._standing(outlet)
            before = self.history(outlet)
            self._keep(outlet, before.after(crawl, is_silent="silent_zero" in stood))
            self._add_day(crawl.after_poll(before.last_success))
            self._add_totals(crawl)
            findings = self.judged(outlet, now=crawl.now)
            self._settle(outlet, findings)
        now_well = stood.keys() - {one.cause for one in findings}
        return Verdict(tuple(findings), tuple(stood[cause] for cause in sorted(now_well)))

    def judged(self, outlet: str, *, now: int) -> list[Finding]:
        """What a person must see of the outlet now; nothing is changed."""
        return judge(
            outlet, self.history(outlet), self._own_sources(outlet), limits=self._limits, now=now,
            earlier=self._standing(outlet),
        )  # fmt: skip

    def outlets(self) -> list[str]:
        """All outlets that were ever crawled."""
        return [row[0] for row in self._run("SELECT outlet FROM health ORDER BY outlet")]

    def history(self, outlet: str) -> History:
        row = self._run(
            f"SELECT {', '.join(_MOMENTS)}, rhythm, pages FROM health WHERE outlet = ?",  # noqa: S608 - a constant
            (outlet,),
        ).fetchone()
        if row is None:
            return History()
        *moments, rhythm, pages = row
        known = dict(zip(_MOMENTS, moments, strict=True))
        return History(
            **known, rhythm=_rhythm(rhythm), pages=pages, days=self._days(outlet), arrivals=self._arrivals(outlet)
        )

    def moments(self, outlet: str) -> dict[str, int | None]:
        """When the last `attempt`, `success` and `new` article were."""
        row = self._run("SELECT last_attempt, last_success FROM health WHERE outlet = ?", (outlet,)).fetchone()
        moments = (*(row or (None, None)), self._arrivals(outlet).last_new)
        return dict(zip(("attempt", "success", "new"), moments, strict=True))

    def findings(self) -> list[Finding]:
        """All that stand, as the last crawl of each outlet left them."""
        rows = self._run("SELECT outlet, cause, since, what FROM finding WHERE NOT is_over ORDER BY outlet, cause")
        return [Finding(*row) for row in rows]

    def totals(self) -> Iterator[Total]:
        yield from self._run("SELECT * FROM total ORDER BY outlet, measure, reason")

    def untold(self, *, now: int, once: int) -> Verdict:
        """Findings not told in the last `once` seconds, and those that are over and were told when they began."""
        rows = self._run(
            "SELECT outlet, cause, since, what, is_over FROM finding"
            " WHERE is_over OR told_at IS NULL OR told_at <= ? ORDER BY is_over, outlet, cause",
            (now - once,),
        ).fetchall()
        return Verdict(
            tuple(Finding(*row[:4]) for row in rows if not row[4]), tuple(Finding(*row[:4]) for row in rows if row[4])
        )

    def told(self, verdict: Verdict, *, now: int) -> None:
        """These were told: not again before their time, and an end only once."""
        with self._database.transaction():
            for one in verdict.findings:
                self._run("UPDATE finding SET told_at = ? WHERE outlet = ? AND cause = ?", (now, one.outlet, one.cause))
            for one in verdict.recovered:
                self._run("DELETE FROM finding WHERE outlet = ? AND cause = ? AND is_over", (one.outlet, one.cause))

    def _standing(self, outlet: str) -> dict[Cause, Finding]:
        rows = self._run("SELECT outlet, cause, since, what FROM finding WHERE outlet = ? AND NOT is_over", (outlet,))
        return {row[1]: Finding(*row) for row in rows}

    def _settle(self, outlet: str, findings: Sequence[Finding]) -> None:
        causes = json.dumps([one.cause for one in findings])
        over = "outlet = ? AND cause NOT IN (SELECT value FROM json_each(?))"
        # What nobody was told of needs no word when it is over.
        self._run(f"DELETE FROM finding WHERE {over} AND told_at IS NULL", (outlet, causes))  # noqa: S608 - a constant
        self._run(f"UPDATE finding SET is_over = 1 WHERE {over}", (outlet, causes))  # noqa: S608 - a constant
        self._database.run_many(
            "INSERT INTO finding (outlet, cause, since, what) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET since = excluded.since, what = excluded.what, is_over = 0",
            [(one.outlet, one.cause, one.since, one.what) for one in findings],
        )

    def _own_sources(self, outlet: str) -> list[Polling]:
        own = {row[0] for row in self._run("SELECT url FROM source WHERE outlet = ? AND via IS NULL", (outlet,))}
        return [source for source in self._sources.of_outlet(outlet) if source.url in own]

    def _keep(self, outlet: str, known: History) -> None:
        rhythm = json.dumps([known.rhythm.seconds, known.rhythm.hours, known.rhythm.days])
        self._run(
            "INSERT OR REPLACE INTO health VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(outlet, known.first_attempt, known.last_attempt, known.last_success, known.last_new),
                *(known.learned_until, known.longest_silence, rhythm, known.pages),
            ),
        )

        self._run(
            "INSERT OR REPLACE INTO arrival VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (outlet, *_packed(known.arrivals)),
        )

    def _arrivals(self, outlet: str) -> Arrivals:
        """From the pages that were read, where the state is older than the table of arrivals."""
        row = self._run("SELECT * FROM arrival WHERE outlet = ?", (outlet,)).fetchone()
        if row:
            # Counts by reason are JSON, which is the only text.
            return Arrivals(*(json.loads(value) if isinstance(value, str) else value for value in row[1:]))
        (captured,) = self._run(
            "SELECT max(first_captured) FROM page WHERE outlet = ? AND text_sha256 IS NOT NULL", (outlet,)
        ).fetchone()
        return Arrivals(last=captured, last_new=captured)

    def _days(self, outlet: str) -> list[Day]:
        rows = self._run(
            f"SELECT {', '.join(_SUMS)}, pages, delays FROM health_day WHERE outlet = ? ORDER BY day",  # noqa: S608 - a constant
            (outlet,),
        )
        return [_day(row) for row in rows]

    def _add_day(self, crawl: Figures) -> None:
        number = crawl.now // DAY
        known = next((day for day in self._days(crawl.outlet) if day.day == number), Day(number))
        day = known.plus(crawl)
        self._run(
            "INSERT OR REPLACE INTO health_day VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(crawl.outlet, day.day, day.polls, day.sources_failed, day.articles, day.requests, day.octets),
                *(json.dumps(day.pages), json.dumps(day.delays)),
            ),
        )
        self._run(
            "DELETE FROM health_day WHERE outlet = ? AND day <= ?", (crawl.outlet, number - self._limits.days_kept)
        )

    def _add_totals(self, crawl: Figures) -> None:
        amounts = [
            ("articles", "", crawl.articles), ("polls", "", crawl.polls),
            ("requests", "", crawl.requests), ("bytes", "", crawl.octets),
            *(("failures", reason, count) for reason, count in crawl.failed.items()),
            *(("source_failures", reason, count) for reason, count in crawl.sources_failed.items()),
        ]  # fmt: skip
        self._database.run_many(
            "INSERT INTO total VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET amount = amount + excluded.amount",
            [(crawl.outlet, *amount) for amount in amounts],
        )


def _packed(known: Arrivals) -> tuple[object, ...]:
    values = (getattr(known, one.name) for one in fields(known))
    return tuple(value if value is None or isinstance(value, int) else json.dumps(value) for value in values)


def _rhythm(text: str) -> Rhythm:
    seconds, hours, days = json.loads(text)
    return Rhythm(seconds, tuple(hours), tuple(days))


def _day(row: Sequence[Any]) -> Day:
    *numbers, pages, delays = row
    by_class = {int(bound): count for bound, count in json.loads(delays).items()}
    return Day(**dict(zip(_SUMS, numbers, strict=True)), pages=json.loads(pages), delays=by_class)
