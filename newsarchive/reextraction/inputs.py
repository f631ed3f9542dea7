"""Which WARC files are read, and where their rows are written: the same names in the same folders."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from newsarchive import walking
from newsarchive.errors import ArchiveError
from newsarchive.warc import beginnings
from newsarchive.warc.files import WACZ, WarcFile, said, within
from newsarchive.warc.packing import SUFFIXES
from newsarchive.warc.problem import Problem

_ARC = (".arc", ".arc.gz")
_OTHERS = dict.fromkeys(_ARC, beginnings.ARC) | dict.fromkeys(
    (".jsonl", ".jsonl.gz"), "a file of rows; give the WARC file from which they were read"
)
"""Files that are named like what is not read."""


@dataclass(frozen=True, slots=True)
class Input(WarcFile):
    """A WARC file that is read."""

    place: Path
    """Where its rows are written beneath the folder of all, without an ending."""


def inputs_of(paths: Iterable[Path]) -> tuple[list[Input], list[Problem]]:
    """All WARC files of files and folders, by place, and what could not be looked into.

    A file that is named twice is read once. Raises `ArchiveError` for a folder without any, and where the rows of two
    files would be written to one place.
    """
    found: dict[Path, Input] = {}
    problems: list[Problem] = []
    named: set[Path] = set()
    for path in paths:
        for file, place in _files(path, problems):
            if not _is_unicode(file):
                problems.append(Problem(file, 0, "is not read: its path is not UTF-8, and cannot be named in rows"))
                continue
            whole = file.parent.resolve() / file.name
            if whole in named:
                continue
            named.add(whole)
            if wrong := next((what for ending, what in _OTHERS.items() if file.name.endswith(ending)), None):
                problems.append(Problem(file, 0, wrong))
                continue
            try:
                inputs = list(_members(file, place)) if file.name.endswith(WACZ) else [_whole(file, place)]
            except OSError as error:
                problems.append(Problem(file, 0, f"cannot be read ({said(error)})"))
                continue
            if not inputs:
                problems.append(Problem(file, 0, "there is no WARC file in it"))
            for one in inputs:
                other = found.setdefault(one.place, one)
                if (other.path, other.member) != (one.path, one.member):
                    raise ArchiveError(
                        one.path, f"its rows would lie where those of {other.path} do; give a folder above"
                    )
    return [found[place] for place in sorted(found)], problems


def _files(path: Path, problems: list[Problem]) -> Iterator[tuple[Path, Path]]:
    """Files, and their places beneath what was named."""
    if not path.is_dir():
        yield path, Path(path.name)
        return

    def unread(error: OSError) -> None:
        problems.append(Problem(Path(error.filename), 0, f"cannot be read ({said(error)})"))

    before = len(problems)
    files = [file for file in walking.files(path, unread=unread) if file.name.endswith((*SUFFIXES, WACZ, *_ARC))]
    if not files and len(problems) == before:
        raise ArchiveError(path, "there is no WARC or WACZ file in it")
    for file in files:
        yield file, file.relative_to(path)


def _is_unicode(file: Path) -> bool:
    try:
        str(file.absolute()).encode()
    except UnicodeEncodeError:
        return False
    return True


def _whole(file: Path, place: Path) -> Input:
    return Input(file, None, place.with_name(_stem(place.name)))


def _members(file: Path, place: Path) -> Iterator[Input]:
    taken: set[Path] = set()
    for warc in within(file):
        # Nothing of a path that somebody else has chosen is used but its last part, made fit for a file.
        stem = re.sub(r"[^\w.-]", "_", _stem(warc.name)).lstrip(".") or "_"
        one = Input(file, warc.member, place / stem)
        number = 2
        while one.place in taken:
            one, number = replace(one, place=place / f"{stem}-{number}"), number + 1
        taken.add(one.place)
        yield one


def _stem(name: str) -> str:
    return name.removesuffix(next((end for end in SUFFIXES if name.endswith(end)), ".gz"))
