"""WARC files where they lie: by themselves, or within a WACZ file (WACZ 1.1.1), which is a ZIP file."""

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, cast

from newsarchive import walking

WACZ = ".wacz"
_MEMBERS = re.compile(r"archive/.*\.(?:warc|warc\.gz|warc\.zst)$")
# What `zipfile` raises for files that are broken, encrypted, or packed in a way that it does not know.
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)


@dataclass(frozen=True, slots=True)
class WarcFile:
    """A WARC file, or one within a WACZ file."""

    path: Path
    """The file on the disk."""
    member: str | None
    """Its name within a WACZ file."""

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
        """The bytes of the WARC file, and how many there are; it, and reading them, raises `OSError`."""
        if self.member is None:
            with self.path.open("rb") as stream:
                yield stream, self.path.stat().st_size
            return
        with _opened(self.path) as pack:
            try:
                member = pack.open(self.member)
            except (*_BROKEN, KeyError) as error:
                raise _failure(error) from error
            with member:
                yield cast("BinaryIO", _Member(member)), pack.getinfo(self.member).file_size


def within(wacz: Path) -> list[WarcFile]:
    """The WARC files within a WACZ file, by name; raises `OSError`."""
    with _opened(wacz) as pack:
        return [WarcFile(wacz, name) for name in sorted(pack.namelist()) if _MEMBERS.match(name)]


def wacz_files(paths: Iterable[Path]) -> list[Path]:
    """Those among files, and in folders."""
    found = {file for path in paths for file in (walking.files(path) if path.is_dir() else (path,))}
    return sorted(file for file in found if file.name.endswith(WACZ))


def said(error: OSError) -> str:
    """What is wrong, in a few words."""
    return error.strerror or str(error)


class _Member:
    """A file within a ZIP file, whose failures are those of a file."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self, count: int = -1) -> bytes:
        try:
            return self._stream.read(count)
        except _BROKEN as error:
            raise _failure(error) from error

    def seek(self, place: int) -> int:
        try:
            return self._stream.seek(place)
        except _BROKEN as error:
            raise _failure(error) from error


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except _BROKEN as error:
        raise _failure(error) from error


def _failure(error: Exception) -> OSError:
    return OSError(str(error.args[0]) if error.args else type(error).__name__)
