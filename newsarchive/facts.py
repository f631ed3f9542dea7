"""What the facts of a YAML file may be: types that check themselves, and say what was expected."""

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit, urlunsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationInfo
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from newsarchive import dates, urls

_DURATION = re.compile(r"(\d{1,10})\s*(s|m|h|d)", re.ASCII)
_DAYS = re.compile(r"(\d{1,5})\s*d", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_FIELD = re.compile(r"\{([^{}]*)\}")

MAX_COUNT = 1_000_000_000
"""Largest number of pages or requests."""
MAX_DELAY = 86400
"""Longest delay between two requests, in seconds."""
MAX_DURATION = 100 * 366 * 86400
"""Longest duration, in seconds."""
MAX_RULE_LENGTH = 2000
"""Longest selector or pattern, in characters."""

FOR_EVER = "for ever"


WITHOUT_USERINFO = "a URL without a user name and password: they are never sent, and would get into reports"
"""The form expected of each address that an operator writes."""


def _is_http_url(value: str, info: ValidationInfo) -> str:
    """Return the URL with its host in the spelling that links are compared in."""
    url = urls.with_dns_name(value.strip()) if urls.absolute(value, value) else None
    if url is None:
        raise ValueError("an absolute http or https URL")
    _refuse_userinfo(value, info)
    return url


def _refuse_userinfo(value: str, info: ValidationInfo) -> None:
    """Only in a YAML file: facts that an archive recorded have no context, and are read as they are."""
    if info.context and urls.has_userinfo(value):
        raise ValueError(WITHOUT_USERINFO)


def _is_host(value: str) -> str:
    name = urls.dns_name(value)
    if name is None:
        raise ValueError("a host name such as stories.example.org, without scheme, port, path and *")
    return name


def _is_pattern(value: str) -> str:
    _require_short(value)
    try:
        re.compile(value)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"a regular expression ({error})") from error
    return value


def _require_short(rule: str) -> None:
    if len(rule) > MAX_RULE_LENGTH:
        raise ValueError(f"at most {MAX_RULE_LENGTH:,} characters")


def _is_zone(value: str) -> str:
    try:
        dates.zone(value)
    except KeyError as error:
        raise ValueError("an IANA time zone such as Europe/Kyiv") from error
    return value


def _is_language(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2}", value):
        raise ValueError("an ISO 639-1 code such as en")
    return value


def _seconds(value: object) -> object:
    """`6h` is 21600 seconds."""
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    seconds = int(found[1]) * _SECONDS[found[2]] if found else MAX_DURATION + 1
    if seconds > MAX_DURATION:
        raise ValueError("a duration such as 30m, 6h or 7d, of at most a hundred years")
    return seconds


def _days(value: object) -> object:
    """`400d` is 400; `for ever` is None."""
    if value == FOR_EVER:
        return None
    found = _DAYS.fullmatch(value) if isinstance(value, str) else None
    if not found or not int(found[1]):
        raise ValueError(f"{FOR_EVER}, or at least one day, such as 400d")
    return int(found[1])


def _is_selector(value: str) -> str:
    _require_short(value)
    try:
        LexborHTMLParser("<p>").css(value)
    except SelectolaxError as error:
        raise ValueError("a CSS selector") from error
    return value


def _is_daily_url(value: str, info: ValidationInfo) -> str:
    """Plain fields only: a format such as {year:>2000000000} fills the memory."""
    fields = _FIELD.findall(value)
    if not {"year", "month", "day"}.issuperset(fields) or re.search(r"[{}]", _FIELD.sub("", value)):
        raise ValueError("a URL with no other fields than {year}, {month} and {day}")
    if "day" not in fields:
        raise ValueError("a URL with {year}, {month} and {day}")
    example = _is_http_url(value.format(year="2026", month="11", day="25"), info)
    # Without fields in its host, the address has the same host on all days.
    return value if _FIELD.search(urlsplit(value).netloc) else _with_host_of(example, value)


def _with_host_of(example: str, value: str) -> str:
    return urlunsplit(urlsplit(value)._replace(netloc=urlsplit(example).netloc))


def _is_file_pattern(value: str, info: ValidationInfo) -> str:
    """Return a path or pattern that pathlib accepts: not **.gz, not the root alone, no home of an unknown user."""
    if value.lower().startswith(("http://", "https://")):
        return _is_http_url(value, info)
    try:
        path = Path(value).expanduser()
        next(Path("/nonexistent").glob(str(path.relative_to(path.anchor))), None)
    except (ValueError, IndexError, RuntimeError, OSError) as error:
        raise ValueError(f"a path or pattern of files, or a URL ({error})") from error
    _refuse_userinfo(value, info)
    return value


Host = Annotated[str, AfterValidator(_is_host)]
Url = Annotated[str, AfterValidator(_is_http_url)]
DailyUrl = Annotated[str, AfterValidator(_is_daily_url)]
FilePattern = Annotated[str, AfterValidator(_is_file_pattern)]
Pattern = Annotated[str, AfterValidator(_is_pattern)]
Zone = Annotated[str, AfterValidator(_is_zone)]
LanguageCode = Annotated[str, AfterValidator(_is_language)]
Duration = Annotated[int, BeforeValidator(_seconds)]
DaysKept = Annotated[int | None, BeforeValidator(_days)]
"""None: for ever."""
Selector = Annotated[str, AfterValidator(_is_selector)]


class Facts(BaseModel):
    """A mapping of a YAML file: frozen, and with no key that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
