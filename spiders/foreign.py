"""WARC files of other archives as a source: read beside the crawl, a few links at a time."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.threads import deferToThread

from newsarchive import clock, dates, foreign, urls
from newsarchive import counting as names
from newsarchive.capture.extension import ArchiveExtension
from newsarchive.errors import NotNow, PageError, RecordError
from newsarchive.items import Link
from newsarchive.middlewares.robots import RobotsMiddleware
from newsarchive.report import SourceLine
from newsarchive.store.state import Discovery, Seen
from spiders.borrowing import borrow

_BATCH = 500


class ForeignArchives:
    """What they hold goes to `discover`; a file that has not changed since it was read is passed by."""

    def __init__(
        self, archive: ArchiveExtension, crawler: Crawler, discover: Callable[[Sequence[Link]], Sequence[Discovery]]
    ) -> None:
        self._archive = archive
        self._crawler = crawler
        self._discover = discover
        self._project = Path(crawler.settings["CONFIG_DIR"]).parent

    async def read(self, pattern: str) -> AsyncIterator[SourceLine]:
        """All files of a path, pattern or URL, with a line for the report of each; a relative one begins beside
        the folder of the outlets' YAML files.
        """
        if urls.absolute(pattern, pattern) == pattern:
            yield await self._read_remote(pattern)
            return
        files = foreign.files(pattern, self._project)
        if not files:
            yield self._failed(pattern, "no_file", f"no such file in {self._project}")
        for path in files:
            yield await self._read_local(path)

    async def _read_local(self, path: Path) -> SourceLine:
        address, version = _version(path)
        seen = self._archive.state.seen(address)
        if seen and seen.etag == version:
            return SourceLine(str(path), "warc", None, 0, 0, "not modified")
        try:
            with path.open("rb") as stream:
                line = await self._read(stream, str(path), None)
        except OSError as error:
            return self._failed(str(path), "no_file", error.strerror or str(error))
        self._remember(address, version, None)
        return line

    async def _read_remote(self, url: str) -> SourceLine:
        settings, seen = self._crawler.settings, self._archive.state.seen(url)
        validators = {"If-None-Match": seen.etag, "If-Modified-Since": seen.last_modified} if seen else {}
        fields = {"User-Agent": settings["USER_AGENT"]} | {name: value for name, value in validators.items() if value}
        most = settings.getint("BORROWED_WARC_MAX_MB")
        try:
            await self._ask_robots(url)
            borrowed = await borrow(url, fields=fields, folder=self._archive.folder, max_mb=most)
        except PageError as error:
            return self._failed(url, "not_fetched", error.what)
        except (NotNow, IgnoreRequest) as error:
            return self._failed(url, "robots", str(error))
        if borrowed.file is None:
            return SourceLine(url, "warc", borrowed.status, 0, 0, "not modified")
        with borrowed.file as stream:
            line = await self._read(stream, url, borrowed.status)
        self._remember(url, borrowed.etag, borrowed.last_modified)
        return line

    async def _ask_robots(self, url: str) -> None:
        """Raises what it raises for any other request."""
        robots = self._crawler.get_downloader_middleware(RobotsMiddleware)
        if robots:
            await robots.process_request(Request(url))

    async def _read(self, stream: BinaryIO, via: str, status: int | None) -> SourceLine:
        """In a thread, for to unpack a gigabyte takes a minute, in which the crawl goes on."""
        found = foreign.links(stream, via=via, spool=self._archive.folder)
        links = new = 0
        error: RecordError | None = None
        while error is None:
            batch, error = await maybe_deferred_to_future(deferToThread(_some, found))
            if not batch:
                break
            links += len(batch)
            new += sum(one.novelty == "new" for one in self._discover(batch))
        if error:
            self._crawler.stats.inc_value(f"{names.SOURCE_FAILED}/broken_warc")
        return SourceLine(via, "warc", status, links, new, f"offset {error.offset}: {error.what}" if error else "")

    def _failed(self, source: str, reason: str, note: str) -> SourceLine:
        self._crawler.stats.inc_value(f"{names.SOURCE_FAILED}/{reason}")
        return SourceLine(source, "warc", None, 0, 0, note)

    def _remember(self, address: str, etag: str | None, last_modified: str | None) -> None:
        """All that the file names is in the state; of the file itself the archive has no record."""
        seen = Seen("", dates.utc(clock.moment()), "", etag, last_modified)
        self._archive.state.remember_all({address: seen})


def _version(path: Path) -> tuple[str, str]:
    """Its address, and what is another when the file is."""
    stat = path.stat()
    return path.resolve().as_uri(), f"{stat.st_size}-{stat.st_mtime_ns}"


def _some(links: Iterator[Link]) -> tuple[list[Link], RecordError | None]:
    """The next links, none at the end; and where the file stops being whole."""
    found: list[Link] = []
    try:
        for link in islice(links, _BATCH):
            found.append(link)  # noqa: PERF402 - what came before a break is kept
    except RecordError as error:
        return found, error
    return found, None
