"""What a source names, in portions: a long one is read in a process of its own, a short one at once."""

from collections.abc import Iterator
from dataclasses import dataclass

from scrapy.crawler import Crawler
from scrapy.http import Response

from newsarchive import clock, discovery
from newsarchive.capture.extension import ArchiveExtension
from newsarchive.discovery import Findings, portions
from newsarchive.discovery.portions import Outline
from newsarchive.errors import parsing
from newsarchive.items import SourceKind
from newsarchive.readers import Pool, serving

LONG = 50_000
"""Bytes of a source that takes longer to be read than the reactor should stand still, which is some 20 ms."""
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Listing:
    """All that a source names."""

    outline: Outline
    portions: Iterator[Findings]


class Listings:
    """Reads the sources of one crawl."""

    def __init__(self, crawler: Crawler, archive: ArchiveExtension) -> None:
        self._settings = crawler.settings
        self._archive = archive

    async def read(self, response: Response, kind: SourceKind) -> Listing:
        """Raises `PageError` for a source on which its reader fails, and `BrokenOff` when the crawl ends before."""
        body, url = response.body, response.url
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1") or None
        if not is_long(body):
            found = discovery.read_source(body, content_type=content_type, url=url, kind=kind)
            with parsing(url):
                return Listing(portions.outline(found, now=clock.now()), portions.portions(found))
        pool = Pool.hold(
            processes=self._settings.getint("EXTRACT_PROCESSES"),
            seconds=self._settings.getint("EXTRACT_TIMEOUT"),
            memory_mb=self._settings.getint("EXTRACT_MEMORY_MB"),
        )
        try:
            reading = pool.read_source(body, content_type=content_type, url=url, kind=kind)
            outline, packed = await self._archive.under_way.wait_for(url, reading)
        finally:
            pool.release()
        return Listing(outline, (serving.unpacked(portion) for portion in packed))


def is_long(body: bytes) -> bool:
    """Whether it would keep the reactor from other crawls for too long."""
    # 2 KB of gzip may be 2 MB of markup, and deeply nested markup takes quadratic time.
    return len(body) > LONG or body.startswith(_GZIP)
