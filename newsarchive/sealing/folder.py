"""The folder of the snapshots: one process at a time writes to it, and what a killed one left is put right."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from newsarchive import durable
from newsarchive.errors import SnapshotError
from newsarchive.sealing import names
from newsarchive.sealing.chain import Chain
from newsarchive.sealing.opening import Opened
from newsarchive.sealing.seal import read_seal

WORK = ".making-"


def script(file: str) -> bytes:
    """A file that goes into every snapshot as it is."""
    return resources.files("newsarchive.sealing").joinpath("script", file).read_bytes()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Makes the folder; raises `SnapshotError` while another process seals, takes down or disposes of things here."""
    lock = FileLock(folder / ".lock", timeout=0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise SnapshotError(
            folder, "another process works here: it makes a snapshot, takes something down or disposes of it"
        ) from error
    except OSError as error:
        raise SnapshotError(folder, f"cannot be written ({error.strerror})") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """A new file that is there whole and on the disk, or not at all; raises `SnapshotError` when the disk is full."""
    try:
        with durable.replacing(path) as stream:
            yield stream
        durable.sync_folder(path.parent)
    except OSError as error:
        raise SnapshotError(error.filename or path, f"cannot be read or written ({error.strerror})") from error


def mend(folder: Path, chain: Chain) -> None:
    """Take into the chain a whole snapshot that a crash kept out of it."""
    chain.mend()
    head = chain.head()
    for path in sorted(folder.glob(f"{(head.sequence if head else 0) + 1:06d}-*{names.SUFFIX}")):
        with Opened(path) as opened:
            seal = read_seal(opened.small(names.SEAL) or b"", path)
        if seal.prev_seal == (head.digest if head else None):
            chain.append(seal)
            return


def clear(folder: Path) -> None:
    """Drop what a killed process left half made."""
    for path in folder.glob(f"*{names.SUFFIX}.part"):
        path.unlink()
    for path in folder.glob(f"{WORK}*"):
        shutil.rmtree(path)


def leave_script(folder: Path) -> None:
    """A copy outside of every snapshot: a script that came with a file must not be the judge of it."""
    path = folder / "verify.sh"
    if not path.exists() or path.read_bytes() != script("verify.sh"):
        durable.write(path, script("verify.sh"))
