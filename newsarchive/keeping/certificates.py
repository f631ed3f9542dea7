"""Disposal certificates: `disposals/D-2026-001.json` in the keepers' folder, and the order that comes before each.

The order says what is to go; it lies there as `….json.open` until the certificate takes its place, so that a process
that is killed in between has left word of what it was about.
"""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import rfc8785
from filelock import FileLock, Timeout

from newsarchive import durable
from newsarchive.errors import ArchiveError, SnapshotError
from newsarchive.sealing.documents import parsed

FOLDER = "disposals"
ORDER = "disposal-order/1"
CERTIFICATE = "disposal-certificate/1"
_OPEN = ".json.open"
_NAME = re.compile(r"D-(\d{4})-(\d{3,})")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One disposal at a time in a keepers' folder; raises `ArchiveError`."""
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / FOLDER / ".lock", timeout=0):
            for torn in (folder / FOLDER).glob(f"*{durable.PART}"):
                torn.unlink()
            yield
    except Timeout as error:
        raise ArchiveError(folder / FOLDER, "another process disposes at the moment") from error


def begin(folder: Path, year: int, order: dict[str, Any], *, taken: Iterable[str] = ()) -> tuple[str, bytes]:
    """Number an order and write it down; its id and its bytes. `taken`: further ids. Raises `ArchiveError`."""
    known = [*(file.name for file in (folder / FOLDER).iterdir()), *taken]
    used = [int(found[2]) for found in map(_NAME.match, known) if found and int(found[1]) == year]
    name = f"D-{year}-{max(used, default=0) + 1:03d}"
    octets = rfc8785.dumps({"form": ORDER, "id": name, **order})
    _write(_open_path(folder, name), octets)
    return name, octets


def unended(folder: Path) -> dict[str, bytes]:
    """Orders without a certificate, by id; raises `ArchiveError`."""
    try:
        files = sorted((folder / FOLDER).glob(f"D-*{_OPEN}"))
        return {file.name.removesuffix(_OPEN): file.read_bytes() for file in files}
    except OSError as error:
        raise ArchiveError(folder / FOLDER, f"cannot be read ({error.strerror})") from error


def drop(folder: Path, name: str) -> None:
    """Nothing of this order was done."""
    _open_path(folder, name).unlink(missing_ok=True)


def end(folder: Path, name: str, certificate: dict[str, Any]) -> bytes:
    """Put the certificate in the place of the order; its bytes. Raises `ArchiveError`."""
    octets = rfc8785.dumps({"form": CERTIFICATE, "id": name, **certificate})
    _write(path(folder, name), octets)
    return octets


def read(folder: Path) -> Iterator[dict[str, Any]]:
    """All certificates, in their order; raises `ArchiveError` where one is none."""
    for file in sorted((folder / FOLDER).glob("D-*.json")):
        try:
            yield parsed(file.read_bytes(), file)
        except OSError as error:
            raise ArchiveError(file, f"cannot be read ({error.strerror})") from error
        except SnapshotError as error:
            raise ArchiveError(file, error.what) from error


def is_id(name: str) -> bool:
    """A certificate may be called so."""
    return _NAME.fullmatch(name) is not None


def path(folder: Path, name: str) -> Path:
    """Where the certificate of that id is."""
    return folder / FOLDER / f"{name}.json"


def of_snapshots(folder: Path) -> dict[int, str]:
    """Under which certificates snapshots were disposed of, by their numbers."""
    return {
        int(item["snapshot"]): str(certificate["id"])
        for certificate in read(folder)
        for item in certificate.get("disposed", [])
        if item.get("snapshot")
    }


def _open_path(folder: Path, name: str) -> Path:
    return folder / FOLDER / (name + _OPEN)


def _write(file: Path, octets: bytes) -> None:
    try:
        durable.write(file, octets)
    except OSError as error:
        raise ArchiveError(file, f"cannot be written ({error.strerror or os.strerror(error.errno or 0)})") from error
