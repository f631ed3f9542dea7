"""What was seen, when, with which validators and digests."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from newsarchive import urls
from newsarchive.items import Link, SourceKind
from newsarchive.store.database import Database

Standing = Literal["pending", "read", "rejected", "gone", "failed"]
Novelty = Literal["new", "due", "known"]


@dataclass(frozen=True, slots=True)
class Seen:
    """The last whole answer under a target URI."""

    record_id: str
    captured_at: str
    payload_digest: str
    etag: str | None
    last_modified: str | None


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


class State:
    """Captures and pages in the state of an archive; times are whole seconds since 1970, UTC.

    Every method raises `ArchiveError` when the file cannot be read or written any more.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._run = database.run

    def seen(self, url: str) -> Seen | None:
        """The last whole answer under this target URI."""
        row = self._run(
            "SELECT record_id, captured_at, payload_digest, etag, last_modified FROM capture WHERE url = ?", (url,)
        ).fetchone()
        return Seen(*row) if row else None

    def remember_all(self, answers: Mapping[str, Seen]) -> None:
        """Take note of answers by their target URI; call it only when everything that was read from them is durable."""
        with self._database.transaction():
            self._database.run_many(
                "INSERT OR REPLACE INTO capture VALUES (?, ?, ?, ?, ?, ?)",
                (
                    (url, seen.record_id, seen.captured_at, seen.payload_digest, seen.etag, seen.last_modified)
                    for url, seen in answers.items()
                ),
            )

    def discover(self, outlet: str, links: Iterable[Link], *, now: int) -> list[tuple[Link, Novelty]]:
        """Take note of all links in one transaction, and say of each whether it is new, due or known."""
        with self._database.transaction():
            return [(link, self._discover(outlet, link, now)) for link in links]

    def waiting(self, outlet: str, *, now: int) -> list[KnownPage]:
        """Pages that were found but never read, and pages that are due again; oldest first."""
        rows = self._run(
            f"SELECT {_PAGE} FROM page WHERE outlet = ? AND due <= ? ORDER BY due, key",  # noqa: S608 - a constant
            (outlet, now),
        )
        return [KnownPage(*row) for row in rows]

    def page(self, outlet: str, url: str) -> KnownPage | None:
        """What is known of the article at this address."""
        row = self._run(
            f"SELECT {_PAGE} FROM page WHERE outlet = ? AND key = ?",  # noqa: S608 - a constant
            (outlet, _key(url)),
        ).fetchone()
        return KnownPage(*row) if row else None

    def settle(
        self,
        outlet: str,
        url: str,
        *,
        standing: Standing,
        now: int,
        due: int | None,
        reason: str | None = None,
        text_sha256: str | None = None,
    ) -> None:
        """What became of a captured page, and when it is to be captured again (None: never)."""
        self._run(
            """
            UPDATE page SET
                standing = ?, reason = ?, tries = 0, due = ?, last_captured = ?,
                first_captured = coalesce(first_captured, ?),
                changes = changes + (text_sha256 IS NOT NULL AND ? IS NOT NULL AND text_sha256 <> ?),
                text_sha256 = coalesce(?, text_sha256)
            WHERE outlet = ? AND key = ?
            """,
            (standing, reason, due, now, now, text_sha256, text_sha256, text_sha256, outlet, _key(url)),
        )

    def fail(self, outlet: str, url: str, *, reason: str, due: int | None) -> None:
        """A page could not be had; it is tried again when due, and given up when that is None."""
        self._run(
            """
            UPDATE page SET reason = ?, tries = tries + 1, due = ?,
                standing = CASE WHEN ? IS NULL THEN 'failed' ELSE standing END
            WHERE outlet = ? AND key = ?
            """,
            (reason, due, due, outlet, _key(url)),
        )

    def postpone(self, outlet: str, url: str, *, reason: str, due: int) -> None:
        """A page was not asked for; it is due again, and nothing else is known of it."""
        self._run("UPDATE page SET reason = ?, due = ? WHERE outlet = ? AND key = ?", (reason, due, outlet, _key(url)))

    def _discover(self, outlet: str, link: Link, now: int) -> Novelty:
        row = self._run("SELECT due FROM page WHERE outlet = ? AND key = ?", (outlet, _key(link.url))).fetchone()
        if row:
            return "due" if row[0] is not None and row[0] <= now else "known"
        self._run(
            "INSERT INTO page (outlet, key, url, via, source, first_seen, due) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (outlet, _key(link.url), urls.to_fetch(link.url), link.via, link.kind, now, now),
        )
        return "new"


_PAGE = "url, via, source, standing, tries, first_captured, text_sha256"


def _key(url: str) -> bytes:
    return bytes.fromhex(urls.key(url).removeprefix("sha256:")[:32])
