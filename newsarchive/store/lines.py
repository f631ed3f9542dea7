"""Rows beside a WARC file: appended as they come, put in the order of their captures when the file is finished."""

import gzip
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import rfc8785

from newsarchive import durable

OPEN = ".open"
LONGEST = 32 * 1024 * 1024
"""Bytes of a row; a page is half as long at most."""

Row = Mapping[str, Any]


class LineFile:
    """A `.jsonl.gz` in the making: `x.jsonl.open` until `finish()` sorts, packs and renames it."""

    def __init__(self, path: Path, *, offset_of: Callable[[Row], int]) -> None:
        """`path` ends in `.jsonl.gz`; `offset_of` gives the place of a row's capture in its WARC file."""
        self.path = path
        self._offset_of = offset_of
        self._open_path = open_path(path)
        self._index: dict[int, tuple[int, int]] = {}
        self._size = 0
        self._finished: frozenset[int] | None = None
        """Offsets of the rows that are finished, where they have been asked for."""
        self._descriptor: int | None = None

    def append(self, row: Row) -> None:
        """Write one row; after an `OSError` the file is as it was before."""
        line = line_of(row)
        descriptor = self._opened()
        try:
            _write_all(descriptor, line)
        except OSError:
            os.ftruncate(descriptor, self._size)
            raise
        self._index[self._offset_of(row)] = (self._size, len(line))
        self._size += len(line)

    def has(self, offset: int) -> bool:
        """A row of the capture at this offset has been written, in this process or in one that died."""
        self._know_rows()
        if self._finished is None:
            self._finished = frozenset(self._earlier())
        return offset in self._index or offset in self._finished

    def cut(self, size: int) -> None:
        """Leave out the rows of captures that lie behind this size of the WARC file: they are gone."""
        self._know_rows()
        for offset in [one for one in self._index if one >= size]:
            del self._index[offset]

    def has_rows(self) -> bool:
        """Anything has been written since the last `finish`."""
        self._know_rows()
        return bool(self._index)

    def finish(self) -> Path:
        """Write all rows in the order of their captures under the final name, and remove the open file.

        Rows that come after an earlier `finish` are merged into what is there.
        """
        earlier = self._earlier()
        # It need not reach the disk: the packed file does, and until then the rows can be had again from the WARC.
        os.close(self._opened())
        self._descriptor = None
        with self._open_path.open("rb") as rows:
            pack(
                self.path,
                (earlier.get(offset) or self._row(rows, offset) for offset in sorted({*earlier, *self._index})),
            )
        self._open_path.unlink()
        self._index, self._size, self._finished = {}, 0, None
        return self.path

    def discard(self) -> None:
        """Remove an open file that holds no whole row, as when the disk was full at the first one."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        self._open_path.unlink(missing_ok=True)

    def _earlier(self) -> dict[int, bytes]:
        """The rows of an earlier `finish`."""
        if not self.path.exists():
            return {}
        return {self._offset_of(json.loads(line)): line for line in read_lines(self.path)}

    def _row(self, rows: Any, offset: int) -> bytes:
        start, length = self._index[offset]
        rows.seek(start)
        line: bytes = rows.read(length)
        return line

    def _opened(self) -> int:
        if self._descriptor is None:
            self._know_rows()
            self._descriptor = os.open(self._open_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
            os.ftruncate(self._descriptor, self._size)
        return self._descriptor

    def _know_rows(self) -> None:
        """Index the whole rows of a file that a dead process left open; a torn last row is cut off."""
        if self._descriptor is not None or self._index or not self._open_path.exists():
            return
        with self._open_path.open("rb") as rows:
            for line in rows:
                if not line.endswith(b"\n"):
                    break
                try:
                    offset = self._offset_of(json.loads(line))
                except (ValueError, KeyError, TypeError, RecursionError):
                    # After a loss of power a file may hold what was never written; the rows are read again.
                    break
                self._index[offset] = (self._size, len(line))
                self._size += len(line)


def line_of(row: Row) -> bytes:
    """A row as one line of canonical JSON (RFC 8785), with its line end."""
    if row.get("metadata"):
        # The only place with keys and numbers that somebody else chooses.
        return rfc8785.dumps(dict(row)) + b"\n"
    # Of whole numbers and plain keys the standard library writes the same bytes, in a tenth of the time.
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def open_path(path: Path) -> Path:
    """`x.jsonl.gz` is `x.jsonl.open` while it is written: rows are not packed yet."""
    return path.with_name(path.name.removesuffix(".gz") + OPEN)


def read_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a finished file, each with its line end.

    Raises: `OSError`, also for a line longer than `LONGEST`; `EOFError`, `zlib.error`.
    """
    with gzip.open(path, "rb") if path.name.endswith(".gz") else path.open("rb") as rows:
        while line := rows.readline(LONGEST + 1):
            if len(line) > LONGEST:
                raise OSError(f"a line is longer than {LONGEST >> 20} MiB")
            yield line


def pack(path: Path, lines: Iterable[bytes]) -> None:
    """A gzip file without name and time, so that the same rows are the same bytes; it is there whole or not at all."""
    with (
        durable.replacing(path) as packed,
        gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as stream,
    ):
        stream.writelines(lines)


def _write_all(descriptor: int, line: bytes) -> None:
    view = memoryview(line)
    while view:
        view = view[os.write(descriptor, view) :]
