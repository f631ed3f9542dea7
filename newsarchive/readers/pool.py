"""The worker processes of this process: some for pages, one for long sources; what kills or stops one is named.

All crawls of a process share them: what a reading needs is loaded once, and the machine is not asked for more
processes than it was told to give.
"""

import asyncio
import logging
import pickle
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Self, cast

from newsarchive import clock
from newsarchive.discovery.portions import Outline
from newsarchive.errors import OUT_OF_MEMORY, READER_FAILED, NotAnArticle, PageError
from newsarchive.items import Page, SourceKind
from newsarchive.outlets import Outlet
from newsarchive.readers import serving
from newsarchive.readers.memory import MEMORY_MB
from newsarchive.readers.serving import Reading, TaskError
from newsarchive.readers.turns import Turns
from newsarchive.readers.worker import Worker, WorkerDied

logger = logging.getLogger(__name__)

_NICENESS_OF_SOURCES = 10
"""What a source names can wait: pages, and all else on this machine, go first."""


class Lane:
    """Workers of one kind; each does one task at a time, and one that ended is replaced when it is needed."""

    def __init__(self, processes: int, *, niceness: int, memory_mb: int) -> None:
        self._processes = processes
        self._niceness = niceness
        self._memory_mb = memory_mb
        self._turns = Turns(processes)
        self._workers: set[Worker] = set()
        self._ready: list[Worker] = []
        self._is_closed = False

    @property
    def pids(self) -> list[int]:
        return [worker.pid for worker in self._workers if worker.pid]

    async def warm(self) -> None:
        """Start those that are not there yet, before they are needed."""
        await asyncio.gather(*(self._warm_one() for _ in range(self._processes - len(self._workers))))

    async def ask(
        self, who: object, function: Callable[..., serving.Answers], *arguments: object, seconds: int
    ) -> list[object]:
        """As `Worker.ask`, when it is the turn of who asks; one whose answer is waited for no longer is ended."""
        async with self._turns.turn(who):
            worker = self._ready.pop() if self._ready else await self._started()
            try:
                return await worker.ask(function, *arguments, seconds=seconds)
            finally:
                self._take_back(worker)

    def close(self) -> None:
        self._is_closed = True
        for worker in self._workers:
            worker.end()

    async def _warm_one(self) -> None:
        async with self._turns.turn(self):
            self._take_back(await self._started())

    async def _started(self) -> Worker:
        worker = await Worker.started(niceness=self._niceness, memory_mb=self._memory_mb)
        self._workers.add(worker)
        if self._is_closed:
            worker.end()
        return worker

    def _take_back(self, worker: Worker) -> None:
        if self._is_closed:
            return
        if worker.is_ready:
            self._ready.append(worker)
        else:
            self._workers.discard(worker)
            worker.end()


class Pool:
    """Started with the first page or by `warm`, ended when nobody holds it any more."""

    _held: "Pool | None" = None

    def __init__(self, processes: int, seconds: int, memory_mb: int) -> None:
        self._seconds = seconds
        self._memory_mb = memory_mb
        self._pages = Lane(processes, niceness=0, memory_mb=memory_mb)
        self._sources = Lane(1, niceness=_NICENESS_OF_SOURCES, memory_mb=memory_mb)
        self._holders = 0

    @classmethod
    def hold(cls, *, processes: int, seconds: int, memory_mb: int = MEMORY_MB) -> Self:
        """Return the one pool of this process, to be given back by `release`.

        A task may take so many seconds, and so much memory beyond that of an idle process.
        """
        if cls._held is None:
            cls._held = cls(processes, seconds, memory_mb)
        pool: Self = cls._held  # type: ignore[assignment]
        pool._holders += 1
        return pool

    def release(self) -> None:
        """The last one ends all workers, whatever they do."""
        self._holders -= 1
        if self._holders == 0:
            Pool._held = None
            self._pages.close()
            self._sources.close()

    async def warm(self) -> None:
        """Start the readers of pages, while the reactor goes on."""
        await self._pages.warm()

    @property
    def readers_of_pages(self) -> list[int]:
        """Ids of the processes that read pages."""
        return self._pages.pids

    @property
    def readers_of_sources(self) -> list[int]:
        """Ids of the processes that read long sources."""
        return self._sources.pids

    async def clean(self, page: Page, outlet: Path | None) -> Reading:
        """What the page says, and the sketch of its text.

        Raises `ReaderError` and `NotAnArticle`, the latter with `reader_died` for a page that no process survives,
        `out_of_memory`, and `reader_failed` if a parser raises.
        """
        try:
            return await self._clean(page, outlet)
        except WorkerDied as death:
            # What kills a process may also be a machine without memory; what takes too long does so again.
            if death.is_certain:
                raise self._unread(page, death) from None
        logger.warning("a reading process died; %s is read again", page.capture.url)
        try:
            return await self._clean(page, outlet)
        except WorkerDied as death:
            raise self._unread(page, death) from None

    def _unread(self, page: Page, death: WorkerDied) -> NotAnArticle:
        if death.reason == OUT_OF_MEMORY:
            logger.warning("%s: needs more than EXTRACT_MEMORY_MB (%d) to be read", page.capture.url, self._memory_mb)
        return NotAnArticle(page.capture.url, death.reason)

    async def read_source(
        self, payload: bytes, *, content_type: str | None, url: str, kind: SourceKind
    ) -> tuple[Outline, list[bytes]]:
        """What a source names, in portions to be opened by `serving.unpacked`.

        Raises `ReaderError` and `PageError`, the latter with `reader_died` or `out_of_memory` if its process
        ends and with `reader_failed` if a parser raises.
        """
        arguments = (payload, content_type, url, kind, clock.now())
        try:
            outline, *portions = await self._sources.ask(url, serving.read_source, *arguments, seconds=self._seconds)
        except WorkerDied as death:
            raise PageError(url, death.reason) from None
        except TaskError as error:
            raise PageError(url, READER_FAILED, error.detail) from None
        return cast("Outline", outline), cast("list[bytes]", portions)

    async def _clean(self, page: Page, outlet: Path | None) -> Reading:
        try:
            found = await self._pages.ask(outlet, serving.clean, page, outlet, seconds=self._seconds)
        except TaskError as error:
            raise NotAnArticle(page.capture.url, READER_FAILED, error.detail) from None
        return cast("Reading", found[0])


class Readers:
    """The readers of one crawl: the shared pool, and the outlet as this crawl knows it."""

    def __init__(self, outlet: Outlet | None, *, processes: int, seconds: int, memory_mb: int = MEMORY_MB) -> None:
        self.pool = Pool.hold(processes=processes, seconds=seconds, memory_mb=memory_mb)
        self._outlet = _written(outlet) if outlet else None

    async def clean(self, page: Page) -> Reading:
        """As `Pool.clean`."""
        return await self.pool.clean(page, self._outlet)

    def close(self) -> None:
        self.pool.release()
        if self._outlet:
            self._outlet.unlink(missing_ok=True)


def _written(outlet: Outlet) -> Path:
    """The outlet in a file: it would be long to send with each page, and its YAML may change during the crawl."""
    with tempfile.NamedTemporaryFile(prefix=f"newsarchive-{outlet.id}-", delete=False) as file:
        pickle.dump(outlet, file)
    return Path(file.name)
