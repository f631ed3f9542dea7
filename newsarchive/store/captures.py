"""The last whole answer under each target URI of a collection: the original of a revisit, and validators for a request.

A revisit may only refer to a record that exists in the same collection.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from newsarchive.store.database import Database

_COLUMNS = "record_id, captured_at, payload_digest, etag, last_modified, name, address, record_offset, reason"


@dataclass(frozen=True, slots=True)
class Seen:
    """A whole answer under a target URI."""

    record_id: str
    """Empty for a foreign WARC file: the archive holds links from it, not the file."""
    captured_at: str
    payload_digest: str
    etag: str | None
    last_modified: str | None
    filename: str | None = None
    """Name of the WARC file that holds the record."""
    address: str | None = None
    """Address of the article page, where it is not the target URI."""
    offset: int | None = None
    """Of the record in its WARC file."""
    reason: str | None = None
    """Of the rejection, where the answer gave no article."""


@dataclass(frozen=True, slots=True)
class LostCapture:
    """An answer whose WARC file no longer exists."""

    url: str
    address: str | None
    record_id: str


class Captures:
    """The answers of one collection; every method raises `ArchiveError` when the state cannot be used."""

    def __init__(self, database: Database, collection: str) -> None:
        self._database = database
        self._run = database.run
        self._collection = collection
        self._unreachable: frozenset[str] = frozenset()

    def seen(self, url: str) -> Seen | None:
        """Return the last whole answer under this target URI, unless its file cannot be reached."""
        row = self._run(
            f"SELECT {_COLUMNS} FROM capture LEFT JOIN capture_file ON capture.file = capture_file.id "  # noqa: S608 - a constant
            "WHERE url = ? AND capture.collection = ?",
            (url, self._collection),
        ).fetchone()
        seen = Seen(*row) if row else None
        return None if seen and seen.filename in self._unreachable else seen

    def remember_all(self, answers: Mapping[str, Seen]) -> None:
        """Store answers by their target URI; call it only when everything that was read from them is durable."""
        names = {seen.filename for seen in answers.values() if seen.filename}
        with self._database.transaction():
            self._database.run_many(
                "INSERT OR IGNORE INTO capture_file (collection, name) VALUES (?, ?)",
                ((self._collection, name) for name in names),
            )
            self._database.run_many(
                "INSERT OR REPLACE INTO capture VALUES "
                "(?, ?, ?, ?, ?, ?, ?, ?, (SELECT id FROM capture_file WHERE collection = ? AND name = ?), ?, ?)",
                (self._row(url, seen) for url, seen in answers.items()),
            )

    def files(self) -> dict[str, int | None]:
        """Return the names of the WARC files that hold these answers, and their sizes; None for an unknown size."""
        return dict(
            self._run("SELECT name, bytes FROM capture_file WHERE collection = ? ORDER BY name", (self._collection,))
        )

    def note_sizes(self, sizes: Mapping[str, int]) -> None:
        """Store the sizes of closed WARC files by their names."""
        with self._database.transaction():
            self._database.run_many(
                "UPDATE capture_file SET bytes = ? WHERE collection = ? AND name = ?",
                ((size, self._collection, name) for name, size in sizes.items()),
            )

    def of_file(self, name: str) -> list[LostCapture]:
        """Return the answers that this WARC file holds."""
        rows = self._run(
            "SELECT url, address, record_id FROM capture "
            "WHERE file = (SELECT id FROM capture_file WHERE collection = ? AND name = ?)",
            (self._collection, name),
        )
        return [LostCapture(*row) for row in rows]

    def prune_files(self) -> None:
        """Delete the names of files whose answers were all replaced by later ones."""
        self._run(
            "DELETE FROM capture_file WHERE collection = ? "
            "AND NOT EXISTS (SELECT 1 FROM capture WHERE capture.file = capture_file.id)",
            (self._collection,),
        )

    def ignore_files(self, names: Collection[str]) -> None:
        """Treat the answers in these files as unknown until this crawl ends."""
        self._unreachable = frozenset(names)

    def forget_unknown(self, known: Collection[str], *, since: str) -> int:
        """Forget answers from that time on whose record IDs are not among the known ones; return their number."""
        rows = self._run(
            "SELECT url, record_id FROM capture WHERE collection = ? AND captured_at >= ? AND record_id <> ''",
            (self._collection, since),
        ).fetchall()
        lost = [(url, self._collection) for url, record_id in rows if record_id not in known]
        with self._database.transaction():
            self._database.run_many("DELETE FROM capture WHERE url = ? AND collection = ?", lost)
        return len(lost)

    def _row(self, url: str, seen: Seen) -> tuple[object, ...]:
        return (
            *(url, self._collection, seen.record_id, seen.captured_at, seen.payload_digest, seen.etag),
            *(seen.last_modified, seen.address, self._collection, seen.filename, seen.offset, seen.reason),
        )
