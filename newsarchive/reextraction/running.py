"""A whole re-extraction: files are searched for pages here, the workers read them, rows are written in order."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from newsarchive.deriving import Origin, Unread, find
from newsarchive.errors import ArchiveError, NewsArchiveError, described
from newsarchive.items import ErasedArticle, Rejection
from newsarchive.outlets import Outlet
from newsarchive.reextraction.captures import Captures
from newsarchive.reextraction.inputs import Input
from newsarchive.reextraction.outputs import Pair
from newsarchive.reextraction.progress import Done, Journal
from newsarchive.reextraction.rules import Rules
from newsarchive.reextraction.summary import Summary, Told
from newsarchive.reextraction.worker import Line, line_of
from newsarchive.reextraction.workers import Task, Workers
from newsarchive.store import lines
from newsarchive.store.manifests import File
from newsarchive.warc.files import said
from newsarchive.warc.problem import Problem
from newsarchive.warc.reader import StoredRecord
from newsarchive.warc.scanning import scan

# For each worker: what is found before the page that all wait for is read. Pages may be long.
_AHEAD = 64
_AHEAD_BYTES = 4 << 20
_LOOK_SECONDS = 0.5
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Choice:
    """Which pages are wanted."""

    outlet: str | None = None
    since: str | None = None
    """The first day of captures, `2026-11-01`."""

    def takes(self, outlet: str | None, captured_at: str) -> bool:
        return self.outlet in (None, outlet) and (self.since is None or captured_at[:10] >= self.since)


@dataclass(slots=True)
class _Begun:
    """A file on its way."""

    source: Input
    told: Told = field(default_factory=Told)
    digest: str = ""
    size: int = 0
    failure: Problem | None = None
    """It could not be read at all."""
    is_bare: bool = True
    """Neither a record nor a problem was found so far."""


@dataclass(frozen=True, slots=True)
class _Ended:
    begun: _Begun


_Entry = _Begun | Task | Line | Problem | _Ended


class Run:
    """One run over some files."""

    def __init__(
        self,
        inputs: Sequence[Input],
        folder: Path,
        *,
        rules: Rules,
        choice: Choice,
        seconds: int,
        memory_mb: int,
        workers: int,
        advanced: Callable[[int], None],
    ) -> None:
        """A page may take so many seconds and so much memory; `advanced` is told of each bytes that were read."""
        self.summary = Summary()
        self.done: list[Done] = []
        self.workers: Workers | None = None
        self._inputs = inputs
        self._folder = folder
        self._rules = rules
        self._choice = choice
        self._seconds = seconds
        self._memory_mb = memory_mb
        self._count = workers
        self._advanced = advanced
        self._journal = Journal(folder)
        self._captures = Captures(inputs)
        self._key = f"{rules.digest()} {choice}"
        self._extractions: dict[str, list[list[str]]] = {}
        self._window: deque[_Entry] = deque()
        self._window_size = 0
        """Bytes of the pages in it."""
        self._begun: _Begun | None = None
        self._pair: Pair | None = None

    @property
    def begun_places(self) -> set[str]:
        """Where rows of this folder's runs lie or may lie."""
        return self._journal.begun

    @property
    def pages(self) -> int:
        """What is read so far."""
        return self.summary.pages + (
            self._begun.told.articles + self._begun.told.rejected.total() if self._begun else 0
        )

    def go(self) -> None:
        """Do all that is not done yet.

        Raises `OSError` when rows cannot be written, `OutletError`, and `ReaderError`.
        """
        workers = self.workers = Workers(self._count, seconds=self._seconds, memory_mb=self._memory_mb)
        try:
            for entry in self._entries():
                self._admit(entry, workers)
            while self._window:
                self._settle(workers)
        finally:
            workers.end()
            if self._pair:
                self._pair.abort()
            self._captures.close()

    def _entries(self) -> Iterator[_Entry]:
        for source in self._inputs:
            if not self._was_done(source):
                yield from self._entries_of(_Begun(source))

    def _was_done(self, source: Input) -> bool:
        """The same bytes were read by the same rules, and the rows lie there."""
        try:
            with source.open() as (stream, size):
                found = self._journal.done(source.place, self._key, size)
                if found is None or _sha256(stream) != found.source.sha256:
                    return False
        except OSError:
            return False
        self._advanced(size)
        self.done.append(found)
        self.summary.done_before += 1
        self._sum(_told(found))
        return True

    def _entries_of(self, begun: _Begun) -> Iterator[_Entry]:
        yield begun
        source = begun.source
        try:
            with source.open() as (stream, size):
                counted = _Counted(stream, self._advanced)
                records = scan(counted, source.shown, size=size)  # type: ignore[arg-type]
                yield from self._found(_noted(records, begun), begun)
                counted.read_rest()
                begun.digest, begun.size = counted.digest, counted.size
            if not begun.size or begun.is_bare:
                yield Problem(source.shown, 0, "holds no record" if begun.size else "the file is empty")
        except (OSError, ArchiveError) as error:
            what = said(error) if isinstance(error, OSError) else str(error)
            begun.failure = Problem(source.shown, 0, f"cannot be read ({what})")
        except NewsArchiveError:
            raise
        except Exception as error:  # noqa: BLE001 - one file from outside must not end a run of days
            begun.failure = Problem(source.shown, 0, f"cannot be read: a parser failed ({described(error)})")
        yield _Ended(begun)

    def _found(self, records: Iterator[StoredRecord | Problem], begun: _Begun) -> Iterator[_Entry]:
        unknown: set[str] = set()
        source = begun.source
        files_outlet: str | None = None

        def outlet_of(url: str, origin: Origin | None) -> Outlet | None:
            nonlocal files_outlet
            files_outlet = origin.outlet if origin else None
            outlet = self._rules.of(url, origin, source.path)
            if origin and outlet is None:
                unknown.add(origin.outlet)
            return outlet

        for found in find(
            records, filename=source.name, file=source.shown, outlet_of=outlet_of, resolve=self._captures.resolve
        ):
            if isinstance(found, Problem):
                yield found
            elif isinstance(found, Rejection):
                if self._choice.takes(files_outlet, found.captured_at):
                    yield line_of(found)
            elif isinstance(found, ErasedArticle):
                if self._choice.takes(found.outlet, found.captured_at):
                    yield Line(lines.line_of(found.to_record()))
            elif self._choice.takes(found.outlet.id if found.outlet else None, found.page.capture.captured_at):
                yield Task(Unread(found.page, found.outlet))
        for name in sorted(unknown):
            yield Problem(source.shown, 0, f"there is no outlet {name!r} in config/outlets: read by no outlet's rules")

    def _admit(self, entry: _Entry, workers: Workers) -> None:
        """Take one more into the window, when there is room."""
        while self._is_full or (isinstance(entry, Task) and not workers.has_room):
            self._settle(workers)
        if isinstance(entry, Task):
            self._window_size += entry.size
            workers.submit(entry)
        self._window.append(entry)
        self._write()

    @property
    def _is_full(self) -> bool:
        return len(self._window) >= _AHEAD * self._count or self._window_size >= _AHEAD_BYTES * self._count

    def _settle(self, workers: Workers) -> None:
        workers.settle(seconds=_LOOK_SECONDS)
        self._write()

    def _write(self) -> None:
        """Write what is ready, in order."""
        window = self._window
        while window and not (isinstance(window[0], Task) and not window[0].is_done):
            entry = window.popleft()
            if isinstance(entry, Task):
                self._window_size -= entry.size
            self._write_one(entry)

    def _write_one(self, entry: _Entry) -> None:
        if isinstance(entry, _Begun):
            self._journal.begin(entry.source.place)
            self._begun, self._pair = entry, Pair(self._folder, entry.source.place)
            return
        assert self._begun
        assert self._pair
        if isinstance(entry, _Ended):
            self._finish(entry.begun, self._pair)
        elif isinstance(entry, Problem):
            self._begun.told.problems.append(entry)
        elif isinstance(entry, Line):
            self._tell(entry)
        elif entry.line:
            self._tell(entry.line)
        if isinstance(entry, Task) and entry.failure:
            capture = entry.unread.page.capture
            what = f"{capture.url} cannot be read: a parser failed ({entry.failure})"
            self._begun.told.problems.append(Problem(self._begun.source.shown, capture.offset, what))

    def _tell(self, line: Line) -> None:
        assert self._begun
        assert self._pair
        told = self._begun.told
        if line.reason is not None:
            told.rejected[line.reason] += 1
            self._pair.reject(line.octets)
            return
        self._pair.tell(line.octets)
        if line.extraction_id is None:
            told.erased += 1
            return
        told.articles += 1
        if line.extraction:
            rules = [[rule.name, rule.digest] for rule in line.extraction.rules]
            self._extractions[line.extraction.id] = rules
        if line.extraction_id and line.extraction_id not in told.extractions:
            told.extractions[line.extraction_id] = self._extractions[line.extraction_id]

    def _finish(self, begun: _Begun, pair: Pair) -> None:
        self._begun = None
        if begun.failure:
            pair.abort()
            self._pair = None
            self.summary.problems.append(begun.failure)
            return
        outputs = pair.finish()
        # Until here it is given up where something fails.
        self._pair = None
        source = File(str(begun.source.shown), begun.size, begun.digest)
        done = Done(begun.source.place.as_posix(), self._key, source, outputs, begun.told.as_json())
        self._journal.note(done)
        self.done.append(done)
        self._sum(begun.told)

    def _sum(self, told: Told) -> None:
        self.summary.add(told)
        self.summary.problems += told.problems


def _noted(records: Iterator[StoredRecord | Problem], begun: _Begun) -> Iterator[StoredRecord | Problem]:
    for record in records:
        begun.is_bare = False
        yield record


class _Counted:
    """A stream that is read once, forward: how much of it was, and its digest."""

    def __init__(self, stream: BinaryIO, advanced: Callable[[int], None]) -> None:
        self._stream = stream
        self._advanced = advanced
        self._sha256 = hashlib.sha256()
        self.size = 0

    @property
    def digest(self) -> str:
        return f"sha256:{self._sha256.hexdigest()}"

    def read(self, count: int) -> bytes:
        octets = self._stream.read(count)
        self._sha256.update(octets)
        self.size += len(octets)
        self._advanced(len(octets))
        return octets

    def read_rest(self) -> None:
        while self.read(_BLOCK):
            pass


def _sha256(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    while block := stream.read(_BLOCK):
        digest.update(block)
    return f"sha256:{digest.hexdigest()}"


def _told(done: Done) -> Told:
    told = Told()
    told.articles = done.told["articles"]
    told.erased = done.told.get("erased", 0)
    told.rejected.update(done.told["rejected"])
    told.extractions.update(done.told["extractions"])
    told.problems += [Problem(Path(file), offset, what) for file, offset, what in done.told["problems"]]
    return told
