"""What belongs together in an archive: a WARC file, and what lies beside it under the same stem."""

import glob
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from newsarchive import walking
from newsarchive.store import manifests
from newsarchive.store.lines import OPEN
from newsarchive.warc import cdxj
from newsarchive.warc.files import WACZ
from newsarchive.warc.packing import SUFFIXES

Part = Literal["warc", "rows", "rejected", "index"]

ROWS, REJECTED = ".jsonl.gz", ".rejected.jsonl.gz"
_ENDINGS: dict[str, Part] = {
    REJECTED: "rejected",
    ROWS: "rows",
    cdxj.SUFFIX: "index",
    **dict.fromkeys(SUFFIXES, "warc"),
}
_OPEN_ENDINGS = tuple((ending.removesuffix(".gz") if part in ("rows", "rejected") else ending) + OPEN
                      for ending, part in _ENDINGS.items())  # fmt: skip
_GOES_ON = "captures of a crawl that has not ended"
_OF_RUNS = ".json"
"""Manifests and rules belong to runs, not to one WARC file."""
_CLOSED, _LOCK = ".closed", ".lock"
_RUN = re.compile(r"(NA-.+-\d{8}T\d{6}Z)-\d{5,}-.+")


@dataclass(slots=True)
class Family:
    """The files of one stem that are closed, and whether something is still to come."""

    stem: Path
    parts: dict[Part, Path] = field(default_factory=dict)
    is_open: bool = False
    """Something of it is being written, or waits for the next crawl to finish it."""
    why_partial: str | None = None
    """Why captures may lack their lines: the crawl has not ended, such as."""
    source: Path | None = None
    """The WARC file from which its lines were read, where that lies elsewhere."""

    @property
    def file(self) -> Path:
        """By which it is called: the WARC file where there is one."""
        return self.parts.get("warc") or next(iter(self.parts.values()), self.stem)

    @property
    def run(self) -> str | None:
        """`NA-<outlet>-<start>`, which the names of all files of one crawl begin with; None for others' files."""
        return run_of(self.stem.name)

    def named(self, ending: str) -> Path:
        """The file of that ending, whether there is one or not."""
        return self.stem.with_name(self.stem.name + ending)


def gather(paths: Iterable[Path]) -> list[Family]:
    """The families of files, of their neighbours, and of all in folders; each once, in the order of their paths."""
    found: dict[Path, Family] = {}
    for path in paths:
        for file in _files(path):
            _take(file, found)
    families = [found[stem] for stem in sorted(found)]
    _note_unfinished(families)
    return families


def run_of(name: str) -> str | None:
    """`NA-<outlet>-<start>` of the name of a file; None for others' files."""
    found = _RUN.fullmatch(name)
    return found[1] if found else None


def is_open(name: str) -> bool:
    """A file of that name is being written, or waits for the next crawl to finish it."""
    return _ending(name) in _OPEN_ENDINGS


def stem_of(name: str) -> str | None:
    """What a file's name shares with its family's; None for a file of another kind."""
    ending = _ending(name)
    return name.removesuffix(ending) if ending else None


def _note_unfinished(families: Iterable[Family]) -> None:
    """A crawl that goes on, or was killed, may not have told of all that it has captured."""
    runs: dict[tuple[Path, str], list[Family]] = {}
    for family in families:
        runs.setdefault((family.stem.parent, family.run or family.stem.name), []).append(family)
    last = {_collection(folder): (folder, run) for folder, run in sorted(runs)}
    for (folder, run), kin in runs.items():
        is_last = last[_collection(folder)] == (folder, run)
        ended = not any(family.is_open for family in kin) and _has_ended(folder, run, is_last=is_last)
        for family in kin:
            family.why_partial = None if ended else _GOES_ON


def _has_ended(folder: Path, run: str, *, is_last: bool) -> bool:
    names = [path.name for path in folder.glob(f"{glob.escape(run)}-*{manifests.SUFFIX}*")]
    if names:
        return not any(name.endswith(OPEN) for name in names)
    # Before there were manifests, a mark told that the last crawl had closed all that it had opened.
    collection = _collection(folder)
    return not is_last or (collection / _CLOSED).exists() or not (collection / _LOCK).exists()


def _collection(day: Path) -> Path:
    """The folder of an outlet: it has years, months and days."""
    return day.parent.parent.parent


def _files(path: Path) -> Iterator[Path]:
    """A file and its neighbours of the same stem, or all of a folder that have a family."""
    if path.is_dir():
        yield from (file for file in walking.files(path) if _ending(file.name))
        return
    if path.name.endswith((manifests.OPEN, _OF_RUNS, WACZ)):
        return
    yield path
    if stem := stem_of(path.name):
        near = (path.with_name(stem + ending) for ending in (*_ENDINGS, *_OPEN_ENDINGS))
        yield from (file for file in near if file != path and file.exists())


def _take(file: Path, found: dict[Path, Family]) -> None:
    ending = _ending(file.name)
    # A file of any other name that a person gives is taken for a WARC file.
    stem = file.with_name(file.name.removesuffix(ending or ""))
    family = found.setdefault(stem, Family(stem))
    if ending and ending in _OPEN_ENDINGS:
        family.is_open = True
    else:
        family.parts[_ENDINGS[ending] if ending else "warc"] = file


def _ending(name: str) -> str | None:
    return next((ending for ending in (*_ENDINGS, *_OPEN_ENDINGS) if name.endswith(ending)), None)
