"""Findings told to a person who does not look: by mail, webhook, or any other way that apprise knows."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from newsarchive.errors import SettingError
from newsarchive.health import Finding
from newsarchive.store.health import Verdict

_MISSING = "the extra to be installed: pip install 'newsarchive[alerts]'"
_REFUSED = "addresses that take a message; test them with: scrapy alerts test"
_SCHEME_LENGTH = 20
_UNKNOWN = "addresses of the forms that apprise knows"


def told(verdict: Verdict) -> tuple[str, str]:
    """The title and the text of a message about these findings."""
    count, over = len(verdict.findings), len(verdict.recovered)
    title = "newsarchive: " + ", ".join(
        part for part in (f"{count} found" if count else "", f"{over} well again" if over else "") if part
    )
    lines = [*_lines("", verdict.findings), *_lines("well again: ", verdict.recovered)]
    return title, "\n".join(lines)


def services(urls: Sequence[str]) -> list[Any]:
    """Return the service behind each address; raises `SettingError` for an address of no known form."""
    apprise = _library()
    # Its log prints the whole address.
    with _silenced("apprise"):
        found = [apprise.Apprise.instantiate(url) for url in urls]
    unknown = [url.partition("://")[0][:_SCHEME_LENGTH] for url, one in zip(urls, found, strict=True) if one is None]
    if unknown:
        # An address may hold a password.
        raise SettingError("ALERT_URLS", f"{unknown[0]}://...", _UNKNOWN)
    return found


def send(verdict: Verdict, urls: Sequence[str]) -> None:
    """One message to each address; raises `SettingError` that names those which do not take it."""
    title, text = told(verdict)
    refused = [shown(one) for one in services(urls) if not deliver(one, title, text)]
    if refused:
        raise SettingError("ALERT_URLS", ", ".join(refused), _REFUSED)


def deliver(service: Any, title: str, text: str) -> bool:
    """Send one message to one service; False when it is not accepted."""
    return bool(service.notify(title=title, body=text, body_format=_library().NotifyFormat.TEXT))


def shown(service: Any) -> str:
    """Return the address of a service without its secrets."""
    return str(service.url(privacy=True)).partition("?")[0]


def _lines(word: str, findings: Sequence[Finding]) -> list[str]:
    return [f"{one.outlet}: {word}{one}" for one in findings]


@contextmanager
def _silenced(name: str) -> Iterator[None]:
    logger = logging.getLogger(name)
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


def _library() -> ModuleType:
    try:
        import apprise  # noqa: PLC0415 - an extra, and slow to load
    except ImportError as error:
        raise SettingError("ALERT_URLS", "no apprise", _MISSING) from error
    return apprise
