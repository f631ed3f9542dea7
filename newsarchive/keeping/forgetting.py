"""Taking what was erased out of the state, and out of the pages and logs of its database."""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from newsarchive import urls
from newsarchive.errors import ArchiveError
from newsarchive.parameters import Selection
from newsarchive.store.database import Database
from newsarchive.store.state import page_key

_BY_URL = ("capture", "signal", "withheld", "story", "same_story", "doubt", "alias")
"""Tables that have a column `url`, and rows of one page each."""
_LED = (
    ("capture", "address", "NULL"),
    ("page", "via", "NULL"), ("page", "source", "NULL"), ("page", "announced_by", "NULL"),
    ("lead", "via", "''"), ("source", "via", "NULL"), ("source", "moved_to", "NULL"),
)  # fmt: skip
"""Columns that name by which address something was found, and what stands there instead."""


def forget(
    path: Path,
    outlet: str,
    addresses: Collection[str],
    *,
    selection: Selection,
    is_lasting: bool,
    keys: Collection[str] = (),
    keeps_address: bool = True,
    mentioning: Collection[str] = (),
    rewritten: Collection[str] = (),
) -> None:
    """Let the state know nothing more of these addresses; a file that is not there knows nothing.

    `keys`: of articles, all of whose addresses are meant. `is_lasting`: the pages are not to be known at all; else only
    what was read of them is forgotten. Without `keeps_address` other pages and lists are not known by them, either.
    `mentioning`: other addresses, whose captures went because they mention an article. They stay known and never due,
    so that a crawl fetches them again only when a source announces a change, and the text does not come back with them.
    `rewritten`: names of WARC files whose records have other places by now; no revisit refers to them any more.
    Raises `ArchiveError` while another process uses the state, so that it cannot be written anew.
    """
    if not path.exists():
        return
    database = Database(path)
    try:
        # What is deleted is overwritten, and what was deleted before this goes with the pages that were free.
        database.run("PRAGMA secure_delete = ON")
        with database.transaction():
            addresses = {*addresses, *_of_keys(database, frozenset(keys), selection)}
            for key in keys if is_lasting else ():
                database.run("DELETE FROM page WHERE outlet = ? AND key = ?", (outlet, bytes.fromhex(key[7:39])))
            _forget(database, outlet, addresses, selection=selection, is_lasting=is_lasting)
            _forget(database, outlet, mentioning, selection=selection, is_lasting=False)
            for url in mentioning:
                statement = "UPDATE page SET due = NULL, leased = NULL WHERE outlet = ? AND key = ?"
                database.run(statement, (outlet, page_key(url, selection)))
            for name in rewritten:
                of_file = "SELECT id FROM capture_file WHERE collection = ? AND name = ?"
                database.run(f"DELETE FROM capture WHERE file = ({of_file})", (outlet, name))  # noqa: S608 - a constant
            for url in () if keeps_address else addresses:
                _forget_address(database, url)
        _empty_log(database)
        database.run("VACUUM")
        _empty_log(database)
    finally:
        database.close()


def _forget(
    database: Database, outlet: str, addresses: Iterable[str], *, selection: Selection, is_lasting: bool
) -> None:
    for url in addresses:
        database.run("DELETE FROM story_band WHERE story IN (SELECT id FROM story WHERE url = ?)", (url,))
        for table in _BY_URL:
            database.run(f"DELETE FROM {table} WHERE url = ?", (url,))  # noqa: S608 - names of ours
        database.run("DELETE FROM capture WHERE address = ?", (url,))
        database.run("DELETE FROM same_story WHERE other_url = ?", (url,))
        database.run("DELETE FROM alias WHERE to_url = ?", (url,))
        key = page_key(url, selection)
        if is_lasting:
            database.run("DELETE FROM page WHERE outlet = ? AND key = ?", (outlet, key))
        else:
            statement = "UPDATE page SET headline = NULL, text_sha256 = NULL WHERE outlet = ? AND key = ?"
            database.run(statement, (outlet, key))


def _forget_address(database: Database, url: str) -> None:
    """Of another outlet's pages, too; and where it only led to others."""
    for table in ("page", "lead", "source"):
        database.run(f"DELETE FROM {table} WHERE url = ?", (url,))  # noqa: S608 - names of ours
    for table, column, instead in _LED:
        database.run(f"UPDATE {table} SET {column} = {instead} WHERE {column} = ?", (url,))  # noqa: S608 - names of ours


def _of_keys(database: Database, keys: frozenset[str], selection: Selection) -> Iterator[str]:
    """The addresses of articles that stand anywhere in the state."""
    columns = [(table, "url") for table in (*_BY_URL, "page", "lead")]
    columns += [("alias", "to_url"), ("same_story", "other_url"), *((table, column) for table, column, _ in _LED)]
    for table, column in columns if keys else ():
        for (url,) in database.run(f"SELECT DISTINCT {column} FROM {table} WHERE {column} > ''").fetchall():  # noqa: S608 - names of ours
            try:
                own = {urls.key(url), urls.key(url, selection)}
            except ValueError:
                continue
            if own & keys:
                yield url


def _empty_log(database: Database) -> None:
    """Bring the write-ahead log into the file, and cut it to nothing."""
    is_busy, _, _ = database.run("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if is_busy:
        raise ArchiveError(
            database.path, "another process uses the state; end it, then scrapy takedown list ends what was begun"
        )
