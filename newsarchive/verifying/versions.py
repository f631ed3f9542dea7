"""Whether a line was read by what reads here: only then must the same capture give the same line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from newsarchive.deriving import Origin
from newsarchive.errors import ArchiveError
from newsarchive.extract import identity
from newsarchive.items import Extraction
from newsarchive.outlets import Outlet
from newsarchive.store import rules
from newsarchive.store.rules import RuleBook
from newsarchive.verifying.rows import Row

_SHORT = 12
_UNKEPT = "lines whose rules are not kept"
_UNTOLD = "rejections beside which no line tells the version"
Named = tuple[tuple[str, str], ...]
"""Rules of a line: names and digests."""


class Versions:
    """What the lines of one file were read by."""

    def __init__(self, folder: Path) -> None:
        """`folder` is that of the file; its rules lie in that of its outlet."""
        self._book = _book(folder)
        self._outlets: dict[Named, Outlet | str | None] = {}
        self._reasons: dict[str, str | None] = {}
        self._origins: dict[Origin, Outlet | None] = {}
        self._known: list[Row] = []

    def know(self, row: Row) -> None:
        """Take note of one of the lines."""
        extraction = row["provenance"]["extraction"]
        if extraction["id"] not in self._reasons:
            self._reasons[extraction["id"]] = self._reason(extraction)

    def why_not(self, row: Row) -> str | None:
        """Why a line cannot be compared; None when it can."""
        return self._reasons.get(row["provenance"]["extraction"]["id"], _UNKEPT)

    def why_not_all(self) -> str | None:
        """Why what has no line cannot be compared: some line cannot be, or there is none."""
        if not self._reasons:
            return _UNTOLD
        return next((reason for reason in self._reasons.values() if reason), None)

    def outlet(self, row: Row) -> Outlet | None:
        """By whose rules a line that can be compared was read."""
        found = self._outlet_of(_named(row["provenance"]["extraction"]))
        return None if isinstance(found, str) else found

    def outlets(self) -> Iterator[Outlet]:
        """By whose rules the lines were read."""
        yield from (one for one in self._outlets.values() if isinstance(one, Outlet))

    def outlet_of_file(self, origin: Origin) -> Outlet | None:
        """By whose rules the pages without a line were read: those of the lines, else those of the crawl."""
        if origin not in self._origins:
            try:
                crawled = self._book.outlet(origin.outlet_digest, learned=origin.learned_digest)
            except ArchiveError:
                crawled = None
            self._origins[origin] = next(self.outlets(), crawled)
        return self._origins[origin]

    def _reason(self, extraction: dict[str, Any]) -> str | None:
        named = _named(extraction)
        outlet = self._outlet_of(named)
        if isinstance(outlet, str):
            return outlet
        here = _extraction_here(named, outlet)
        if here.id == extraction["id"]:
            return None
        try:
            then = self._book.identity(extraction["id"])
        except ArchiveError:
            return f"lines of version {extraction['version']}, of which not all is kept; not comparable"
        now = json.loads(identity.spelled_out(here))
        return f"lines of other versions, not comparable: {_differences(then, now)}"

    def _outlet_of(self, named: Named) -> Outlet | str | None:
        """The outlet with its learned table; in words why there is none; None for a line that is read without."""
        if named not in self._outlets:
            self._outlets[named] = self._load(named)
        return self._outlets[named]

    def _load(self, named: Named) -> Outlet | str | None:
        facts, table = _of(named, "outlet/"), _of(named, "learned/")
        if facts is None:
            return None
        try:
            return self._book.outlet(facts, learned=table)
        except ArchiveError as error:
            return _UNKEPT if not error.path.exists() else f"lines whose rules cannot be read: {error.what}"


def _book(folder: Path) -> RuleBook:
    return RuleBook(rules.folder_above(folder / "x") or folder / rules.FOLDER)


def _named(extraction: dict[str, Any]) -> Named:
    return tuple((rule["name"], rule["digest"]) for rule in extraction["rules"])


def _of(named: Named, kind: str) -> str | None:
    return next((digest for name, digest in named if name.startswith(kind)), None)


def _extraction_here(named: Named, outlet: Outlet | None) -> Extraction:
    """Return the extraction that this version would record for a reading by the same rules."""
    platform = next((name.removeprefix("platform/") for name, _ in named if name.startswith("platform/")), None)
    return identity.extraction("", outlet, platform)


def _differences(then: dict[str, Any], now: dict[str, Any]) -> str:
    """`selectolax 1.0.1, here 1.0.2; …`: both version sets, as far as they differ."""
    flat_then, flat_now = dict(_flat(then)), dict(_flat(now))
    differing = sorted(name for name in {*flat_then, *flat_now} if flat_then.get(name) != flat_now.get(name))
    return "; ".join(f"{name} {flat_then.get(name, 'none')}, here {flat_now.get(name, 'none')}" for name in differing)


def _flat(identity: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in identity.items():
        if name == "libraries":
            yield from ((library, str(version)) for library, version in value.items())
        elif name == "rules":
            yield from ((str(rule), _short(digest)) for rule, digest in value)
        else:
            yield name, _short(str(value))


def _short(value: str) -> str:
    return value.removeprefix("sha256:")[:_SHORT] if value.startswith("sha256:") else value
