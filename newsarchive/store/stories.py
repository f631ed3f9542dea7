"""What was told lately in all outlets, by text and by likeness; and what speaks against it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from newsarchive.parameters import ORDINARY, Selection
from newsarchive.store.database import Database
from newsarchive.store.state import page_key

_NEWEST = 8
"""Of a band: what many stories share is no story."""
_FORGOTTEN_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Story:
    """An article as it was told last."""

    outlet: str
    url: str
    text_digest: bytes
    """Half of the SHA-256 of the text: enough to tell texts apart."""
    sketch: bytes | None


class Stories:
    """Stories in the state of an archive, for as many days as they are remembered; times are seconds since 1970.

    Every method raises `ArchiveError` when the file cannot be read or written any more.
    """

    def __init__(
        self,
        database: Database,
        *,
        days: int,
        bands: Callable[[bytes], Sequence[bytes]],
        selection: Selection = ORDINARY,
    ) -> None:
        """`bands` gives those parts of a sketch of which like sketches share one; `selection` is of the outlet."""
        self._selection = selection
        self._database = database
        self._run = database.run
        self._bands_of = bands
        self._seconds = days * 86400

    def tell(self, story: Story, *, now: int) -> None:
        """Remember a story under its address in place of what was told there before, and forget a few old ones."""
        with self._database.transaction():
            self._forget("outlet = ? AND key = ?", (story.outlet, self._key(story.url)))
            self._forget("told_at < ?", (now - self._seconds,))
            told = self._run(
                "INSERT INTO story (outlet, key, url, text_digest, sketch, told_at) VALUES (?, ?, ?, ?, ?, ?)",
                (story.outlet, self._key(story.url), story.url, story.text_digest, story.sketch, now),
            )
            rows = ((band, told.lastrowid) for band in self._bands(story.sketch))
            self._database.run_many("INSERT INTO story_band VALUES (?, ?)", rows)

    def at(self, outlet: str, url: str) -> Story | None:
        """What was told at this address."""
        row = self._run(
            "SELECT outlet, url, text_digest, sketch FROM story WHERE outlet = ? AND key = ?", (outlet, self._key(url))
        ).fetchone()
        return Story(*row) if row else None

    def sharing(self, story: Story) -> list[Story]:
        """Other stories whose sketches share a band with this one's; of each band the newest."""
        found: dict[int, Story] = {}
        for band in self._bands(story.sketch):
            rows = self._run(
                """
                SELECT id, outlet, url, text_digest, sketch FROM story_band JOIN story ON id = story
                WHERE band = ? ORDER BY story DESC LIMIT ?
                """,
                (band, _NEWEST),
            )
            found |= {row[0]: Story(*row[1:]) for row in rows}
        own = (story.outlet, self._key(story.url))
        return [one for one in found.values() if (one.outlet, self._key(one.url)) != own]

    def addresses_of(self, outlet: str, text_digest: bytes, *, most: int) -> int:
        """At how many addresses of an outlet this very text stands, counted up to `most`."""
        rows = self._run(
            "SELECT 1 FROM story WHERE outlet = ? AND text_digest = ? LIMIT ?", (outlet, text_digest, most)
        )
        return len(rows.fetchall())

    def link(self, story: Story, earlier: Story, *, likeness: float, now: int) -> None:
        """Note that a story is a copy of an earlier one; the first of such notes stays."""
        self._run(
            "INSERT OR IGNORE INTO same_story VALUES (?, ?, ?, ?, ?, ?, ?)",
            (story.outlet, self._key(story.url), story.url, earlier.outlet, earlier.url, round(1000 * likeness), now),
        )

    def doubt(self, outlet: str, url: str, reason: str, evidence: str, *, now: int) -> None:
        """Note what speaks against an article that was told."""
        self._run(
            "INSERT OR REPLACE INTO doubt VALUES (?, ?, ?, ?, ?, ?)",
            (outlet, self._key(url), reason, url, evidence, now),
        )

    def _forget(self, which: str, values: Sequence[object]) -> None:
        rows = self._run(
            f"SELECT id, sketch FROM story WHERE {which} LIMIT ?",  # noqa: S608 - one of two constants
            (*values, _FORGOTTEN_AT_ONCE),
        )
        for number, sketch in rows.fetchall():
            gone = ((band, number) for band in self._bands(sketch))
            self._database.run_many("DELETE FROM story_band WHERE band = ? AND story = ?", gone)
            self._run("DELETE FROM story WHERE id = ?", (number,))

    def _bands(self, sketch: bytes | None) -> Sequence[bytes]:
        return self._bands_of(sketch) if sketch else ()

    def _key(self, url: str) -> bytes:
        return page_key(url, self._selection)
