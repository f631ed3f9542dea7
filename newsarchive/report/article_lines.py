"""What became of each article of a crawl: a list on disk, as long as the crawl is."""

import json
import weakref
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Literal, get_args

Outcome = Literal["failed", "rejected", "postponed", "new", "changed"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
"""In the order in which they are shown."""
_IN_MEMORY = 1_000_000


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """One article of a crawl."""

    outcome: Outcome
    url: str
    """As its source named it."""
    reason: str = ""
    """A slug; empty for an article that was kept."""


class ArticleLines:
    """Lines in their order; beyond a megabyte they are in a temporary file without a name."""

    def __init__(self, folder: Path | None = None, *, shown: int = 10) -> None:
        """`shown`: lines of each outcome that a report for a person lists."""
        # The file lives as long as the report that lists it.
        file = SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8", dir=str(folder) if folder else None)  # noqa: SIM115
        weakref.finalize(self, file.close)
        self._file = file
        self._counts: Counter[str] = Counter()
        self._shown: dict[str, list[ArticleLine]] = {outcome: [] for outcome in OUTCOMES}
        self._most = shown

    def add(self, line: ArticleLine) -> None:
        self._file.write(json.dumps(asdict(line), ensure_ascii=True) + "\n")
        self._counts[line.outcome] += 1
        if len(self._shown[line.outcome]) < self._most:
            self._shown[line.outcome].append(line)

    def __iter__(self) -> Iterator[ArticleLine]:
        """All lines; nothing may be added meanwhile."""
        self._file.seek(0)
        for line in self._file:
            yield ArticleLine(**json.loads(line))

    @property
    def counts(self) -> Mapping[str, int]:
        """How many there are of each outcome."""
        return self._counts

    def shown(self, outcome: Outcome) -> list[ArticleLine]:
        """The first of an outcome."""
        return self._shown[outcome]

    def groups(self) -> list[tuple[Outcome, list[ArticleLine], int]]:
        """The outcomes that came, each with its first lines and the number of further ones."""
        counts = ((outcome, self.shown(outcome), self._counts[outcome]) for outcome in OUTCOMES)
        return [(outcome, lines, count - len(lines)) for outcome, lines, count in counts if count]
