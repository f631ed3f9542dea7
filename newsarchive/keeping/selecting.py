"""Which records of an archive a takedown means: all captures of an article, under all its addresses."""

import json
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from newsarchive import urls
from newsarchive.errors import ArchiveError, RecordError
from newsarchive.items import is_erased
from newsarchive.keeping.scope import Scope
from newsarchive.keeping.takedowns import Taken, Why
from newsarchive.parameters import ORDINARY, Selection
from newsarchive.sealing.indexing import lines_beside
from newsarchive.sealing.pairs import UNFINISHED, Pair, all_pairs, folder_of
from newsarchive.store import lines
from newsarchive.store.aliases import Aliases
from newsarchive.store.database import Database
from newsarchive.warc.reader import StoredRecord, read_records
from newsarchive.warc.tombstones import is_tombstone

# Of what is no answer nobody reads more than this; a list of links is the longest.
_LONGEST_FIELDS = 1 << 22
_DOM = "urn:dom:"
_ANSWERS = frozenset({"response", "revisit", "resource", "conversion"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be taken down."""

    scope: Scope
    """Pages, prefixes, days, outlets."""
    records: frozenset[str] = frozenset()
    """Record ids; then the scope says only where they are looked for."""
    is_exact: bool = False
    """No other address than those in the scope."""
    takes_exchanges: bool = False
    """The metadata records of exchanges, too: they name the address."""


@dataclass(slots=True)
class Selected:
    """What was found."""

    pages: set[str] = field(default_factory=set)
    """Addresses of the articles."""
    keys: set[str] = field(default_factory=set)
    records: list[Taken] = field(default_factory=list)
    rows: int = 0
    headlines: set[str] = field(default_factory=set)
    """And deks, to find where else they stand; so are the paragraphs."""
    paragraphs: set[str] = field(default_factory=set)

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(one.record_id for one in self.records)

    @property
    def warcs(self) -> set[tuple[str, str]]:
        """Collections, and paths of WARC files in them."""
        return {(one.collection, one.file) for one in self.records}


def select(archive: Path, wanted: Wanted, *, selections: Mapping[str, Selection]) -> Selected:
    """Find all records that are meant; raises `ArchiveError` where a file that may hold some is open or damaged.

    `selections`: the parameters that tell the articles of an outlet apart.
    """
    if not archive.is_dir():
        raise ArchiveError(archive, "there is no such archive")
    pairs = [pair for pair in all_pairs(archive) if _of(wanted, pair)]
    search = _Search(archive, wanted, selections)
    search.know_addresses(pairs)
    for pair in pairs:
        if not pair.warc.name.endswith(UNFINISHED) and search.may_hold(pair):
            search.take(pair)
    return search.found


def addresses(archive: Path, scope: Scope, *, selections: Mapping[str, Selection]) -> set[str]:
    """All addresses under which an archive knows the articles of a scope; raises `ArchiveError` as `select`."""
    wanted = Wanted(scope)
    search = _Search(archive, wanted, selections)
    search.know_addresses(pair for pair in all_pairs(archive) if _of(wanted, pair))
    return search.found.pages


def _of(wanted: Wanted, pair: Pair) -> bool:
    return not wanted.scope.outlets or folder_of(pair).name in wanted.scope.outlets


class _Search:
    """One search."""

    def __init__(self, archive: Path, wanted: Wanted, selections: Mapping[str, Selection]) -> None:
        self._archive = archive
        self._wanted = wanted
        self._selections = selections
        self._ids = set(wanted.records)
        scope = wanted.scope
        self.found = Selected(pages=set(scope.pages))
        # What begins so is meant whole; its other addresses are not looked for.
        self._by_prefix = scope.model_copy(update={"pages": ()}) if scope.urls else None

    def know_addresses(self, pairs: Iterable[Pair]) -> None:
        """Learn under which addresses the articles are known, from the state and from the rows."""
        for url in self._wanted.scope.pages:
            self._know(url)
        if self._wanted.is_exact or self._wanted.records or not self._wanted.scope.pages:
            return
        database = self._archive / "state.sqlite"
        pairs = list(pairs)
        before = -1
        # An address leads to an article, and that to its other addresses.
        while before != len(self.found.pages) + len(self.found.keys):
            before = len(self.found.pages) + len(self.found.keys)
            if database.exists():
                self._know_aliases(database, {folder_of(pair).name for pair in pairs})
            for pair in pairs:
                self._know_rows(pair)

    def may_hold(self, pair: Pair) -> bool:
        """By its index."""
        if self._wanted.records:
            return True
        return any(self._is_meant(line.url, pair) for line in lines_beside(pair))

    def take(self, pair: Pair) -> None:
        """All records of a file that are meant: answers, what asked for them, links and renderings of them."""
        collection = folder_of(pair)
        file = pair.warc.relative_to(collection).as_posix()
        try:
            records = [_Fields.of(record) for record in read_records(pair.warc) if not is_tombstone(record)]
        except RecordError as error:
            raise ArchiveError(pair.warc, f"is damaged at {error.offset}: it cannot be searched") from error
        taken: dict[str, Why] = {}
        for one in records:
            why = self._why(one, pair)
            if why:
                taken[one.record_id] = why
        for one in records:
            # A request, or the links of a page, go with the answer.
            goes = not one.is_exchange or self._wanted.takes_exchanges
            if one.kind in ("request", "metadata") and one.about in taken and goes:
                taken[one.record_id] = taken[one.about]
        self._ids |= taken.keys()
        for one in records:
            if why := taken.get(one.record_id):
                taking = Taken(
                    collection=collection.name,
                    file=file,
                    record_id=one.record_id,
                    kind=one.kind,
                    url=one.url,
                    captured_at=one.date,
                    why=why,
                )
                self.found.records.append(taking)
        self._count_rows(pair, taken)

    def _why(self, one: "_Fields", pair: Pair) -> Why | None:
        if one.record_id in self._wanted.records:
            return "selected"
        if one.kind == "revisit" and one.refers_to in self._ids:
            return "revisit"
        is_left = one.kind == "metadata" and not (one.is_exchange and self._wanted.takes_exchanges)
        if self._wanted.records or is_left or one.kind == "warcinfo":
            return None
        return "selected" if self._is_meant(one.url, pair) and self._is_in_time(one.date) else None

    def _is_meant(self, url: str, pair: Pair) -> bool:
        url = url.removeprefix(_DOM)
        if url in self.found.pages:
            return True
        if self._by_prefix and self._by_prefix.covers(outlet=pair.outlet, url=url, captured_at=None, snapshot=None):
            return True
        return not self._wanted.is_exact and bool(self.found.keys) and self._key(url, pair) in self.found.keys

    def _is_in_time(self, date: str) -> bool:
        scope = self._wanted.scope
        if not (scope.first_day or scope.last_day):
            return True
        try:
            moment = datetime.fromisoformat(date)
        except ValueError:
            return True
        day = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).date()
        return (scope.first_day or day) <= day <= (scope.last_day or day)

    def _know(self, url: str) -> None:
        self.found.pages.add(url)
        if not self._wanted.is_exact:
            self.found.keys |= {urls.key(url, selection) for selection in (ORDINARY, *self._selections.values())}

    def _know_aliases(self, path: Path, collections: Iterable[str]) -> None:
        # Who only asks what would go changes nothing.
        database = Database(path, only_reads=True)
        was_in_use = database.is_in_use
        try:
            for outlet in collections:
                aliases = Aliases(database, self._selections.get(outlet, ORDINARY))
                for url in sorted(self.found.pages):
                    own = aliases.leads_to(outlet, url)
                    for other in (*((own,) if own else ()), *(one.url for one in aliases.of(outlet, url))):
                        self._know(other)
        finally:
            database.close()
        if database.is_in_use and not was_in_use:
            raise ArchiveError(path, "a crawl began to use the state meanwhile; try again")

    def _know_rows(self, pair: Pair) -> None:
        """The addresses under which an article was read; one key of it may be that of another address."""
        needles = [needle.encode() for needle in (*self.found.keys, *self.found.pages)]
        for line in _lines(pair.rows):
            if not any(needle in line for needle in needles):
                continue
            row = json.loads(line)
            if row["url"] in self.found.pages or row["article_key"] in self.found.keys:
                self.found.keys |= {row["article_key"], self._key(row["url"], pair)}
                self.found.pages.add(row["url"])

    def _count_rows(self, pair: Pair, taken: Collection[str]) -> None:
        for line in _lines(pair.rows) if taken else ():
            row = json.loads(line)
            if is_erased(row) or row["provenance"]["warc"]["record_id"] not in taken:
                continue
            self.found.rows += 1
            self.found.headlines |= {row["headline"] or "", row["dek"] or ""}
            self.found.paragraphs |= {row["text"][start:end] for start, end in row["paragraphs"]}
            if not self._wanted.records and not self._wanted.is_exact:
                self.found.keys |= {row["article_key"], self._key(row["url"], pair)}
                if not self._by_prefix:
                    self.found.pages.add(row["url"])

    def _key(self, url: str, pair: Pair) -> str:
        try:
            return urls.key(url, self._selections.get(folder_of(pair).name, ORDINARY))
        except ValueError:
            return ""


@dataclass(frozen=True, slots=True)
class _Fields:
    """What is asked of a record."""

    record_id: str
    kind: str
    url: str
    date: str
    about: str
    """The record to which it belongs."""
    refers_to: str
    is_exchange: bool
    """A metadata record that ends an exchange: it says how a page was found and fetched, and nothing of its text."""

    @classmethod
    def of(cls, record: StoredRecord) -> "_Fields":
        concurrent, refers_to = record.field("WARC-Concurrent-To"), record.field("WARC-Refers-To")
        return cls(
            record.field("WARC-Record-ID") or "",
            record.kind,
            (record.field("WARC-Target-URI") or "").strip("<>"),
            record.field("WARC-Date") or "",
            (refers_to if record.kind == "metadata" and refers_to else concurrent) or "",
            refers_to or "",
            is_exchange=record.kind == "metadata" and refers_to is None,
        )


def _lines(path: Path) -> Iterator[bytes]:
    try:
        if path.exists():
            yield from lines.read_lines(path)
    except (OSError, EOFError, zlib.error) as error:
        raise ArchiveError(path, f"is damaged ({error}): it cannot be searched") from error
