"""Processes that read pages and give back finished lines; a page that kills one, or hangs, is named.

Pages go to them in batches, and lines come back in batches, as each message costs both sides a good part of a reading.
A process has one batch at a time, so nobody ever waits to be rid of a message; the next batch lies ready when its lines
come. Each has a pipe of its own, and tells in shared memory at which page of its batch it is: so it is known on which
it died, and the others are not disturbed.
"""

import logging
import multiprocessing
import selectors
from collections import deque
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from newsarchive.deriving import Unread
from newsarchive.errors import OUT_OF_MEMORY, ReaderError
from newsarchive.items import Rejection
from newsarchive.judging.unread import READER_DIED
from newsarchive.outlets import Outlet
from newsarchive.readers.memory import MEMORY_MB, OUT_OF_MEMORY_CODE
from newsarchive.readers.shield import shielded
from newsarchive.reextraction.worker import Line, OutletKey, Sent, line_of, work

logger = logging.getLogger(__name__)

_MOST_PAGES = 16
_MOST_BYTES = 1 << 20
"""Of a batch: the page that goes beyond is its last."""
_OUTLETS_AT_HAND = 64
_END_SECONDS = 2


@dataclass(slots=True)
class Task:
    """A page to be read, and in time its line."""

    unread: Unread
    line: Line | None = None
    failure: str | None = None
    """The unexpected exception of a parser."""
    has_killed: bool = False

    @property
    def is_done(self) -> bool:
        return self.line is not None

    @property
    def size(self) -> int:
        """Bytes of the page."""
        return len(self.unread.page.payload)


@dataclass(slots=True)
class _Worker:
    process: Any
    pipe: Connection
    position: Any
    """Which page of its batch it reads."""
    batch: list[Task] = field(default_factory=list)
    outlets: set[OutletKey] = field(default_factory=set)
    """Those that it knows."""


class Workers:
    """A number of reading processes; to be ended."""

    def __init__(self, count: int, *, seconds: int, memory_mb: int = MEMORY_MB) -> None:
        """A page may take so many seconds, and so much memory beyond that of an idle process."""
        self._seconds = seconds
        self._memory_mb = memory_mb
        # A fork of a process with threads in it inherits their locks.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["newsarchive.deriving"])
        self.reading_seconds = 0.0
        """CPU time of all processes that was spent on reading."""
        self._spent: dict[int, float] = {}
        self._next: list[Task] = []
        self._ready: deque[list[Task]] = deque()
        """Batches that wait for a process."""
        self._answers = selectors.DefaultSelector()
        self._workers = [self._started() for _ in range(count)]

    @property
    def has_room(self) -> bool:
        """One more page can be given."""
        return not self._ready

    def submit(self, task: Task) -> None:
        """Give a page, which is sent with those that follow; only while there is room."""
        self._next.append(task)
        if len(self._next) >= _MOST_PAGES or sum(one.size for one in self._next) >= _MOST_BYTES:
            self._complete()
            self._send()

    def settle(self, *, seconds: float | None) -> None:
        """Take what has been read, and wait for something until then; a process that died is replaced.

        A process that would be idle gets what was given so far. Raises `ReaderError` for one that could not begin.
        """
        if self._next and not self._ready:
            self._complete()
        self._send()
        for key, _ in self._answers.select(seconds):
            worker: _Worker = key.data
            try:
                self._take(worker)
            except (EOFError, OSError):
                self._replace(worker)
        self._send()

    @property
    def cpu_seconds(self) -> float:
        """CPU time of all processes."""
        return sum(self._spent.values())

    def pids(self) -> list[int]:
        """Of all processes."""
        return [worker.process.pid for worker in self._workers]

    def end(self) -> None:
        """No page is waited for."""
        self._answers.close()
        for worker in self._workers:
            worker.pipe.close()
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join(_END_SECONDS)
            if worker.process.is_alive():
                worker.process.kill()

    def _started(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        position = self._context.RawValue("i", 0)
        process = self._context.Process(
            target=work, args=(theirs, position, self._seconds, self._memory_mb), daemon=True
        )
        with shielded():
            process.start()
        theirs.close()
        worker = _Worker(process, ours, position)
        self._answers.register(ours, selectors.EVENT_READ, worker)
        return worker

    def _complete(self) -> None:
        self._ready.append(self._next)
        self._next = []

    def _send(self) -> None:
        """Give what is ready to those that have nothing."""
        for worker in self._workers:
            if self._ready and not worker.batch:
                self._give(worker, self._ready.popleft())

    def _give(self, worker: _Worker, batch: list[Task]) -> None:
        worker.batch = batch
        sent: list[Sent] = []
        for task in batch:
            outlet, key = task.unread.outlet, _key(task.unread.outlet)
            sent.append((task.unread.page, key, None if key in worker.outlets else outlet))
            worker.outlets.add(key)
        # Both sides forget at the same batch.
        is_last = len(worker.outlets) >= _OUTLETS_AT_HAND
        if is_last:
            worker.outlets.clear()
        try:
            worker.pipe.send((sent, is_last))
        except OSError:
            # It has died; that is seen where its answers are taken.
            return

    def _take(self, worker: _Worker) -> None:
        read, reading, spent = worker.pipe.recv()
        for task, (line, failure) in zip(worker.batch, read, strict=True):
            task.line, task.failure = line, failure
        worker.batch = []
        self.reading_seconds += reading
        self._spent[worker.process.pid] = spent

    def _replace(self, worker: _Worker) -> None:
        """The page it was at is read once more, alone; the others that it had are innocent."""
        self._answers.unregister(worker.pipe)
        worker.pipe.close()
        worker.process.join(_END_SECONDS)
        code = worker.process.exitcode
        is_out_of_memory = code == OUT_OF_MEMORY_CODE
        if code is not None and code > 0 and not is_out_of_memory:
            # What goes wrong with a page is told, and ends no process.
            raise ReaderError(code)
        self._workers[self._workers.index(worker)] = self._started()
        if not worker.batch:
            return
        at = worker.position.value
        before, culprit, behind = worker.batch[:at], worker.batch[at], worker.batch[at + 1 :]
        url = culprit.unread.page.capture.url
        if is_out_of_memory:
            culprit.line = line_of(Rejection.of(culprit.unread.page.capture, OUT_OF_MEMORY))
            logger.warning("%s: needs more than EXTRACT_MEMORY_MB (%d) to be read", url, self._memory_mb)
        elif culprit.has_killed:
            culprit.line = line_of(Rejection.of(culprit.unread.page.capture, READER_DIED))
            logger.warning("no reading process survives %s", url)
        else:
            culprit.has_killed = True
            logger.warning("a reading process died; %s is read again", url)
        alone = [] if culprit.is_done else [culprit]
        self._ready.extendleft(batch for batch in (behind, alone, before) if batch)


def _key(outlet: Outlet | None) -> OutletKey:
    if outlet is None:
        return "", "", ""
    return outlet.id, outlet.digest, outlet.learned.digest if outlet.learned else ""
