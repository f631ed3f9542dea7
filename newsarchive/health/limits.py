"""The limits of the judgement, by the names of their settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


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
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """As the settings `HEALTH_…` say."""
        return cls(
            days_kept=int(settings["HEALTH_DAYS_KEPT"]),
            days_learned=int(settings["HEALTH_DAYS_LEARNED"]),
            silence=float(settings["HEALTH_SILENCE_PROBABILITY"]),
            shares=float(settings["HEALTH_SHARE_PROBABILITY"]),
            source_failures=int(settings["HEALTH_SOURCE_FAILURES"]),
            slow_factor=float(settings["HEALTH_SLOW_FACTOR"]),
        )
