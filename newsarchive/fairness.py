"""Many crawls in one process: one that has had its share lets the others go first while there is no time for all."""

import asyncio
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

SHARE = 8
"""Pages, or portions of what its sources name, that a crawl may have whatever the others do."""
LATE = 0.005
"""Seconds by which the reactor is late, on average, when other programs or long tasks leave it no time for all."""
BUSY = 0.9
"""Or the share of its time for which it computes."""
MOST_WAIT = 1.0
"""Seconds of the reactor's own computing for which a crawl yields at most, for each page or portion: one that floods
gets a hundredth of the time.
"""
_BEAT = 0.02
_WEIGHT = 0.1
# A crawl that had nothing while the reactor computed for so long does not wait for the process, but for its hosts.
_ACTIVE = 1.0
_LOOK = 0.05


@dataclass(slots=True)
class _Account:
    had: int = 0
    last: float = 0.0


class Fairness:
    """What each crawl of this process has had, and whether the process has time for all of them.

    A crawl alone never yields, nor one among crawls that only wait for their hosts.
    """

    def __init__(self, *, computed: Callable[[], float], is_late: Callable[[], bool]) -> None:
        """A clock that stands still while the reactor waits for hosts or other programs, and whether it is late."""
        self._computed = computed
        self._is_late = is_late
        self._accounts: dict[Hashable, _Account] = {}

    def enter(self, crawl: Hashable) -> None:
        self._accounts[crawl] = _Account(last=self._computed())

    def leave(self, crawl: Hashable) -> None:
        self._accounts.pop(crawl, None)

    def took(self, crawl: Hashable, count: int = 1) -> None:
        """It had so many pages or portions."""
        account = self._accounts.setdefault(crawl, _Account())
        account.had += count
        account.last = self._computed()

    def patience(self, count: int = 1) -> float:
        """Until when, by the clock of computing, a crawl yields that takes so many pages or portions now."""
        return self._computed() + MOST_WAIT * count

    def must_yield(self, crawl: Hashable, until: float) -> bool:
        """It has had its share, and there are others that have not and are kept from it."""
        account, now = self._accounts.get(crawl), self._computed()
        if account is None or account.had < SHARE or now >= until or not self._is_late():
            return False
        return any(
            other.had < SHARE and now - other.last < _ACTIVE
            for who, other in self._accounts.items()
            if who is not crawl
        )

    async def turn(self, crawl: Hashable) -> None:
        """Let the reactor do other work, and wait while the crawl must yield, for one portion's patience at most."""
        await asyncio.sleep(0)
        until = self.patience()
        while self.must_yield(crawl, until):  # noqa: ASYNC110 - who is late is measured, not told
            await asyncio.sleep(_LOOK)


class Lateness:
    """How late the reactor calls, and how much of its time it computes, on average over about half a second.

    Needs a loop.
    """

    def __init__(self, *, computed: Callable[[], float] = time.thread_time) -> None:
        """`computed`: a clock that stands still while the reactor computes nothing."""
        self._computed = computed
        self._loop: asyncio.AbstractEventLoop | None = None
        self._seconds = 0.0
        self._busy = 0.0

    def is_late(self) -> bool:
        """Measured from the first question on: until then it is not."""
        if self._loop is None:
            self._loop = asyncio.get_event_loop()
            self._beat(self._loop.time(), self._computed())
        return self._seconds > LATE or self._busy > BUSY

    def _beat(self, due: float, computed: float) -> None:
        """`computed`: the clock of computing a beat before `due`."""
        assert self._loop
        now, computes = self._loop.time(), self._computed()
        self._seconds += _WEIGHT * (now - due - self._seconds)
        self._busy += _WEIGHT * ((computes - computed) / (now - due + _BEAT) - self._busy)
        self._loop.call_later(_BEAT, self._beat, now + _BEAT, computes)


OF_PROCESS = Fairness(computed=time.thread_time, is_late=Lateness().is_late)
"""That of all crawls in this process."""
