"""Processes that read pages and give back finished lines; a page that kills one, or hangs, is named.

Each has a pipe of its own, so that it is known on which page it died, and the others are not disturbed.
"""

import logging
import multiprocessing
import os
import queue
import signal
import threading
from collections import deque
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

from newsarchive import deriving
from newsarchive.deriving import Unread
from newsarchive.items import Article, Extraction, Page, Rejection
from newsarchive.judging.unread import READER_DIED
from newsarchive.outlets import Outlet
from newsarchive.store import lines

logger = logging.getLogger(__name__)

# While one is read the next are on their way, so that nobody waits for a parent that is busy.
_WAITING = 3
_OUTLETS_AT_HAND = 64
_END_SECONDS = 2
OutletKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """What became of a page: the line of its article, or of its rejection."""

    octets: bytes
    reason: str | None = None
    """Of a rejection."""
    extraction_id: str | None = None
    """Of an article."""
    extraction: Extraction | None = None
    """The same spelled out, where its worker has not done so before."""


@dataclass(slots=True)
class Task:
    """A page to be read, and in time its line."""

    unread: Unread
    line: Line | None = None
    failure: str | None = None
    """What went wrong that should not."""
    has_killed: bool = False

    @property
    def is_done(self) -> bool:
        return self.line is not None or self.failure is not None


@dataclass(slots=True)
class _Worker:
    process: Any
    pipe: Connection
    tasks: deque[Task] = field(default_factory=deque)
    outlets: set[OutletKey] = field(default_factory=set)


class Workers:
    """A number of reading processes; to be ended."""

    def __init__(self, count: int, *, seconds: int) -> None:
        """`seconds`: how long a page may take."""
        self._seconds = seconds
        # A fork of a process with threads in it inherits their locks.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["newsarchive.deriving"])
        self._workers = [self._started() for _ in range(count)]

    @property
    def has_room(self) -> bool:
        """One more page can be given."""
        return any(len(worker.tasks) < _WAITING for worker in self._workers)

    def submit(self, task: Task) -> None:
        """Give a page to the process that has least to do; only while there is room."""
        self._give(min(self._workers, key=lambda worker: len(worker.tasks)), task)

    def settle(self, *, seconds: float | None) -> None:
        """Take what has been read, and wait for something until then; a process that died is replaced."""
        pipes = {worker.pipe: worker for worker in self._workers if worker.tasks}
        for ready in wait(list(pipes), seconds):
            worker = pipes[ready]  # type: ignore[index]
            try:
                _take(worker)
            except (EOFError, OSError):
                self._replace(worker)

    def pids(self) -> list[int]:
        """Of all processes."""
        return [worker.process.pid for worker in self._workers]

    def end(self) -> None:
        """No page is waited for."""
        for worker in self._workers:
            worker.pipe.close()
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join(_END_SECONDS)
            if worker.process.is_alive():
                worker.process.kill()

    def _started(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(theirs, self._seconds), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours)

    def _give(self, worker: _Worker, task: Task) -> None:
        worker.tasks.append(task)
        outlet, key = task.unread.outlet, _key(task.unread.outlet)
        if len(worker.outlets) >= _OUTLETS_AT_HAND:
            worker.outlets.clear()
        is_known = key in worker.outlets
        worker.outlets.add(key)
        try:
            worker.pipe.send((task.unread.page, key, None if is_known else outlet, is_known))
        except OSError:
            # It has died; that is seen where its answers are taken.
            return

    def _replace(self, worker: _Worker) -> None:
        """The page it was at is read once more; the others that it had are innocent."""
        worker.pipe.close()
        worker.process.join(_END_SECONDS)
        tasks, fresh = worker.tasks, self._started()
        self._workers[self._workers.index(worker)] = fresh
        culprit = tasks[0]
        url = culprit.unread.page.capture.url
        if culprit.has_killed:
            tasks.popleft().line = _rejected(Rejection.of(culprit.unread.page.capture, READER_DIED))
            logger.warning("no reading process survives %s", url)
        else:
            culprit.has_killed = True
            logger.warning("a reading process died; %s is read again", url)
        for task in tasks:
            self._give(fresh, task)


def _take(worker: _Worker) -> None:
    line, failure = worker.pipe.recv()
    task = worker.tasks.popleft()
    task.line, task.failure = line, failure


def _key(outlet: Outlet | None) -> OutletKey:
    if outlet is None:
        return "", "", ""
    return outlet.id, outlet.digest, outlet.learned.digest if outlet.learned else ""


def _work(pipe: Connection, seconds: int) -> None:
    """The life of a reading process."""
    # Ctrl-C is for the parent; an alarm ends this process, whatever library hangs in it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    waiting: queue.SimpleQueue[tuple[Page, OutletKey, Outlet | None, bool]] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(pipe, waiting), daemon=True).start()
    outlets: dict[OutletKey, Outlet | None] = {}
    named: set[str] = set()
    while True:
        page, key, outlet, is_known = waiting.get()
        if not is_known:
            if len(outlets) >= _OUTLETS_AT_HAND:
                outlets.clear()
            outlets[key] = outlet
        signal.alarm(seconds)
        answer = _answer(Unread(page, outlets[key]), named)
        signal.alarm(0)
        pipe.send(answer)


def _receive(pipe: Connection, waiting: "queue.SimpleQueue[Any]") -> None:
    """Whoever sends must never wait for a page to be read; and without a parent there is nothing to live for."""
    try:
        while True:
            waiting.put(pipe.recv())
    except (EOFError, OSError):
        os._exit(0)


def _answer(unread: Unread, named: set[str]) -> tuple[Line | None, str | None]:
    try:
        return _line(deriving.read(unread), named), None
    except Exception as error:  # noqa: BLE001 - one page that meets a mistake of ours must not end a run of days
        return None, f"{type(error).__name__}: {error}".splitlines()[0]


def _line(row: Article | Rejection, named: set[str]) -> Line:
    if isinstance(row, Rejection):
        return _rejected(row)
    assert row.provenance
    extraction = row.provenance.extraction
    told = None if extraction.id in named else extraction
    named.add(extraction.id)
    return Line(lines.line_of(row.to_record()), extraction_id=extraction.id, extraction=told)


def _rejected(row: Rejection) -> Line:
    return Line(lines.line_of(row.to_record()), reason=row.reason)


def line_of(rejection: Rejection) -> Line:
    """The line of what was refused without being read."""
    return _rejected(rejection)
