"""The chain of seals: each names the one before it. A copy of every seal is kept beside the snapshots, in `chain/`.

`HEAD` says the last as `SEQUENCE:SHA256`. Whoever holds the folder can rewrite all of it: only a head that was
published elsewhere shows that.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from newsarchive import durable
from newsarchive.errors import SnapshotError
from newsarchive.sealing.documents import octets_of
from newsarchive.sealing.seal import Seal, is_sha256, read_seal

FOLDER = "chain"
HEAD = "HEAD"
_NAME = re.compile(r"[0-9]{8}\.json")
_LONGEST_HEAD = 200
_NUMBER = re.compile(r"[0-9]{1,15}")
_MOST = 64 * 1024 * 1024


class Chain:
    """The seals of one folder of snapshots."""

    def __init__(self, folder: Path) -> None:
        """`folder` is that of the snapshots."""
        self.folder = folder / FOLDER
        self.head_file = folder / HEAD

    @property
    def is_there(self) -> bool:
        return self.folder.is_dir()

    def seals(self) -> Iterator[Seal]:
        """From the first to the last; raises `SnapshotError` where one is missing or does not follow."""
        before: Seal | None = None
        for number, file in enumerate(self._files(), start=1):
            seal = _read(file)
            if seal.sequence != number or file.name != _file_name(number):
                raise SnapshotError(self.folder, f"seal {number} is missing")
            if seal.prev_seal != (before.digest if before else None):
                raise SnapshotError(file, f"does not follow from seal {number - 1}")
            if before and seal.created < before.created:
                raise SnapshotError(file, f"says that it was made before seal {number - 1}")
            yield seal
            before = seal

    def head(self) -> Seal | None:
        """The last seal, when all before it follow from each other and `HEAD` names it; raises `SnapshotError`."""
        last: Seal | None = None
        for last in self.seals():  # noqa: B007 - of many seals only one is held
            pass
        told = self._told()
        # The bytes of `append`: neither blanks nor CR LF.
        if told != _head_line(last):
            raise SnapshotError(self.head_file, f"says {told!r}, but the chain ends with {last.head if last else None}")
        return last

    def newest(self) -> Seal | None:
        """The last seal by itself, whatever lies before it; raises `SnapshotError` where it cannot be read."""
        return next((_read(file) for file in reversed(self._files())), None)

    def append(self, seal: Seal) -> None:
        """Keep a copy of a seal that follows the last one; on the disk when this returns."""
        self.folder.mkdir(parents=True, exist_ok=True)
        durable.write(self.folder / _file_name(seal.sequence), seal.octets)
        durable.write(self.head_file, f"{seal.head}\n".encode())

    def mend(self) -> None:
        """Name a seal that a crash left without its head; raises `SnapshotError` where the seals do not follow."""
        before: Seal | None = None
        last: Seal | None = None
        for seal in self.seals():
            before, last = last, seal
        if last and self._told() == _head_line(before):
            durable.write(self.head_file, f"{last.head}\n".encode())

    def _told(self) -> str | None:
        if not self.head_file.exists():
            return None
        return octets_of(self.head_file, most=_LONGEST_HEAD).decode("ascii", errors="replace")

    def _files(self) -> list[Path]:
        return sorted(file for file in self.folder.glob("*.json") if _NAME.fullmatch(file.name))


def read_head(text: str, *, of: str = "snapshot") -> tuple[int, str]:
    """`SEQUENCE:SHA256` as (sequence, `sha256:…`), of a snapshot or of the custody log; raises `SnapshotError`."""
    number, _, digest = text.partition(":")
    digest = digest.removeprefix("sha256:")
    if not _NUMBER.fullmatch(number) or int(number) < 1 or not is_sha256(digest):
        raise SnapshotError(f"--expected-head {text}", f"expected SEQUENCE:SHA256, as scrapy {of} head prints it")
    return int(number), f"sha256:{digest}"


def _head_line(seal: Seal | None) -> str | None:
    return f"{seal.head}\n" if seal else None


def _read(file: Path) -> Seal:
    return read_seal(octets_of(file, most=_MOST), file)


def _file_name(sequence: int) -> str:
    return f"{sequence:08d}.json"
