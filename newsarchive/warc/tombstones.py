"""Records of what was erased: a `metadata` record in the place of a record, which says by which act and why. Pure.

It has the target URI and the date of what it stands for, and names it by `WARC-Refers-To`; never what stood in it.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from newsarchive.warc import fields
from newsarchive.warc.fields import WARC_FIELDS, Record, warc_fields
from newsarchive.warc.reader import StoredRecord

# It begins the block, so that what is no tombstone is known at once.
_FIRST = "erasedUnder"
_BEGINNING = f"{_FIRST}: ".encode()
WITHHELD = "/withheld"
# The block is as short as what an operator writes.
_LONGEST = 1 << 16
_KEPT_WITHOUT_ADDRESS = ("WARC-Date", "WARC-Warcinfo-ID")
_KEPT = ("WARC-Target-URI", *_KEPT_WITHOUT_ADDRESS)


@dataclass(frozen=True, slots=True)
class Erasure:
    """Under which act something is erased, as every tombstone of it says."""

    act: str
    """Such as T-2026-004."""
    at: str
    """RFC 3339, UTC."""
    reason: str
    """A code, such as `privacy`."""
    authority: str
    """Who asked for it, by what right."""
    keeps_digests: bool = True
    """Short texts can be guessed from their digests: then none is kept."""
    keeps_address: bool = True
    """Else neither the target URI is kept, nor what is made of it."""
    is_withheld: bool = False
    """It is left out of this copy alone, and kept in the archive."""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What a tombstone says of what was there."""

    act: str
    at: str
    reason: str
    authority: str
    erased_id: str
    """WARC-Record-ID of what was there."""
    erased_type: str
    is_withheld: bool
    """Left out of this copy alone."""
    row_id: str | None
    """Of the row that was read from it; None where there was none."""
    article_key: str | None


def tombstone(
    record: StoredRecord, erasure: Erasure, *, row_id: str | None = None, article_key: str | None = None
) -> Record:
    """What stands in the place of a record; the same record and act give the same bytes."""
    old = record.field("WARC-Record-ID") or ""
    kept = _KEPT if erasure.keeps_address else _KEPT_WITHOUT_ADDRESS
    named = tuple((name, value) for name in kept if (value := record.field(name)))
    told = (
        (_FIRST, erasure.act),
        ("erasedAt", erasure.at),
        ("leftOutOf", "this copy" if erasure.is_withheld else None),
        ("reason", erasure.reason),
        ("authority", erasure.authority),
        ("erasedType", record.kind),
        ("erasedLength", str(len(record.octets)) if erasure.keeps_digests else None),
        ("erasedBlockDigest", record.field("WARC-Block-Digest") if erasure.keeps_digests else None),
        ("erasedPayloadDigest", record.field("WARC-Payload-Digest") if erasure.keeps_digests else None),
        ("rowId", row_id),
        ("articleKey", article_key if erasure.keeps_address else None),
    )
    block = warc_fields((name, value) for name, value in told if value)
    own = f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{erasure.act} {old}')}>"
    return fields.record("metadata", own, (*named, ("WARC-Refers-To", old)), WARC_FIELDS, block)


def is_tombstone(record: StoredRecord) -> bool:
    """The record stands for one that was erased."""
    return record.kind == "metadata" and record.octets[: len(_BEGINNING)] == _BEGINNING


def read_tombstone(record: StoredRecord) -> Tombstone | None:
    """What a record says of what was there; None for every other record."""
    if not is_tombstone(record) or len(record.octets) > _LONGEST:
        return None
    told = record.block_fields()
    return Tombstone(
        act=told[_FIRST],
        at=told.get("erasedAt", ""),
        reason=told.get("reason", ""),
        authority=told.get("authority", ""),
        erased_id=record.field("WARC-Refers-To") or "",
        erased_type=told.get("erasedType", ""),
        is_withheld="leftOutOf" in told,
        row_id=told.get("rowId"),
        article_key=told.get("articleKey"),
    )


def act_key(told: Tombstone) -> str:
    """By which what was taken down is counted: the act, and whether it is only withheld."""
    return f"{told.act}{WITHHELD}" if told.is_withheld else told.act


def tombstones(records: Iterator[StoredRecord]) -> Iterator[tuple[StoredRecord, Tombstone]]:
    """Those among records."""
    for record in records:
        if told := read_tombstone(record):
            yield record, told
