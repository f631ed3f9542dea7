"""How many requests an outlet may cost its publisher in a day."""

_DAY = 24 * 60 * 60


def day(now: float) -> int:
    """The day of a moment, counted since 1970, UTC."""
    return int(now // _DAY)


def ends_at(now: float) -> float:
    """The first moment of the next day, UTC, when the budget is whole again."""
    return float((day(now) + 1) * _DAY)
