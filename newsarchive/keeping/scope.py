"""What a legal hold covers: words such as `outlet=NAME url=PREFIX date=FROM..TO`, all of which must fit. Pure."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Annotated, TypeVar

from pydantic import Field, model_validator

from newsarchive import urls
from newsarchive.errors import SettingError
from newsarchive.facts import Facts

_EVERYTHING = "everything"
_KEYS = ("outlet", "url", "page", "date", "snapshot")
_EXPECTED = "outlet=NAME, url=PREFIX, page=URL, date=FROM..TO, snapshot=NUMBER, or everything"
_Number = Annotated[int, Field(ge=1)]
_T = TypeVar("_T")
_ESCAPE = re.compile("%[0-9a-fA-F]{2}")


class Scope(Facts):
    """Of several outlets, addresses or snapshots one must fit; what is empty fits everything."""

    outlets: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    """What addresses begin with; http or https, with or without `www.`."""
    pages: tuple[str, ...] = ()
    """Addresses of articles; their AMP, mobile and print copies are meant, too."""
    first_day: date | None = None
    last_day: date | None = None
    """Days of captures, UTC."""
    snapshots: tuple[_Number, ...] = ()
    """Numbers in the chain of seals."""

    @model_validator(mode="after")
    def _days_are_in_order(self) -> "Scope":
        if self.first_day and self.last_day and self.first_day > self.last_day:
            raise ValueError("a first day that is not after the last")
        return self

    def covers(self, *, outlet: str, url: str | None, captured_at: datetime | None, snapshot: int | None) -> bool:
        """Whether a capture is meant; what is not known of it (None) may be what is meant, so it fits.

        `snapshot`: in which it lies; None for what lies in the archive, which no number means.
        """
        return (
            (not self.outlets or outlet in self.outlets)
            and (snapshot in self.snapshots if self.snapshots else True)
            and (captured_at is None or self._covers_day(captured_at.astimezone(UTC).date()))
            and (url is None or self._covers_address(url))
        )

    def __str__(self) -> str:
        """The words from which `read_scope` makes it again."""
        told = [f"outlet={name}" for name in self.outlets]
        told += [f"url={prefix}" for prefix in self.urls]
        told += [f"page={page}" for page in self.pages]
        if self.first_day or self.last_day:
            told.append(f"date={self.first_day or ''}..{self.last_day or ''}")
        told += [f"snapshot={number}" for number in self.snapshots]
        return " ".join(told) or _EVERYTHING

    def _covers_day(self, day: date) -> bool:
        return (self.first_day or day) <= day <= (self.last_day or day)

    def _covers_address(self, url: str) -> bool:
        if not self.urls and not self.pages:
            return True
        begins = tuple(map(_without_scheme, self.urls))
        return bool(begins and _without_scheme(url).startswith(begins)) or any(_same(url, page) for page in self.pages)


def read_scope(words: Iterable[str]) -> Scope:
    """The scope that a person wrote; raises `SettingError` for what cannot be understood, and for no words at all."""
    named: dict[str, list[str]] = {key: [] for key in _KEYS}
    parts = [part for word in words for part in word.split()]
    if not parts:
        raise SettingError("--scope", "nothing", _EXPECTED)
    for part in parts if parts != [_EVERYTHING] else []:
        key, equals, value = part.partition("=")
        if key not in named or not equals or not value:
            raise SettingError("--scope", part, _EXPECTED)
        named[key].append(value)
    first, last = _days(named["date"])
    return Scope(
        outlets=tuple(sorted(set(named["outlet"]))),
        urls=tuple(sorted(set(_checked(named["url"], "url")))),
        pages=tuple(sorted(set(_checked(named["page"], "page")))),
        first_day=first,
        last_day=last,
        snapshots=tuple(sorted(set(map(_number, named["snapshot"])))),
    )


def _days(told: list[str]) -> tuple[date | None, date | None]:
    if not told:
        return None, None
    first, dots, last = told[0].partition("..")
    expected = "one date=FROM..TO, such as 2026-11-01..2026-11-30; either day may be left out"
    from_day, to_day = (_read(date.fromisoformat, text, "date", expected) if text else None for text in (first, last))
    to_day = to_day if dots else from_day
    if len(told) > 1 or not (from_day or to_day) or (from_day and to_day and from_day > to_day):
        raise SettingError("--scope", " ".join(f"date={text}" for text in told), expected)
    return from_day, to_day


def _number(text: str) -> int:
    number = _read(int, text, "snapshot", "the number of a snapshot, as scrapy snapshot list prints it")
    if number < 1:
        raise SettingError("--scope", f"snapshot={text}", "a number from 1 on")
    return number


def _read(read: Callable[[str], _T], text: str, key: str, expected: str) -> _T:
    try:
        return read(text)
    except ValueError as error:
        raise SettingError("--scope", f"{key}={text}", expected) from error


def _checked(addresses: list[str], key: str) -> list[str]:
    """As they are captured: escaped, and without fragments."""
    checked = [urls.absolute(address, address) if "://" in address else None for address in addresses]
    for address, escaped in zip(addresses, checked, strict=True):
        if escaped is None:
            raise SettingError("--scope", f"{key}={address}", "an address that begins with http:// or https://")
    return [address for address in checked if address]


def _without_scheme(url: str) -> str:
    host, slash, rest = url.partition("://")[2].partition("/")
    escapes = _ESCAPE.sub(lambda found: found[0].upper(), rest)
    return host.lower().removeprefix("www.") + (slash or "/") + escapes


def _same(url: str, page: str) -> bool:
    if _without_scheme(url) == _without_scheme(page):
        return True
    try:
        return urls.canonical(url) == urls.canonical(page)
    except ValueError:
        return False
