"""Which records there are in many files, and whether what revisits refer to is among them."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from newsarchive.warc import digests
from newsarchive.warc.reader import StoredRecord
from newsarchive.warc.verdict import Finding, Verdict


class Ids:
    """Which records there are and what revisits refer to; in a database that lives on disk while it is needed."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("")
        self._db.execute("CREATE TABLE record (id TEXT PRIMARY KEY, digest TEXT) WITHOUT ROWID")
        self._db.execute("CREATE TABLE revisit (file BLOB, offset INTEGER, id TEXT, refers_to TEXT, digest TEXT)")

    def add(self, record: StoredRecord) -> bool:
        """Take note of a record; False when its id is taken."""
        values = (record.field("WARC-Record-ID"), record.field("WARC-Payload-Digest"))
        return self._db.execute("INSERT OR IGNORE INTO record VALUES (?, ?)", values).rowcount == 1

    def refer(self, record: StoredRecord, file: Path) -> None:
        named = ("WARC-Record-ID", "WARC-Refers-To", "WARC-Payload-Digest")
        values = (os.fsencode(file), record.offset, *(record.field(name) for name in named))
        self._db.execute("INSERT INTO revisit VALUES (?, ?, ?, ?, ?)", values)

    def judge_revisits(self, verdict: Verdict, *, is_whole: Callable[[Path], bool] = lambda _: False) -> None:
        """Compare revisits with the records that they refer to; call it when all records are added.

        `is_whole`: whether all files were added that may hold the original of a revisit in this file.
        """
        erased = {record_id for acts in verdict.tombstones.values() for ids in acts.values() for record_id in ids}
        rows = self._db.execute(
            "SELECT file, offset, revisit.id, refers_to, revisit.digest, record.id, record.digest "
            "FROM revisit LEFT JOIN record ON refers_to = record.id ORDER BY file, offset"
        )
        for file, offset, record_id, refers_to, digest, found, original in rows:
            if refers_to is None:
                verdict.unchecked("revisits", "by URI and date alone")
                continue
            path = Path(os.fsdecode(file))
            is_checked = is_whole(path)
            if is_checked and found:
                verdict.right("originals")
            if found is None and is_checked and refers_to not in erased:
                what = f"this revisit refers to {refers_to}, which is in no file of its collection"
                verdict.wrong(Finding(path, offset, "originals", record_id, what))
            elif found is None and is_checked:
                verdict.unchecked("originals", "of records that were erased")
            elif found is None:
                verdict.unchecked("revisits", "of records in other files")
            elif digest is None or original is None or digests.are_equal(digest, original) is None:
                verdict.unchecked("revisits", "without digests that compare")
            elif digests.are_equal(digest, original):
                verdict.right("revisits")
            else:
                what = f"{refers_to} has another payload than this revisit of it"
                verdict.wrong(Finding(path, offset, "revisits", record_id, what))
        self._db.close()
