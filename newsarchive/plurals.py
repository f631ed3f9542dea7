"""Counts and their nouns, as a person reads them. English, and the same on every machine."""


def number(count: int) -> str:
    """With commas between the thousands: `1,204`."""
    return f"{count:,}"


def counted(count: int, one: str) -> str:
    """A count and its noun, in the singular or in the plural: `1 page`, `2 pages`."""
    return f"{number(count)} {one}" if count == 1 else f"{number(count)} {one}s"
