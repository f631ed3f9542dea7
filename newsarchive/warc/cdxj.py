"""CDXJ: where in which file a URI was captured when, a line for each capture, sorted, as pywb and OutbackCDX read it.

`<SURT> <14 digits> {"url": …, "mime": …, "status": …, "digest": …, "length": …, "offset": …, "filename": …}`
"""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from newsarchive import durable
from newsarchive.warc.fields import Fields, Record
from newsarchive.warc.frame import read_answer
from newsarchive.warc.reader import StoredRecord, read_records
from newsarchive.warc.surt import surt
from newsarchive.warc.writer import OPEN, Place

SUFFIX = ".cdxj"
_INDEXED = frozenset({"response", "revisit", "resource"})
_ENCODE = json.JSONEncoder(ensure_ascii=False).encode


def line(record: Record, place: Place, *, filename: str, method: str = "GET") -> str | None:
    """The line of a record that was just written; None for one that is no capture."""
    if record.kind not in _INDEXED:
        return None
    answer = record.answer
    return _line(
        record.kind,
        record.fields,
        place,
        filename,
        method=method,
        status=answer.status if answer else None,
        mime=answer.header("content-type") if answer else None,
    )


def lines_of(warc: Path) -> Iterator[str]:
    """The lines of a whole WARC file, under its final name, in its order; raises `RecordError` where it is torn."""
    filename = warc.name.removesuffix(OPEN)
    waiting: StoredRecord | None = None
    for record in read_records(warc):
        # The method stands in the request, which follows its answer.
        if waiting:
            yield stored_line(waiting, filename, _method(record, waiting))
        waiting = record if record.kind in _INDEXED else None
    if waiting:
        yield stored_line(waiting, filename, "GET")


class IndexFile:
    """A `.cdxj` in the making: lines are appended to `x.cdxj.open` as captures come, and sorted at the end."""

    def __init__(self, warc: Path) -> None:
        """Begin the index of a WARC file; raises `OSError`."""
        self.path = index_path(warc)
        self._open_path = self.path.with_name(self.path.name + OPEN)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC
        self._descriptor = os.open(self._open_path, flags, 0o644)

    def append(self, lines: Iterable[str]) -> None:
        """Raises `OSError`; the WARC file is the truth, so a torn index is made again from it."""
        block = "".join(f"{line}\n" for line in lines).encode()
        if block:
            os.write(self._descriptor, block)

    def close(self) -> Path:
        """Write the sorted index under its final name, and remove the open file."""
        os.close(self._descriptor)
        with self._open_path.open(encoding="utf-8", newline="\n") as appended:
            write_index(self.path, appended.read().splitlines())
        self._open_path.unlink()
        return self.path


def index_path(warc: Path) -> Path:
    """`x.cdxj` beside `x.warc.gz`."""
    return warc.with_name(warc.name[: warc.name.rindex(".warc")] + SUFFIX)


def write_index(path: Path, lines: Iterable[str]) -> None:
    """Sort lines by their bytes, as a binary search expects them, and write them whole or not at all."""
    with durable.replacing(path) as file:
        file.writelines(sorted(line.encode() + b"\n" for line in lines))


def stored_line(record: StoredRecord, filename: str, method: str) -> str:
    """The line of a response, revisit or resource record as it lies in a file."""
    place = Place(record.offset, record.length)
    answer = read_answer(record.octets, method=method) if record.kind != "resource" else None
    return _line(
        record.kind,
        record.fields,
        place,
        filename,
        method=method,
        status=answer.status if answer else None,
        mime=answer.header("content-type") if answer else None,
    )


def _line(
    kind: str, fields: Fields, place: Place, filename: str, *, method: str, status: int | None, mime: str | None
) -> str:
    named = {name.lower(): value for name, value in fields}
    uri, date = named.get("warc-target-uri", ""), named.get("warc-date", "")
    mime = "warc/revisit" if kind == "revisit" else _bare(mime or (named.get("content-type") if status is None else ""))
    facts = {
        "url": uri,
        "mime": mime,
        "status": str(status) if status else None,
        "digest": named.get("warc-payload-digest"),
        "length": str(place.length),
        "offset": str(place.offset),
        "filename": filename,
        "method": method if method != "GET" else None,
    }
    told = _ENCODE({name: value for name, value in facts.items() if value})
    return f"{_key(uri, method)} {_digits(date)} {told}"


def _key(uri: str, method: str) -> str:
    """An answer to another method than GET must not be replayed as the page: its key says so, in pywb's way."""
    if method != "GET":
        uri += f"{'&' if '?' in uri else '?'}__wb_method={method}"
    return surt(uri)


def _digits(date: str) -> str:
    return "".join(sign for sign in date[:19] if sign.isdigit())


def _bare(content_type: str | None) -> str | None:
    """The media type without its parameters; nothing for one that says nothing."""
    return (content_type or "").partition(";")[0].strip().lower() or None


def _method(record: StoredRecord, answered: StoredRecord) -> str:
    if record.kind != "request" or record.field("WARC-Concurrent-To") != answered.field("WARC-Record-ID"):
        return "GET"
    return record.octets[:32].split(b" ", 1)[0].decode("latin-1")
