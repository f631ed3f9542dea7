"""Looks at the settings before a crawl begins, and puts the operator's contact into the User-Agent."""

from scrapy.settings import BaseSettings

from newsarchive import checked
from newsarchive.middlewares.contact import user_agent


class Addon:
    """`-s CONTACT=…` is told to publishers as NEWSARCHIVE_CONTACT is; a User-Agent of the operator's own wins."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Raises `SettingError` for a setting that is wrong, whoever reads it later."""
        checked.check(settings)
        settings.set("USER_AGENT", user_agent(settings), settings.getpriority("USER_AGENT") or "default")
