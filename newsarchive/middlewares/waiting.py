"""Waiting inside a middleware, with whichever reactor Scrapy runs, and refusing for Scrapy's eyes."""

from scrapy.exceptions import IgnoreRequest
from scrapy.utils.asyncio import call_later
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred

from newsarchive.errors import NotNow


class Postponed(NotNow, IgnoreRequest):
    """`NotNow` as Scrapy takes it: a request that goes to its errback without a noise."""


async def pause(seconds: float) -> None:
    """Let others work for so long; none for what is past."""
    if seconds <= 0:
        return
    over: Deferred[None] = Deferred()
    call_later(seconds, over.callback, None)
    await maybe_deferred_to_future(over)
