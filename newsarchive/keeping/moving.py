"""Beginning a custody log, and telling an archive where its keepers' folder was moved."""

from pathlib import Path

from newsarchive.errors import HeldError, SettingError
from newsarchive.keeping import holds, whereabouts
from newsarchive.sealing import custody
from newsarchive.sealing.chain import Chain

_STEP = 1 << 20


def begin(archive: Path, where: Path, *, actor: str | None, reason: str) -> None:
    """Begin a custody log; raises `SettingError` where one is known, and `HeldError` where one is missing."""
    where = whereabouts.folder(archive, where)
    if whereabouts.first_line(where) is not None:
        raise SettingError("custody begin", str(where), "a folder without a custody log")
    if Chain(where).is_there or (where / holds.FILE).exists():
        raise HeldError(where, "has seals or holds, but no custody log: bring that back from a copy")
    where.mkdir(parents=True, exist_ok=True)
    custody.append(where, "begin", custody.FILE, actor=actor, reason=reason)
    whereabouts.remember(archive, where)


def move(archive: Path, where: Path, *, actor: str | None, reason: str) -> None:
    """The keepers' folder is another from now on, with the same log; raises `SettingError`, `HeldError`."""
    found = whereabouts.known(archive)
    if found is None:
        raise SettingError("custody move", str(where), f"nothing: {archive} does not remember a folder yet")
    if whereabouts.first_line(where) != found.log:
        raise SettingError("custody move", str(where), f"a folder with the custody log that was in {found.folder}")
    if whereabouts.first_line(found.folder) == found.log and not _goes_on(where, found.folder):
        raise SettingError("custody move", str(where), f"a custody log that is not older than that in {found.folder}")
    custody.append(where, "move", custody.FILE, actor=actor, reason=reason)
    whereabouts.write(archive, where, found.log)


def _goes_on(where: Path, before: Path) -> bool:
    """One log begins with all of the other."""
    try:
        with (where / custody.FILE).open("rb") as longer, (before / custody.FILE).open("rb") as file:
            while piece := file.read(_STEP):
                if longer.read(len(piece)) != piece:
                    return False
    except OSError as error:
        raise HeldError(Path(error.filename or where), f"cannot be read ({error.strerror})") from error
    return True
