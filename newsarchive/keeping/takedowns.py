"""Takedowns: what was hidden, withheld or erased, at whose demand, by what right; each with a file of its own.

`takedowns/T-2026-004.json` in the keepers' folder is canonical JSON and never changed; the custody log has its SHA-256.
While an act is carried out, `T-2026-004.json.open` lies beside it: whoever finds that goes on.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import rfc8785
from pydantic import Field, ValidationError

from newsarchive import durable
from newsarchive.errors import SnapshotError
from newsarchive.facts import Facts
from newsarchive.keeping.scope import Scope
from newsarchive.keeping.superseding import Act
from newsarchive.sealing import custody
from newsarchive.sealing.documents import parsed
from newsarchive.store.manifests import digest_of
from newsarchive.warc.tombstones import Erasure

FOLDER = "takedowns"
FORM: Literal["takedown/1"] = "takedown/1"
OPEN = ".open"
REASONS = ("privacy", "court_order", "copyright", "defamation", "publisher_request", "protection", "security", "other")
"""Codes, which tombstones state."""
Level = Literal["hide", "withhold", "erase"]
LEVELS: tuple[Level, ...] = ("hide", "withhold", "erase")
"""From the weakest on."""
Why = Literal["selected", "revisit", "text", "headline", "address"]
"""Asked for; a revisit of that; or of another address, with its text, its headline or its address."""
OWN: tuple[Why, ...] = ("selected", "revisit")
_NAME = re.compile(r"(T-\d{4}-\d{3,})\.json")
_Id = Annotated[str, Field(pattern=r"^T-\d{4}-\d{3,}$")]
_LOGGED = {"hide": "hide", "withhold": "withhold", "erase": "erase", "lift": "restore"}


class Taken(Facts):
    """A record that is taken down."""

    collection: str
    file: str
    """The WARC file's path in the collection."""
    record_id: str
    kind: str
    url: str
    captured_at: str
    """WARC-Date."""
    why: Why


class Takedown(Facts):
    """One act."""

    form: Literal["takedown/1"]
    id: _Id
    level: Level | Literal["lift"]
    at: str
    """RFC 3339, UTC."""
    actor: str
    code: str
    """Of `REASONS`."""
    authority: str
    """Who demands it, by what right."""
    reason: str
    scope: Scope
    """With all addresses that were found of the articles."""
    keys: tuple[str, ...] = ()
    """Of the articles: `article_key`."""
    is_lasting: bool = True
    """What is captured in this scope later is meant, too; not so where records were named."""
    records: tuple[Taken, ...] = ()
    keeps_digests: bool = True
    keeps_address: bool = True
    """Else no address of it stands here or in a tombstone; `keys` are hashes of them."""
    snapshots: tuple[int, ...] = ()
    """Those that held something of it when it was done."""
    lifts: _Id | None = None
    """The act that this one ends."""

    @property
    def octets(self) -> bytes:
        """The file."""
        # What a file did not say, as nobody knew it then, it does not say now.
        return rfc8785.dumps(self.model_dump(mode="json", exclude_unset=True))

    @property
    def digest(self) -> str:
        """`sha256:` of the file, as the custody log has it."""
        return digest_of(self.octets)

    @property
    def told(self) -> str:
        """Why, as the custody log says it: snapshots carry that to others, so what was written beside it stays here."""
        return f"{self.code}; {self.authority}"

    @property
    def act(self) -> Act:
        """As the chains of outlets tell it."""
        return Act(self.id, "takedown", self.octets)

    @property
    def erasure(self) -> Erasure:
        """As tombstones tell it."""
        return Erasure(
            self.id,
            self.at,
            self.code,
            self.authority,
            keeps_digests=self.keeps_digests,
            keeps_address=self.keeps_address,
            is_withheld=self.level != "erase",
        )

    @property
    def collections(self) -> list[str]:
        """Those that have records of it."""
        return sorted({one.collection for one in self.records})

    def in_collection(self, name: str) -> dict[str, dict[str, Erasure]]:
        """How records are erased, by WARC files as paths in the collection, and by ids."""
        found: dict[str, dict[str, Erasure]] = {}
        for one in self.records:
            if one.collection == name:
                # Of what only mentions it the address is another one.
                erasure = self.erasure if one.why in OWN else replace(self.erasure, keeps_address=True)
                found.setdefault(one.file, {})[one.record_id] = erasure
        return found


def moment(one: Taken) -> datetime | None:
    """When it was captured; None where it does not say so."""
    try:
        return datetime.fromisoformat(one.captured_at)
    except ValueError:
        return None


def read_all(folder: Path) -> list[Takedown]:
    """All acts of a keepers' folder in their order; raises `SnapshotError` where a file is damaged."""
    return [read(path) for path in sorted((folder / FOLDER).glob("T-*.json")) if _NAME.fullmatch(path.name)]


def read(path: Path) -> Takedown:
    """One act; raises `SnapshotError` for a file that is none."""
    try:
        octets = path.read_bytes()
        parsed(octets, path)
        act = Takedown.model_validate_json(octets)
    except OSError as error:
        raise SnapshotError(path, f"cannot be read ({error.strerror})") from error
    except ValidationError as error:
        raise SnapshotError(path, f"is not of the form {FORM}") from error
    if path.name != f"{act.id}.json" or act.octets != octets:
        raise SnapshotError(path, f"is the file of {act.id}, or was written by a version that knows more")
    return act


def standing(acts: Iterable[Takedown]) -> list[Takedown]:
    """Those that were not lifted."""
    known = list(acts)
    lifted = {act.lifts for act in known if act.lifts}
    return [act for act in known if act.level != "lift" and act.id not in lifted]


def next_id(folder: Path, year: str) -> str:
    """An id that no act has, also none that was only begun."""
    names = (path.name for path in (folder / FOLDER).glob(f"T-{year}-*.json*"))
    numbers = [int(name[7:].partition(".")[0]) for name in names if name[7:].partition(".")[0].isdecimal()]
    return f"T-{year}-{max(numbers, default=0) + 1:03d}"


def decide(folder: Path, act: Takedown) -> None:
    """Write the act; from now on it is to be carried out. On the disk when this returns. Raises `OSError`."""
    own = folder / FOLDER
    own.mkdir(parents=True, exist_ok=True)
    durable.sync_folder(folder)
    durable.write(_mark(folder, act.id), b"")
    durable.write(own / f"{act.id}.json", act.octets)


def end(folder: Path, act: Takedown) -> None:
    """It is carried out: say so in the custody log, once. Raises `SnapshotError`, `OSError`."""
    if act.id not in {line["object"] for line in _logged(folder) if line["outcome"] == act.digest}:
        action: custody.Action = _LOGGED[act.level]  # type: ignore[assignment]
        custody.append(folder, action, act.id, actor=act.actor, reason=act.told, outcome=act.digest)
    _mark(folder, act.id).unlink(missing_ok=True)


def is_any_unended(folder: Path) -> bool:
    """Something was begun, and is to be ended or dropped."""
    return any((folder / FOLDER).glob(f"T-*.json{OPEN}"))


def unended(folder: Path) -> list[Takedown]:
    """Acts that were decided and are not carried out; what was not even decided is dropped."""
    found = []
    for mark in sorted((folder / FOLDER).glob(f"T-*.json{OPEN}")):
        path = mark.with_name(mark.name.removesuffix(OPEN))
        if path.exists():
            found.append(read(path))
        else:
            mark.unlink()
    return found


def contradictions(folder: Path, acts: Iterable[Takedown]) -> Iterator[str]:
    """Where files and custody log disagree."""
    known = {act.id: act for act in acts}
    waiting = {name for name in known if _mark(folder, name).exists()}
    logged = {line["object"]: line["outcome"] for line in _logged(folder) if line["outcome"].startswith("sha256:")}
    for name, digest in sorted(logged.items()):
        if name not in known:
            yield f"{name}: its file is missing; the custody log names it"
        elif known[name].digest != digest:
            yield f"{name}: its file was changed: the custody log says {digest}"
    for name in sorted(set(known) - set(logged) - waiting):
        yield f"{name}: the custody log does not name it"


def _logged(folder: Path) -> list[dict[str, str]]:
    path = folder / custody.FILE
    lines = custody.lines(path.read_bytes(), path) if path.exists() else iter(())
    return [line for line in lines if line["action"] in _LOGGED.values() and str(line["object"]).startswith("T-")]


def _mark(folder: Path, act: str) -> Path:
    return folder / FOLDER / f"{act}.json{OPEN}"


def as_json(act: Takedown) -> dict[str, object]:
    """Plain values, as the file has them."""
    told: dict[str, object] = json.loads(act.octets)
    return told
