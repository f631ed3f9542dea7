"""Folders and all beneath them, also those that a link leads to: an archive may lie on several disks."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from newsarchive.errors import ArchiveError

_LOST = "lost+found"
"""Lies at the top of many a disk, where only root may look into it."""


def _nothing(_: OSError) -> None:
    """Somebody else tells it."""


def walk(top: Path, *, unread: Callable[[OSError], None] = _nothing) -> Iterator[tuple[Path, list[str], list[str]]]:
    """(folder, names of folders in it, names of files in it), from the top down, as `os.walk` has it.

    Names are in order; what a file system keeps for itself is left out. Those of folders may be taken away, and are not
    gone into then. A link to a folder is followed where it leads to one that is not gone into otherwise. `unread` is
    told of each folder that cannot be read.
    """
    entered = {top.resolve()}
    for parent, below, names in os.walk(top, onerror=unread, followlinks=True):
        path = Path(parent)
        try:
            # Names can be read where what they name cannot be looked at.
            os.stat(os.path.join(parent, "."))  # noqa: PTH116, PTH118 - `Path` takes the dot away
        except OSError as error:
            below.clear()
            unread(OSError(error.errno, error.strerror, parent))
            continue
        below[:] = sorted(name for name in below if name != _LOST and _is_entered(path / name, entered))
        names.sort()
        yield path, below, names


def files(top: Path, *, unread: Callable[[OSError], None] = _nothing) -> Iterator[Path]:
    """All files beneath a folder, and links that lead to none, in order of their paths.

    Whoever opens such a link is told so. `unread` is that of `walk`.
    """
    found = [path / name for path, _, names in walk(top, unread=unread) for name in names]
    yield from sorted(file for file in found if file.is_file() or file.is_symlink())


def all_files(top: Path) -> Iterator[Path]:
    """As `files`, for who must miss none; raises `ArchiveError` where a folder is there and cannot be read."""
    return files(top, unread=_refuse)


def _refuse(error: OSError) -> None:
    if isinstance(error, FileNotFoundError):
        return
    raise ArchiveError(Path(error.filename), f"cannot be read ({error.strerror})") from error


def _is_entered(folder: Path, entered: set[Path]) -> bool:
    """A folder that is gone into; a link is where its aim lies neither in, nor above, what is gone into."""
    if not folder.is_symlink():
        return True
    aim = folder.resolve()
    if any(one in (aim, *aim.parents) or aim in one.parents for one in entered):
        return False
    entered.add(aim)
    return True
