"""Files that `scrapy outlet` reads and writes: an outlet's WARC files, and what stands in its config folder."""

from pathlib import Path

from newsarchive import durable, walking
from newsarchive.warc.packing import SUFFIXES


def warc_files(folder: Path) -> list[Path]:
    """The closed WARC files of a collection, in the order of their names wherever they lie."""
    return sorted((path for path in walking.files(folder) if path.name.endswith(SUFFIXES)), key=lambda path: path.name)


def write_whole(file: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    durable.write(file, content, is_synced=False)
