"""Where else in an archive the text of an article stands: feeds, lists of headlines, pages that quote it."""

import html
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from newsarchive.errors import RecordError
from newsarchive.keeping.takedowns import Taken, Why
from newsarchive.learned import fold
from newsarchive.sealing.pairs import UNFINISHED
from newsarchive.store import rules
from newsarchive.warc.frame import read_answer
from newsarchive.warc.payload import decoded
from newsarchive.warc.reader import StoredRecord, read_records
from newsarchive.warc.tombstones import is_tombstone

# What is shorter stands on any page.
_SHORTEST = 30
_LONGEST = 120
_MOST_UNPACKED = 1 << 26
_TAG = re.compile(r"<[^>]{0,4000}>")
_SPACE = re.compile(r"\s+")
_REFER_BY = {"revisit": "WARC-Refers-To", "request": "WARC-Concurrent-To", "metadata": "WARC-Refers-To"}


class Needles:
    """What is looked for: the beginnings of headlines and paragraphs, as any page may write them."""

    def __init__(self, *, headlines: Iterable[str], paragraphs: Iterable[str], addresses: Iterable[str] = ()) -> None:
        """`addresses`: those that are not to stand anywhere, too."""
        self._written: dict[Why, list[str]] = {"text": _written(paragraphs), "headline": _written(headlines)}
        self._addresses = sorted({way for url in addresses for way in _ways(url)})

    @property
    def has_addresses(self) -> bool:
        return bool(self._addresses)

    @property
    def all(self) -> list[str]:
        return [*(text for written in self._written.values() for text in written), *self._addresses]

    def why(self, page: str) -> Why | None:
        """What of it stands on a page, whatever tags and escapes are in between: text before headlines."""
        once = html.unescape(page)
        shown = [_plain(_TAG.sub("", said)) for said in (once, html.unescape(once))]
        for why, written in self._written.items():
            if any(text in said for said in shown for text in written):
                return why
        return self.named(once)

    def named(self, text: str) -> Why | None:
        """An address stands in a text."""
        plain = text.replace("\\/", "/").lower()
        return "address" if any(address in plain for address in self._addresses) else None


def mentions(collection: Path, needles: Needles, taken: frozenset[str]) -> Iterator[Taken]:
    """Records that are not taken yet in which something of it stands, with what asked for them and what repeats them.

    A file that is damaged is read as far as it can be.
    """
    if not needles.all:
        return
    found: dict[str, Why] = dict.fromkeys(_named_beside(collection, needles), "address")
    for warc in _warcs(collection):
        try:
            for record in read_records(warc):
                record_id = record.field("WARC-Record-ID") or ""
                why = found.get(record_id) or _why(record, needles, found) if record_id not in taken else None
                if why:
                    found[record_id] = why
                    yield Taken(
                        collection=collection.name,
                        file=warc.relative_to(collection).as_posix(),
                        record_id=record_id,
                        kind=record.kind,
                        url=(record.field("WARC-Target-URI") or "").strip("<>"),
                        captured_at=record.field("WARC-Date") or "",
                        why=why,
                    )
        except RecordError:
            continue


def learned_with(collection: Path, needles: Needles) -> list[Path]:
    """Learned tables in which the text stands, as it recurred on many pages."""
    folded = [fold(text) for text in needles.all]
    return [
        path
        for path in sorted((collection / rules.FOLDER).glob("*.json"))
        if any(text in path.read_text(encoding="utf-8", errors="replace") for text in folded)
    ]


def _why(record: StoredRecord, needles: Needles, found: Mapping[str, Why]) -> Why | None:
    if is_tombstone(record):
        return None
    if record.kind == "metadata" and (why := needles.named(_fields(record))):
        return why
    if record.kind in _REFER_BY:
        return found.get(record.field(_REFER_BY[record.kind]) or "")
    return needles.why(_text(record)) if record.kind in ("response", "resource") else None


def _named_beside(collection: Path, needles: Needles) -> Iterator[str]:
    """Answers beside which an address is named that may not stand anywhere: what says how they came goes with them."""
    if needles.has_addresses:
        for warc in _warcs(collection):
            with suppress(RecordError):
                for record in read_records(warc):
                    if record.kind == "metadata" and needles.named(_fields(record)):
                        yield record.field("WARC-Concurrent-To") or ""


def _warcs(collection: Path) -> list[Path]:
    return sorted(path for path in collection.rglob("NA-*.warc*") if not path.name.endswith(UNFINISHED))


def _fields(record: StoredRecord) -> str:
    """What stands in a metadata record, and whose it is."""
    block = "" if is_tombstone(record) else record.block.decode("utf-8", errors="replace")
    return f"{record.field('WARC-Target-URI') or ''} {block}"


def _ways(url: str) -> set[str]:
    """How an address is written on pages: with any scheme, and within the query of another."""
    bare = url.partition("://")[2].removeprefix("www.").rstrip("/").lower()
    # A home page stands on every page.
    return {bare, quote(bare, safe="").lower(), html.escape(bare)} if "/" in bare else set()


def _written(texts: Iterable[str]) -> list[str]:
    """As they stand on pages, and in JSON."""
    plain = {text for text in (_plain(text)[:_LONGEST].strip() for text in texts) if len(text) >= _SHORTEST}
    escaped = {json.dumps(text, ensure_ascii=is_ascii)[1:-1] for text in plain for is_ascii in (True, False)}
    return sorted(plain | escaped)


def _text(record: StoredRecord) -> str:
    if record.kind == "resource":
        return record.block.decode("utf-8", errors="replace")
    answer = read_answer(record.octets, method="GET")
    if answer is None:
        return ""
    head = answer.head.decode("latin-1")
    entity = b"".join(map(bytes, answer.entity_pieces()))
    try:
        entity = decoded(entity, answer.header("content-encoding"), limit=_MOST_UNPACKED)
    except ValueError:
        return head
    return f"{head}{entity.decode('utf-8', errors='replace')}"


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", _SPACE.sub(" ", text))
