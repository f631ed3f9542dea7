"""Telling in an outlet's chain which of its files an act of a keeper replaced or took away.

`begin` before the first file is touched, `finish` after the last: between the two, and after a kill in between, a
journal says what was there before, so that whoever comes next can go on. Hold the collection's lock all the while.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import newsarchive
from newsarchive import clock, dates, durable
from newsarchive.archiving.manifest import file_of
from newsarchive.errors import ArchiveError
from newsarchive.store import chain, manifests
from newsarchive.store.chain import ACTS
from newsarchive.store.manifests import File, Manifest, Previous

Kind = Literal["takedown", "disposal"]


@dataclass(frozen=True, slots=True)
class Act:
    """What a keeper decided, as its own file says it."""

    id: str
    """`T-2026-004` or `D-2026-001`; it is the name of the file and of the manifest."""
    kind: Kind
    octets: bytes
    """The file: canonical JSON. A copy goes into every collection that it touches."""


def journal_of(collection: Path, act: str) -> Path:
    """Where the journal of an act lies while it is carried out."""
    return collection / ACTS / (act + manifests.OPEN)


def has_ended(collection: Path, act: str) -> bool:
    """The act has its manifest in this collection, and is not under way any more."""
    return (collection / ACTS / (act + manifests.SUFFIX)).exists() and not journal_of(collection, act).exists()


def unended(collection: Path) -> list[str]:
    """Acts that were killed on their way in this collection."""
    return sorted(path.name.removesuffix(manifests.OPEN) for path in (collection / ACTS).glob(f"*{manifests.OPEN}"))


def known(collection: Path) -> set[str]:
    """The ids of all acts on this collection."""
    return {path.name.partition(".")[0] for path in (collection / ACTS).glob("?-*.json*")}


def cancel(collection: Path, act: str) -> None:
    """Nothing of an act was done: it is as if it had not begun."""
    for path in (collection / ACTS).glob(f"{act}.*"):
        path.unlink()


def begin(collection: Path, act: Act, files: Iterable[Path]) -> list[Path]:
    """Note which files the act will replace or take away, as they are now; those of the journal where there is one.

    On the disk when this returns. Raises `OSError`, and `ArchiveError` where the act has ended here.
    """
    folder, journal = collection / ACTS, journal_of(collection, act.id)
    if not journal.exists():
        if has_ended(collection, act.id):
            raise ArchiveError(folder / (act.id + manifests.SUFFIX), "is there already: this act has ended")
        folder.mkdir(exist_ok=True)
        durable.sync_folder(collection)
        durable.write(folder / f"{act.id}.json", act.octets)
        inputs = sorted((file_of(path, folder=folder) for path in files), key=lambda one: one.path)
        head = chain.head(collection)
        begun = {
            "previous": dict(head) if head else None,
            "started_at": dates.utc(clock.moment()),
            "inputs": [manifests.file_facts(one) for one in inputs],
        }
        durable.write(journal, (json.dumps(begun, sort_keys=True) + "\n").encode())
    return [Path(os.path.normpath(folder / one.path)) for one in _inputs(_read(journal))]


def before(collection: Path, act: str) -> dict[Path, File]:
    """The files of an act that is under way, as they were before it."""
    folder = collection / ACTS
    return {Path(os.path.normpath(folder / one.path)): one for one in _inputs(_read(journal_of(collection, act)))}


def is_untouched(collection: Path, act: str) -> bool:
    """Every file of an act that is under way is as it was before it."""
    folder = collection / ACTS
    return all(
        path.exists() and file_of(path, folder=folder).sha256 == one.sha256
        for path, one in before(collection, act).items()
    )


def finish(collection: Path, act: Act) -> Path:
    """Write the manifest of what the act has done to the files of its journal, and end the journal.

    A file that is as it was is not told. Raises `OSError`.
    """
    folder, journal = collection / ACTS, journal_of(collection, act.id)
    path = folder / (act.id + manifests.SUFFIX)
    begun, head = _read(journal), chain.head(collection)
    written = _written(path)
    if written is None or not _is_in_chain(collection, written.digest, head):
        # A crawl may have ended since the act began: so it is the head of now that comes before it.
        manifest = _manifest(collection, act, begun | {"previous": dict(head) if head else None})
        durable.write(path, manifest.to_json())
        chain.advance(collection, path, manifest.digest, since=head)
    journal.unlink()
    durable.sync_folder(folder)
    return path


def _manifest(collection: Path, act: Act, begun: Mapping[str, Any]) -> Manifest:
    folder, head = collection / ACTS, begun["previous"]
    inputs, outputs = [], []
    for one in _inputs(begun):
        file = folder / one.path
        after = file_of(file, folder=folder) if file.exists() else None
        if after is None or after.sha256 != one.sha256:
            inputs.append(one)
            outputs += [after] if after else []
    path = Path(os.path.relpath(collection / head["path"], folder)).as_posix() if head else ""
    return Manifest(
        kind=act.kind,
        collection=collection.name,
        run=act.id,
        started_at=begun["started_at"],
        ended_at=dates.utc(clock.moment()),
        reason=act.kind,
        version=newsarchive.__version__,
        environment={},
        config={"act": manifests.digest_of(act.octets)},
        extractions={},
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        previous=Previous(path, head["digest"]) if head else None,
    )


def _is_in_chain(collection: Path, digest: str, head: Mapping[str, str] | None) -> bool:
    path, named = (collection / head["path"], head["digest"]) if head else (None, "")
    while path and named != digest:
        previous = manifests.read(path).previous
        path, named = (path.parent / previous.path, previous.digest) if previous else (None, "")
    return path is not None


def _written(path: Path) -> Manifest | None:
    try:
        return manifests.read(path) if path.exists() else None
    except ArchiveError:
        # It was damaged since; what it says is made again.
        return None


def _read(journal: Path) -> dict[str, Any]:
    try:
        begun = json.loads(journal.read_bytes())
        _inputs(begun)
        return {"previous": begun["previous"], "started_at": str(begun["started_at"]), "inputs": begun["inputs"]}
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ArchiveError(journal, f"cannot be read: what the act has begun is not known ({error})") from error


def _inputs(begun: Mapping[str, Any]) -> list[File]:
    return [manifests.file_of(one) for one in begun["inputs"]]
