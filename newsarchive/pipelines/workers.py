"""Worker processes that read pages, so that the reactor never waits for one; a page that kills its worker is named.

All crawls of a process share one pool: what a reading needs is loaded once, and the machine is not asked for more
processes than it was told to give.
"""

import asyncio
import logging
import multiprocessing
import os
import pickle
import signal
import tempfile
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from pathlib import Path
from typing import Self

from newsarchive import reading
from newsarchive.errors import NotAnArticle
from newsarchive.items import Article, Page
from newsarchive.judging import sketches
from newsarchive.outlets import Outlet

Reading = tuple[Article, bytes | None]

logger = logging.getLogger(__name__)

# Rules and learned table of an outlet are read once by each worker, as long as so few others come between.
_OUTLETS_AT_HAND = 64


class Pool:
    """The reading processes of this process; started with the first page, ended when nobody holds it any more."""

    _held: "Pool | None" = None

    def __init__(self, processes: int, seconds: int) -> None:
        self._processes = processes
        self._seconds = seconds
        self._executor: ProcessPoolExecutor | None = None
        self._alone = asyncio.Lock()
        self._holders = 0

    @classmethod
    def hold(cls, *, processes: int, seconds: int) -> Self:
        """The one pool of this process; `seconds` is the longest a page may take. To be given back by `release`."""
        if cls._held is None:
            cls._held = cls(processes, seconds)
        pool: Self = cls._held  # type: ignore[assignment]
        pool._holders += 1
        return pool

    def release(self) -> None:
        self._holders -= 1
        if self._holders == 0:
            Pool._held = None
            if self._executor:
                self._executor.shutdown(wait=True, cancel_futures=True)
                self._executor = None

    async def clean(self, page: Page, outlet: Path | None) -> Reading:
        """What the page says, and the sketch of its text.

        Raises `NotAnArticle`, with `reader_died` for a page that no process survives.
        """
        try:
            return await self._submit(page, outlet)
        except BrokenProcessPool:
            logger.warning("a reading process died; %s is read again alone", page.capture.url)
        # One page killed the process, and all others that were in it are innocent: now each stands alone.
        async with self._alone:
            self._drop_broken()
            try:
                return await self._submit(page, outlet)
            except BrokenProcessPool:
                self._drop_broken()
                raise NotAnArticle(page.capture.url, "reader_died") from None

    async def _submit(self, page: Page, outlet: Path | None) -> Reading:
        if self._executor is None:
            self._executor = self._started()
        return await asyncio.get_running_loop().run_in_executor(self._executor, _clean, page, outlet, self._seconds)

    def _drop_broken(self) -> None:
        executor, self._executor = self._executor, None
        if executor:
            executor.shutdown(wait=False, cancel_futures=True)

    def _started(self) -> ProcessPoolExecutor:
        # A fork of a process with a reactor and threads in it inherits their locks.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["newsarchive.reading"])
        return ProcessPoolExecutor(self._processes, mp_context=context, initializer=_begin)


class Readers:
    """The readers of one crawl: the shared pool, and the outlet as this crawl knows it."""

    def __init__(self, outlet: Outlet | None, *, processes: int, seconds: int) -> None:
        self._pool = Pool.hold(processes=processes, seconds=seconds)
        self._outlet = _written(outlet) if outlet else None

    async def clean(self, page: Page) -> Reading:
        """As `Pool.clean`."""
        return await self._pool.clean(page, self._outlet)

    def close(self) -> None:
        self._pool.release()
        if self._outlet:
            self._outlet.unlink(missing_ok=True)


def _written(outlet: Outlet) -> Path:
    """The outlet in a file: it would be long to send with each page, and its YAML may change during the crawl."""
    with tempfile.NamedTemporaryFile(prefix=f"newsarchive-{outlet.id}-", delete=False) as file:
        pickle.dump(outlet, file)
    return Path(file.name)


@lru_cache(_OUTLETS_AT_HAND)
def _outlet_in(file: Path) -> Outlet:
    return pickle.loads(file.read_bytes())  # type: ignore[no-any-return]  # noqa: S301 - written by this crawl


def _begin() -> None:
    # Ctrl-C is for the crawl, which lets its readers finish; an alarm ends this process, whatever library hangs in it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A crawl that is killed can tell nobody to stop, and a reader that waits for it would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _clean(page: Page, outlet: Path | None, seconds: int) -> Reading:
    signal.alarm(seconds)
    try:
        article = reading.clean(page, _outlet_in(outlet) if outlet else None)
        return article, sketches.sketch(article.text)
    finally:
        signal.alarm(0)
