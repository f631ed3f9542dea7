"""The settings of politeness, read once and checked: every mistake names its setting and says what was expected."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scrapy.settings import BaseSettings

from newsarchive.errors import SettingError
from newsarchive.politeness.hosts import Limits

_HOUR = 60 * 60
_FEWEST_HOURS, _MOST_HOURS = 24, 30 * 24

DEFAULTS: Mapping[str, float] = {
    "HOST_DELAY_FLOOR": 0.0,
    "HOST_LONGEST_CRAWL_DELAY": 120.0,
    "HOST_LONGEST_RETRY_AFTER": 30 * 24 * _HOUR,
    "HOST_LONGEST_WAIT": 60.0,
    "HOST_BACKOFF": 10.0,
    "HOST_LONGEST_BACKOFF": 1 * _HOUR,
    "HOST_FAILURES": 10,
    "HOST_CIRCUIT": 300.0,
    "HOST_LONGEST_CIRCUIT": 24 * _HOUR,
    "HOST_TRIAL": 60.0,
    "ROBOTS_LAST_GOOD_HOURS": 7 * 24,
    "ROBOTS_RETRY": 900.0,
}
"""What holds where a project's settings say nothing; what each means stands in docs/politeness.md."""


@dataclass(frozen=True, slots=True)
class Options:
    """How hosts are spared; times are seconds."""

    limits: Limits
    longest_wait: float
    """A request whose host is closed for longer fails with `NotNow`."""
    last_good: float
    """How old the last good copy of a robots.txt that cannot be had may be."""
    robots_retry: float
    obey_barred: bool
    """Whether 401 and 403 for robots.txt forbid everything."""

    @classmethod
    def of(cls, settings: BaseSettings) -> "Options":
        """Raises `SettingError`."""
        hours = number(settings, "ROBOTS_LAST_GOOD_HOURS", at_least=_FEWEST_HOURS)
        if hours > _MOST_HOURS:
            raise SettingError("ROBOTS_LAST_GOOD_HOURS", hours, f"hours between {_FEWEST_HOURS} and {_MOST_HOURS}")
        return cls(
            limits=Limits(
                floor=number(settings, "HOST_DELAY_FLOOR"),
                longest_crawl_delay=number(settings, "HOST_LONGEST_CRAWL_DELAY"),
                longest_retry_after=number(settings, "HOST_LONGEST_RETRY_AFTER"),
                backoff=number(settings, "HOST_BACKOFF"),
                longest_backoff=number(settings, "HOST_LONGEST_BACKOFF"),
                failures=int(number(settings, "HOST_FAILURES", at_least=1)),
                circuit=number(settings, "HOST_CIRCUIT"),
                longest_circuit=number(settings, "HOST_LONGEST_CIRCUIT"),
                trial=number(settings, "HOST_TRIAL"),
            ),
            longest_wait=number(settings, "HOST_LONGEST_WAIT"),
            last_good=hours * _HOUR,
            robots_retry=number(settings, "ROBOTS_RETRY"),
            obey_barred=settings.getbool("ROBOTS_OBEY_BARRED"),
        )


def number(settings: BaseSettings, name: str, *, at_least: float = 0.0) -> float:
    """The setting of that name as a finite number; raises `SettingError`."""
    found: Any = settings.get(name, DEFAULTS.get(name))
    try:
        value = float(found)
    except (TypeError, ValueError):
        value = float("nan")
    # A comparison with NaN is never true.
    if not at_least <= value < float("inf"):
        raise SettingError(name, found, f"a number of at least {at_least:g}")
    return value
