"""Copies of pairs without what is withheld: what goes into a snapshot instead of the pair."""

import dataclasses
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from newsarchive.errors import RecordError, SnapshotError
from newsarchive.keeping.access import Access
from newsarchive.keeping.takedowns import Takedown
from newsarchive.sealing.indexing import lines_beside
from newsarchive.sealing.pairs import REDACTED, Pair, folder_of
from newsarchive.warc.reader import StoredRecord, read_records
from newsarchive.warc.tombstones import Erasure, is_tombstone

_LEVELS = ("withhold", "erase")
_DOM = "urn:dom:"


class Redactor:
    """Makes the copies, by the acts that stand when it is made."""

    def __init__(self, folder: Path) -> None:
        """`folder` is that of the keepers; raises `SnapshotError` where an act is damaged."""
        self._access = Access.of(folder)

    def __call__(self, pair: Pair, into: Path) -> Pair:
        """The pair itself where nothing of it is withheld, else a copy in a new folder; raises `SnapshotError`."""
        outlet = folder_of(pair).name
        if not any(self._access.may_be_meant(line.url, outlet=outlet) for line in lines_beside(pair)):
            return pair
        try:
            withheld = self._found(pair)
            if not withheld:
                return pair
            into.mkdir(parents=True)
            (into / REDACTED).touch()
            # What rewrites loads what reads articles, and few snapshots need that.
            from newsarchive.keeping import rewriting  # noqa: PLC0415

            rewriting.rewrite(pair.warc, withheld, into=into)
        except (OSError, RecordError) as error:
            raise SnapshotError(pair.warc, f"cannot be copied without what is withheld ({error})") from error
        return replace(pair, warc=into / pair.warc.name)

    def _found(self, pair: Pair) -> dict[str, Erasure]:
        """Records that are withheld."""
        found: dict[str, Erasure] = {}
        belonging: dict[str, str] = {}
        for record in read_records(pair.warc):
            record_id = record.field("WARC-Record-ID") or ""
            if act := self._withheld(record, pair):
                found[record_id] = dataclasses.replace(act.erasure, is_withheld=True)
            elif record.kind in ("request", "metadata"):
                field = "WARC-Concurrent-To" if record.kind == "request" else "WARC-Refers-To"
                belonging[record_id] = record.field(field) or ""
        return found | {one: found[about] for one, about in belonging.items() if about in found}

    def _withheld(self, record: StoredRecord, pair: Pair) -> Takedown | None:
        if record.kind not in ("response", "revisit", "resource", "request") or is_tombstone(record):
            return None
        url = (record.field("WARC-Target-URI") or "").strip("<>").removeprefix(_DOM)
        return self._act(url, _moment(record.field("WARC-Date") or ""), pair)

    def _act(self, url: str, captured_at: datetime | None, pair: Pair) -> Takedown | None:
        act = self._access.act(url, captured_at, outlet=folder_of(pair).name)
        return act if act and act.level in _LEVELS else None


def _moment(printed: str) -> datetime | None:
    try:
        return datetime.fromisoformat(printed)
    except ValueError:
        return None
