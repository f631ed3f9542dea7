"""The rows beside one WARC file: articles, and the reasons of what gave none."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from newsarchive.items import Rejection
from newsarchive.store.lines import LineFile
from newsarchive.warc.packing import SUFFIXES

ARTICLES = ".jsonl.gz"
REJECTED = ".rejected.jsonl.gz"


def stem_of(warc: Path) -> Path:
    """`x` of `x.warc.gz`: what a WARC file and all that belongs to it share."""
    return warc.with_name(warc.name.removesuffix(next(end for end in SUFFIXES if warc.name.endswith(end))))


class Rows:
    """Appended as they come, finished in the order of their captures."""

    def __init__(self, warc: Path) -> None:
        stem = stem_of(warc)
        self.articles = LineFile(stem.with_name(stem.name + ARTICLES), offset_of=_article_offset)
        self._rejected = LineFile(stem.with_name(stem.name + REJECTED), offset_of=_rejection_offset)

    def reject(self, rejection: Rejection) -> None:
        """Append a reason; raises `OSError`."""
        self._rejected.append(rejection.to_record())

    def has(self, offset: int) -> bool:
        """The capture at this offset has its line or its reason."""
        return self.articles.has(offset) or self._rejected.has(offset)

    def is_rejected(self, offset: int) -> bool:
        """The capture at this offset has a rejection."""
        return self._rejected.has(offset)

    def cut(self, size: int) -> None:
        """The WARC file is no longer than this: what was told of captures behind it is left out."""
        self.articles.cut(size)
        self._rejected.cut(size)

    def finish(self) -> list[Path]:
        """An article file for every WARC file, even an empty one; a file of rejections only where there are any."""
        finished = [self.articles.finish()]
        if self._rejected.has_rows():
            return [*finished, self._rejected.finish()]
        self._rejected.discard()
        return finished


def _article_offset(row: Mapping[str, Any]) -> int:
    return int(row["provenance"]["warc"]["offset"])


def _rejection_offset(row: Mapping[str, Any]) -> int:
    return int(row["warc"]["offset"])
