"""What a crawl wrote beside its WARC files, against what is derived from them alone."""

import gzip
from collections.abc import Callable
from pathlib import Path

import rfc8785

from newsarchive import deriving, outlets
from newsarchive.archiving.rows import ARTICLES, REJECTED, stem_of
from newsarchive.items import Article, Rejection
from newsarchive.warc.reader import read_records, read_stream
from newsarchive.warc.scanning import scan

Lines = dict[str, bytes]


def written(warc: Path) -> Lines:
    """The uncompressed bytes of both files by their endings; empty for one that is not there."""
    stem = stem_of(warc)
    files = {ending: stem.with_name(stem.name + ending) for ending in (ARTICLES, REJECTED)}
    return {ending: gzip.decompress(file.read_bytes()) if file.exists() else b"" for ending, file in files.items()}


def derived(warc: Path, config: Path) -> Lines:
    """The same bytes from the records of the WARC file."""
    lines = {ARTICLES: b"", REJECTED: b""}
    rows = deriving.derive(
        read_records(warc), filename=warc.name, outlet_of=lambda _, origin: outlets.load(config, origin.outlet)
    )
    for row in rows:
        assert isinstance(row, Article | Rejection)
        ending = ARTICLES if isinstance(row, Article) else REJECTED
        lines[ending] += rfc8785.dumps(row.to_record()) + b"\n"
    return lines


def read_alike(archive: Path) -> bool:
    """Whether the reader for anybody's files reads ours as the strict one does."""
    return all(_shown(warc, scan) == _shown(warc, read_stream) for warc in archive.rglob("*.warc.gz"))


def _shown(warc: Path, read: Callable) -> list[tuple]:
    with warc.open("rb") as stream:
        return [(one.offset, one.length, one.fields, one.block) for one in read(stream, warc)]


def differing(archive: Path, config: Path) -> list[str]:
    """Names of the WARC files whose rows are not what is derived from them; raises `AssertionError` if there is none."""
    warcs = sorted(archive.rglob("*.warc.gz"))
    assert warcs
    return [warc.name for warc in warcs if written(warc) != derived(warc, config)]
