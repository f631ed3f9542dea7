"""Puts the operator's contact into the User-Agent, wherever it was set."""

from scrapy.settings import BaseSettings

from newsarchive.middlewares.contact import user_agent


class Addon:
    """`-s CONTACT=…` is told to publishers as NEWSARCHIVE_CONTACT is; a User-Agent of the operator's own wins."""

    def update_settings(self, settings: BaseSettings) -> None:
        settings.set("USER_AGENT", user_agent(settings), settings.getpriority("USER_AGENT") or "default")
