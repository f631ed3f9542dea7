"""Other addresses of an article, so that none of them is taken for another article."""

from dataclasses import dataclass
from typing import Literal

from newsarchive.parameters import ORDINARY, Selection
from newsarchive.store.database import Database
from newsarchive.store.state import page_key

Reason = Literal["moved", "copy"]


@dataclass(frozen=True, slots=True)
class Alias:
    url: str
    to_url: str
    reason: Reason


class Aliases:
    """Aliases in the state of an archive.

    Every method raises `ArchiveError` when the file cannot be read or written any more.
    """

    def __init__(self, database: Database, selection: Selection = ORDINARY) -> None:
        """`selection`: the parameters that tell the outlet's articles apart."""
        self._run = database.run
        self._selection = selection

    def note(self, outlet: str, alias: Alias, *, now: int) -> None:
        """From now on this is an address of that article; a later move replaces it."""
        self._run(
            "INSERT OR REPLACE INTO alias VALUES (?, ?, ?, ?, ?, ?, ?)",
            (outlet, self._key(alias.url), alias.url, self._key(alias.to_url), alias.to_url, alias.reason, now),
        )

    def leads_to(self, outlet: str, url: str) -> str | None:
        """The article's own address, where this is another one of it."""
        row = self._run("SELECT to_url FROM alias WHERE outlet = ? AND key = ?", (outlet, self._key(url))).fetchone()
        return str(row[0]) if row else None

    def of(self, outlet: str, url: str) -> list[Alias]:
        """All other addresses of the article at this one, in their order."""
        rows = self._run(
            "SELECT url, to_url, reason FROM alias WHERE outlet = ? AND to_key = ? ORDER BY url",
            (outlet, self._key(url)),
        )
        return [Alias(*row) for row in rows]

    def _key(self, url: str) -> bytes:
        return page_key(url, self._selection)
