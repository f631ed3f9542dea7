"""What the dates of modification of a source are worth: by what captures showed that were made on its word."""

from dataclasses import dataclass, replace
from typing import Literal

from newsarchive.freshness.rhythm import DAY

Word = Literal["honest", "lying", "unknown"]
"""`lying` is the reason for no capture, `unknown` for a few at a time, `honest` for all that it announces."""

FEW = 100
"""So many pages may at one time wait for a capture on a word of which nothing is known yet."""
FEWEST_CAPTURES = 5
_MOST_CAPTURES = 20
_MOSTLY = 0.8
_SELDOM = 0.3
_FORGIVEN_AFTER = 30 * DAY


@dataclass(frozen=True, slots=True)
class Credit:
    """How often a source said of an article that it had changed since our capture, and what another capture showed."""

    kept: int = 0
    """The article had changed."""
    vain: int = 0
    """The article was the same."""
    at: int | None = None
    """The last of these captures, seconds since 1970."""

    def noting(self, *, changed: bool, now: int) -> "Credit":
        """With one more capture; the older ones fade, so that a source which begins to lie is soon found out."""
        known = self._remembered(now)
        if known.kept + known.vain >= _MOST_CAPTURES:
            known = Credit(known.kept // 2, known.vain // 2)
        return Credit(known.kept + changed, known.vain + (not changed), now)

    def word(self, now: int) -> Word:
        """What the source's next announcement is worth; after a month without a capture that is tried anew."""
        known = self._remembered(now)
        captures = known.kept + known.vain
        if captures < FEWEST_CAPTURES:
            return "unknown"
        if known.vain > _MOSTLY * captures:
            return "lying"
        return "honest" if known.vain <= _SELDOM * captures else "unknown"

    def _remembered(self, now: int) -> "Credit":
        return replace(self, kept=0, vain=0) if self.at is None or now - self.at > _FORGIVEN_AFTER else self


@dataclass(frozen=True, slots=True)
class Voice:
    """A source that prints dates of modification, and what they are worth."""

    source: str
    """Its URL."""
    word: Word
