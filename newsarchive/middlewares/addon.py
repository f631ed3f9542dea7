"""Puts the operator's contact into the User-Agent, wherever it was set."""

from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings


class Addon:
    """`-s CONTACT=…` is told to publishers as NEWSARCHIVE_CONTACT is; a User-Agent of the operator's own wins."""

    def update_settings(self, settings: BaseSettings) -> None:
        contact, agent = settings.get("CONTACT"), settings.get("USER_AGENT") or ""
        is_ours = (settings.getpriority("USER_AGENT") or 0) <= SETTINGS_PRIORITIES["project"]
        if contact and is_ours and contact not in agent:
            settings.set("USER_AGENT", f"{agent.partition(' (+')[0]} (+{contact})", "project")
