"""Whether a `lastmod` can be believed at all: by what a source says of all its pages at once.

A sitemap that is built anew every night says of each page that it changed in that night. To follow it would be to
fetch the whole archive every day.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from newsarchive import dates
from newsarchive.freshness.rhythm import DAY
from newsarchive.items import Link

FEWEST_PAGES = 10
"""Fewer prove nothing: a small site may well have changed all its pages at once."""
ENOUGH_PAGES = 2_000
"""So many tell as much as all."""
_NEARLY_ALL = 0.9
# A program that writes a long sitemap takes its time; nobody edits so many articles in it.
_ONE_RUN = 60


@dataclass(frozen=True, slots=True)
class Claim:
    """What a source says of one page, in seconds since 1970, UTC."""

    modified: int
    is_exact: bool
    """It is a time of day, not a day alone."""
    published: int | None = None


def claims(links: Iterable[Link]) -> list[Claim]:
    """What a source says of those of its pages that it dates."""
    found = ((_moment(link.modified_raw), _moment(link.published_raw)) for link in links)
    return [
        Claim(_seconds(modified), modified.precision != "day", _seconds(published) if published else None)
        for modified, published in found
        if modified
    ]


def is_lie(said: Sequence[Claim], *, now: int) -> bool:
    """Such dates no newsroom makes; they are the reason for no capture."""
    return _is_one_run(said) or _is_today(said, now) or _is_ahead(said, now)


def without(links: tuple[Link, ...]) -> tuple[Link, ...]:
    """The links of a source that lies: an old article must not pass for one of today."""
    return tuple(replace(link, modified_raw=None) for link in links)


def _is_one_run(said: Sequence[Claim]) -> bool:
    """Nearly all pages changed within a minute: that is when the sitemap was written."""
    exact = [claim.modified for claim in said if claim.is_exact]
    if len(exact) < FEWEST_PAGES:
        return False
    # Minutes may part one run in two.
    minutes = Counter(moment // _ONE_RUN for moment in exact)
    most = max(count + minutes[minute + 1] for minute, count in minutes.items())
    return most > _NEARLY_ALL * len(exact)


def _is_today(said: Sequence[Claim], now: int) -> bool:
    """Nearly all old pages changed since yesterday."""
    old = [claim for claim in said if claim.published is not None and claim.published < now - 7 * DAY]
    fresh = sum(claim.modified > now - DAY - (0 if claim.is_exact else DAY) for claim in old)
    return len(old) >= FEWEST_PAGES and fresh > _NEARLY_ALL * len(old)


def _is_ahead(said: Sequence[Claim], now: int) -> bool:
    """Most pages change after tomorrow: no zone explains it."""
    return len(said) >= FEWEST_PAGES and sum(claim.modified > now + DAY for claim in said) > len(said) / 2


def _moment(raw: str | None) -> dates.Moment | None:
    return dates.parse(raw) if raw else None


def _seconds(moment: dates.Moment) -> int:
    return int(moment.instant().timestamp())
