"""Folders of re-extracted lines: which WARC file each pair was read from, and what else may lie there."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from newsarchive.errors import ArchiveError
from newsarchive.store import manifests, rules
from newsarchive.store.manifests import File, Manifest
from newsarchive.verifying import rulebooks
from newsarchive.verifying.families import REJECTED, ROWS, Family
from newsarchive.verifying.manifests import is_left_over, judge_listed, read, see, strays
from newsarchive.warc.verdict import Verdict

JOURNAL = ".reextracted.jsonl"
# They help a run, and are no evidence.
_NO_EVIDENCE = frozenset({JOURNAL, ".reextract.lock"})
_PREFIX = "reextract-"
_UNENDED = "files of re-extractions that have not ended"
_NOT_ASKED = "captures that a re-extraction was not asked for"


@dataclass(frozen=True, slots=True)
class Pair:
    """What was read from one WARC file."""

    outputs: tuple[File, ...]
    source: File
    is_partial: bool
    """Only one outlet's pages, or only those of some time, were asked for."""


class Reextraction:
    """A folder into which lines were re-extracted, by one run or by several."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def runs(self) -> list[Manifest]:
        """Those whose manifests can be read, in their order."""
        found = []
        for path in sorted(self.folder.glob(f"{_PREFIX}*{manifests.SUFFIX}")):
            try:
                found.append(read(path))
            except ArchiveError:
                # Whoever judges the folder tells it.
                continue
        return sorted(found, key=lambda one: (one.started_at, one.run))

    @cached_property
    def pairs(self) -> dict[str, Pair]:
        """By place: the path of both files without their endings. What a later run wrote anew is that of the later."""
        return {place: pair for run in self.runs for place, pair in _pairs(run)}

    @cached_property
    def unended(self) -> frozenset[str]:
        """Places that a run has written, or has begun to, which has no manifest yet: by its journal."""
        noted: dict[str, set[str]] = {}
        for told in _notes(self.folder / JOURNAL):
            if "begun" in told:
                noted.setdefault(str(told["begun"]), set())
            elif isinstance(told.get("outputs"), list):
                noted[str(told.get("place"))] = {str(one.get("sha256")) for one in told["outputs"]}
        listed = {place: {one.sha256 for one in pair.outputs} for place, pair in self.pairs.items()}
        return frozenset(place for place, digests in noted.items() if digests != listed.get(place))

    def place(self, path: Path) -> str:
        """The place to which a file beneath the folder belongs."""
        return _place(path.relative_to(self.folder).as_posix().removesuffix(".part"))

    def claim(self, family: Family) -> None:
        """Tell a family without a WARC file where that lies, if it is one of these."""
        pair = self.pairs.get(self.place(family.stem))
        if pair is None:
            return
        source = self.folder / pair.source.path
        family.source = source if source.is_file() else None
        family.why_partial = _NOT_ASKED if pair.is_partial else family.why_partial


def is_here(folder: Path) -> bool:
    """Lines were re-extracted into this folder."""
    return (folder / JOURNAL).exists() or any(folder.glob(f"{_PREFIX}*{manifests.SUFFIX}"))


def judge(tree: Reextraction, path: Path, names: list[str], verdict: Verdict) -> None:
    """Judge one folder of those into which lines were re-extracted; in the uppermost, all that is listed."""
    if path == tree.folder:
        folder = see(path, [], verdict)
        verdict.levels["manifest"].right += len(folder.runs)
        for place, pair in tree.pairs.items():
            if place in tree.unended:
                verdict.unchecked("manifest", _UNENDED, len(pair.outputs))
                continue
            for one in pair.outputs:
                judge_listed(path / one.path, one, verdict)
            if (path / pair.source.path).exists():
                judge_listed(path / pair.source.path, pair.source, verdict)
            else:
                verdict.unchecked("manifest", "inputs that lie elsewhere")
    listed = {one.path for pair in tree.pairs.values() for one in pair.outputs}
    for name in names:
        file = path / name
        inside = file.relative_to(tree.folder).as_posix()
        if inside.startswith(f"{rules.FOLDER}/"):
            rulebooks.judge(file, verdict)
        elif inside in listed or inside in _NO_EVIDENCE or name.endswith(manifests.SUFFIX):
            continue
        elif tree.place(file) in tree.unended or is_left_over(name):
            verdict.unchecked("manifest", _UNENDED)
        else:
            verdict.wrong(next(strays(path, [name])))


def around(path: Path, known: dict[Path, Reextraction | None]) -> Reextraction | None:
    """The re-extraction beneath whose folder a path lies; `known` remembers folders."""
    for folder in path.parents:
        if folder not in known:
            known[folder] = Reextraction(folder) if is_here(folder) else None
        if found := known[folder]:
            return found
        if (folder / rules.FOLDER).is_dir():
            return None
    return None


def _pairs(run: Manifest) -> Iterator[tuple[str, Pair]]:
    outputs: dict[str, list[File]] = {}
    for one in run.outputs:
        outputs.setdefault(_place(one.path), []).append(one)
    is_partial = bool(run.config.get("outlet") or run.config.get("since"))
    # Each input has its outputs, in the same order.
    for (place, written), source in zip(outputs.items(), run.inputs, strict=False):
        yield place, Pair(tuple(written), source, is_partial)


def _place(path: str) -> str:
    return path.removesuffix(ROWS).removesuffix(REJECTED.removesuffix(ROWS))


def _notes(journal: Path) -> Iterator[dict[str, Any]]:
    """What can be read of a journal; it helps a run, and is no evidence."""
    try:
        lines = journal.read_bytes().splitlines()
    except OSError:
        return
    for line in lines:
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(told, dict):
            yield told
