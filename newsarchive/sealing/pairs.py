"""Which files of an archive belong together: a WARC file, its rows, and what else a crawl left of the same run."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from newsarchive import walking
from newsarchive.errors import SnapshotError
from newsarchive.store.chain import ACTS
from newsarchive.warc import cdxj
from newsarchive.warc.packing import SUFFIXES

ROWS = ".jsonl.gz"
REJECTED = ".rejected.jsonl.gz"
REDACTED = ".redacted"
"""Lies in the folder of a copy from which something is left out."""
_MANIFEST = ".manifest.json"
UNFINISHED = (".open", ".part")
STEM = re.compile(r"NA-(?P<outlet>.+)-(?P<run>\d{8}T\d{6}Z)-\d{5,}-.+")


@dataclass(frozen=True, slots=True)
class Pair:
    """A WARC file and the rows read from it; `outlet` is the collection that the file's name and folder say."""

    warc: Path
    outlet: str
    run: str

    @property
    def stem(self) -> str:
        """What the names of all its files begin with."""
        return stem_of(self.warc.name)

    @property
    def rows(self) -> Path:
        return self.warc.with_name(self.stem + ROWS)

    @property
    def index(self) -> Path:
        return cdxj.index_path(self.warc)

    def companions(self) -> list[Path]:
        """All files with this stem but the WARC file and its index, which a snapshot keeps elsewhere."""
        own = {self.warc, self.index}
        return sorted(file for file in self.warc.parent.glob(f"{self.stem}.*") if file not in own)


def stem_of(name: str) -> str:
    """`x` of `x.warc.gz`."""
    return name[: name.rindex(".warc")]


def all_pairs(archive: Path) -> Iterator[Pair]:
    """Every pair of an archive, closed or open, in the order of outlets, days and names; raises `ArchiveError`."""
    for file in walking.all_files(archive):
        name = file.name
        for unfinished in UNFINISHED:
            name = name.removesuffix(unfinished)
        if not name.endswith(SUFFIXES):
            continue
        if found := STEM.fullmatch(stem_of(name)):
            yield Pair(file, found["outlet"], found["run"])


def refuse_unfinished(pairs: list[Pair]) -> None:
    """Raises `SnapshotError` while any file of these pairs is being written, or is missing its rows."""
    for pair in pairs:
        if pair.warc.name.endswith(UNFINISHED):
            raise SnapshotError(pair.warc, _OPEN)
        for file in [*pair.companions(), *_manifests(pair), *(folder_of(pair) / ACTS).glob("*.open")]:
            if file.name.endswith(UNFINISHED):
                raise SnapshotError(file, _OPEN)
        if not pair.rows.exists():
            raise SnapshotError(pair.warc, f"has no {ROWS} beside it: a pair is sealed whole or not at all")


def run_files(pairs: list[Pair]) -> list[Path]:
    """What whole runs left: their manifests and reports."""
    found: set[Path] = set()
    for pair in pairs:
        found |= set(_manifests(pair))
        reports = folder_of(pair) / "reports"
        found |= set(reports.glob(f"NA-{pair.outlet}-{pair.run}.json"))
    return sorted(found)


def rule_files(pairs: list[Pair]) -> list[Path]:
    """What the digests in the rows of these outlets stand for."""
    folders = sorted({folder_of(pair) / "rules" for pair in pairs})
    return [file for folder in folders for file in sorted(folder.glob("*.json"))]


def act_manifests(pair: Pair) -> list[Path]:
    """What keepers did to files of the outlet: the manifests, and not the acts, which may name who has complained."""
    return sorted((folder_of(pair) / ACTS).glob(f"*{_MANIFEST}"))


def may_have_tombstones(pair: Pair) -> bool:
    """By the manifests of acts, or by the mark of a redacted copy."""
    if pair.warc.with_name(REDACTED).exists():
        return True
    name = f'/{pair.warc.name}"'.encode()
    return any(name in file.read_bytes() for file in act_manifests(pair))


_OPEN = "is still being written, or waits for the next crawl of the outlet to finish it; seal when it is closed"


def _manifests(pair: Pair) -> list[Path]:
    return sorted(pair.warc.parent.glob(f"NA-{pair.outlet}-{pair.run}-*{_MANIFEST}*"))


def folder_of(pair: Pair) -> Path:
    """`archive/<outlet>` of `archive/<outlet>/YYYY/MM/DD/x.warc.gz`."""
    return pair.warc.parents[3]
