"""What the digests in rows stand for, kept in the archive: `<outlet>/rules/<sha256>.json`, named as `sha256sum` says.

Of an outlet: its facts on which a reading depends, and its learned table; of an `extraction.id`: all it is made of.
"""

import hashlib
import json
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from newsarchive import durable, learned
from newsarchive.errors import ArchiveError
from newsarchive.learned import Learned

if TYPE_CHECKING:
    # With it comes what reads YAML; a project that only archives need not load that.
    from newsarchive.outlets import Outlet

logger = logging.getLogger(__name__)

FOLDER = "rules"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_T = TypeVar("_T")


def folder_above(file: Path) -> Path | None:
    """The rules of the outlet in whose folder a file lies, or would lie; None where there are none.

    Where a link leads to a day, its archive is above the link.
    """
    above = (*file.absolute().parents, *file.resolve().parents)
    return next((one / FOLDER for one in above if (one / FOLDER).is_dir()), None)


class RuleBook:
    """The rules of one outlet by digest; a file is never changed, and believed only if its content fits its name."""

    def __init__(self, folder: Path) -> None:
        """`folder`: `archive/<outlet>/rules`; it need not be there yet."""
        self.folder = folder

    def keep(self, content: bytes) -> str:
        """Keep canonical JSON under its digest, and return that; raises `OSError`. A damaged file is replaced."""
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        if not self.has(digest):
            self.folder.mkdir(exist_ok=True)
            durable.write(self.path(digest), content)
            logger.info("kept %s", digest)
        return digest

    def has(self, digest: str) -> bool:
        """Its file is there, and whole; raises `OSError`."""
        try:
            return hashlib.sha256(self.path(digest).read_bytes()).hexdigest() == digest.removeprefix("sha256:")
        except FileNotFoundError:
            return False

    def keep_outlet(self, outlet: "Outlet") -> None:
        """Keep what its digest and that of its learned table stand for; raises `OSError`."""
        from newsarchive import outlets  # noqa: PLC0415 - see above

        if not self.has(outlet.digest):
            self.keep(outlets.reading_facts(outlet))
        if outlet.learned and not self.has(outlet.learned.digest):
            self.keep(outlet.learned.reading_facts())

    def outlet(self, digest: str, *, learned: str | None = None) -> "Outlet":
        """An outlet that reads as the one of this digest, with the learned table of that one.

        Raises `ArchiveError` where a file is missing, damaged, or of a version that knows other facts.
        """
        from newsarchive import outlets  # noqa: PLC0415 - see above

        outlet = self._parsed(digest, outlets.from_reading_facts)
        table = self.learned(learned, outlet=outlet.id) if learned else None
        return outlet.model_copy(update={"learned": table})

    def learned(self, digest: str, *, outlet: str) -> Learned:
        """A table that reads as the one of this digest; raises `ArchiveError`."""
        return self._parsed(digest, lambda facts: learned.from_reading_facts(outlet, facts))

    def identity(self, extraction_id: str) -> dict[str, Any]:
        """All that a reading of this id depended on: version, sources, libraries, rules; raises `ArchiveError`."""
        return self._parsed(extraction_id, _mapping)

    def recorded(self, extraction_id: str) -> "Outlet | None":
        """The outlet, with its table, by which a row of this id was read; None for one that was read without.

        Raises `ArchiveError`.
        """
        rules = dict(self._parsed(extraction_id, _rules))
        outlet, table = _named(rules, "outlet/"), _named(rules, "learned/")
        return self.outlet(outlet, learned=table) if outlet else None

    def path(self, digest: str) -> Path:
        """Where the content of a digest lies."""
        if not _DIGEST.fullmatch(digest):
            raise ArchiveError(self.folder, f"{digest!r} is no digest, such as sha256: and 64 hexadecimal digits")
        return self.folder / f"{digest.removeprefix('sha256:')}.json"

    def _parsed(self, digest: str, parse: Callable[[bytes], _T]) -> _T:
        path = self.path(digest)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ArchiveError(path, f"cannot be read ({error.strerror})") from error
        if hashlib.sha256(content).hexdigest() != path.stem:
            raise ArchiveError(path, "its content does not fit its name")
        try:
            return parse(content)
        except (ValueError, RecursionError) as error:
            what = str(error).partition("\n")[0]
            raise ArchiveError(path, f"cannot be understood by this version ({what})") from error


def rule_book(collection: Path, outlet: "Outlet") -> RuleBook:
    """The book of an outlet's folder, with its rules of today in it; raises `ArchiveError`."""
    book = RuleBook(collection / FOLDER)
    try:
        book.keep_outlet(outlet)
    except OSError as error:
        raise ArchiveError(book.folder, f"cannot be written ({error.strerror})") from error
    return book


def _mapping(content: bytes) -> dict[str, Any]:
    told = json.loads(content)
    if not isinstance(told, dict):
        raise ValueError("no mapping")  # noqa: TRY004 - it is the file that is wrong
    return told


def _rules(content: bytes) -> list[tuple[str, str]]:
    rules = _mapping(content).get("rules")
    if not isinstance(rules, list):
        raise ValueError("no rules")  # noqa: TRY004 - it is the file that is wrong
    return [(str(name), str(digest)) for name, digest in rules]


def _named(rules: dict[str, str], kind: str) -> str | None:
    return next((digest for name, digest in rules.items() if name.startswith(kind)), None)
