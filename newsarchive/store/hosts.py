"""The host book: turns, pauses, robots.txt and budgets, shared by all crawls of an archive, in one process or many."""

from collections.abc import Callable
from dataclasses import astuple, replace
from typing import TypeVar

from newsarchive.politeness import budgets
from newsarchive.politeness.hosts import Standing
from newsarchive.politeness.robots import Kept
from newsarchive.store.database import Database

T = TypeVar("T")

_DAYS_KEPT = 31


class HostBook:
    """Hosts in the state of an archive; moments are seconds since 1970, with fractions.

    Every method raises `ArchiveError` when the file cannot be read or written any more.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._run = database.run

    def change(self, host: str, decide: Callable[[Standing], tuple[Standing, T]]) -> T:
        """Decide over a host and remember what is decided, in one transaction, so that no other crawl comes between."""
        with self._database.transaction():
            before = self.standing(host)
            after, answer = decide(before)
            if after != before:
                self._run("INSERT OR REPLACE INTO host VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (host, *astuple(after)))
        return answer

    def standing(self, host: str) -> Standing:
        """What is remembered of a host."""
        row = self._run(
            "SELECT last_turn, last_sent, crawl_delay, closed_until, closed_for, busy, failures, openings, trial_until"
            " FROM host WHERE host = ?",
            (host,),
        ).fetchone()
        return Standing(*row) if row else Standing()

    def robots(self, authority: str) -> Kept | None:
        """What is remembered of the robots.txt of `https://news.example`."""
        row = self._run(
            "SELECT asked_at, means, body, good_at, why, record_id FROM robots WHERE authority = ?", (authority,)
        ).fetchone()
        return Kept(*row) if row else None

    def keep_robots(self, authority: str, kept: Kept) -> None:
        self._run("INSERT OR REPLACE INTO robots VALUES (?, ?, ?, ?, ?, ?, ?)", (authority, *astuple(kept)))

    def note_crawl_delay(self, host: str, authority: str, seconds: float | None, *, now: float, oldest: float) -> None:
        """Keep the Crawl-delay of one robots.txt; the host's is the longest of those read since `oldest`."""
        row = (host, authority, seconds or 0.0, now)
        with self._database.transaction():
            self._run("INSERT OR REPLACE INTO crawl_delay VALUES (?, ?, ?, ?)", row)
            self._run("DELETE FROM crawl_delay WHERE host = ? AND read_at < ?", (host, oldest))
            (longest,) = self._run("SELECT max(seconds) FROM crawl_delay WHERE host = ?", (host,)).fetchone()
            self.change(host, lambda before: (replace(before, crawl_delay=longest or None), None))

    def spend(self, outlet: str, *, now: float, most: int) -> bool:
        """One request of the outlet's budget of the day; False when nothing is left of it."""
        today = budgets.day(now)
        with self._database.transaction():
            self._run("DELETE FROM budget WHERE outlet = ? AND day < ?", (outlet, today - _DAYS_KEPT))
            spent = self._run(
                "INSERT INTO budget VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET spent = spent + 1"
                " WHERE spent < ? RETURNING spent",
                (outlet, today, most),
            ).fetchone()
        return spent is not None

    def spent(self, outlet: str, *, now: float) -> int:
        """What the outlet has cost today."""
        row = self._run("SELECT spent FROM budget WHERE outlet = ? AND day = ?", (outlet, budgets.day(now))).fetchone()
        return int(row[0]) if row else 0
