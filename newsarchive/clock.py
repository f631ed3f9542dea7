"""The one clock of a crawl; a reading has none. A rehearsal of months sets it forward instead of waiting."""

import time
from datetime import UTC, datetime

_ahead = 0.0


def moment() -> datetime:
    """Now, in UTC."""
    return datetime.fromtimestamp(time.time() + _ahead, UTC)


def now() -> int:
    """Now, in whole seconds since 1970."""
    return int(time.time() + _ahead)


def seconds() -> float:
    """Now, in seconds since 1970, with their fractions."""
    return time.time() + _ahead


def advance(seconds: float) -> None:
    """From here on every moment is that much later than before; time itself goes on as ever."""
    global _ahead  # noqa: PLW0603 - a process has one clock
    _ahead += seconds


def reset() -> None:
    """Back to the machine's own time."""
    global _ahead  # noqa: PLW0603 - a process has one clock
    _ahead = 0.0
