"""How long an exchange waits for the disk before its answer is handed on (`WARC_FSYNC`)."""

import os

from scrapy.utils.asyncio import run_in_thread
from scrapy.utils.defer import deferred_from_coro, maybe_deferred_to_future
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from newsarchive.capture.options import Fsync


class Durability:
    """`none`: in the kernel's hands, so that the crawler may die; `each`, `group`: on the disk, so that the power may.

    In a group all exchanges that were written while the disk was busy share its next turn. The disk is waited for in
    a thread.
    """

    def __init__(self, policy: Fsync) -> None:
        self._policy = policy
        self._waiting: list[Deferred[None]] = []
        self._descriptor: int | None = None
        self._is_busy = False

    async def reach(self, descriptor: int) -> None:
        """Return when everything written to this file so far is as safe as the policy says; raises `OSError`."""
        if self._policy == "none":
            return
        # The file may be closed meanwhile, its copy is not.
        copy = os.dup(descriptor)
        if self._policy == "each":
            await run_in_thread(_sync, copy)
        else:
            await maybe_deferred_to_future(self._join(copy))

    def _join(self, descriptor: int) -> Deferred[None]:
        waiter: Deferred[None] = Deferred()
        self._waiting.append(waiter)
        # A file is closed, and so on the disk, before the next is begun: the last one stands for all.
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = descriptor
        if not self._is_busy:
            self._take_turn()
        return waiter

    def _take_turn(self) -> None:
        group, descriptor = self._waiting, self._descriptor
        self._waiting, self._descriptor = [], None
        self._is_busy = descriptor is not None
        if descriptor is not None:
            deferred_from_coro(run_in_thread(_sync, descriptor)).addBoth(self._done, group)

    def _done(self, result: Failure | None, group: list[Deferred[None]]) -> None:
        self._take_turn()
        for waiter in group:
            waiter.callback(result)  # a Failure makes it fail


def _sync(descriptor: int) -> None:
    try:
        os.fdatasync(descriptor)
    finally:
        os.close(descriptor)
