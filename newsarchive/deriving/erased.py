"""The line that belongs to an article that was erased: made of the record in its place, and of nothing else."""

from newsarchive.deriving.origin import Origin
from newsarchive.items import ErasedArticle
from newsarchive.warc.reader import StoredRecord
from newsarchive.warc.tombstones import read_tombstone


def erased(record: StoredRecord, *, origin: Origin | None, filename: str) -> ErasedArticle | None:
    """The line of a tombstone; None for every other record, and where there was no line."""
    told = read_tombstone(record)
    if told is None or told.row_id is None:
        return None
    return ErasedArticle(
        id=told.row_id,
        url=record.field("WARC-Target-URI"),
        outlet=origin.outlet if origin else None,
        article_key=told.article_key,
        captured_at=record.field("WARC-Date") or "",
        filename=(origin and origin.filename) or filename,
        offset=record.offset,
        length=record.length,
        record_id=record.field("WARC-Record-ID") or "",
        act=told.act,
        erased_at=told.at,
        reason=told.reason,
        authority=told.authority,
        erased_record_id=told.erased_id,
    )
