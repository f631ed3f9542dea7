"""What a comparison found, as figures and samples."""

import heapq
from collections import Counter
from dataclasses import dataclass, field
from functools import total_ordering
from typing import Any

from newsarchive.comparing.wording import Amount

SHARES = (0, 10, 100, 500)
"""Lower bounds, per mille of the old words, of the classes in which changed texts are counted."""


@dataclass(slots=True)
class Tally:
    """Rows of one kind: of one outlet, engine or language."""

    both: int = 0
    changed: int = 0
    only_old: int = 0
    only_new: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    """Changed rows by field."""


@dataclass(slots=True)
class Wording:
    """How much the texts of rows in both changed, in words."""

    changed: int = 0
    """Texts."""
    words: int = 0
    """Of all old texts, changed or not."""
    gained: int = 0
    lost: int = 0
    reordered: int = 0
    """Texts with the same words, in other places or with other spaces."""
    shares: Counter[int] = field(default_factory=Counter)
    """Texts by the lower bound (of `SHARES`) of their words gained and lost."""

    def add(self, amount: Amount) -> None:
        """Count a text that changed."""
        moved = amount.gained + amount.lost
        self.changed += 1
        self.gained += amount.gained
        self.lost += amount.lost
        self.reordered += moved == 0
        share = moved * 1000 // max(1, amount.before)
        self.shares[max(bound for bound in SHARES if bound <= share)] += 1


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One row in which a field changed, or that is alone (then `old` or `new` is its text)."""

    size: int
    """How much changed: words of a text, else characters."""
    url: str
    captured_at: str
    place: str
    """WARC file and offset, of the new row if there is one."""
    old: Any
    new: Any
    reason: str | None = None

    def __lt__(self, other: "Sample") -> bool:
        """Less worth showing: the smaller change; of equal ones, what comes later by address, time and place."""
        return (-self.size, *self._key()) > (-other.size, *other._key())

    def _key(self) -> tuple[str, str, str]:
        return self.url, self.captured_at, self.place


class Samples:
    """The biggest so many."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._heap: list[Sample] = []

    def add(self, sample: Sample) -> None:
        """Keep it if it is one of the biggest."""
        if len(self._heap) < self._most:
            heapq.heappush(self._heap, sample)
        elif self._heap and self._heap[0] < sample:
            heapq.heapreplace(self._heap, sample)

    def biggest_first(self) -> list[Sample]:
        return sorted(self._heap, reverse=True)


@dataclass(slots=True)
class Versions:
    """Which versions read the rows in both."""

    same: int = 0
    """Rows with one `extraction.id` on both sides."""
    projects: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Of rows with different ids: versions of the project, old and new."""
    rules: Counter[tuple[str, str | None, str | None]] = field(default_factory=Counter)
    """Rules that differ: name, digest in the old row, digest in the new row."""
    unnamed: int = 0
    """Rows whose ids differ though version and rules do not: other sources of the project, libraries or Python."""
    engines: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Rows that another engine read, old and new."""
    ids: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Different ids, old and new."""


@dataclass(slots=True)
class Comparison:
    """All that is told."""

    old: str
    new: str
    fields: tuple[str, ...]
    """Only these were compared; all if empty."""
    old_files: tuple[str, ...] = ()
    """Files without a counterpart in NEW."""
    new_files: tuple[str, ...] = ()
    files: int = 0
    """Files with a counterpart."""
    equal: int = 0
    but_for_identity: int = 0
    """Rows that differ only in `id` and `provenance.extraction`."""
    changed: int = 0
    only_old: Counter[str] = field(default_factory=Counter)
    """By the reason that NEW gives; empty where it gives none."""
    only_new: Counter[str] = field(default_factory=Counter)
    by_field: Counter[str] = field(default_factory=Counter)
    wording: Wording = field(default_factory=Wording)
    versions: Versions = field(default_factory=Versions)
    tallies: dict[str, dict[str, Tally]] = field(default_factory=dict)
    """By dimension (`outlet`, `engine`, `language`), then by value."""
    samples: dict[str, Samples] = field(default_factory=dict)
    """By field."""
    lone: dict[str, Samples] = field(default_factory=dict)
    """Of rows that are only in `old` or only in `new`."""

    @property
    def both(self) -> int:
        return self.equal + self.but_for_identity + self.changed

    @property
    def is_unchanged(self) -> bool:
        """Every row is in both and says the same; by which version it was read may differ."""
        return not (self.changed or self.only_old or self.only_new)
