"""What is done already: a line for each file in the folder of the rows, so that a run that ended goes on."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from newsarchive.store.manifests import File, file_facts, file_of

NAME = ".reextracted.jsonl"


@dataclass(frozen=True, slots=True)
class Done:
    """A file whose rows are written."""

    place: str
    key: str
    """Digest of all that its rows depended on but the file itself."""
    source: File
    outputs: tuple[File, ...]
    told: dict[str, Any]
    """What the summary says of it."""


class Journal:
    """Which places were begun, and which are done; appended to before and after their files get their names."""

    def __init__(self, folder: Path) -> None:
        """Raises `OSError`."""
        self._folder = folder
        self._path = folder / NAME
        self.begun: set[str] = set()
        self._done: dict[str, Done] = {}
        self._read()

    def done(self, place: Path, key: str, size: int) -> Done | None:
        """What is done under this key, of a file of this size, and lies there still."""
        found = self._done.get(place.as_posix())
        if found is None or found.key != key or found.source.bytes != size:
            return None
        return found if all(_lies_there(self._folder, one) for one in found.outputs) else None

    def begin(self, place: Path) -> None:
        """The place is ours, whatever lies there when the process dies; raises `OSError`."""
        if place.as_posix() not in self.begun:
            self._append({"begun": place.as_posix()})
            self.begun.add(place.as_posix())

    def note(self, done: Done) -> None:
        """Raises `OSError`."""
        told = asdict(done) | {"source": file_facts(done.source), "outputs": [file_facts(one) for one in done.outputs]}
        self._append(told)
        self._done[done.place] = done

    def _read(self) -> None:
        lines = self._path.read_bytes().splitlines(keepends=True) if self._path.exists() else []
        for line in lines:
            # A torn last line is no line.
            if line.endswith(b"\n"):
                try:
                    self._understand(json.loads(line))
                except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                    # What it said is done again.
                    continue
        if lines and not lines[-1].endswith(b"\n"):
            os.truncate(self._path, sum(map(len, lines[:-1])))

    def _understand(self, told: dict[str, Any]) -> None:
        if "begun" in told:
            self.begun.add(told["begun"])
            return
        outputs = tuple(map(file_of, told.pop("outputs")))
        done = Done(source=file_of(told.pop("source")), outputs=outputs, **told)
        self._done[done.place] = done

    def _append(self, told: dict[str, Any]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            file.write(json.dumps(told, sort_keys=True).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())


def _lies_there(folder: Path, one: File) -> bool:
    path = folder / one.path
    return path.is_file() and path.stat().st_size == one.bytes
