"""What the facts of a YAML file may be: types that check themselves, and say what was expected."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from newsarchive import dates, urls

_DURATION = re.compile(r"(\d+)\s*(s|m|h|d)")
_DAYS = re.compile(r"(\d{1,5})\s*d", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

FOR_EVER = "for ever"


def _is_http_url(value: str) -> str:
    if urls.absolute(value, value) is None:
        raise ValueError("an absolute http or https URL")
    return value


def _is_pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"a regular expression ({error})") from error
    return value


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
    if not found:
        raise ValueError("a duration such as 30m, 6h or 7d")
    return int(found[1]) * _SECONDS[found[2]]


def _days(value: object) -> object:
    """`400d` is 400; `for ever` is None."""
    if value == FOR_EVER:
        return None
    found = _DAYS.fullmatch(value) if isinstance(value, str) else None
    if not found or not int(found[1]):
        raise ValueError(f"{FOR_EVER}, or at least one day, such as 400d")
    return int(found[1])


def _is_selector(value: str) -> str:
    try:
        LexborHTMLParser("<p>").css(value)
    except SelectolaxError as error:
        raise ValueError("a CSS selector") from error
    return value


def _is_daily_url(value: str) -> str:
    try:
        filled = value.format(year="2026", month="11", day="25")
    except (KeyError, IndexError, ValueError) as error:
        raise ValueError("a URL with no other fields than {year}, {month} and {day}") from error
    if "{day}" not in value:
        raise ValueError("a URL with {year}, {month} and {day}")
    _is_http_url(filled)
    return value


Url = Annotated[str, AfterValidator(_is_http_url)]
DailyUrl = Annotated[str, AfterValidator(_is_daily_url)]
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
