"""What revisits refer to, wherever in the files given it lies; looked for only when the first of them asks.

They name a record, an address and a time, or nothing but the digest of their payload, which finds it, too.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from backports.zstd import ZstdDict

from newsarchive.deriving.foreign import moment, url_of
from newsarchive.reextraction.inputs import Input
from newsarchive.warc import beginnings, digests
from newsarchive.warc.reader import StoredRecord
from newsarchive.warc.scanning import scan

_TABLE = """
    CREATE TABLE capture (record_id TEXT, url TEXT, date TEXT, digest TEXT, input INTEGER, place INTEGER);
"""
_INDEXES = """
    CREATE INDEX by_id ON capture (record_id);
    CREATE INDEX by_url ON capture (url, date);
    CREATE INDEX by_digest ON capture (digest, url);
"""


class Captures:
    """Answers of all inputs by what revisits say of them; in a database without a name on the disk."""

    def __init__(self, inputs: Sequence[Input]) -> None:
        self._inputs = inputs
        self._database: sqlite3.Connection | None = None
        self._held: tuple[int, ZstdDict | None] = -1, None

    def resolve(self, revisit: StoredRecord) -> StoredRecord | None:
        """The response record to which a revisit refers; None where it is in none of the inputs."""
        if self._database is None:
            self._database = self._filled()
        found = self._by_id(revisit) or self._by_url(revisit) or self._by_digest(revisit)
        return self._read(*found) if found else None

    def close(self) -> None:
        if self._database:
            self._database.close()

    def _by_id(self, revisit: StoredRecord) -> tuple[str, int, int] | None:
        return self._first("record_id = ?", revisit.field("WARC-Refers-To"))

    def _by_url(self, revisit: StoredRecord) -> tuple[str, int, int] | None:
        url = url_of(revisit, "WARC-Refers-To-Target-URI")
        return self._first("url = ? AND date = ?", url, moment(revisit.field("WARC-Refers-To-Date") or ""))

    def _by_digest(self, revisit: StoredRecord) -> tuple[str, int, int] | None:
        digest = _digest(revisit)
        # A page that its own address had before is unchanged, whatever others have.
        return self._first("digest = ? AND url = ?", digest, url_of(revisit)) or self._first("digest = ?", digest)

    def _first(self, condition: str, *values: str | None) -> tuple[str, int, int] | None:
        assert self._database
        # The conditions are those above.
        statement = f"SELECT record_id, input, place FROM capture WHERE {condition} ORDER BY input, place LIMIT 1"  # noqa: S608
        row: tuple[str, int, int] | None = self._database.execute(statement, values).fetchone()
        return row

    def _filled(self) -> sqlite3.Connection:
        # SQLite's own temporary file: gone with its process, whatever becomes of that.
        database = sqlite3.connect("")
        database.executescript(_TABLE)
        for number, one in enumerate(self._inputs):
            database.executemany("INSERT INTO capture VALUES (?, ?, ?, ?, ?, ?)", _rows(number, one))
        database.executescript(_INDEXES)
        return database

    def _read(self, record_id: str, number: int, place: int) -> StoredRecord | None:
        one = self._inputs[number]
        try:
            with one.open() as (stream, size):
                dictionary = self._dictionary(number, stream) if place else None
                stream.seek(place)
                records = scan(stream, one.shown, start=place, size=size, dictionary=dictionary)
                return next(
                    (record for record in _stored(records) if record.field("WARC-Record-ID") == record_id), None
                )
        except OSError:
            return None

    def _dictionary(self, number: int, stream: BinaryIO) -> ZstdDict | None:
        """What the Zstandard frames of a file were compressed with; of the file that was asked for last it is kept."""
        if self._held[0] != number:

            def first(count: int) -> bytes:
                stream.seek(0)
                return stream.read(count)

            try:
                self._held = number, beginnings.dictionary(first)[1]
            except ValueError:
                self._held = number, None
        return self._held[1]


def _rows(number: int, one: Input) -> Iterator[tuple[str | None, str, str | None, str | None, int, int]]:
    try:
        with one.open() as (stream, size):
            for record in _stored(scan(stream, one.shown, size=size)):
                url = url_of(record) if record.kind == "response" else None
                if url:
                    date = moment(record.field("WARC-Date") or "")
                    yield record.field("WARC-Record-ID"), url, date, _digest(record), number, record.offset
    except OSError:
        # Told where the file itself is read.
        return


def _digest(record: StoredRecord) -> str | None:
    stated = record.field("WARC-Payload-Digest")
    return digests.plain(stated) if stated else None


def _stored(records: Iterable[object]) -> Iterator[StoredRecord]:
    return (record for record in records if isinstance(record, StoredRecord))
