"""Where an article's address led: to the article, or to a place that a site sends visitors to instead. Pure."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from newsarchive import urls
from newsarchive.outlets import Outlet
from newsarchive.parameters import ORDINARY, Selection

# Hosts and paths of consent pages as publishers and their suppliers name them.
_CONSENT_HOST = re.compile(
    r"^(?:consent|consents|cmp|privacy-?gate|cookiewall|cookies?|myprivacy)\.|\.(?:privacy-mgmt|consensu|cookielaw)\."
)
_CONSENT_PATH = re.compile(
    r"/(?:cookie-?wall|cookie-?consent|consent|collect-?consent|privacy-?gate|gdpr(?:-consent)?)(?:[/.]|$)",
    re.IGNORECASE,
)
_LOGIN_PATH = re.compile(r"/(?:log-?in|sign-?in|register|subscribe|paywall|sso)(?:[/.]|$)", re.IGNORECASE)
_HOME_PATH = re.compile(r"^/?(?:index\.(?:html?|php|aspx?)|home|[a-z]{2}(?:-[a-z]{2})?)?/?$", re.IGNORECASE)


ASTRAY = frozenset({"consent_wall", "login_wall", "redirected_home", "redirected_section", "redirected_away"})
"""What `astray` may answer."""


def astray(url: str, outlet: Outlet) -> str | None:
    """Why no article of the outlet can be at the address where a request for one ended; None when one can.

    `consent_wall`, `login_wall`, `redirected_home`, `redirected_section`, `redirected_away`.
    """
    parts = urlsplit(url)
    if not is_told(url, outlet):
        return "consent_wall" if _is_consent(url) else "redirected_away"
    # An article about consent lives at an address of an article.
    if outlet.is_article(_at_home(url, outlet)):
        return None
    if _is_consent(url):
        return "consent_wall"
    if _LOGIN_PATH.search(parts.path):
        return "login_wall"
    return "redirected_home" if _HOME_PATH.match(parts.path) else "redirected_section"


def unfollowed(target: str, outlet: Outlet) -> str | None:
    """Why a redirect of an article is not followed; None when it is.

    A section may only be passed through, so it is judged where the redirects end.
    """
    reason = astray(target, outlet)
    return None if reason == "redirected_section" else reason


def is_circle(target: str, before: Collection[str]) -> bool:
    """A redirect leads to where it came from."""
    return target.partition("#")[0] in before


def has_moved(asked: str, landed: str, selection: Selection = ORDINARY) -> bool:
    """The article answers at another address than was asked for."""
    return urls.key(asked, selection) != urls.key(landed, selection)


def is_told(url: str, outlet: Outlet) -> bool:
    """The URL is on a host of the outlet, or beneath one."""
    name = urls.host(url)
    is_beneath = any(name.endswith(f".{one}") for one in outlet.hosts)
    return name in outlet.hosts or (is_beneath and not _CONSENT_HOST.search(name))


def _is_consent(url: str) -> bool:
    return bool(_CONSENT_HOST.search(urls.host(url)) or _CONSENT_PATH.search(urlsplit(url).path))


def _at_home(url: str, outlet: Outlet) -> str:
    """The same page on the outlet's own host: `m.` and `amp.` are no other site."""
    parts = urlsplit(url)
    return url if urls.host(url) in outlet.hosts else parts._replace(netloc=urls.host(outlet.home)).geturl()
