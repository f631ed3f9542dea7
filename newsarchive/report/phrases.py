"""Numbers as a person reads them. English, and the same on every machine."""

from collections.abc import Mapping
from datetime import UTC, datetime

from newsarchive.plurals import counted, number


def by_reason(counts: Mapping[str, int]) -> str:
    """Counts with their reasons, the most frequent first: `3 no_body, 1 listing`."""
    return ", ".join(f"{number(count)} {reason}" for reason, count in most_first(counts))


def backlog(waiting: int, per_day: int) -> str:
    """What waits of the past, and how it goes: `139 of the past wait; 40 a day are taken`; empty when nothing waits."""
    if not waiting:
        return ""
    taken = {0: "none is taken", 1: "1 a day is taken"}.get(per_day, f"{number(per_day)} a day are taken")
    return f"{number(waiting)} of the past {'waits' if waiting == 1 else 'wait'}; {taken}"


def most_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The entries by falling count, equal counts by name."""
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))


def size(count: int) -> str:
    """A number of bytes in the unit that fits it: `812 bytes`, `5.4 MiB`."""
    if count < 1024:
        return counted(count, "byte")
    amount, unit = count / 1024, "KiB"
    for larger in ("MiB", "GiB", "TiB"):
        # 1023.95 KiB would be rounded to 1024.0.
        if amount < 1023.95:
            break
        amount, unit = amount / 1024, larger
    return f"{amount:.1f} {unit}"


def clock(seconds: int) -> str:
    """A duration as minutes and seconds, with hours only when there are any: `12:31`, `1:02:31`."""
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"


def period(started_at: str, ended_at: str) -> str:
    """From when to when, in UTC; a day that is the same is said once."""
    start, end = (datetime.fromisoformat(moment).astimezone(UTC) for moment in (started_at, ended_at))
    ending = f"{end:%H:%M:%S}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M:%S}"
    return f"{start:%Y-%m-%d %H:%M:%S} to {ending} UTC"


def share(count: int, total: int) -> str:
    """A part of a whole in per cent; a part that is there is never told as 0%."""
    if not count:
        return "0%"
    return f"{count / total:.0%}" if count * 200 >= total else "<1%"


def printable(text: str) -> str:
    """On one line, with nothing in it that a terminal would obey."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
