"""Evidence of reserved rights: what was said where and when, and which pages are kept out of exports for it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from newsarchive import urls
from newsarchive.politeness.reservations import Signal
from newsarchive.store.database import Database


@dataclass(frozen=True, slots=True)
class Seen:
    """A statement as it was found; moments are whole seconds since 1970, UTC."""

    url: str
    place: str
    """`robots.txt`, `tdmrep.json`, `header` or `page`."""
    name: str
    value: str
    reserves: int
    """1 or 0."""
    first_seen: int
    first_record: str | None
    last_seen: int
    last_record: str | None


@dataclass(frozen=True, slots=True)
class KeptTdmRep:
    """The last tdmrep.json of a host."""

    asked_at: float
    body: bytes
    record_id: str | None


class SignalBook:
    """Statements in the state of an archive.

    Every method raises `ArchiveError` when the file cannot be read or written any more.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._run = database.run

    def note(self, url: str, place: str, signals: Iterable[Signal], *, record_id: str | None, now: int) -> None:
        """Take note of what was said at a URL; what is known already was seen once more."""
        rows = [(url, place, one.name, one.value, one.reserves, now, record_id, now, record_id) for one in signals]
        if not rows:
            return
        with self._database.transaction():
            self._database.run_many(
                "INSERT INTO signal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " last_seen = excluded.last_seen, last_record = excluded.last_record",
                rows,
            )

    def signals(self, url: str | None = None) -> Iterator[Seen]:
        """What was said at a URL, or anywhere."""
        rows = self._run("SELECT * FROM signal WHERE ? IS NULL OR url = ? ORDER BY url, place, name, value", (url, url))
        return (Seen(*row) for row in rows)

    def withhold(self, outlet: str, url: str, reason: str, *, now: int, key: str | None = None) -> None:
        """Keep an article out of exports from now on; `key` where its line has another than that of the URL."""
        row = (outlet, key or urls.key(url), url, reason, now)
        self._run("INSERT OR IGNORE INTO withheld VALUES (?, ?, ?, ?, ?)", row)

    def is_withheld(self, outlet: str, article_key: str) -> bool:
        """The article of that key (`article_key` of its line) may not be exported."""
        return self.withheld_for(outlet, article_key) is not None

    def withheld_for(self, outlet: str, article_key: str) -> str | None:
        """Why the article of that key may not be exported; None when it may."""
        row = self._run("SELECT reason FROM withheld WHERE outlet = ? AND key = ?", (outlet, article_key)).fetchone()
        return row[0] if row else None

    def tdmrep(self, authority: str) -> KeptTdmRep | None:
        """What is remembered of the tdmrep.json of `https://news.example`."""
        row = self._run("SELECT asked_at, body, record_id FROM tdmrep WHERE authority = ?", (authority,)).fetchone()
        return KeptTdmRep(*row) if row else None

    def keep_tdmrep(self, authority: str, kept: KeptTdmRep) -> None:
        self._run(
            "INSERT OR REPLACE INTO tdmrep VALUES (?, ?, ?, ?)", (authority, kept.asked_at, kept.body, kept.record_id)
        )
