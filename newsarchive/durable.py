"""Small files that are there whole, or not at all, whatever happens to the process or the power."""

import os
from pathlib import Path

PART = ".part"


def write(path: Path, content: bytes, *, is_synced: bool = True) -> None:
    """Replace a file as one whole; when this returns, it is on the disk under its name. Raises `OSError`.

    `is_synced`: false for what the next crawl makes anew after the power was lost.
    """
    temporary = path.with_name(path.name + PART)
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            if is_synced:
                os.fsync(file.fileno())
        temporary.rename(path)
    finally:
        temporary.unlink(missing_ok=True)
    if is_synced:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; raises `OSError`."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
