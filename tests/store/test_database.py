"""The state's file: brought from version to version, and never used without a clear error."""

import sqlite3
from pathlib import Path

import pytest

from newsarchive.errors import ArchiveError
from newsarchive.store.database import Database
from newsarchive.store.frontier import Frontier

NOW = 1_790_000_000
VERSION_1 = """
CREATE TABLE capture (
    url TEXT PRIMARY KEY, record_id TEXT NOT NULL, captured_at TEXT NOT NULL, payload_digest TEXT NOT NULL,
    etag TEXT, last_modified TEXT
) WITHOUT ROWID;
CREATE TABLE page (
    outlet TEXT NOT NULL, key BLOB NOT NULL, url TEXT NOT NULL, via TEXT, source TEXT,
    standing TEXT NOT NULL DEFAULT 'pending' CHECK (standing IN ('pending', 'read', 'rejected', 'gone', 'failed')),
    reason TEXT, tries INTEGER NOT NULL DEFAULT 0, first_seen INTEGER NOT NULL, first_captured INTEGER,
    last_captured INTEGER, due INTEGER, text_sha256 TEXT, changes INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (outlet, key)
) WITHOUT ROWID;
CREATE INDEX page_due ON page (outlet, due) WHERE due IS NOT NULL;
PRAGMA user_version = 1;
"""


def shape(path: Path) -> set[tuple]:
    """Tables with their columns, and indexes."""
    with sqlite3.connect(path) as database:
        names = database.execute("SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").fetchall()
        tables = [name for kind, name in names if kind == "table"]
        columns = {(table, *row[1:]) for table in tables for row in database.execute(f"PRAGMA table_info({table})")}
        return {*names, *columns, *database.execute("PRAGMA user_version")}


def old(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.executescript(VERSION_1)
        database.executemany(
            "INSERT INTO page (outlet, key, url, first_seen, first_captured, due) VALUES ('times', ?, ?, ?, ?, ?)",
            [(b"1", "https://times.example/1", NOW, NOW, NOW), (b"2", "https://times.example/2", NOW, None, NOW)],
        )


def test_an_old_file_becomes_what_a_new_one_is_and_keeps_its_pages(tmp_path: Path):
    old(tmp_path / "old.sqlite")
    database = Database(tmp_path / "old.sqlite")
    pages = Frontier(database, "times").lease(10, now=NOW, past_per_day=0)
    # What was captured before waits behind what is new.
    assert [page.url[-1] for page in pages] == ["2", "1"]
    database.close()
    Database(tmp_path / "new.sqlite").close()
    assert shape(tmp_path / "old.sqlite") == shape(tmp_path / "new.sqlite")


def test_opening_again_changes_nothing(tmp_path: Path):
    path = tmp_path / "state.sqlite"
    Database(path).close()
    before = shape(path)
    Database(path).close()
    assert shape(path) == before


def test_the_file_of_a_later_program_is_left_alone(tmp_path: Path):
    path = tmp_path / "state.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 999")
    with pytest.raises(ArchiveError, match="version 999"):
        Database(path)


def test_what_is_no_database_is_told_by_its_name(tmp_path: Path):
    (tmp_path / "state.sqlite").write_text("<html>" * 1000)
    with pytest.raises(ArchiveError, match=r"state\.sqlite"):
        Database(tmp_path / "state.sqlite")


def test_an_error_undoes_the_whole_transaction(tmp_path: Path):
    database = Database(tmp_path / "state.sqlite")
    add = "INSERT INTO page (outlet, key, url, first_seen) VALUES ('times', ?, '', 0)"

    def add_twice() -> None:
        with database.transaction():
            database.run(add, (b"1",))
            with database.transaction():
                database.run(add, (b"2",))
            database.run(add, (b"1",))

    with pytest.raises(ArchiveError, match="UNIQUE"):
        add_twice()
    assert database.run("SELECT count(*) FROM page").fetchone()[0] == 0
    database.close()
