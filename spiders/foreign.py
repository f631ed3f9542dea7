"""WARC files of other archives as a source: read beside the crawl, a few links at a time."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.threads import deferToThread

from newsarchive import clock, dates, foreign, urls
from newsarchive import counting as names
from newsarchive.capture.extension import ArchiveExtension
from newsarchive.errors import READER_FAILED, NotNow, PageError, RecordError, described
from newsarchive.freshness import polling
from newsarchive.freshness.polling import Outcome
from newsarchive.items import PAGES, Link
from newsarchive.middlewares.politeness import PolitenessMiddleware
from newsarchive.middlewares.robots import RobotsMiddleware
from newsarchive.report import SourceLine
from newsarchive.store.captures import Seen
from newsarchive.store.sources import Sources
from newsarchive.store.state import Discovery
from spiders.borrowing import Borrowed, Limits, borrow

_BATCH = 500
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Look:
    """A look at one file, and what its source learns from it: nothing if its host must not be asked now."""

    line: SourceLine
    outcome: Outcome | None


class ForeignArchives:
    """What they hold goes to `discover`; a file that has not changed since it was read is passed by.

    Each is a source like others: it has its rate, and its host is spared like any.
    """

    def __init__(
        self, archive: ArchiveExtension, crawler: Crawler, discover: Callable[[Sequence[Link]], Sequence[Discovery]]
    ) -> None:
        self._archive = archive
        self._crawler = crawler
        self._discover = discover
        self._project = Path(crawler.settings["CONFIG_DIR"]).parent
        self._sources = Sources(archive.database)
        spider: Any = crawler.spider
        self._outlet: str = spider.outlet.id

    async def read_due(self) -> AsyncIterator[SourceLine]:
        """Those whose time has come, with a line for the report of each file."""
        for source in self._sources.due(self._outlet, clock.now()):
            if source.kind == "warc":
                looks: list[Look] = []
                async for look in self._looks(source.url):
                    looks.append(look)
                    yield look.line
                self._note(source.url, looks)

    async def _looks(self, pattern: str) -> AsyncIterator[Look]:
        """All files of a path, pattern or URL; a relative one begins beside the folder of the outlets' YAML files."""
        if urls.absolute(pattern, pattern) == pattern:
            yield await self._read_remote(pattern)
            return
        files = foreign.files(pattern, self._project)
        if not files:
            yield self._failed(pattern, "no_file", f"no such file in {self._project}")
        for path in files:
            yield await self._read_local(path)

    def _note(self, pattern: str, looks: Sequence[Look]) -> None:
        """The files of a pattern are one source."""
        by_kind = {look.outcome.kind: look.outcome for look in looks if look.outcome}
        known = by_kind.get("not_modified") or by_kind.get("failed")
        if "read" in by_kind:
            lines = [look.line for look in looks]
            known = polling.read(listed=sum(line.links for line in lines), new=sum(line.new for line in lines))
        if known:
            self._sources.note(self._outlet, pattern, known, clock.now())

    async def _read_local(self, path: Path) -> Look:
        address, version = _version(path)
        seen = self._archive.captures.seen(address)
        if seen and seen.etag == version:
            return Look(SourceLine(str(path), "warc", None, 0, 0, "not modified"), polling.not_modified())
        try:
            with path.open("rb") as stream:
                line = await self._read(stream, str(path), None)
        except OSError as error:
            return self._failed(str(path), "no_file", error.strerror or str(error))
        self._remember(address, version, None)
        return _read(line)

    async def _read_remote(self, url: str) -> Look:
        settings, seen = self._crawler.settings, self._archive.captures.seen(url)
        validators = {"If-None-Match": seen.etag, "If-Modified-Since": seen.last_modified} if seen else {}
        fields = {"User-Agent": settings["USER_AGENT"]} | {name: value for name, value in validators.items() if value}
        try:
            borrowed = await self._follow(url, fields)
        except PageError as error:
            return self._failed(url, "not_fetched", error.what)
        except NotNow as error:
            self._sources.postpone(self._outlet, url, due=int(error.until) + 1)
            return Look(SourceLine(url, "warc", None, 0, 0, error.reason, put_off=True), None)
        except IgnoreRequest as error:
            return self._failed(url, "robots", str(error))
        if borrowed.file is None and not any(validators.values()):
            return self._failed(url, names.UNREQUESTED_304, "answered 304 to a request without validators")
        if borrowed.file is None:
            return Look(SourceLine(url, "warc", borrowed.status, 0, 0, "not modified"), polling.not_modified())
        with borrowed.file as stream:
            line = await self._read(stream, url, borrowed.status)
        self._remember(url, borrowed.etag, borrowed.last_modified)
        return _read(line)

    async def _follow(self, url: str, fields: Mapping[str, str]) -> Borrowed:
        """The answer at the end of the redirects, a page or 304; each of their hosts is asked as any other."""
        at = url
        for _ in range(_MOST_REDIRECTS + 1):
            borrowed = await self._ask(at, fields)
            if borrowed.status in PAGES or borrowed.status == 304:
                return borrowed
            target = urls.absolute(at, borrowed.location) if borrowed.location else None
            if borrowed.status not in _REDIRECTS or target is None:
                raise PageError(url, f"answered {borrowed.status}")
            at = target
        raise PageError(url, f"redirects more than {_MOST_REDIRECTS} times")

    async def _ask(self, url: str, fields: Mapping[str, str]) -> Borrowed:
        """When robots.txt allows it and the host's turn has come; raises what these raise for any other request."""
        request = Request(url, headers=dict(fields))
        robots = self._crawler.get_downloader_middleware(RobotsMiddleware)
        polite = self._crawler.get_downloader_middleware(PolitenessMiddleware)
        if robots:
            await robots.process_request(request)
        if polite is None:
            return await borrow(request, crawler=self._crawler, folder=self._archive.folder)
        await polite.process_request(request)
        request.meta["sent_at"] = clock.seconds()
        try:
            borrowed = await borrow(request, crawler=self._crawler, folder=self._archive.folder)
        except PageError as error:
            cause = error.__cause__
            # That a file is longer than we want is no failure of its host.
            if not isinstance(cause, Exception) or isinstance(cause, ValueError):
                cause = error
            polite.process_exception(request, cause)
            raise
        again = {"Retry-After": borrowed.retry_after} if borrowed.retry_after else {}
        polite.process_response(request, Response(url, status=borrowed.status, headers=again))
        return borrowed

    async def _read(self, stream: BinaryIO, via: str, status: int | None) -> SourceLine:
        """In a thread, for to unpack a gigabyte takes a minute, in which the crawl goes on."""
        limit = Limits.of(self._crawler.settings).size
        found = foreign.links(stream, via=via, limit=limit, spool=self._archive.folder)
        links = new = 0
        error: str | None = None
        while error is None:
            batch, error = await maybe_deferred_to_future(deferToThread(_some, found))
            if not batch:
                break
            links += len(batch)
            new += sum(one.novelty == "new" for one in self._discover(batch))
        if error:
            self._crawler.stats.inc_value(f"{names.SOURCE_FAILED}/broken_warc")
        return SourceLine(via, "warc", status, links, new, error or "")

    def _failed(self, source: str, reason: str, note: str) -> Look:
        self._crawler.stats.inc_value(f"{names.SOURCE_FAILED}/{reason}")
        return Look(SourceLine(source, "warc", None, 0, 0, note), polling.failed(reason))

    def _remember(self, address: str, etag: str | None, last_modified: str | None) -> None:
        """All that the file names is in the state; of the file itself the archive has no record."""
        seen = Seen("", dates.utc(clock.moment()), "", etag, last_modified)
        self._archive.captures.remember_all({address: seen})


def _read(line: SourceLine) -> Look:
    return Look(line, polling.read(listed=line.links, new=line.new))


def _version(path: Path) -> tuple[str, str]:
    """Its address, and what is another when the file is."""
    stat = path.stat()
    return path.resolve().as_uri(), f"{stat.st_size}-{stat.st_mtime_ns}"


def _some(links: Iterator[Link]) -> tuple[list[Link], str | None]:
    """Return the next links, none at the end; and where and why the file cannot be read further."""
    found: list[Link] = []
    try:
        for link in islice(links, _BATCH):
            found.append(link)  # noqa: PERF402 - what came before a break is kept
    except RecordError as error:
        return found, f"offset {error.offset}: {error.what}"
    except Exception as error:  # noqa: BLE001 - one file from outside must not end the crawl
        return found, f"{READER_FAILED} ({described(error)})"
    return found, None
