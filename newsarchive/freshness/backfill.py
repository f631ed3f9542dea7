"""What belongs to the past, and how much of it may be fetched beside the news."""

from dataclasses import dataclass, replace

from newsarchive.freshness.rhythm import DAY


def is_past(published: int | None, *, now: int, older_than: int) -> bool:
    """An article that a source dates back for longer than that waits behind the news."""
    return published is not None and now - published > older_than


@dataclass(frozen=True, slots=True)
class Allowance:
    """Requests for the past: they come in evenly over the day, and a twelfth of a day's may wait to be spent."""

    per_day: int
    left: float = 0.0
    at: int | None = None
    """When `left` was counted."""

    @property
    def most(self) -> float:
        return min(float(self.per_day), max(1.0, self.per_day / 12))

    def counted(self, now: int) -> "Allowance":
        """With what has come in until now; a new one begins full."""
        if self.at is None:
            return replace(self, left=self.most, at=now)
        come = max(0, now - self.at) * self.per_day / DAY
        return replace(self, left=min(self.most, self.left + come), at=max(now, self.at))

    def spent(self, requests: int) -> "Allowance":
        """After so many requests; retries and redirects may take it below nothing."""
        return replace(self, left=self.left - requests)

    @property
    def whole(self) -> int:
        """Requests that may be made."""
        return max(0, int(self.left))

    @property
    def next_whole(self) -> int | None:
        """When the next request may be made; None for never."""
        if self.at is None or self.per_day <= 0:
            return None
        return self.at + (0 if self.left >= 1 else int((1 - self.left) * DAY / self.per_day) + 1)
