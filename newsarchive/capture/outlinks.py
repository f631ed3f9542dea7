"""A spider middleware that writes down which links were followed from a captured page."""

from collections.abc import AsyncIterator
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from newsarchive.capture.extension import ArchiveExtension
from newsarchive.errors import CaptureError
from newsarchive.items import Capture


class OutlinksMiddleware:
    """Passes everything on as it is; when a callback is done, its requests become one metadata record."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("CAPTURE_OUTLINKS") or not crawler.settings.getbool("CAPTURE_ENABLED"):
            raise NotConfigured
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        links: dict[str, None] = {}
        async for one in result:
            if isinstance(one, Request):
                links[one.url] = None
            yield one
        extension = self._crawler.get_extension(ArchiveExtension)
        capture = response.meta.get("capture")
        if links and extension and isinstance(capture, Capture):
            try:
                await extension.archive.note_outlinks(capture, list(links))
            except CaptureError as error:
                extension.stop(error)
