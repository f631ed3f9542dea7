"""Which WARC files are read, and where their rows are written: the same names in the same folders."""

import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from newsarchive.errors import ArchiveError
from newsarchive.warc.packing import SUFFIXES
from newsarchive.warc.problem import Problem

WACZ = ".wacz"
_MEMBERS = re.compile(r"archive/.*\.(?:warc|warc\.gz|warc\.zst)$")


@dataclass(frozen=True, slots=True)
class Input:
    """A WARC file, or one within a WACZ file."""

    path: Path
    """The file on the disk."""
    member: str | None
    """Its name within a WACZ file."""
    place: Path
    """Where its rows are written beneath the folder of all, without an ending."""

    @property
    def name(self) -> str:
        """The file's name alone."""
        return PurePosixPath(self.member).name if self.member else self.path.name

    @property
    def shown(self) -> Path:
        """As it is named to a person."""
        return self.path / self.member if self.member else self.path

    @contextmanager
    def open(self) -> Iterator[tuple[BinaryIO, int]]:
        """The bytes of the WARC file, and how many there are; raises `OSError` or `zipfile.BadZipFile`."""
        if self.member is None:
            with self.path.open("rb") as stream:
                yield stream, self.path.stat().st_size
            return
        with zipfile.ZipFile(self.path) as pack, pack.open(self.member) as member:
            yield cast("BinaryIO", member), pack.getinfo(self.member).file_size


def inputs_of(paths: Iterable[Path]) -> tuple[list[Input], list[Problem]]:
    """All WARC files of files and folders, by place, and what could not be looked into.

    Raises `ArchiveError` where the rows of two files would be written to one place.
    """
    found: dict[Path, Input] = {}
    problems: list[Problem] = []
    for path in paths:
        for file, place in _files(path):
            try:
                inputs = list(_members(file, place)) if file.name.endswith(WACZ) else [_whole(file, place)]
            except (OSError, zipfile.BadZipFile) as error:
                problems.append(Problem(file, 0, f"cannot be read ({_said(error)})"))
                continue
            for one in inputs:
                other = found.setdefault(one.place, one)
                if (other.path, other.member) != (one.path, one.member):
                    raise ArchiveError(
                        one.path, f"its rows would lie where those of {other.path} do; give a folder above"
                    )
    return [found[place] for place in sorted(found)], problems


def _files(path: Path) -> Iterator[tuple[Path, Path]]:
    """Files, and their places beneath what was named."""
    if not path.is_dir():
        yield path, Path(path.name)
        return
    for file in sorted(path.rglob("*")):
        if file.name.endswith((*SUFFIXES, WACZ)) and file.is_file():
            yield file, file.relative_to(path)


def _whole(file: Path, place: Path) -> Input:
    return Input(file, None, place.with_name(_stem(place.name)))


def _members(file: Path, place: Path) -> Iterator[Input]:
    with zipfile.ZipFile(file) as pack:
        names = sorted(name for name in pack.namelist() if _MEMBERS.match(name))
    taken: set[Path] = set()
    for name in names:
        # Nothing of a path that somebody else has chosen is used but its last part, made fit for a file.
        stem = re.sub(r"[^\w.-]", "_", _stem(PurePosixPath(name).name)).lstrip(".") or "_"
        one = Input(file, name, place / stem)
        number = 2
        while one.place in taken:
            one, number = replace(one, place=place / f"{stem}-{number}"), number + 1
        taken.add(one.place)
        yield one


def _stem(name: str) -> str:
    return name.removesuffix(next((end for end in SUFFIXES if name.endswith(end)), ".gz"))


def _said(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
