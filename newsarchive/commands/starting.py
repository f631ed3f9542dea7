"""Conditions for crawling outlets, checked at the start and not after hours of crawling."""

import signal
from typing import Any

from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object

from newsarchive import alerts, checked
from newsarchive.capture.addon import Addon
from newsarchive.errors import SettingError

_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"


def require_crawlable(settings: BaseSettings) -> None:
    """Raises `SettingError` when outlets cannot be crawled with these settings."""
    checked.check(settings)
    if not checked.switch(settings, "CAPTURE_ENABLED", default=True):
        raise SettingError("CAPTURE_ENABLED", settings["CAPTURE_ENABLED"], "True: an outlet is crawled into an archive")
    addons = settings.getdict("ADDONS")
    if not any(load_object(addon) is Addon for addon in addons):
        raise SettingError("ADDONS", addons, "newsarchive.capture.Addon among them, which archives what is fetched")


def require_reactor(settings: BaseSettings) -> None:
    """Raises `SettingError` for a reactor in which the extraction processes cannot be awaited."""
    if settings["TWISTED_REACTOR"] != _REACTOR:
        raise SettingError("TWISTED_REACTOR", settings["TWISTED_REACTOR"], _REACTOR)


def require_alerts(settings: BaseSettings) -> None:
    """Raises `SettingError` when ALERT_URLS is set and nothing can be sent there."""
    if addresses := settings.getlist("ALERT_URLS"):
        alerts.services(addresses)


class Interrupt:
    """Notes Ctrl-C while a process crawls, which Scrapy turns into an orderly end."""

    def __init__(self, process: Any) -> None:
        """Call it before the process starts."""
        self._came = False
        self._shut_down = process._signal_shutdown  # noqa: SLF001 - Scrapy has no signal for it
        process._signal_shutdown = self._note  # noqa: SLF001 - as above

    def reraise(self) -> None:
        """Raise `KeyboardInterrupt` if Ctrl-C came: the command exits as interrupted programs do."""
        if self._came:
            raise KeyboardInterrupt

    def _note(self, number: int, frame: Any) -> None:
        self._came = self._came or number == signal.SIGINT
        self._shut_down(number, frame)
