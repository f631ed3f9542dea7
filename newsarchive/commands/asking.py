"""Conversations with sites: one question after the other, answered as a crawl would have it, and not archived."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.settings import Settings

from newsarchive.capture.handler import error_name
from newsarchive.capture.resolver import Resolver
from newsarchive.commands.starting import require_reactor
from newsarchive.errors import NotNow, PageError
from newsarchive.middlewares.contact import Contact


class Ask(Protocol):
    """Asks for a URL, by robots.txt and the delays of the settings; `meta` is the request's."""

    async def __call__(self, url: str, **meta: Any) -> Response:
        """The last answer; raises `NoContact`, and `PageError` whose `__cause__` is why there is no answer."""


# Nothing is asked under a name that is not known: a machine without a network knows none.
_UNKNOWN_NAME = "dns"
Conversation = Callable[[Ask], Awaitable[None]]


def converse(conversation: Conversation, settings: Settings) -> None:
    """Hold a conversation to its end and raise its error, or `KeyboardInterrupt`. To be called once in a process."""
    require_reactor(settings)
    ended: list[Exception | None] = []
    chosen = settings.copy()
    # What is only looked at is evidence of nothing, so nobody is asked for his reservations.
    chosen.set("TDMREP_ENABLED", False, "cmdline")
    process = AsyncCrawlerProcess(chosen)
    crawl: Any = process.crawl(_Asker, conversation=conversation, ended=ended)
    process.start()
    if not ended and crawl.done() and not crawl.cancelled() and crawl.exception():
        raise crawl.exception()
    if not ended:
        raise KeyboardInterrupt
    if ended[0]:
        raise ended[0]


class _Asker(Spider):
    """Asks what a conversation wants to know; it has no callbacks, so nothing goes through the spider."""

    name = "outlet_check"

    def __init__(self, conversation: Conversation, ended: list[Exception | None], **arguments: Any) -> None:
        super().__init__(**arguments)
        self._conversation, self._ended = conversation, ended

    async def start(self) -> AsyncIterator[Any]:
        self._contact = Contact.of(self.crawler.settings)
        try:
            await self._conversation(self._ask)
        except Exception as error:  # noqa: BLE001 - it is raised where the conversation was begun
            self._ended.append(error)
        else:
            self._ended.append(None)
        return
        yield

    async def _ask(self, url: str, **meta: Any) -> Response:
        # Before robots.txt is asked for, which by nobody is asked for either.
        self._contact.require(url)
        engine = self.crawler.engine
        assert engine
        try:
            return await engine.download_async(Request(url, dont_filter=True, meta=meta))
        except Exception as error:
            # Whatever middlewares and the network let out.
            raise PageError(url, await self._refusal(url) or reason(error)) from error

    async def _refusal(self, url: str) -> str | None:
        """Return why a host is not connected to; the failure itself may only name its robots.txt."""
        from twisted.internet import reactor  # noqa: PLC0415 - it is installed by now, not before

        parts = urlsplit(url)
        host, resolver = parts.hostname or "", Resolver.from_crawler(self.crawler, reactor)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        if self.crawler.settings.getbool("ALLOW_PRIVATE_ADDRESSES") or resolver.target(host, port):
            return None
        why = await resolver.why_not_passed_on(host)
        return f"{why}, which is not connected to; for an intranet: -s ALLOW_PRIVATE_ADDRESSES=True" if why else None


async def is_offline(ask: Ask, homes: Iterable[str]) -> bool:
    """Not one of the home pages has a host whose name is known here; the first that has one ends the question."""
    for home in homes:
        try:
            await ask(urljoin(home, "/robots.txt"), dont_obey_robotstxt=True, dont_retry=True)
        except PageError as error:
            if error.__cause__ is None or error_name(error.__cause__) != _UNKNOWN_NAME:
                return False
        else:
            return False
    return True


def reason(error: BaseException) -> str:
    """Why there is no answer, on one line."""
    if isinstance(error, NotNow):
        return str(error).removeprefix(f"{error.url}: ")
    if isinstance(error, IgnoreRequest):
        return str(error) or "was refused"
    return " ".join(str(error).split()) or type(error).__name__
