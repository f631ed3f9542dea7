"""Who crawls says so: without a contact in the User-Agent no real host is asked."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from typing import Self
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest
from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings

from newsarchive.capture.addresses import is_public
from newsarchive.capture.names import Target, read_routes, route
from newsarchive.errors import SettingError

_CONTACT = re.compile(r"https?://|\S@\S")
_PORTS = {"http": 80, "https": 443}
_EXPECTED = (
    "a page or a mail address by which {host} can reach you, in NEWSARCHIVE_CONTACT or -s CONTACT=..., "
    "because it stands in the User-Agent"
)


def user_agent(settings: BaseSettings) -> str:
    """The User-Agent with the contact in it, wherever that was set; one of the operator's own stays as it is."""
    contact, agent = settings.get("CONTACT"), settings.get("USER_AGENT") or ""
    is_ours = (settings.getpriority("USER_AGENT") or 0) <= SETTINGS_PRIORITIES["project"]
    if contact and is_ours and contact not in agent:
        return f"{agent.partition(' (+')[0]} (+{contact})"
    return agent


class NoContact(SettingError, IgnoreRequest):  # noqa: N818 - as in errors.py: a decision
    """A real host would be asked by nobody."""


class Contact:
    """Whether hosts can learn who crawls them."""

    def __init__(self, user_agent: str, routes: Mapping[tuple[str, int | None], Target]) -> None:
        self._is_given = bool(_CONTACT.search(user_agent))
        self._user_agent = user_agent
        self._routes = routes

    @classmethod
    def of(cls, settings: BaseSettings) -> Self:
        return cls(user_agent(settings), read_routes(settings.getlist("CONNECT_TO")))

    def require(self, url: str) -> None:
        """Raises `NoContact` if the URL is of a real host and the User-Agent names no contact."""
        if not self._is_given and self._is_real(url):
            raise NoContact("CONTACT", self._user_agent, _EXPECTED.format(host=urlsplit(url).hostname))

    def require_all(self, several: Iterable[str]) -> None:
        """As `require`, for all hosts that a crawl will ask."""
        for url in several:
            self.require(url)

    def _is_real(self, url: str) -> bool:
        """Not of this machine, not of a private network, and not sent elsewhere by CONNECT_TO."""
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        if route(self._routes, host, parts.port or _PORTS.get(parts.scheme, 0)):
            return False
        try:
            return is_public(str(ipaddress.ip_address(host)))
        except ValueError:
            return host != "localhost" and not host.endswith(".localhost")
