"""The settings of politeness, read once and checked: every mistake names its setting and says what was expected."""

from collections.abc import Mapping
from dataclasses import dataclass

from scrapy.settings import BaseSettings

from newsarchive import checked
from newsarchive.politeness.hosts import Limits

_HOUR = 60 * 60
_FAILURES = 10

DEFAULTS: Mapping[str, float] = {
    "HOST_DELAY_FLOOR": 0.0,
    "HOST_LONGEST_CRAWL_DELAY": 120.0,
    "HOST_LONGEST_RETRY_AFTER": 30 * 24 * _HOUR,
    "HOST_LONGEST_WAIT": 60.0,
    "HOST_BACKOFF": 10.0,
    "HOST_LONGEST_BACKOFF": 1 * _HOUR,
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
        return cls(
            limits=Limits(
                floor=_number(settings, "HOST_DELAY_FLOOR"),
                longest_crawl_delay=_number(settings, "HOST_LONGEST_CRAWL_DELAY"),
                longest_retry_after=_number(settings, "HOST_LONGEST_RETRY_AFTER"),
                backoff=_number(settings, "HOST_BACKOFF"),
                longest_backoff=_number(settings, "HOST_LONGEST_BACKOFF"),
                failures=checked.whole(settings, "HOST_FAILURES", _FAILURES),
                circuit=_number(settings, "HOST_CIRCUIT"),
                longest_circuit=_number(settings, "HOST_LONGEST_CIRCUIT"),
                trial=_number(settings, "HOST_TRIAL"),
            ),
            longest_wait=_number(settings, "HOST_LONGEST_WAIT"),
            last_good=_number(settings, "ROBOTS_LAST_GOOD_HOURS") * _HOUR,
            robots_retry=_number(settings, "ROBOTS_RETRY"),
            obey_barred=checked.switch(settings, "ROBOTS_OBEY_BARRED"),
        )


def _number(settings: BaseSettings, name: str) -> float:
    return checked.number(settings, name, DEFAULTS[name])
