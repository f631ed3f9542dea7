"""Shares of an outlet's pages that hardly ever change: with a body, a date, an author; neither blocked nor failed."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from newsarchive.health.figures import (
    BLOCKED_PAGE,
    FAILED_PAGE,
    NOTHING_READ,
    OTHER_PAGE,
    REFUSED_PAGE,
    has_author,
    has_date,
)
from newsarchive.health.findings import Cause


@dataclass(frozen=True, slots=True)
class Share:
    """Of which pages which part is good, and what it means when that part falls."""

    cause: Cause
    among: Callable[[str], bool]
    good: Callable[[str], bool]
    what: str


def _came(letter: str) -> bool:
    return letter.isdigit() or letter == NOTHING_READ


def _counts(letter: str) -> bool:
    """A page that is rejected for what it is, such as a list or a wall, is neither good nor bad."""
    return letter != OTHER_PAGE


SHARES = (
    Share("blocked", _counts, lambda letter: letter != BLOCKED_PAGE, "of {n} pages {bad} refused us"),
    Share("robots_changed", _counts, lambda letter: letter != REFUSED_PAGE, "of {n} pages {bad} are forbidden"),
    Share("errors", _counts, lambda letter: letter != FAILED_PAGE, "of {n} pages {bad} failed"),
    Share("layout_changed", _came, str.isdigit, "of {n} pages {bad} gave no body"),
    Share("layout_changed", str.isdigit, has_date, "of {n} articles {bad} have no date"),
    Share("layout_changed", str.isdigit, has_author, "of {n} articles {bad} have no author"),
)  # fmt: skip
"""In the order in which they are told; what comes later is told only where nothing before has that cause."""
WINDOWS = (8, 20)
"""So many of the latest pages are looked at."""
KEPT = 60
"""Letters that are remembered: among them are as many articles as the longer window holds, unless most are none."""
_BUSY_DAY = 10


def fell(share: Share, pages: str, days: Sequence[Mapping[str, int]], *, chance: float) -> str | None:
    """How the share fell, in words; None where chance, or an earlier day, may explain it.

    `days` count the letters of earlier days. The latest pages are set against the worst of them.
    """
    usual = _worst(share, days)
    among = [letter for letter in pages if share.among(letter)]
    for size in WINDOWS:
        latest = among[-size:]
        good = sum(map(share.good, latest))
        if len(latest) == size and usual is not None and at_most(good, size, usual) < chance:
            return share.what.format(n=size, bad=size - good) + f", usually {1 - usual:.0%} at worst"
    return None


def _worst(share: Share, days: Sequence[Mapping[str, int]]) -> float | None:
    """The lowest share on a busy day or over all, drawn a little to the middle as few pages prove little."""
    counts = [
        (
            sum(count for letter, count in day.items() if share.among(letter) and share.good(letter)),
            sum(count for letter, count in day.items() if share.among(letter)),
        )
        for day in days
    ]
    total = sum(pages for _, pages in counts)
    if total < WINDOWS[0]:
        return None
    over_all = (sum(good for good, _ in counts), total)
    return min((good + 1) / (pages + 2) for good, pages in [*counts, over_all] if pages >= _BUSY_DAY or pages == total)


def at_most(good: int, size: int, share: float) -> float:
    """The probability of so few good ones (binomial distribution)."""
    return sum(math.comb(size, count) * share**count * (1 - share) ** (size - count) for count in range(good + 1))
