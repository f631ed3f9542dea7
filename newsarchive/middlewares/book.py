"""The host book of a crawl: that of its archive, or one in memory for what is only looked at."""

from pathlib import Path
from weakref import WeakKeyDictionary

from scrapy.crawler import Crawler

from newsarchive.capture.extension import ArchiveExtension
from newsarchive.store.database import Database
from newsarchive.store.hosts import HostBook

_MEMORY = Path(":memory:")

_databases: "WeakKeyDictionary[Crawler, Database]" = WeakKeyDictionary()


def database_of(crawler: Crawler) -> Database:
    """The state behind a crawl, the same for all who ask."""
    extension = crawler.get_extension(ArchiveExtension)
    if extension:
        return extension.database
    if crawler not in _databases:
        _databases[crawler] = Database(_MEMORY)
    return _databases[crawler]


def book_of(crawler: Crawler) -> HostBook:
    """The host book of a crawl."""
    return HostBook(database_of(crawler))
