"""The originals of revisits: each is looked up in its WARC file before a request or a revisit depends on it."""

from functools import lru_cache
from pathlib import Path

from newsarchive.archiving.reconciling import Lost, paths_of
from newsarchive.errors import RecordError
from newsarchive.store.captures import Captures, Seen
from newsarchive.warc.reader import fields_at

_CACHED = 4096


class Originals:
    """The answers of a collection whose records exist; for each crawl a new one."""

    def __init__(self, folder: Path, captures: Captures) -> None:
        self._captures = captures
        self._folder = folder
        # A conditional request and the record of its response need the same original.
        self._exists = lru_cache(maxsize=_CACHED)(self._is_in_file)
        self._missing: dict[str, str] = {}

    def of(self, url: str) -> Seen | None:
        """Return the last whole answer under this target URI, unless its record no longer exists."""
        seen = self._captures.seen(url)
        if seen is None or seen.filename is None or seen.offset is None:
            return seen
        if self._exists(seen.filename, seen.offset, seen.record_id):
            return seen
        self._missing[seen.record_id] = seen.filename
        return None

    @property
    def lost(self) -> Lost:
        """Answers that the state knew, and whose records do not exist."""
        return Lost(len(self._missing), files=tuple(sorted(set(self._missing.values()))))

    def _is_in_file(self, name: str, offset: int, record_id: str) -> bool:
        try:
            path = next((path for path in paths_of(self._folder, name) if path.is_file()), None)
            fields = fields_at(path, offset) if path else ()
        except (OSError, RecordError):
            return False
        return any(key.lower() == "warc-record-id" and value == record_id for key, value in fields)
