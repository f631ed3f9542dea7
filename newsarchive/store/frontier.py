"""The frontier of one outlet: pages and leads that are pending, on lease to a crawl, or done.

What is on lease is fetched by the crawl that holds the outlet's lock. It ends when what was read is durable
(`State.settle`, `State.fail`, `Frontier.read_lead`); leases of a crawl that died are taken back by the next one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from newsarchive.freshness.backfill import Allowance
from newsarchive.items import SourceKind
from newsarchive.parameters import ORDINARY, Selection
from newsarchive.store.database import Database
from newsarchive.store.state import PAGE_COLUMNS, KnownPage, page_key

_NEWS = (1, 2)
_PAST = 3
_RANKS = (*_NEWS, _PAST)
# New articles, captures of those that are known, the past: one class waits for the one before.
_READY = "due IS NOT NULL AND leased IS NULL"
MAX_CRASHES = 10
"""A page that was on lease at so many crashes is left alone, with that reason."""
MAX_LEAD_TRIES = 3


@dataclass(frozen=True, slots=True)
class KnownLead:
    """A further source that a source named."""

    url: str
    kind: SourceKind
    via: str
    steps: int = 0
    """How many further sources in a row it may lead to."""


class Frontier:
    """Leases, in time that does not grow with what is known: left to itself SQLite walks all pages of the outlet.

    Times are whole seconds since 1970, UTC; every method raises `ArchiveError` when the state cannot be used."""

    def __init__(self, database: Database, outlet: str, selection: Selection = ORDINARY) -> None:
        self._database = database
        self._run = database.run
        self._outlet = outlet
        self._selection = selection

    def take_back(self, *, now: int) -> int:
        """End the leases that a dead crawl held, and say how many; to be called by who holds the outlet's lock.

        The pages go behind all others, so that one that kills every crawl keeps no other from being fetched.
        """
        with self._database.transaction():
            pages = self._run(
                """
                UPDATE page INDEXED BY page_leased SET leased = NULL, crashes = crashes + 1,
                    due = iif(crashes + 1 >= ?1, NULL, ?2),
                    reason = iif(crashes + 1 >= ?1, 'crash', reason),
                    standing = iif(crashes + 1 >= ?1, 'failed', standing)
                WHERE outlet = ?3 AND leased IS NOT NULL
                """,
                (MAX_CRASHES, now, self._outlet),
            )
            leads = self._run("UPDATE lead SET leased = NULL WHERE outlet = ? AND leased IS NOT NULL", (self._outlet,))
        return pages.rowcount + leads.rowcount

    def leased(self) -> list[str]:
        """Return the addresses of the pages on lease."""
        rows = self._run(
            "SELECT url FROM page INDEXED BY page_leased WHERE outlet = ? AND leased IS NOT NULL", (self._outlet,)
        )
        return [url for (url,) in rows]

    def release(self) -> int:
        """End the leases of a crawl that was stopped, as if they had not been, and say how many."""
        with self._database.transaction():
            pages = self._run(
                "UPDATE page INDEXED BY page_leased SET leased = NULL WHERE outlet = ? AND leased IS NOT NULL",
                (self._outlet,),
            )
            leads = self._run("UPDATE lead SET leased = NULL WHERE outlet = ? AND leased IS NOT NULL", (self._outlet,))
        return pages.rowcount + leads.rowcount

    def lease(self, limit: int, *, now: int, past_per_day: int) -> list[KnownPage]:
        """At most so many pages that are due, by rank; those first that have waited longest, then the newest.

        Pages of the past yield to all others, and are at most `past_per_day`.
        """
        leased: list[KnownPage] = []
        with self._database.transaction():
            for rank in _NEWS:
                if len(leased) < limit:
                    leased += self._lease(rank, limit - len(leased), now)
            if len(leased) < limit:
                leased += self._lease_past(limit - len(leased), past_per_day, now)
        return leased

    def has_ready(self, *, now: int) -> bool:
        """Whether a page or a lead is due that is not on lease; to be asked before `lease`, for it locks nothing."""
        ready = self._run(
            f"SELECT 1 FROM page INDEXED BY page_ready WHERE outlet = ?1 AND rank IN {_RANKS} "  # noqa: S608 - constants
            f"AND due <= ?2 AND {_READY} "
            "UNION ALL SELECT 1 FROM lead WHERE outlet = ?1 AND due <= ?2 AND leased IS NULL LIMIT 1",
            (self._outlet, now),
        )
        return ready.fetchone() is not None

    def lease_this(self, url: str, *, now: int) -> None:
        """Lease the page at this address, due or not."""
        self._run(
            "UPDATE page SET leased = ?, due = coalesce(due, ?) WHERE outlet = ? AND key = ?",
            (now, now, self._outlet, page_key(url, self._selection)),
        )

    def next_due(self, *, now: int) -> int | None:
        """When the next page or lead may be fetched; None when nothing waits.

        What is on lease waits too, since its lease began: for the crawl that takes it back from one that died.
        """
        leased = self._run(
            "SELECT min(leased) FROM ("
            "SELECT leased FROM page INDEXED BY page_leased WHERE outlet = ?1 AND leased IS NOT NULL "
            "UNION ALL SELECT leased FROM lead WHERE outlet = ?1 AND leased IS NOT NULL)",
            (self._outlet,),
        ).fetchone()[0]
        lead = self._run("SELECT min(due) FROM lead WHERE outlet = ? AND leased IS NULL", (self._outlet,)).fetchone()[0]
        past = self._next_due_of(_PAST)
        if past is not None:
            allowance = self._allowance(now)
            past = max(past, (allowance.next_whole or past) if allowance else past)
        moments = (leased, lead, past, *(self._next_due_of(rank) for rank in _NEWS))
        return min((moment for moment in moments if moment is not None), default=None)

    def waiting_past(self) -> int:
        """How many pages of the past wait for the outlet's allowance."""
        count: int = self._run(
            f"SELECT count(*) FROM page INDEXED BY page_ready WHERE outlet = ? AND rank = ? AND {_READY}",  # noqa: S608 - a constant
            (self._outlet, _PAST),
        ).fetchone()[0]
        return count

    def add_leads(self, leads: Iterable[KnownLead], *, now: int) -> None:
        """They are read in this crawl, or by the next if this one dies."""
        with self._database.transaction():
            self._database.run_many(
                "INSERT OR IGNORE INTO lead (outlet, url, kind, via, due, steps) VALUES (?, ?, ?, ?, ?, ?)",
                [(self._outlet, lead.url, lead.kind, lead.via, now, lead.steps) for lead in leads],
            )

    def lease_leads(self, limit: int, *, now: int) -> list[KnownLead]:
        """At most so many leads that are due."""
        rows = self._run(
            "UPDATE lead SET leased = ?1 WHERE outlet = ?2 AND url IN "
            "(SELECT url FROM lead WHERE outlet = ?2 AND leased IS NULL AND due <= ?1 LIMIT ?3) "
            "RETURNING url, kind, via, steps",
            (now, self._outlet, limit),
        ).fetchall()
        return [KnownLead(*row) for row in rows]

    def read_lead(self, url: str) -> None:
        """All that this lead names is in the state."""
        self._run("DELETE FROM lead WHERE outlet = ? AND url = ?", (self._outlet, url))

    def postpone_lead(self, url: str, *, due: int) -> None:
        """It was not asked now, through no fault of its own: no try is counted."""
        self._run("UPDATE lead SET leased = NULL, due = ? WHERE outlet = ? AND url = ?", (due, self._outlet, url))

    def fail_lead(self, url: str, *, due: int) -> None:
        """It could not be read; it is tried again when due, a few times."""
        with self._database.transaction():
            self._run(
                "UPDATE lead SET leased = NULL, tries = tries + 1, due = ? WHERE outlet = ? AND url = ?",
                (due, self._outlet, url),
            )
            self._run(
                "DELETE FROM lead WHERE outlet = ? AND url = ? AND tries >= ?", (self._outlet, url, MAX_LEAD_TRIES)
            )

    def _next_due_of(self, rank: int) -> int | None:
        moment: int | None = self._run(
            f"SELECT min(due) FROM page INDEXED BY page_ready WHERE outlet = ? AND rank = ? AND {_READY}",  # noqa: S608 - a constant
            (self._outlet, rank),
        ).fetchone()[0]
        return moment

    def _allowance(self, now: int) -> Allowance | None:
        """What may be fetched of the past, as of the last time that something was; None before the first time."""
        row = self._run("SELECT per_day, left, at FROM allowance WHERE outlet = ?", (self._outlet,)).fetchone()
        return Allowance(*row).counted(now) if row else None

    def _lease_past(self, limit: int, per_day: int, now: int) -> list[KnownPage]:
        known = self._allowance(now)
        allowance = replace(known, per_day=per_day) if known else Allowance(per_day).counted(now)
        leased = self._lease(_PAST, min(limit, allowance.whole), now)
        if leased:
            allowance = allowance.spent(len(leased))
            self._run(
                "INSERT OR REPLACE INTO allowance VALUES (?, ?, ?, ?)",
                (self._outlet, per_day, allowance.left, allowance.at),
            )
        return leased

    def _lease(self, rank: int, limit: int, now: int) -> list[KnownPage]:
        # What is asked for and its order are those of the index page_ready, which holds nothing but what waits.
        rows = self._run(
            f"SELECT key, {PAGE_COLUMNS} FROM page INDEXED BY page_ready WHERE outlet = ? AND rank = ? "  # noqa: S608 - constants
            f"AND due <= ? AND {_READY} "
            "ORDER BY due, published DESC LIMIT ?",
            (self._outlet, rank, now, limit),
        ).fetchall()
        self._database.run_many(
            "UPDATE page SET leased = ? WHERE outlet = ? AND key = ?", [(now, self._outlet, row[0]) for row in rows]
        )
        return [KnownPage(*row[1:]) for row in rows]
