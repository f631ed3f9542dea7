"""Worker processes that read pages, so that the reactor never waits for one; a page that kills its worker is named."""

import asyncio
import logging
import multiprocessing
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from newsarchive import reading
from newsarchive.errors import NotAnArticle
from newsarchive.items import Article, Page
from newsarchive.judging import sketches
from newsarchive.outlets import Outlet

Reading = tuple[Article, bytes | None]

logger = logging.getLogger(__name__)

_outlet: Outlet | None = None
_seconds = 0


class Readers:
    """A pool of reading processes for one outlet; started with the first page."""

    def __init__(self, outlet: Outlet | None, *, processes: int, seconds: int) -> None:
        """`seconds` is the longest a page may take."""
        self._outlet = outlet
        self._processes = processes
        self._seconds = seconds
        self._pool: ProcessPoolExecutor | None = None
        self._alone = asyncio.Lock()

    async def clean(self, page: Page) -> Reading:
        """What the page says, and the sketch of its text.

        Raises `NotAnArticle`, with `reader_died` for a page that no process survives.
        """
        try:
            return await self._submit(page)
        except BrokenProcessPool:
            logger.warning("a reading process died; %s is read again alone", page.capture.url)
        # One page killed the process, and all others that were in it are innocent: now each stands alone.
        async with self._alone:
            self._drop_broken()
            try:
                return await self._submit(page)
            except BrokenProcessPool:
                self._drop_broken()
                raise NotAnArticle(page.capture.url, "reader_died") from None

    def close(self) -> None:
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    async def _submit(self, page: Page) -> Reading:
        if self._pool is None:
            self._pool = self._started()
        return await asyncio.get_running_loop().run_in_executor(self._pool, _clean, page)

    def _drop_broken(self) -> None:
        pool, self._pool = self._pool, None
        if pool:
            pool.shutdown(wait=False, cancel_futures=True)

    def _started(self) -> ProcessPoolExecutor:
        # A fork of a process with a reactor and threads in it inherits their locks.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["newsarchive.reading"])
        return ProcessPoolExecutor(
            self._processes, mp_context=context, initializer=_begin, initargs=(self._outlet, self._seconds)
        )


def _begin(outlet: Outlet | None, seconds: int) -> None:
    global _outlet, _seconds
    _outlet, _seconds = outlet, seconds
    # Ctrl-C is for the crawl, which lets its readers finish; an alarm ends this process, whatever library hangs in it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


def _clean(page: Page) -> Reading:
    signal.alarm(_seconds)
    try:
        article = reading.clean(page, _outlet)
        return article, sketches.sketch(article.text)
    finally:
        signal.alarm(0)
