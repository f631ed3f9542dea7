"""A value that was judged from what a site says, with how sure it is and from what."""

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

Sureness = Literal["sure", "likely", "guessed"]
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Judgement(Generic[Value]):
    value: Value
    sureness: Sureness
    because: str
    """What it was judged from, as it stands behind `sure: `."""

    def __str__(self) -> str:
        return f"{self.sureness}: {self.because}"
