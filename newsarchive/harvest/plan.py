"""Which outlets are due, and in which order: those first that have waited longest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsarchive.outlets import is_name
from newsarchive.store.database import Database
from newsarchive.store.frontier import Frontier
from newsarchive.store.sources import Sources

NEVER = 0
"""When an outlet was due that was never crawled."""


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """An outlet's turn, and since when it waits."""

    due: int
    outlet: str


class Plan:
    """Reads from the state when each of some outlets is due; an outlet that nobody crawled yet is due at once."""

    def __init__(self, database: Database, outlets: Sequence[str]) -> None:
        self._database = database
        self._sources = Sources(database)
        self._outlets = outlets

    def due(self, *, now: int) -> list[Turn]:
        """The outlets to be crawled now."""
        return sorted(turn for turn in self._turns(now) if turn.due <= now)

    def next_due(self, *, now: int) -> int | None:
        """When the next outlet is due; None when there is no outlet."""
        return min((turn.due for turn in self._turns(now)), default=None)

    def _turns(self, now: int) -> Iterator[Turn]:
        for outlet in self._outlets:
            if not is_name(outlet):
                # The file name may not even be UTF-8, which SQLite requires; the crawl reports it.
                yield Turn(NEVER, outlet)
                continue
            source, page = self._sources.next_due(outlet), Frontier(self._database, outlet).next_due(now=now)
            moments = [moment for moment in (source, page) if moment is not None]
            yield Turn(NEVER if source is None else min(moments), outlet)
