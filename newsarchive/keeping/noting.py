"""Lines of the custody log that no command of its own writes: accesses, exports, and how far the captures have come."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from newsarchive.sealing import custody
from newsarchive.sealing.custody import Act
from newsarchive.store import chain

Noted = Literal["access", "export"]


def note(folder: Path, action: Noted, things: Iterable[str], *, actor: str | None, reason: str | None) -> None:
    """Somebody has looked at these things, or has taken copies of them; on the disk when this returns.

    Raises `SnapshotError` where the log cannot be written: then access is not to be given.
    """
    folder.mkdir(parents=True, exist_ok=True)
    custody.append_all(folder, [Act(action, thing, reason) for thing in things], actor=actor)


def note_captures(folder: Path, archive: Path, *, actor: str | None, reason: str | None) -> list[str]:
    """A line for each outlet whose chain of manifests has gone on since its last such line; those outlets.

    A line names the newest manifest, and that names all before it. Raises `SnapshotError`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = _known(folder / custody.FILE)
    acts = [Act("capture", name, reason, told) for name, told in _heads(archive) if known.get(name) != told]
    if acts:
        custody.append_all(folder, acts, actor=actor)
    return [act.thing for act in acts]


def _known(log: Path) -> dict[str, str]:
    """What the log says of each outlet last."""
    if not log.exists():
        return {}
    return {line["object"]: line["outcome"] for line in custody.read(log) if line["action"] == "capture"}


def _heads(archive: Path) -> Iterator[tuple[str, str]]:
    """Outlets, and the newest manifest of each with its digest."""
    for collection in sorted(archive.iterdir()) if archive.is_dir() else ():
        head = chain.head(collection) if (collection / chain.HEAD).exists() else None
        if head:
            yield collection.name, f"{head['path']} {head['digest']}"
