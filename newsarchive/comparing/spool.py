"""Rows that found no partner in their own pair of files: matched over all files, on disk."""

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from newsarchive.comparing.rows import Refusal, Row, row_of

SideName = Literal["old", "new"]
_SCHEMA = """
CREATE TABLE row (
    side TEXT NOT NULL, number INTEGER PRIMARY KEY, record_id TEXT, url TEXT NOT NULL, captured_at TEXT NOT NULL,
    line BLOB NOT NULL, partner INTEGER, reason TEXT
);
CREATE INDEX row_by_record ON row (record_id, side);
CREATE INDEX row_by_capture ON row (url, captured_at, side);
"""
# The n-th row with a key on one side belongs to the n-th on the other.
_MATCH = """
CREATE TEMP TABLE matched AS
WITH ranked AS (
    SELECT number, side, {key}, row_number() OVER (PARTITION BY side, {key} ORDER BY number) AS rank
    FROM row WHERE partner IS NULL AND {first} IS NOT NULL
)
SELECT old.number AS old, new.number AS new FROM ranked AS old JOIN ranked AS new USING ({key}, rank)
WHERE old.side = 'old' AND new.side = 'new';
CREATE INDEX temp.matched_by_old ON matched (old);
CREATE INDEX temp.matched_by_new ON matched (new);
UPDATE row SET partner = (SELECT new FROM matched WHERE old = number)
WHERE side = 'old' AND number IN (SELECT old FROM matched);
UPDATE row SET partner = (SELECT old FROM matched WHERE new = number)
WHERE side = 'new' AND number IN (SELECT new FROM matched);
DROP TABLE matched;
"""
_KEYS = (("record_id", "record_id"), ("url, captured_at", "url"))


class Spool:
    """A database in a temporary folder: memory does not grow with what is in it."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="newsarchive-diff-")
        self._db = sqlite3.connect(Path(self._folder.name, "rows.sqlite"), isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "temp_store = FILE"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(_SCHEMA)
        self._db.execute("BEGIN")

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()
        self._folder.cleanup()

    def add(self, side: SideName, row: Row) -> None:
        """Keep a row, in the order in which they come."""
        self._db.execute(
            "INSERT INTO row (side, record_id, url, captured_at, line) VALUES (?, ?, ?, ?, ?)",
            (side, row.record_id, row.url, row.captured_at, row.line),
        )

    def match(self) -> None:
        """Find partners: by record id, then by URL and time of capture."""
        self._db.execute("COMMIT")
        for key, first in _KEYS:
            self._db.executescript(_MATCH.format(key=key, first=first))
        self._db.execute("BEGIN")

    def explain(self, side: SideName, refusals: Iterable[Refusal]) -> None:
        """Note at the rows of a side that are alone why their captures gave none on the other side."""
        for one in refusals:
            self._db.execute(
                "UPDATE row SET reason = ? WHERE side = ? AND partner IS NULL AND record_id = ?",
                (one.reason, side, one.record_id),
            )
            self._db.execute(
                "UPDATE row SET reason = ? WHERE side = ? AND partner IS NULL AND reason IS NULL"
                " AND url = ? AND captured_at = ?",
                (one.reason, side, one.url, one.captured_at),
            )

    def has_alone(self, side: SideName) -> bool:
        """Any row of this side has no partner."""
        query = "SELECT 1 FROM row WHERE side = ? AND partner IS NULL LIMIT 1"
        return self._db.execute(query, (side,)).fetchone() is not None

    def both(self) -> Iterator[tuple[Row, Row]]:
        """Partners, in the order of the old rows."""
        query = (
            "SELECT old.line, new.line FROM row AS old JOIN row AS new ON new.number = old.partner"
            " WHERE old.side = 'old' ORDER BY old.number"
        )
        for old, new in self._db.execute(query):
            yield _row(old), _row(new)

    def alone(self, side: SideName) -> Iterator[tuple[Row, str | None]]:
        """Rows of one side without a partner, each with its reason where one is known, in their order."""
        query = "SELECT line, reason FROM row WHERE side = ? AND partner IS NULL ORDER BY number"
        for line, reason in self._db.execute(query, (side,)):
            yield _row(line), reason


def _row(line: bytes) -> Row:
    return row_of(line, json.loads(line))
