"""Scrapy's feed exports (`-o`, `-O`, FEEDS), with one line for a feed that cannot be written."""

import logging
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy import Spider
from scrapy.extensions import feedexport
from scrapy.settings import BaseSettings
from w3lib.url import file_uri_to_path

from newsarchive import counting
from newsarchive.errors import SettingError
from newsarchive.plurals import counted

logger = logging.getLogger(__name__)

_FAILED = "feedexport/failed_count"


def require_writable(settings: BaseSettings) -> None:
    """Create the folders of local feeds; raises `SettingError` for a feed that cannot be written."""
    for uri in settings.getdict("FEEDS"):
        path = _local(str(uri))
        try:
            if path is not None:
                _require_writable(path)
        except OSError as error:
            raise SettingError("FEEDS", str(uri), f"a file that can be written ({error.strerror})") from error


def problem(stats: Mapping[str, Any]) -> str | None:
    """Return how many feeds could not be written, in one line; None for none."""
    failed = sum(counting.family(stats, _FAILED).values())
    return f"{counted(failed, 'feed')} could not be written, see the log" if failed else None


class FeedExporter(feedexport.FeedExporter):
    """Scrapy's own, in which a feed that cannot be written is counted and harms no other feed."""

    def item_scraped(self, item: Any, spider: Spider) -> None:
        slots, self.slots = self.slots, []
        usable: list[feedexport.FeedSlot] = []
        for slot in slots:
            self.slots = [slot]
            try:
                super().item_scraped(item, spider)
            except OSError as error:
                self._give_up(slot, error)
            else:
                usable += self.slots
        self.slots = usable

    async def close_spider(self, spider: Spider) -> None:
        for slot in list(self.slots):
            if slot.itemcount or not slot.store_empty:
                continue
            try:
                slot.start_exporting()
            except OSError as error:
                self.slots.remove(slot)
                self._give_up(slot, error)
        await super().close_spider(spider)

    def _give_up(self, slot: feedexport.FeedSlot, error: OSError) -> None:
        logger.error("%s: the feed cannot be written (%s)", slot.uri, error.strerror or error)
        self.crawler.stats.inc_value(f"{_FAILED}/{type(slot.storage).__name__}")
        with suppress(OSError):
            if slot.file is not None:
                slot.file.close()


def _local(uri: str) -> Path | None:
    """Return the path of a feed in the file system; None for any other storage."""
    if urlsplit(uri).scheme == "file":
        return Path(file_uri_to_path(uri))
    return Path(uri) if not urlsplit(uri).scheme else None


def _require_writable(path: Path) -> None:
    """Raise `OSError`. A folder whose name depends on the crawl, such as %(time)s, is not checked."""
    if path.exists():
        with path.open("ab"):
            return
    if "%" not in str(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        # Permissions alone do not show a file system that takes no files.
        with tempfile.TemporaryFile(dir=path.parent):
            return


def _without_traceback(line: logging.LogRecord) -> bool:
    error = line.exc_info[1] if line.exc_info else None
    if isinstance(error, OSError):
        line.msg, line.exc_info = f"{line.getMessage()}: {error.strerror or error}", None
        line.args = ()
    return True


logging.getLogger(feedexport.__name__).addFilter(_without_traceback)
