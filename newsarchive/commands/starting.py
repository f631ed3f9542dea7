"""Conditions for crawling outlets, checked at the start and not after hours of crawling."""

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
