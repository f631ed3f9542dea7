"""Pipelines and middlewares of an operator: each does to one article what the number in its address says."""

from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request
from scrapy.exceptions import DropItem, IgnoreRequest
from scrapy.http import HtmlResponse, Response

from newsarchive.pipelines.dropping import PageItem

DROPPED_FIRST, DROPPED_LATER, FAILED, VANISHED, ALTERED, EXCHANGED = 1, 2, 3, 4, 5, 6
IGNORED, BROKEN, REPEATED, REPLACED, UNWANTED = 7, 8, 9, 10, 11
FILTERED, REFUSED_INPUT = 12, 13
DROPPED_AFTER, FAILED_AFTER = 14, 15


def number_of(url: str) -> int:
    last = url.rpartition("/")[2]
    return int(last) if "/article/" in url else -1


class First:
    """Before all pipelines of the project."""

    def process_item(self, item: Any) -> Any:
        match number_of(item.address):
            case n if n == DROPPED_FIRST:
                raise DropItem("sport\nis not collected")
            case n if n == FAILED:
                raise ValueError("a table\nis missing")
            case n if n == VANISHED:
                return None
            case n if n == EXCHANGED:
                item.page = None
        return item


class Later:
    """Before the row is written."""

    def process_item(self, item: Any) -> Any:
        if isinstance(item, PageItem) and number_of(item.address) == DROPPED_LATER:
            raise DropItem("too short")
        if isinstance(item, PageItem) and number_of(item.address) == ALTERED:
            item.article.headline = "Another headline"
        return item


class After:
    """After the row is written, where an item is an article."""

    def process_item(self, item: Any) -> Any:
        if item is not None and number_of(item.url) == DROPPED_AFTER:
            raise DropItem("not exported")
        if item is not None and number_of(item.url) == FAILED_AFTER:
            raise ValueError("the export is full")
        return item


class Downloads:
    """A downloader middleware."""

    def __init__(self) -> None:
        self._has_repeated = False

    def process_request(self, request: Request) -> None:
        if number_of(request.url) == UNWANTED:
            raise IgnoreRequest("not wanted")

    def process_response(self, request: Request, response: Response) -> Request | Response:
        match number_of(request.url):
            case n if n == IGNORED:
                raise IgnoreRequest("not wanted")
            case n if n == BROKEN:
                raise ValueError("no cookie")
            case n if n == REPEATED and not self._has_repeated:
                self._has_repeated = True
                return request.replace(dont_filter=True)
            case n if n == REPLACED:
                return HtmlResponse(response.url, status=200, body=b"<html>something else</html>")
        return response


class Spiders:
    """A spider middleware."""

    def process_spider_input(self, response: Response) -> None:
        if number_of(response.url) == REFUSED_INPUT:
            raise ValueError("no such section")

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for one in result:
            if number_of(response.url) != FILTERED:
                yield one
