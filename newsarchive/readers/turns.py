"""Who is served next where many ask: everybody in turn, however much one of them asks for."""

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count


class Turns:
    """So many may be served at once; of those who wait, each has one turn before any has its next.

    Start-time fair queueing: each wish is stamped behind the last one of the same asker, and never with a stamp that
    was served already, so that who comes anew waits for nobody's backlog.
    """

    def __init__(self, places: int) -> None:
        self._free = places
        self._served = 0
        self._stamps: dict[object, int] = {}
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = count()

    @asynccontextmanager
    async def turn(self, who: object) -> AsyncIterator[None]:
        """Wait for a turn, and have it."""
        await self._wait(who)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, who: object) -> None:
        if self._free:
            self._free -= 1
            return
        stamp = max(self._served, self._stamps.get(who, 0)) + 1
        self._stamps[who] = stamp
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (stamp, next(self._order), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        while self._waiting:
            self._served, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
        self._served = 0
        self._stamps.clear()
