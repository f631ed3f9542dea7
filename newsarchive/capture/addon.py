"""Turns capture on in any Scrapy project: `ADDONS = {"newsarchive.capture.Addon": 100}`."""

import logging

from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings
from scrapy.utils.misc import load_object

from newsarchive import checked
from newsarchive.capture import names
from newsarchive.capture.options import DEFAULTS
from newsarchive.errors import NewsArchiveError

_SCHEMES = ("http", "https")
_EXTENSION = "newsarchive.capture.extension.ArchiveExtension"
_OUTLINKS = "newsarchive.capture.outlinks.OutlinksMiddleware"
_RESOLVER = "newsarchive.capture.resolver.Resolver"
# Where the exception of a crawl that nobody waits for is told, by asyncio's reactor and by others.
_LOGGERS_OF_LAST_RESORT = ("asyncio", "twisted")
_PRIORITY = SETTINGS_PRIORITIES["addon"]
_ACCEPT_ENCODING = "gzip, deflate"


class Addon:
    """Puts an archive behind the project's download handlers, whichever they are; the project's own settings win."""

    @classmethod
    def update_pre_crawler_settings(cls, settings: BaseSettings) -> None:
        """For other users of the reactor; our download handlers bring the resolver of their crawl along."""
        settings.set("TWISTED_DNS_RESOLVER", _RESOLVER, "addon")

    def update_settings(self, settings: BaseSettings) -> None:
        """Raises `SettingError`."""
        for name in _LOGGERS_OF_LAST_RESORT:
            logging.getLogger(name).addFilter(_one_line)
        for name, value in DEFAULTS.items():
            # Commands that only look at pages switch capture off, at a lower priority than an add-on's.
            if settings.getpriority(name) is None:
                settings.set(name, value, "addon")
        is_capturing = checked.switch(settings, "CAPTURE_ENABLED")
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
        # Outermost, where everything that a callback yields has passed the others.
        settings.setdefault_in_component_priority_dict("SPIDER_MIDDLEWARES", load_object(_OUTLINKS), 10)


def _wrap_handlers(settings: BaseSettings) -> None:
    """Replace each download handler in effect by its capturing subclass.

    With the priority of the setting that named it: a spider's `custom_settings` and `-s` outrank an add-on.
    """
    from newsarchive.capture.handler import capturing  # noqa: PLC0415 - not before a crawler is made

    effective = settings.getwithbase("DOWNLOAD_HANDLERS")
    own = _own(settings, "DOWNLOAD_HANDLERS")
    for scheme in _SCHEMES:
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
