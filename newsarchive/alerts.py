"""Findings told to a person who does not look: by mail, webhook, or any other way that apprise knows."""

from collections.abc import Sequence
from types import ModuleType

from newsarchive.errors import SettingError
from newsarchive.health import Finding
from newsarchive.store.health import Verdict

_MISSING = "the extra to be installed: pip install 'newsarchive[alerts]'"
_REFUSED = "addresses that take a message (the log says which did not)"
_UNKNOWN = "addresses of the forms that apprise knows"


def told(verdict: Verdict) -> tuple[str, str]:
    """The title and the text of a message about these findings."""
    count, over = len(verdict.findings), len(verdict.recovered)
    title = "newsarchive: " + ", ".join(
        part for part in (f"{count} found" if count else "", f"{over} well again" if over else "") if part
    )
    lines = [*_lines("", verdict.findings), *_lines("well again: ", verdict.recovered)]
    return title, "\n".join(lines)


def send(verdict: Verdict, urls: Sequence[str]) -> None:
    """One message to each address; raises `SettingError` where one does not take it."""
    apprise = _library()
    messenger = apprise.Apprise()
    if not messenger.add(list(urls)):
        # An address may hold a password.
        raise SettingError("ALERT_URLS", f"{len(urls)} addresses", _UNKNOWN)
    title, text = told(verdict)
    if not messenger.notify(title=title, body=text, body_format=apprise.NotifyFormat.TEXT):
        raise SettingError("ALERT_URLS", f"{len(urls)} addresses", _REFUSED)


def _lines(word: str, findings: Sequence[Finding]) -> list[str]:
    return [f"{one.outlet}: {word}{one}" for one in findings]


def _library() -> ModuleType:
    try:
        import apprise  # noqa: PLC0415 - an extra, and slow to load
    except ImportError as error:
        raise SettingError("ALERT_URLS", "no apprise", _MISSING) from error
    return apprise
