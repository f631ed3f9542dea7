"""Judging a custody log: that each line follows from the one before, and that what it names is as it says.

Whoever holds the folder can write the whole log anew. That shows where seals, which name the bytes of the log until
then, or a head that was published elsewhere do not fit.
"""

import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from newsarchive.errors import ArchiveError, HeldError, SnapshotError
from newsarchive.keeping import certificates, holds, takedowns
from newsarchive.sealing import custody, names
from newsarchive.sealing.chain import FOLDER, Chain
from newsarchive.store import manifests

_LOGGED = (holds.FILE, FOLDER, certificates.FOLDER)
"""Where any of these is, there were acts."""
LEVELS = {
    "lines": "each line is canonical, and follows from the one before it",
    "seals": "the log begins with the bytes that each seal of the chain beside it names",
    "holds": "holds.json names every hold and every release that the log does",
    "disposals": "the certificates that the log names are there, unchanged",
    "takedowns": "the acts of takedown that the log names are there, unchanged, and there are no others",
    "captures": "the manifests that the log names are in the archive, unchanged",
    "head": "the line that --expected-head names is there",
}


@dataclass(slots=True)
class Level:
    """How one level came out."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    unchecked: str | None = None

    def __str__(self) -> str:
        told = [f"{self.right:,} ok"] if self.right or not (self.wrong or self.unchecked) else []
        told += [f"{len(self.wrong):,} wrong"] if self.wrong else []
        return ", ".join([*told, *([f"not checked: {self.unchecked}"] if self.unchecked else [])])


@dataclass(slots=True)
class Report:
    """What was found."""

    levels: dict[str, Level] = field(default_factory=lambda: {name: Level() for name in LEVELS})
    head: str | None = None
    """Of the last line that follows."""

    @property
    def is_clean(self) -> bool:
        """Nothing is wrong; something may not have been checked."""
        return not any(level.wrong for level in self.levels.values())


def judge(folder: Path, *, archive: Path | None = None, expected_head: tuple[int, str] | None = None) -> Report:
    """`archive`: where the manifests are that the log names; `expected_head`: number and `sha256:…` of a line."""
    report = Report()
    named = _judge_lines(folder, report, expected_head)
    _judge_holds(folder, report)
    _judge_disposals(folder, [line for line in named if line["action"] == "dispose"], report.levels["disposals"])
    _judge_takedowns(folder, report.levels["takedowns"])
    captured = [line for line in named if line["action"] == "capture"]
    if not captured:
        report.levels["captures"].unchecked = "the log names none"
    elif archive is None or not archive.is_dir():
        report.levels["captures"].unchecked = "there is no archive"
    else:
        _judge_captures(archive, captured, report.levels["captures"])
    return report


def _judge_lines(folder: Path, report: Report, expected: tuple[int, str] | None) -> list[dict[str, Any]]:
    """All that one reading of the log shows; the lines that name manifests or certificates."""
    path, named, digest, size = folder / custody.FILE, [], hashlib.sha256(), 0
    lines, seals, heads = report.levels["lines"], _Seals(folder, report.levels["seals"]), _Head(expected)
    try:
        with path.open("rb") as file:
            # The same lines, as they lie there and as they are read.
            raw, told = itertools.tee(file)
            for line, one in zip(raw, custody.checked(told, path), strict=False):
                digest.update(line)
                size += len(line)
                lines.right += 1
                report.head = custody.head_of(one["sequence"], line)
                seals.pass_by(size, digest.hexdigest())
                heads.pass_by(report.head)
                if one["action"] in ("capture", "dispose"):
                    named.append(one)
    except FileNotFoundError:
        if any((folder / name).exists() for name in _LOGGED):
            lines.wrong.append(f"{path}: is missing, and what it tells of is there")
        else:
            lines.unchecked = "there is no log"
    except OSError as error:
        lines.wrong.append(f"{path}: cannot be read ({error.strerror})")
    except SnapshotError as error:
        lines.wrong.append(str(error))
    seals.end(size)
    heads.end(report.levels["head"])
    return named


class _Seals:
    """The bytes of the log that seals name, while it goes by."""

    def __init__(self, folder: Path, level: Level) -> None:
        self._level = level
        self._waiting: list[tuple[int, str, int]] = []
        chain = Chain(folder)
        try:
            self._waiting = sorted(
                (fact.bytes, fact.sha256, seal.sequence)
                for seal in (chain.seals() if chain.is_there else ())
                for fact in seal.files
                if fact.path == names.CUSTODY
            )
        except SnapshotError as error:
            level.wrong.append(str(error))
        if not self._waiting and not level.wrong:
            level.unchecked = "no seal names the log"

    def pass_by(self, size: int, digest: str) -> None:
        """So many bytes of the log have gone by, with this SHA-256."""
        while self._waiting and self._waiting[0][0] <= size:
            sealed, wanted, number = self._waiting.pop(0)
            if (sealed, wanted) == (size, digest):
                self._level.right += 1
            else:
                self._level.wrong.append(f"seal {number} names {sealed:,} bytes that are not those of the log")

    def end(self, size: int) -> None:
        """The log, or what follows of it, has no more than this."""
        for sealed, _, number in self._waiting:
            self._level.wrong.append(f"seal {number} names {sealed:,} bytes of the log; {size:,} of them follow")


class _Head:
    """A line that is known from elsewhere."""

    def __init__(self, expected: tuple[int, str] | None) -> None:
        self._expected = expected
        self._found: str | None = None

    def pass_by(self, head: str) -> None:
        """A line has gone by."""
        if self._expected and head.startswith(f"{self._expected[0]}:"):
            self._found = head

    def end(self, level: Level) -> None:
        """The log has no further line."""
        if self._expected is None:
            level.unchecked = "without --expected-head a log that was cut or written anew is not found"
        elif self._found is None:
            level.wrong.append(f"line {self._expected[0]} is not there: the log was cut")
        elif self._found.partition(":")[2] != self._expected[1].removeprefix("sha256:"):
            level.wrong.append(f"line {self._expected[0]} is another one: the log was written anew")
        else:
            level.right += 1


def _judge_holds(folder: Path, report: Report) -> None:
    level = report.levels["holds"]
    try:
        known, logged = holds.read(folder), holds.read_log(folder)
    except HeldError as error:
        level.wrong.append(str(error))
        return
    level.right = len(logged.placed) + len(logged.released)
    for what in holds.contradictions(known, logged):
        level.right -= 1
        level.wrong.append(f"{folder / holds.FILE}: {what}")


def _judge_takedowns(folder: Path, level: Level) -> None:
    try:
        acts = takedowns.read_all(folder)
        level.wrong += takedowns.contradictions(folder, acts)
        level.right = len(acts) if not level.wrong else 0
    except (OSError, SnapshotError) as error:
        level.wrong.append(str(error))


def _judge_disposals(folder: Path, lines: list[dict[str, Any]], level: Level) -> None:
    for line in lines:
        _, _, digest = str(line["outcome"]).rpartition("certificate ")
        if not certificates.is_id(str(line["object"])):
            continue
        path = certificates.path(folder, str(line["object"]))
        try:
            found = manifests.digest_of(path.read_bytes())
        except FileNotFoundError:
            level.wrong.append(f"{path}: is missing: line {line['sequence']} names it")
            continue
        except OSError as error:
            level.wrong.append(f"{path}: cannot be read ({error.strerror})")
            continue
        if found == digest:
            level.right += 1
        else:
            level.wrong.append(f"{path}: is not the certificate that line {line['sequence']} names")


def _judge_captures(archive: Path, captured: list[dict[str, Any]], level: Level) -> None:
    for line, path, digest in _named(archive, captured):
        try:
            found = manifests.read(path).digest
        except ArchiveError as error:
            level.wrong.append(f"line {line} names a manifest: {error}")
            continue
        if found == digest:
            level.right += 1
        else:
            level.wrong.append(f"line {line} names a manifest: {path}: is another one, {found}, not {digest}")


def _named(archive: Path, captured: list[dict[str, Any]]) -> Iterator[tuple[int, Path, str]]:
    for line in captured:
        name, _, digest = str(line["outcome"]).partition(" ")
        path = archive / str(line["object"]) / name
        # A line that somebody forged must not lead out of the archive.
        if ".." not in path.parts and path.is_relative_to(archive):
            yield line["sequence"], path, digest
