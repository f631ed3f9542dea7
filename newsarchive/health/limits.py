"""The limits of the judgement, by the names of their settings."""

from dataclasses import dataclass
from typing import Self

from newsarchive import checked


@dataclass(frozen=True, slots=True)
class Limits:
    """What is still taken for chance."""

    days_kept: int = 60
    days_learned: int = 7
    silence: float = 0.001
    shares: float = 0.0001
    source_failures: int = 5
    slow_factor: float = 4.0

    @classmethod
    def of(cls, settings: checked.Settings) -> Self:
        """As the settings `HEALTH_…` say; raises `SettingError`."""
        return cls(
            days_kept=checked.whole(settings, "HEALTH_DAYS_KEPT"),
            days_learned=checked.whole(settings, "HEALTH_DAYS_LEARNED"),
            silence=checked.number(settings, "HEALTH_SILENCE_PROBABILITY"),
            shares=checked.number(settings, "HEALTH_SHARE_PROBABILITY"),
            source_failures=checked.whole(settings, "HEALTH_SOURCE_FAILURES"),
            slow_factor=checked.number(settings, "HEALTH_SLOW_FACTOR"),
        )
