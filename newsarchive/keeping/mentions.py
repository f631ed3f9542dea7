"""Where else in an archive the text of an article stands: feeds, lists of headlines, pages that quote it."""

import html
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import quote, unquote

from newsarchive import walking
from newsarchive.errors import RecordError
from newsarchive.extract.decode import decode
from newsarchive.keeping.takedowns import Taken, Why
from newsarchive.learned import fold
from newsarchive.sealing.pairs import UNFINISHED
from newsarchive.store import rules
from newsarchive.text import unescape
from newsarchive.warc.frame import read_answer
from newsarchive.warc.payload import front
from newsarchive.warc.reader import StoredRecord, read_records
from newsarchive.warc.tombstones import is_tombstone

# What is shorter stands on any page; a sign of East Asia says as much as two letters.
_SHORTEST = 24
_LONGEST = 120
_MOST_UNPACKED = 1 << 26
# `<![CDATA[` begins no tag, and a lone `<` neither: what follows it is text.
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,4000}>|<!--|-->|<!\[CDATA\[|\]\]>")
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([nrtbf])|(.))", re.DOTALL)
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"\w{4,}")
_NO_LETTERS = re.compile(r"[\W_]+")
_LONGEST_WORD = 20
"""What is longer is a sentence in a script that puts nothing between words, and may be broken anywhere."""
_WIDE = frozenset("WF")
_GZIP = b"\x1f\x8b"
_REFER_BY = {"revisit": "WARC-Refers-To", "request": "WARC-Concurrent-To", "metadata": "WARC-Refers-To"}
_NAMING = frozenset({"metadata", "request"})
"""What may name the address beside an answer: how it was found, and by which page it was asked for."""


@dataclass(frozen=True, slots=True)
class _Needle:
    """The beginning of a headline or of a paragraph."""

    plain: str
    letters: str
    """Its letters and digits alone, small: whatever a page puts between them."""
    words: tuple[str, ...]
    """By which pages are passed over that cannot have it."""

    def is_likely_in(self, page: str) -> bool:
        return sum(word in page for word in self.words) * 2 >= len(self.words)


class Needles:
    """What is looked for: the beginnings of headlines and paragraphs, as any page may write them."""

    def __init__(self, *, headlines: Iterable[str], paragraphs: Iterable[str], addresses: Iterable[str] = ()) -> None:
        """`addresses`: those that are not to stand anywhere, too."""
        self._texts: dict[Why, list[_Needle]] = {"text": _needles(paragraphs), "headline": _needles(headlines)}
        self._addresses = _pattern({way for url in addresses for way in _ways(url)})

    @property
    def has_addresses(self) -> bool:
        return self._addresses is not None

    @property
    def texts(self) -> list[str]:
        return [one.plain for needles in self._texts.values() for one in needles]

    def why(self, page: str) -> Why | None:
        """What of it stands on a page, whatever tags and escapes are in between: text before headlines."""
        once = unescape(page)
        said = _unescaped(unescape(once)).lower()
        said = said if said.isascii() else unicodedata.normalize("NFC", said)
        letters: list[str] = []
        for why, needles in self._texts.items():
            for one in needles:
                if one.is_likely_in(said):
                    # As it is shown, and as it stands in attributes and scripts.
                    letters = letters or [_letters(_TAG.sub("", said)), _letters(said)]
                    if any(one.letters in shown for shown in letters):
                        return why
        return self.named(once)

    def named(self, text: str) -> Why | None:
        """An address stands in a text."""
        if self._addresses is None:
            return None
        return "address" if self._addresses.search(text.replace("\\/", "/").lower()) else None


def mentions(collection: Path, needles: Needles, taken: frozenset[str]) -> Iterator[Taken]:
    """Records that are not taken yet in which something of it stands, with what asked for them and what repeats them.

    A file that is damaged is read as far as it can be.
    """
    if not needles.texts and not needles.has_addresses:
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
    folded = [_letters(fold(text)) for text in needles.texts]
    return [
        path
        for path in sorted((collection / rules.FOLDER).glob("*.json"))
        if any(map(_letters(_unescaped(path.read_text(encoding="utf-8", errors="replace"))).__contains__, folded))
    ]


def _why(record: StoredRecord, needles: Needles, found: Mapping[str, Why]) -> Why | None:
    if is_tombstone(record):
        return None
    if record.kind in _NAMING and (why := needles.named(_fields(record))):
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
                    if record.kind in _NAMING and needles.named(_fields(record)):
                        yield record.field("WARC-Concurrent-To") or ""


def _warcs(collection: Path) -> list[Path]:
    return [
        path
        for path in walking.all_files(collection)
        if fnmatch(path.name, "NA-*.warc*") and not path.name.endswith(UNFINISHED)
    ]


def _fields(record: StoredRecord) -> str:
    """What stands in a record of fields, and whose it is."""
    block = "" if is_tombstone(record) else record.octets[:_MOST_UNPACKED].decode("utf-8", errors="replace")
    return f"{record.field('WARC-Target-URI') or ''} {block}"


def _ways(url: str) -> set[str]:
    """How an address is written on pages, as patterns: with any scheme or none, and within the query of another."""
    bare = url.partition("://")[2].removeprefix("www.").rstrip("/").lower()
    # A home page stands on every page.
    if "/" not in bare:
        return set()
    path = bare[bare.index("/") :]
    quoted = {quote(bare, safe="").lower(), quote(unquote(bare), safe="/").lower()}
    whole = {bare, html.escape(bare), unquote(bare), *quoted}
    # What stands before it belongs to the address of another host, or is the end of an element.
    within = {path, html.escape(path), unquote(path)}
    return {re.escape(way) for way in whole} | {rf"(?<![<\w.%-]){re.escape(way)}" for way in within}


def _pattern(ways: Collection[str]) -> re.Pattern[str] | None:
    """Any of the addresses, and none that is longer by letters."""
    return re.compile(f"(?:{'|'.join(sorted(ways))})(?![\\w-])") if ways else None


def _needles(texts: Iterable[str]) -> list[_Needle]:
    plain = sorted({_plain(text)[:_LONGEST].strip() for text in texts})
    found = [_Needle(text, _letters(text.lower()), _words(text)) for text in plain]
    return [one for one in found if _width(one.letters) >= _SHORTEST]


def _words(text: str) -> tuple[str, ...]:
    words = {word for word in _WORD.findall(text.lower()) if len(word) <= _LONGEST_WORD and _width(word) == len(word)}
    return tuple(sorted(words, key=lambda word: (-len(word), word))[:6])


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in _WIDE else 1 for sign in text)


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", unicodedata.normalize("NFKC", text))


def _unescaped(text: str) -> str:
    """Without the escapes of JSON and of scripts."""
    return _ESCAPED.sub(_sign, text) if "\\" in text else text


def _sign(escape: re.Match[str]) -> str:
    code, space, other = escape.groups()
    return chr(int(code, 16)) if code else " " if space else other


def _text(record: StoredRecord) -> str:
    if record.kind == "resource":
        return decode(record.octets[:_MOST_UNPACKED], None).text
    answer = read_answer(record.octets, method="GET")
    if answer is None:
        return ""
    head = answer.head.decode("latin-1")
    payload = front(answer.entity_pieces(), answer.content_coding, most=_MOST_UNPACKED)
    if payload.startswith(_GZIP):
        # A sitemap that is packed by itself.
        payload = front([payload], "gzip", most=_MOST_UNPACKED)
    return f"{head}{decode(payload, answer.header('content-type')).text}"


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", _SPACE.sub(" ", text))
