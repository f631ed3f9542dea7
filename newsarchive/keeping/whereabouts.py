"""Which keepers' folder an archive has: `keepers.json` in the archive says it, once a hold or an act was logged there.

Whoever looked into another folder would find no holds and no takedowns, and take that for an answer.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import rfc8785

from newsarchive import durable
from newsarchive.errors import ArchiveError, HeldError, SettingError, SnapshotError
from newsarchive.sealing import custody
from newsarchive.sealing.documents import parsed

FILE = "keepers.json"
FORM = "keepers/1"
NOBODY_KNOWS = (
    "has no custody log, so nobody knows what is held; name the folder that has one (--out, SNAPSHOT_DIR), or begin "
    "one here: scrapy custody begin --out DIR --reason TEXT"
)
_MOVED = "if it was moved: scrapy custody move --out DIR --reason TEXT"


@dataclass(frozen=True, slots=True)
class Known:
    """What an archive remembers."""

    folder: Path
    log: str
    """`sha256:` of the first line of the custody log: it stays when the folder is moved."""


def known(archive: Path) -> Known | None:
    """None while nothing was logged; raises `HeldError` where the file is damaged."""
    path = archive / FILE
    try:
        told = parsed(path.read_bytes(), path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise HeldError(path, f"cannot be read ({error.strerror})") from error
    except SnapshotError as error:
        raise HeldError(path, error.what) from error
    if told.get("form") != FORM or not (isinstance(told.get("folder"), str) and isinstance(told.get("log"), str)):
        raise HeldError(path, f"is not of the form {FORM}")
    return Known(Path(os.path.normpath(archive.absolute() / told["folder"])), told["log"])


def beside(archive: Path) -> Path:
    """Where it lies when nobody says otherwise."""
    return archive.absolute().parent / "snapshots"


def folder(archive: Path, said: Path | None) -> Path:
    """The keepers' folder; `said` is what an option or a setting names.

    Raises `SettingError` where that is another than the archive remembers, and `HeldError` where its custody log is not
    there: a disk that is not mounted has no holds either.
    """
    found = known(archive)
    if found is None:
        return said or beside(archive)
    if said is not None and not is_same(said, found.folder):
        raise SettingError("keepers' folder", str(said), f"{found.folder}, which {archive / FILE} names; {_MOVED}")
    if first_line(found.folder) != found.log:
        what = f"has not the custody log that {archive / FILE} knows, so everything is held: bring it back; {_MOVED}"
        raise HeldError(found.folder, what)
    return said or found.folder


def acts_for(archive: Path, where: Path) -> Path:
    """Whose acts count for a snapshot that is made in `where`: those of the archive, where it remembers a folder."""
    return folder(archive, None) if known(archive) else where


def require_log(where: Path) -> None:
    """To be called before anything is destroyed: a folder without a log has never held anything. Raises `HeldError`."""
    if first_line(where) is None:
        raise HeldError(where, NOBODY_KNOWS)


def remember(archive: Path, where: Path) -> None:
    """From now on this is the archive's; nothing where it remembers one, or is not there. Raises `ArchiveError`."""
    log = first_line(where)
    if log is not None and archive.is_dir() and known(archive) is None:
        write(archive, where, log)


def first_line(where: Path) -> str | None:
    """`sha256:` of the first line of a folder's custody log; None where there is none. Raises `HeldError`."""
    path = where / custody.FILE
    try:
        with path.open("rb") as file:
            line = file.readline(custody.LONGEST)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise HeldError(path, f"cannot be read ({error.strerror})") from error
    return f"sha256:{hashlib.sha256(line).hexdigest()}" if line.endswith(b"\n") else None


def write(archive: Path, where: Path, log: str) -> None:
    """Remember a folder in the place of any other; raises `ArchiveError`."""
    # What is moved together stays together.
    there, own = Path(os.path.normpath(where.absolute())), archive.absolute()
    told = os.path.relpath(there, own) if there.is_relative_to(own.parent) else str(there)
    try:
        durable.write(archive / FILE, rfc8785.dumps({"form": FORM, "folder": told, "log": log}))
    except OSError as error:
        what = (
            f"cannot be written ({error.strerror}); what is logged in {where} stands, but the archive does not know it"
        )
        raise ArchiveError(archive / FILE, what) from error


def is_same(one: Path, other: Path) -> bool:
    """Both paths lead to one folder."""
    return one.resolve() == other.resolve()
