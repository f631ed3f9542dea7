"""One SQLite file for all crawls of an archive: opened, brought to its schema, and never used without a clear error."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from newsarchive.errors import ArchiveError

_VERSION = 5
_BUSY_MS = 30_000
_STATEMENTS = files("newsarchive.store")


class Database:
    """The state of all crawls of one archive. It can be thrown away: captures and lines are the truth.

    Every method raises `ArchiveError` when the file cannot be read or written any more.
    """

    def __init__(self, path: Path, *, only_reads: bool = False) -> None:
        """Open or create the file; raises `ArchiveError` when that cannot be done.

        `only_reads`: no file is changed or made; one of an older version may lack a table. Where nobody has it open
        when this begins, what is read is right only if `is_in_use` is not true after it.
        """
        self.path = path
        try:
            how = "mode=ro" if self.is_in_use else "immutable=1"
            name = f"{path.absolute().as_uri()}?{how}" if only_reads else path
            self._db = sqlite3.connect(name, timeout=_BUSY_MS / 1000, isolation_level=None, uri=only_reads)
            self._db.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
            if only_reads:
                return
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._create()
        except sqlite3.Error as error:
            raise ArchiveError(path, f"the state cannot be opened ({error})") from error

    @property
    def is_in_use(self) -> bool:
        """It has a log, so some process has it open, or has died with it."""
        return self.path.with_name(f"{self.path.name}-wal").exists()

    def close(self) -> None:
        self._db.close()

    def run(self, statement: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        """One statement; in a transaction of its own unless one is open."""
        try:
            return self._db.execute(statement, values)
        except sqlite3.Error as error:
            raise ArchiveError(self.path, f"the state cannot be used ({error})") from error

    def run_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """One statement for many rows."""
        try:
            self._db.executemany(statement, rows)
        except sqlite3.Error as error:
            raise ArchiveError(self.path, f"the state cannot be used ({error})") from error

    def sync(self) -> None:
        """What was written until now, by whatever process, is there when the power fails."""
        self.run("PRAGMA synchronous = FULL")
        try:
            # In this mode a transaction ends when the log is on the disk, if it has written anything.
            with self.transaction():
                self.run(f"PRAGMA user_version = {_VERSION}")
        finally:
            self.run("PRAGMA synchronous = NORMAL")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; within an open transaction it is a part of that one."""
        if self._db.in_transaction:
            yield
            return
        self.run("BEGIN IMMEDIATE")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            # A full disk may have ended the transaction already.
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def _create(self) -> None:
        """Tables that are missing are added; one that changed its shape is brought from version to version."""
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version > _VERSION:
            raise ArchiveError(self.path, f"the state has version {version}, this program reads {_VERSION}")
        with self.transaction():
            if version:
                for later in range(version + 1, _VERSION + 1):
                    self._run_script(_STATEMENTS / "upgrades" / f"{later}.sql")
            for schema in sorted((_STATEMENTS / "schema").iterdir(), key=lambda one: one.name):
                self._run_script(schema)
            self._db.execute(f"PRAGMA user_version = {_VERSION}")

    def _run_script(self, script: Traversable) -> None:
        # executescript() would commit what was done so far.
        statement = ""
        for line in script.read_text(encoding="utf-8").splitlines(keepends=True):
            statement += line
            if sqlite3.complete_statement(statement):
                self._db.execute(statement)
                statement = ""
