"""Article pages: which are known, what became of them, and when they are due."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from newsarchive import urls
from newsarchive.freshness.credit import FEW, Credit, Voice
from newsarchive.freshness.ladder import Visits, is_announced
from newsarchive.items import Link, SourceKind
from newsarchive.parameters import ORDINARY, Selection
from newsarchive.store.database import Database

Standing = Literal["pending", "read", "rejected", "gone", "failed"]
Novelty = Literal["new", "due", "changed", "known"]


@dataclass(frozen=True, slots=True)
class KnownPage:
    """An article that a source named once."""

    url: str
    via: str | None
    source: SourceKind | None
    standing: Standing
    tries: int
    first_captured: int | None
    text_sha256: str | None
    headline: str | None = None
    """Under which its source named it, until it is captured."""


@dataclass(frozen=True, slots=True)
class Named:
    """A link in scope, with its dates as seconds since 1970 where its source prints any."""

    link: Link
    published: int | None = None
    modified: int | None = None
    is_past: bool = False
    """It waits behind the news, and for its outlet's allowance."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """A link, and what was known of it."""

    named: Named
    novelty: Novelty
    is_first: bool
    """It was not named before in this crawl."""
    first_seen: int
    """When any source named it first."""


class State:
    """Pages in the state of an archive; times are whole seconds since 1970, UTC.

    Every method raises `ArchiveError` when the file cannot be read or written any more.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._run = database.run
        self._selections: dict[str, Selection] = {}
        # On the disk like all else: a backfill names millions.
        self._run("CREATE TEMP TABLE IF NOT EXISTS named (key BLOB PRIMARY KEY) WITHOUT ROWID")

    def select_by(self, outlet: str, selection: Selection) -> None:
        """The articles of this outlet are told apart by these parameters of their addresses."""
        self._selections[outlet] = selection

    def sync(self) -> None:
        """What it knows now it knows after a loss of power, too."""
        self._database.sync()

    def forget_records(self, captures: Collection[tuple[str, str]]) -> None:
        """Forget the answers in records (target URI, record ID), so that nothing refers to them; pages stay known.

        A robots.txt or tdmrep.json whose record is among them is due.
        """
        ids = {record_id for _, record_id in captures}
        with self._database.transaction():
            self._database.run_many("DELETE FROM capture WHERE url = ? AND record_id = ?", captures)
            for table in ("robots", "tdmrep"):
                named = self._run(f"SELECT record_id FROM {table} WHERE record_id IS NOT NULL").fetchall()  # noqa: S608
                gone = [one for one in named if one[0] in ids]
                self._database.run_many(f"UPDATE {table} SET record_id = NULL, asked_at = 0 WHERE record_id = ?", gone)  # noqa: S608

    def ask_again(self, outlet: str, kept: Iterable[str], *, since: int) -> int:
        """Pages that are said to be captured since then, though nothing kept is of their address, are due at once.

        What is known of them from before stays; returns how many they are.
        """
        there = {self._key(outlet, url) for url in kept}
        rows = self._run("SELECT key FROM page WHERE outlet = ? AND last_captured >= ?", (outlet, since)).fetchall()
        lost = [(since, since, since, since, since, outlet, key) for (key,) in rows if key not in there]
        with self._database.transaction():
            self._database.run_many(
                """
                UPDATE page SET
                    standing = iif(first_captured < ?, standing, 'pending'), due = ?, leased = NULL,
                    text_sha256 = iif(first_captured < ?, text_sha256, NULL),
                    last_captured = iif(first_captured < ?, first_captured, NULL),
                    first_captured = iif(first_captured < ?, first_captured, NULL)
                WHERE outlet = ? AND key = ?
                """,
                lost,
            )
        return len(lost)

    def fetch_again(self, outlet: str, addresses: Iterable[str], *, now: int) -> int:
        """Make captured pages at these addresses due, as if they were not captured yet; return their number."""
        with self._database.transaction():
            updates = [
                self._run(
                    "UPDATE page SET standing = 'pending', due = ?, leased = NULL, text_sha256 = NULL "
                    "WHERE outlet = ? AND key = ? AND standing IN ('pending', 'read', 'rejected')",
                    (now, outlet, self._key(outlet, address)),
                )
                for address in set(addresses)
            ]
        return sum(update.rowcount for update in updates)

    def discover(self, outlet: str, links: Iterable[Named], *, now: int, voice: Voice | None = None) -> list[Discovery]:
        """Take note of all links in one transaction; what is new is due at once.

        So is what is newer than its capture by the word of `voice`, as far as that is worth it.
        """
        with self._database.transaction():
            return [self._discover(outlet, named, now, voice) for named in links]

    def page(self, outlet: str, url: str) -> KnownPage | None:
        """What is known of the article at this address."""
        row = self._run(
            f"SELECT {PAGE_COLUMNS} FROM page WHERE outlet = ? AND key = ?",  # noqa: S608 - a constant
            (outlet, self._key(outlet, url)),
        ).fetchone()
        return KnownPage(*row) if row else None

    def settle(
        self, outlet: str, url: str, *, standing: Standing, visits: Visits, due: int | None, **known: str | None
    ) -> None:
        """What became of a page captured now, and when it is to be captured again (None: never).

        `known`: `reason` of a page that gave no article, `text_sha256` of one that did.
        """
        text_sha256 = known.get("text_sha256")
        self._run(
            """
            UPDATE page SET
                standing = ?, reason = ?, due = ?, first_captured = ?, last_captured = ?, last_changed = ?,
                published = ?, live = ?, tries = 0, crashes = 0, rank = 2, leased = NULL, headline = NULL,
                announced_by = NULL,
                changes = changes + (text_sha256 IS NOT NULL AND ? IS NOT NULL AND text_sha256 <> ?),
                text_sha256 = coalesce(?, text_sha256)
            WHERE outlet = ? AND key = ?
            """,
            (
                *(standing, known.get("reason"), due),
                *(visits.first_captured, visits.last_captured, visits.last_changed, visits.published, visits.live_blog),
                *(text_sha256, text_sha256, text_sha256, outlet, self._key(outlet, url)),
            ),
        )

    def credit(self, outlet: str, source: str) -> Credit:
        """What captures showed of the dates of modification that a source prints."""
        row = self._run(
            "SELECT kept, vain, at FROM credit WHERE outlet = ? AND source = ?", (outlet, source)
        ).fetchone()
        return Credit(*row) if row else Credit()

    def weigh(self, outlet: str, url: str, *, changed: bool, now: int) -> None:
        """A page is captured again: where a source had announced its change, that goes to the source's credit."""
        with self._database.transaction():
            row = self._run(
                "SELECT announced_by FROM page WHERE outlet = ? AND key = ?", (outlet, self._key(outlet, url))
            ).fetchone()
            if row and row[0]:
                credit = self.credit(outlet, row[0]).noting(changed=changed, now=now)
                values = (outlet, row[0], credit.kept, credit.vain, credit.at)
                self._run("INSERT OR REPLACE INTO credit VALUES (?, ?, ?, ?, ?)", values)

    def visits(self, outlet: str, url: str, *, now: int, changed: bool) -> Visits:
        """All captures of the page, with the one of now; `changed`: it differs from the one before."""
        row = self._run(
            "SELECT coalesce(first_captured, ?1), ?1, iif(?2, ?1, last_changed), published, live FROM page "
            "WHERE outlet = ?3 AND key = ?4",
            (now, changed, outlet, self._key(outlet, url)),
        ).fetchone()
        if row is None:
            return Visits(now, now)
        first_captured, last_captured, last_changed, published, live = row
        return Visits(first_captured, last_captured, last_changed, published, bool(live))

    def fail(self, outlet: str, url: str, *, reason: str, due: int | None) -> None:
        """A page could not be had; it is tried again when due, and given up when that is None."""
        self._run(
            """
            UPDATE page SET reason = ?, tries = tries + 1, due = ?, leased = NULL,
                standing = CASE WHEN ? IS NULL THEN 'failed' ELSE standing END
            WHERE outlet = ? AND key = ?
            """,
            (reason, due, due, outlet, self._key(outlet, url)),
        )

    def postpone(self, outlet: str, url: str, *, reason: str, due: int) -> None:
        """A page was not asked for now, through no fault of its own: no try is counted."""
        self._run(
            "UPDATE page SET reason = ?, due = ?, leased = NULL WHERE outlet = ? AND key = ?",
            (reason, due, outlet, self._key(outlet, url)),
        )

    def _discover(self, outlet: str, named: Named, now: int, voice: Voice | None) -> Discovery:
        key = self._key(outlet, named.link.url)
        is_first = self._run("INSERT OR IGNORE INTO temp.named VALUES (?)", (key,)).rowcount > 0
        row = self._run(
            "SELECT first_seen, due, last_captured FROM page WHERE outlet = ? AND key = ?", (outlet, key)
        ).fetchone()
        if row is None:
            self._insert(outlet, key, named, now)
            return Discovery(named, "new", is_first, now)
        first_seen, due, last_captured = row
        if due is not None and due <= now:
            return Discovery(named, "due", is_first, first_seen)
        if voice and is_announced(named.modified, last_captured, now=now) and self._is_heard(outlet, voice):
            self._run(
                "UPDATE page SET due = ?, headline = ?, announced_by = ? WHERE outlet = ? AND key = ?",
                (now, named.link.headline, voice.source, outlet, key),
            )
            return Discovery(named, "changed", is_first, first_seen)
        return Discovery(named, "known", is_first, first_seen)

    def _is_heard(self, outlet: str, voice: Voice) -> bool:
        if voice.word != "unknown":
            return voice.word == "honest"
        waiting = self._run(
            "SELECT count(*) FROM page WHERE outlet = ? AND announced_by = ?", (outlet, voice.source)
        ).fetchone()[0]
        return int(waiting) < FEW

    def _insert(self, outlet: str, key: bytes, named: Named, now: int) -> None:
        link, rank = named.link, 3 if named.is_past else 1
        self._run(
            "INSERT INTO page (outlet, key, url, via, source, first_seen, due, published, rank, headline) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                outlet,
                key,
                urls.to_fetch(link.url, self._selection(outlet)),
                link.via,
                link.kind,
                now,
                now,
                named.published,
                rank,
                link.headline,
            ),
        )

    def _selection(self, outlet: str) -> Selection:
        return self._selections.get(outlet, ORDINARY)

    def _key(self, outlet: str, url: str) -> bytes:
        return page_key(url, self._selection(outlet))


PAGE_COLUMNS = "url, via, source, standing, tries, first_captured, text_sha256, headline"


def page_key(url: str, selection: Selection) -> bytes:
    return bytes.fromhex(urls.key(url, selection).removeprefix("sha256:")[:32])
