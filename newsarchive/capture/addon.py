"""Turns capture on in any Scrapy project: `ADDONS = {"newsarchive.capture.Addon": 100}`."""

import logging
from typing import TYPE_CHECKING, Self

from scrapy import Spider
from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings
from scrapy.utils.misc import load_object

from newsarchive import checked
from newsarchive.capture import names
from newsarchive.capture.options import DEFAULTS, SCHEMES
from newsarchive.errors import NewsArchiveError, SettingError

if TYPE_CHECKING:
    # With it comes Scrapy's engine, which most commands do not need.
    from scrapy.crawler import Crawler

_EXTENSION = "newsarchive.capture.extension.ArchiveExtension"
_OUTLINKS = "newsarchive.capture.outlinks.OutlinksMiddleware"
_UNCAPTURED = "newsarchive.capture.uncaptured.UncapturedMiddleware"
_OUTERMOST = -(10**6)
_RESOLVER = "newsarchive.capture.resolver.Resolver"
# Where the exception of a crawl that nobody waits for is told, by asyncio's reactor and by others.
_LOGGERS_OF_LAST_RESORT = ("asyncio", "twisted")
_PRIORITY = SETTINGS_PRIORITIES["addon"]
_ACCEPT_ENCODING = "gzip, deflate"


class Addon:
    """Puts an archive behind the project's download handlers, whichever they are; the project's own settings win."""

    def __init__(self, spider: type[Spider] | None = None) -> None:
        self._only_looks = spider is not None and _is_of_a_command(spider)

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        return cls(crawler.spidercls)

    @classmethod
    def update_pre_crawler_settings(cls, settings: BaseSettings) -> None:
        """For other users of the reactor; our download handlers bring the resolver of their crawl along."""
        settings.set("TWISTED_DNS_RESOLVER", _RESOLVER, "addon")

    def update_settings(self, settings: BaseSettings) -> None:
        """Raises `SettingError`."""
        for name in _LOGGERS_OF_LAST_RESORT:
            logging.getLogger(name).addFilter(_one_line)
        for name, value in DEFAULTS.items():
            # Our own commands that only look at pages switch capture off, at a lower priority than an add-on's.
            if settings.getpriority(name) is None:
                settings.set(name, value, "addon")
        if self._only_looks:
            settings.set("CAPTURE_ENABLED", False, "spider")
        is_capturing = checked.switch(settings, "CAPTURE_ENABLED")
        if not settings.getbool("TWISTED_REACTOR_ENABLED"):
            raise SettingError(
                "TWISTED_REACTOR_ENABLED", settings["TWISTED_REACTOR_ENABLED"], "True, which capture needs"
            )
        # A spider may have its own, of which the process knows nothing.
        names.read_routes(settings.getlist("CONNECT_TO"))
        names.read_servers(settings.getlist("DNS_SERVERS"))
        # Also without capture: they are what keeps a crawl away from internal addresses.
        _wrap_handlers(settings)
        if not is_capturing:
            return
        # Neither pywb nor ReplayWeb.page shows zstd, which Scrapy would ask for.
        _own(settings, "DEFAULT_REQUEST_HEADERS").setdefault("Accept-Encoding", _ACCEPT_ENCODING)
        settings.setdefault_in_component_priority_dict("EXTENSIONS", load_object(_EXTENSION), 10)
        # Nearest to the engine: responses of all other middlewares pass it.
        settings.setdefault_in_component_priority_dict("DOWNLOADER_MIDDLEWARES", load_object(_UNCAPTURED), _OUTERMOST)
        # Outermost, where everything that a callback yields has passed the others.
        settings.setdefault_in_component_priority_dict("SPIDER_MIDDLEWARES", load_object(_OUTLINKS), 10)


def _is_of_a_command(spider: type[Spider]) -> bool:
    """Return whether Scrapy's `fetch`, `view`, `parse` or `check` runs the spider: it replaces `start` by its own."""
    return spider.start.__module__.startswith("scrapy.commands.")


def _wrap_handlers(settings: BaseSettings) -> None:
    """Replace each download handler in effect by its capturing subclass.

    With the priority of the setting that named it: a spider's `custom_settings` and `-s` outrank an add-on.
    """
    from newsarchive.capture.handler import capturing  # noqa: PLC0415 - not before a crawler is made

    effective = settings.getwithbase("DOWNLOAD_HANDLERS")
    own = _own(settings, "DOWNLOAD_HANDLERS")
    for scheme in SCHEMES:
        if effective.get(scheme) is not None:
            own.set(scheme, capturing(load_object(effective[scheme])), max(own.getpriority(scheme) or 0, _PRIORITY))


def _one_line(record: logging.LogRecord) -> bool:
    """A crawl that cannot begin says why in one line: what the user, a disk or a folder did is no bug to be traced."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, NewsArchiveError):
        record.msg, record.args, record.exc_info, record.exc_text = f"the crawl cannot begin: {error}", (), None, None
    return True


def _own(settings: BaseSettings, name: str) -> BaseSettings:
    """Return the dictionary behind a setting, which an add-on may add to."""
    if not isinstance(settings.get(name), BaseSettings):
        own, priority = BaseSettings(), settings.getpriority(name) or _PRIORITY
        own.update(settings.getdict(name), priority)
        settings.set(name, own, priority)
    found: BaseSettings = settings[name]
    return found
