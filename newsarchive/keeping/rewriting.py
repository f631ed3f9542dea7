"""Writing a pair anew without what was erased: the WARC file, then what lies beside it, each whole or not at all.

What is made depends on the old files and the act alone, and every step can be done again: after a kill the same call
goes on where it was.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import rfc8785

from newsarchive import durable
from newsarchive.archiving.rows import ARTICLES, REJECTED, stem_of
from newsarchive.deriving.erased import erased
from newsarchive.deriving.origin import origin_of
from newsarchive.items import ErasedArticle, is_erased
from newsarchive.store import lines
from newsarchive.store.manifests import digest_of
from newsarchive.warc import cdxj
from newsarchive.warc.packing import PACKINGS, Packing
from newsarchive.warc.reader import StoredRecord, read_records
from newsarchive.warc.tombstones import Erasure, read_tombstone, tombstone

_STEP = 1 << 20
_POINTED_AT = frozenset({"response", "revisit", "resource"})


@dataclass(frozen=True, slots=True)
class Places:
    """Where records lie in a WARC file by now."""

    kept: Mapping[str, tuple[int, int]]
    """Offset and length by record id."""
    gone: frozenset[str]
    """Ids of records that were erased, now or earlier."""
    erased: Mapping[str, ErasedArticle]
    """Lines of articles that were erased, by the ids of what was there."""


def files_of(warc: Path) -> list[Path]:
    """The files of a pair that a rewriting may touch, as far as they are there."""
    stem = stem_of(warc)
    beside = [stem.with_name(stem.name + ending) for ending in (ARTICLES, REJECTED)]
    return [path for path in (warc, *beside, cdxj.index_path(warc)) if path.exists()]


def rewrite(warc: Path, erasures: Mapping[str, Erasure], *, into: Path | None = None) -> None:
    """Put tombstones in the place of records, by their ids, and let what lies beside the WARC file follow.

    `into`: the folder of a copy; None changes the pair itself. Raises `OSError`, and `RecordError` where the WARC file
    is damaged: then nothing is changed.
    """
    target = into / warc.name if into else warc
    if into or _holds(warc, erasures):
        _rewrite_records(warc, target, erasures, rows_of(warc))
    places = _places(target)
    stem, own = stem_of(warc), stem_of(target)
    _rewrite_rows(stem.with_name(stem.name + ARTICLES), own.with_name(own.name + ARTICLES), places)
    _rewrite_rejections(stem.with_name(stem.name + REJECTED), own.with_name(own.name + REJECTED), places)
    if cdxj.index_path(warc).exists():
        cdxj.write_index(cdxj.index_path(target), cdxj.lines_of(target))
    durable.sync_folder(target.parent)


def _holds(warc: Path, ids: Collection[str]) -> bool:
    return any(record.field("WARC-Record-ID") in ids for record in read_records(warc))


def _rewrite_records(
    source: Path, target: Path, erasures: Mapping[str, Erasure], rows: Mapping[str, tuple[str, str | None]]
) -> None:
    packing = _packing(source)
    with source.open("rb") as raw, durable.replacing(target) as out:
        for record in read_records(source):
            record_id = record.field("WARC-Record-ID") or ""
            erasure = erasures.get(record_id)
            if erasure is None:
                _copy(raw, record, out)
                continue
            row_id, key = rows.get(record_id, (None, None))
            if row_id and not erasure.keeps_digests:
                row_id = digest_of(rfc8785.dumps([erasure.act, record_id]))
            for piece in packing.pack(tombstone(record, erasure, row_id=row_id, article_key=key)):
                out.write(piece)
    durable.sync_folder(target.parent)


def _packing(warc: Path) -> Packing:
    return next(packing for packing in PACKINGS.values() if warc.name.endswith(packing.suffix))


def _copy(raw: BinaryIO, record: StoredRecord, out: BinaryIO) -> None:
    raw.seek(record.offset)
    left = record.length
    while left:
        piece = raw.read(min(_STEP, left))
        out.write(piece)
        left -= len(piece)


def rows_of(warc: Path) -> dict[str, tuple[str, str | None]]:
    """Id and article key of each row beside a WARC file, by the record that it was read from."""
    path = stem_of(warc).with_name(stem_of(warc).name + ARTICLES)
    rows = (json.loads(line) for line in _lines(path))
    return {row["provenance"]["warc"]["record_id"]: (row["id"], row["article_key"]) for row in rows}


def _places(warc: Path) -> Places:
    kept: dict[str, tuple[int, int]] = {}
    gone: set[str] = set()
    articles: dict[str, ErasedArticle] = {}
    origin = None
    for record in read_records(warc):
        record_id = record.field("WARC-Record-ID") or ""
        if record.kind == "warcinfo":
            origin = origin_of(record)
        elif told := read_tombstone(record):
            gone.add(told.erased_id)
            kept[record_id] = record.offset, record.length
            if line := erased(record, origin=origin, filename=warc.name):
                articles[told.erased_id] = line
        elif record.kind in _POINTED_AT:
            kept[record_id] = record.offset, record.length
    return Places(kept, frozenset(gone), articles)


def _rewrite_rows(source: Path, target: Path, places: Places) -> None:
    if source.exists():
        lines.pack(target, (_moved_row(line, places) for line in _lines(source)))


def _moved_row(line: bytes, places: Places) -> bytes:
    """A line as it belongs beside the new file."""
    row: dict[str, Any] = json.loads(line)
    pointer = row["provenance"]["warc"]
    if not is_erased(row) and (instead := places.erased.get(pointer["record_id"])):
        return lines.line_of(instead.to_record())
    offset, length = places.kept[pointer["record_id"]]
    if (pointer["offset"], pointer["length"]) == (offset, length):
        return line
    pointer.update(offset=offset, length=length)
    return lines.line_of(row)


def _rewrite_rejections(source: Path, target: Path, places: Places) -> None:
    """A file of rejections is there only where there are any."""
    if not source.exists():
        return
    left = [line for line in (_moved_rejection(line, places) for line in _lines(source)) if line]
    if left:
        lines.pack(target, left)
    else:
        target.unlink(missing_ok=True)


def _moved_rejection(line: bytes, places: Places) -> bytes | None:
    row: dict[str, Any] = json.loads(line)
    record_id = row["warc"]["record_id"]
    if record_id in places.gone:
        return None
    row["warc"]["offset"] = places.kept[record_id][0]
    return lines.line_of(row)


def _lines(path: Path) -> Iterator[bytes]:
    if path.exists():
        yield from lines.read_lines(path)
