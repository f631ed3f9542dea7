"""What does not fit an outlet's own history."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

Cause = Literal[
    "nothing_arrived", "blocked", "robots_changed", "feed_dead", "layout_changed", "errors", "silent_zero", "slow"
]  # fmt: skip
"""The gravest first: which of several is told first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a person must see; an outlet has at most one for each cause."""

    outlet: str
    cause: Cause
    since: int
    """Seconds since 1970: when it was last well, or when it was first seen."""
    what: str
    """For a person, on one line."""

    def __str__(self) -> str:
        moment = datetime.fromtimestamp(self.since, UTC)
        return f"{self.cause.replace('_', ' ')} since {moment:%Y-%m-%d %H:%M} UTC: {self.what}"
