"""The end of a crawl that was told to stop: what it waits for gets a little time, and then it is broken off."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import scrapy
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.asyncio import call_later
from scrapy.utils.defer import deferred_from_coro, maybe_deferred_to_future
from twisted.internet.defer import Deferred

from newsarchive import clock
from newsarchive.errors import NotNow, SettingError

SHUTDOWN = "shutdown"
T = TypeVar("T")


class BrokenOff(NotNow, IgnoreRequest):
    """An answer, or what is read from it, was not waited for, as the crawl ends; a request goes to its errback without
    a noise.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url, clock.seconds(), SHUTDOWN)


def is_ending(crawler: Crawler) -> bool:
    """Whether the crawl was told to stop, by a signal, a time limit or an error; no new request may be sent."""
    engine: Any = crawler.engine
    # Scrapy tells nobody that a spider is being closed until it is. That its engine does not run says less: where many
    # crawls are opened, a spider may be open for a while before its engine is started.
    slot = getattr(engine, "_slot", None)
    return slot is None or slot.closing is not None


def wake(crawler: Crawler) -> None:
    """Let the engine ask its scheduler again; left alone it does so every five seconds."""
    slot = getattr(crawler.engine, "_slot", None)
    if slot is not None and not is_ending(crawler):
        slot.nextcall.schedule()


def require_known_engine(crawler: Crawler) -> None:
    """Raises `SettingError` where Scrapy's engine is not built as `is_ending` and `wake` believe, so that no crawl
    begins.
    """
    engine: Any = crawler.engine
    slot = getattr(engine, "_slot", None)
    if not hasattr(slot, "closing") or not hasattr(slot, "nextcall"):
        raise SettingError("scrapy", scrapy.__version__, "a release whose engine shows that its spider is being closed")


class UnderWay:
    """What one crawl waits for: answers of servers, and what readers make of them."""

    def __init__(self, grace: float) -> None:
        """`grace`: seconds that are left for it when the crawl is told to stop."""
        self._grace = grace
        self._under_way: set[Deferred[Any]] = set()
        self._is_ending = False
        self._is_over = False

    @property
    def is_over(self) -> bool:
        """Nothing is waited for any more."""
        return self._is_over

    async def wait_for(self, url: str, coroutine: Coroutine[Any, Any, T]) -> T:
        """What the coroutine gives; raises `BrokenOff` when the crawl does not wait for it any longer."""
        if self._is_over:
            coroutine.close()
            raise BrokenOff(url)
        under_way: Deferred[T] = deferred_from_coro(coroutine)
        self._under_way.add(under_way)
        try:
            return await maybe_deferred_to_future(under_way)
        except (Exception, asyncio.CancelledError) as error:
            if self._is_over:
                raise BrokenOff(url) from error
            raise
        finally:
            self._under_way.discard(under_way)

    def end(self) -> None:
        """From now on the grace runs; a second call does nothing."""
        if not self._is_ending:
            self._is_ending = True
            call_later(self._grace, self._break_off)

    def _break_off(self) -> None:
        self._is_over = True
        for one in list(self._under_way):
            one.cancel()
