"""Files that are there whole, or not at all, whatever happens to the process or the power."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

PART = ".part"


@contextmanager
def replacing(path: Path, *, is_synced: bool = True) -> Iterator[BinaryIO]:
    """A stream whose content is the file when the block ends, and nothing where it raises; raises `OSError`.

    `is_synced`: the content reaches the disk before it gets its name; that name is the caller's to make durable.
    A device or a pipe, such as `/dev/stdout`, is written to and not replaced.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            yield file
        return
    temporary = path.with_name(path.name + PART)
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            if is_synced:
                os.fsync(file.fileno())
        temporary.rename(path)
    finally:
        temporary.unlink(missing_ok=True)


def write(path: Path, content: bytes, *, is_synced: bool = True) -> None:
    """Replace a file as one whole; when this returns, it is on the disk under its name. Raises `OSError`.

    `is_synced`: false for what the next crawl makes anew after the power was lost.
    """
    with replacing(path, is_synced=is_synced) as file:
        file.write(content)
    if is_synced:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; raises `OSError`."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
