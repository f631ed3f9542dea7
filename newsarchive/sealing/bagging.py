"""A snapshot and what lies beside it as a bag (BagIt 1.0, RFC 8493): the form in which archives hand over.

A bag is made of the files, the seal and the operator's name alone: the same give the same bytes.
"""

import hashlib
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from newsarchive import durable
from newsarchive.errors import SnapshotError
from newsarchive.sealing import custody, names, stamps
from newsarchive.sealing.chain import FOLDER, HEAD
from newsarchive.sealing.creating import SOFTWARE
from newsarchive.sealing.folder import alone, script
from newsarchive.sealing.opening import Opened
from newsarchive.sealing.seal import Seal, read_seal
from newsarchive.sealing.verifying import Demands, verify

SUFFIX = ".bag"
_PAYLOAD = "data"
_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_ALGORITHMS = ("sha256", "sha512")
_SCRIPTS = ("VERIFY.md", "verify.sh")
_STEP = 1 << 20
# These must be escaped (RFC 8493, 2.1.3), which the reference implementation does not undo for a percent sign.
_ESCAPED = re.compile(r"[%\r\n\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Bag:
    """A bag that lies where it belongs; `files` and `bytes` are those of its payload."""

    path: Path
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class _Listed:
    """A file of a bag, with its digests in the order of `_ALGORITHMS`."""

    name: str
    bytes: int
    digests: tuple[str, ...]


def bag(snapshot: Path, into: Path, *, organization: str, actor: str | None, reason: str | None) -> Bag:
    """Copy a snapshot, its time stamps, and the chain and custody log beside it into a new folder `into`.

    A line is written into the custody log, which the bag holds as it was before. Raises `SnapshotError` where `into` is
    there already, and where the snapshot is wrong in what can be judged without keys and roots.
    """
    if into.exists():
        raise SnapshotError(into, "is there already, and a bag is never changed")
    if _ESCAPED.search(snapshot.name):
        raise SnapshotError(snapshot, "has a name that programs for bags read in different ways; rename it")
    folder, seal = snapshot.absolute().parent, _seal_of_sound(snapshot)
    try:
        with alone(folder), _made(into) as work:
            payload = list(_fill(work, snapshot, folder))
            count, size = len(payload), sum(one.bytes for one in payload)
            told = _told(seal, snapshot, organization=organization, oxum=f"{size}.{count}")
            tags = [*_write_manifests(work, "manifest", payload)]
            tags.append(_write(work, "bagit.txt", (_DECLARATION,)))
            tags.append(_write(work, "bag-info.txt", (f"{name}: {value}\n".encode() for name, value in told)))
            last = list(_write_manifests(work, "tagmanifest", sorted(tags, key=lambda one: one.name)))
            named = f"bag, {last[0].name} sha256:{last[0].digests[0]}"
            custody.append(folder, "export", seal.digest, actor=actor, reason=reason, outcome=named)
    except OSError as error:
        raise SnapshotError(error.filename or into, f"cannot be read or written ({error.strerror})") from error
    return Bag(into, count, size)


def _seal_of_sound(snapshot: Path) -> Seal:
    """The seal; raises `SnapshotError` where something is wrong."""
    judgement = verify(snapshot, Demands())
    if not judgement.holds:
        wrong = next(f"{level}: {one.notes[0]}" for level, one in judgement.levels.items() if one.state == "wrong")
        raise SnapshotError(snapshot, f"is wrong and is not handed over ({wrong})")
    with Opened(snapshot) as opened:
        return read_seal(opened.small(names.SEAL) or b"", snapshot)


@contextmanager
def _made(into: Path) -> Iterator[Path]:
    """A folder that gets its name when it is whole and on the disk; what a killed process left of it is dropped."""
    work = into.with_name(f".{into.name}{durable.PART}")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        yield work
        for folder in (work / _PAYLOAD / FOLDER, work / _PAYLOAD, work):
            if folder.exists():
                durable.sync_folder(folder)
        work.rename(into)
        durable.sync_folder(into.parent)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _fill(work: Path, snapshot: Path, folder: Path) -> Iterator[_Listed]:
    """The payload: as it lies beside the snapshot, so that verify.sh finds it there too."""
    files = [snapshot, *stamps.beside(snapshot)]
    files += [file for name in (custody.FILE, HEAD) if (file := folder / name).exists()]
    copied = {file.name: _pieces(file) for file in files}
    copied |= {f"{FOLDER}/{file.name}": _pieces(file) for file in (folder / FOLDER).glob("*.json")}
    copied |= {name: iter((script(name),)) for name in _SCRIPTS}
    for name, pieces in sorted(copied.items()):
        yield _write(work, f"{_PAYLOAD}/{name}", pieces)


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb", buffering=0) as stream:
        yield from iter(lambda: stream.read(_STEP), b"")


def _write(work: Path, name: str, pieces: Iterable[bytes]) -> _Listed:
    path, size = work / name, 0
    path.parent.mkdir(parents=True, exist_ok=True)
    digests = [hashlib.new(algorithm) for algorithm in _ALGORITHMS]
    with durable.replacing(path) as stream:
        for piece in pieces:
            size += stream.write(piece)
            for digest in digests:
                digest.update(piece)
    return _Listed(name, size, tuple(digest.hexdigest() for digest in digests))


def _write_manifests(work: Path, kind: str, listed: list[_Listed]) -> Iterator[_Listed]:
    for number, algorithm in enumerate(_ALGORITHMS):
        lines = (f"{one.digests[number]}  {one.name}\n".encode() for one in listed)
        yield _write(work, f"{kind}-{algorithm}.txt", lines)


def _told(seal: Seal, snapshot: Path, *, organization: str, oxum: str) -> Iterator[tuple[str, str]]:
    """What bag-info.txt says; no value goes over a line."""
    if organization.strip():
        yield "Source-Organization", " ".join(organization.split())
    outlets = ", ".join(seal.facts["outlets"])
    yield "External-Description", " ".join(f"Sealed snapshot {seal.sequence} of {outlets}".split())
    yield "Bagging-Date", f"{seal.created:%Y-%m-%d}"
    yield "External-Identifier", seal.digest
    yield "Internal-Sender-Identifier", " ".join(snapshot.name.split())
    yield "Payload-Oxum", oxum
    yield "Bag-Software-Agent", SOFTWARE
