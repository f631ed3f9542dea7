"""By which rules a page is read: those of today, or those of the time, which the archive keeps by their digests."""

import hashlib
from functools import lru_cache
from pathlib import Path

import rfc8785

from newsarchive import learned, outlets, urls
from newsarchive.deriving import Origin
from newsarchive.errors import ArchiveError
from newsarchive.extract import identity
from newsarchive.outlets import Outlet
from newsarchive.store.rules import FOLDER, RuleBook, folder_above

_HOSTS_AT_HAND = 4096


class Rules:
    """The outlets of a config folder, by name and by host."""

    def __init__(self, config: Path, *, as_recorded: bool) -> None:
        self._config = config
        self._as_recorded = as_recorded
        self._used: dict[tuple[str, str], Outlet] = {}
        self._named = lru_cache(_HOSTS_AT_HAND)(self._of_name)
        self._on_host = lru_cache(_HOSTS_AT_HAND)(self._of_host)
        self._recorded = lru_cache(_HOSTS_AT_HAND)(self._of_record)

    def of(self, url: str, origin: Origin | None, file: Path) -> Outlet | None:
        """The outlet by whose rules the page of a URL is read, in a file of that origin; None: by no outlet's.

        Raises `OutletError` for broken YAML, and `ArchiveError` where rules of the time are not kept.
        """
        if origin is None:
            outlet = self._on_host(urls.host(url))
        elif self._as_recorded:
            outlet = self._recorded(file, origin.outlet_digest, origin.learned_digest)
        else:
            outlet = self._named(origin.outlet)
        if outlet:
            self._used[outlet.digest, outlet.learned.digest if outlet.learned else ""] = outlet
        return outlet

    @property
    def used(self) -> list[Outlet]:
        """All outlets that were asked for and found."""
        return list(self._used.values())

    def digest(self) -> str:
        """Of all that decides how a page is read but the page: other rules, or another version, have another."""
        folders = (self._config / outlets.FOLDER, learned.path(self._config, "x").parent)
        files = [self._config / outlets.DEFAULTS, *(file for folder in folders for file in sorted(folder.glob("*.*")))]
        told = {str(file.relative_to(self._config)): _sha256(file) for file in files if file.is_file()}
        reading = identity.extraction("", None, None).id
        return "sha256:" + hashlib.sha256(rfc8785.dumps([reading, told, self._as_recorded])).hexdigest()

    def _of_name(self, name: str) -> Outlet | None:
        try:
            return outlets.load(self._config, name)
        except KeyError:
            return None

    def _of_host(self, host: str) -> Outlet | None:
        return next(outlets.on_host(self._config, f"https://{host}/"), None)

    def _of_record(self, file: Path, digest: str, table: str | None) -> Outlet:
        folder = folder_above(file)
        if folder is None:
            raise ArchiveError(
                file, f"lies in no archive that keeps the rules of the time (no folder {FOLDER} above it)"
            )
        return RuleBook(folder).outlet(digest, learned=table)


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
