"""Legal holds: what must not be taken away, for which matter, by whom and why.

They stand in `holds.json` in the keepers' folder, and every act in the custody log beside it. Nothing is ever removed
from the file. What contradicts the log, or cannot be read, holds everything: a hold must not end by a damaged disk.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import rfc8785
from pydantic import Field, ValidationError

from newsarchive.errors import HeldError, SnapshotError
from newsarchive.facts import Facts
from newsarchive.keeping.scope import Scope
from newsarchive.sealing import custody, names
from newsarchive.sealing.chain import Chain
from newsarchive.sealing.documents import parsed

FILE = "holds.json"
FORM = "legal-holds/1"
_STEP = 1 << 20
_Name = Annotated[str, Field(pattern=r"^[^\s\x00-\x1f]{1,100}$")]
_Id = Annotated[str, Field(pattern=r"^H-\d{4}-\d{3,}$")]


class Act(Facts):
    """Who did it, when, and why."""

    at: str
    """RFC 3339, UTC."""
    actor: str
    reason: str


class Hold(Facts):
    """One hold; a matter may have several."""

    id: _Id
    """Such as H-2026-001."""
    matter: _Name
    """As those who asked for it call it."""
    scope: Scope
    placed: Act
    released: Act | None = None

    def __str__(self) -> str:
        return f"{self.id} ({self.matter})"

    @property
    def told(self) -> str:
        """What the custody log says of it: all that decides."""
        return f"{self.matter}: {self.scope}"


class _Document(Facts):
    form: Literal["legal-holds/1"] = "legal-holds/1"
    holds: tuple[Hold, ...] = ()


@dataclass(frozen=True, slots=True)
class Holds:
    """All holds of a keepers' folder, released ones too, in the order in which they were placed."""

    all: tuple[Hold, ...] = ()

    @property
    def active(self) -> Iterator[Hold]:
        return (hold for hold in self.all if hold.released is None)

    def on(
        self, *, outlet: str, url: str | None, captured_at: datetime | None, snapshot: int | None = None
    ) -> Hold | None:
        """The first hold under which a capture is; None when it may be taken away.

        What is not known (None) of `url` and `captured_at` may be what a hold means, so it is held. `snapshot`: the
        number of the snapshot in which the capture lies; None for what lies in the archive.
        """
        return next(self.all_on(outlet=outlet, url=url, captured_at=captured_at, snapshot=snapshot), None)

    def all_on(
        self, *, outlet: str, url: str | None, captured_at: datetime | None, snapshot: int | None = None
    ) -> Iterator[Hold]:
        """As `on`, every one of them."""
        return (
            hold
            for hold in self.active
            if hold.scope.covers(outlet=outlet, url=url, captured_at=captured_at, snapshot=snapshot)
        )

    def named(self, name: str) -> tuple[Hold, ...]:
        """Those of an id, or of a matter."""
        return tuple(hold for hold in self.all if name in (hold.id, hold.matter))

    def to_json(self) -> bytes:
        """The file, in the canonical form of RFC 8785."""
        return rfc8785.dumps(_Document(holds=self.all).model_dump(mode="json"))


@dataclass(slots=True)
class Logged:
    """What the custody log says of holds."""

    placed: dict[str, str] = field(default_factory=dict)
    """By id: matter and scope."""
    released: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """By id: the line."""


def of(folder: Path) -> Holds:
    """The holds of a keepers' folder, held against its custody log.

    Raises `HeldError` where the file is damaged, or says less than the log, or the log says less than when the newest
    snapshot was sealed: then everything is held.
    """
    holds, logged = read(folder), read_log(folder)
    for what in (*contradictions(holds, logged), *_cut(folder)):
        raise HeldError(folder / FILE, f"{what}; until that is put right everything is held")
    return holds


def read(folder: Path) -> Holds:
    """The file by itself; none where there is no file. Raises `HeldError`."""
    path = folder / FILE
    try:
        octets = path.read_bytes()
    except FileNotFoundError:
        return Holds()
    except OSError as error:
        raise HeldError(path, f"cannot be read ({error.strerror}), so everything is held") from error
    try:
        parsed(octets, path)
        holds = Holds(_Document.model_validate_json(octets).holds)
    except (SnapshotError, ValidationError) as error:
        what = error.what if isinstance(error, SnapshotError) else f"is not of the form {FORM}"
        raise HeldError(path, f"{what}, so everything is held") from error
    if len({hold.id for hold in holds.all}) < len(holds.all):
        raise HeldError(path, "names a hold twice, so everything is held")
    return holds


def read_log(folder: Path) -> Logged:
    """Raises `HeldError` where the log is damaged."""
    path, logged = folder / custody.FILE, Logged()
    try:
        for line in custody.read(path):
            if line["action"] == "hold" and line["object"].startswith("H-"):
                logged.placed[line["object"]] = line["outcome"]
            elif line["action"] == "release" and line["object"].startswith("H-"):
                logged.released[line["object"]] = line
    except FileNotFoundError:
        return logged
    except OSError as error:
        raise HeldError(path, f"cannot be read ({error.strerror}), so everything is held") from error
    except SnapshotError as error:
        raise HeldError(path, f"{error.what}, so everything is held") from error
    return logged


def _cut(folder: Path) -> Iterator[str]:
    """The log is not as it was when the newest snapshot was sealed: a hold may have stood in what is missing."""
    path = folder / custody.FILE
    try:
        seal = Chain(folder).newest()
        for fact in seal.files if seal else ():
            if fact.path == names.CUSTODY and _digest_of_start(path, fact.bytes) != fact.sha256:
                yield f"stands beside a custody log that does not begin as the newest seal says ({path})"
    except SnapshotError as error:
        raise HeldError(
            folder / FILE, f"cannot be held against the newest seal ({error}), so everything is held"
        ) from error


def _digest_of_start(path: Path, size: int) -> str | None:
    """Of so many bytes; None where the file has less."""
    digest, left = hashlib.sha256(), size
    try:
        with path.open("rb") as file:
            while left and (piece := file.read(min(left, _STEP))):
                digest.update(piece)
                left -= len(piece)
    except OSError:
        return None
    return None if left else digest.hexdigest()


def contradictions(holds: Holds, logged: Logged) -> Iterator[str]:
    """Where the file says less than the log; what it says more holds more, and does no harm."""
    known = {hold.id: hold for hold in holds.all}
    for name, told in logged.placed.items():
        if name not in known:
            yield f"does not name the hold {name}, which the custody log does"
        elif known[name].told != told:
            yield f"says of {name} what the custody log does not"
    for hold in holds.all:
        if hold.released and hold.id not in logged.released:
            yield f"says that {hold.id} was released, and the custody log does not"
