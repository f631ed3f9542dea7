"""Settings that are numbers or switches: a wrong one is told by its name, before anything begins."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from newsarchive.errors import SettingError

_DAY_HOURS = 24
_NUMBERS: Mapping[str, tuple[float, float]] = {
    "ALERT_ONCE_HOURS": (0, 1e6),
    "DNS_TIMEOUT": (0, 1e6),
    "DOWNLOAD_DELAY": (0, 1e6),
    "DOWNLOAD_TIMEOUT": (0, 1e6),
    "HARVEST_MINUTES": (0, 1e6),
    "HARVEST_OUTLET_MINUTES": (0, 1e6),
    "HEALTH_SHARE_PROBABILITY": (0, 1),
    "HEALTH_SILENCE_PROBABILITY": (0, 1),
    "HEALTH_SLOW_FACTOR": (1, 1e6),
    "HOST_BACKOFF": (0, 1e9),
    "HOST_CIRCUIT": (0, 1e9),
    "HOST_DELAY_FLOOR": (0, 1e9),
    "HOST_LONGEST_BACKOFF": (0, 1e9),
    "HOST_LONGEST_CIRCUIT": (0, 1e9),
    "HOST_LONGEST_CRAWL_DELAY": (0, 1e9),
    "HOST_LONGEST_RETRY_AFTER": (0, 1e9),
    "HOST_LONGEST_WAIT": (0, 1e9),
    "HOST_TRIAL": (0, 1e9),
    "ROBOTS_LAST_GOOD_HOURS": (_DAY_HOURS, 30 * _DAY_HOURS),
    "ROBOTS_RETRY": (0, 1e9),
}
"""The least and the most that each may be."""
_WHOLE: Mapping[str, int] = {
    "ARCHIVE_MIN_FREE_MB": 0,
    "BLOCKED_MOST": 0,
    "BORROWED_WARC_MAX_MB": 1,
    "BORROWED_WARC_MAX_MINUTES": 1,
    "CHECK_OUTLETS_AT_ONCE": 1,
    "CONCURRENT_ITEMS": 1,
    "CONCURRENT_REQUESTS": 1,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "DNSCACHE_SIZE": 0,
    "DOWNLOAD_MAXSIZE": 0,
    "DOWNLOAD_WARNSIZE": 0,
    "EXTRACT_MEMORY_MB": 100,
    "EXTRACT_PROCESSES": 1,
    "EXTRACT_TIMEOUT": 1,
    "FOLLOW_PAGES": 0,
    "FOLLOW_PAGES_OF_A_SHAPE": 0,
    "HARVEST_AT_ONCE": 1,
    "HARVEST_PAGES": 1,
    "HEALTH_DAYS_KEPT": 1,
    "HEALTH_DAYS_LEARNED": 0,
    "HEALTH_SOURCE_FAILURES": 1,
    "HOST_FAILURES": 1,
    "METAREFRESH_MAXDELAY": 0,
    "REDIRECT_MAX_TIMES": 0,
    "REPEATED_TEXT_PAGES": 1,
    "REPORT_ARTICLES_SHOWN": 0,
    "RESPONSE_HEAD_MAX_KB": 16,
    "RESPONSE_HEAD_MAX_LINES": 100,
    "RESPONSE_MAX_INTERIM": 0,
    "RESPONSE_STATUS_LINE_MAX_BYTES": 100,
    "RETRY_TIMES": 0,
    "SAME_STORY_DAYS": 0,
    "SCOUT_MAX_REQUESTS": 1,
    "SITEMAPS_PER_CRAWL": 0,
    "SITEMAP_DEPTH": 0,
    "STOP_GRACE_SECONDS": 0,
    "WARC_MAX_MB": 1,
    "WARC_MAX_MINUTES": 1,
}
"""The least that each may be."""
_SWITCHES = frozenset(
    {
        "ALLOW_PRIVATE_ADDRESSES", "CAPTURE_ENABLED", "CAPTURE_OUTLINKS", "COOKIES_ENABLED", "DNSCACHE_ENABLED",
        "HTTPCACHE_ENABLED", "REPORT_SHOWN", "ROBOTSTXT_OBEY", "ROBOTS_OBEY_BARRED", "TDMREP_ENABLED",
    }
)  # fmt: skip
_ON, _OFF = ("True", "true", "1"), ("False", "false", "0")
# SQLite holds no greater ones.
_MOST = 2**53
# Readers of archives read no longer heads.
_MOST_OF: Mapping[str, int] = {"RESPONSE_HEAD_MAX_KB": 1024, "RESPONSE_HEAD_MAX_LINES": 20_000}


class Settings(Protocol):
    """Scrapy's, or a dictionary."""

    def get(self, name: str, default: Any = ..., /) -> Any: ...


def check(settings: Settings) -> None:
    """Raises `SettingError` for the first that is wrong; what a project does not set is not missed."""
    for names, read in _ALL:
        for name in names:
            if settings.get(name) is not None:
                read(settings, name)


def number(settings: Settings, name: str, default: float | None = None) -> float:
    """A finite number; raises `SettingError`."""
    found = settings.get(name, default)
    least, most = _NUMBERS[name]
    try:
        value = float(found)
    except (TypeError, ValueError):
        value = float("nan")
    # A comparison with NaN is never true.
    if least <= value <= most:
        return value
    raise SettingError(name, found, f"a number between {least:g} and {most:g}")


def whole(settings: Settings, name: str, default: int | None = None) -> int:
    """A whole number; raises `SettingError`."""
    found = settings.get(name, default)
    least, most = _WHOLE[name], _MOST_OF.get(name, _MOST)
    try:
        value = int(found)
    except (TypeError, ValueError, OverflowError):
        value = least - 1
    if least <= value <= most and (isinstance(found, str) or value == found):
        return value
    bounds = f"between {least} and {most}" if name in _MOST_OF else f"of at least {least}"
    raise SettingError(name, found, f"a whole number {bounds}")


def switch(settings: Settings, name: str, *, default: bool = False) -> bool:
    """On or off, in the forms that Scrapy takes; raises `SettingError`."""
    found = settings.get(name, default)
    if str(found) not in _ON + _OFF:
        raise SettingError(name, found, "True or False")
    return str(found) in _ON


_ALL: tuple[tuple[tuple[str, ...], Callable[[Settings, str], object]], ...] = (
    (tuple(_NUMBERS), number),
    (tuple(_WHOLE), whole),
    (tuple(sorted(_SWITCHES)), switch),
)
NAMES: tuple[str, ...] = tuple(name for names, _ in _ALL for name in names)
"""All settings that are checked here."""
