"""What cannot be read in a WARC file, while the rest goes on."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """A place in a file, and what is wrong there."""

    file: Path
    offset: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}: offset {self.offset}: {self.what}"
