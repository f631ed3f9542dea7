"""The manifest of a re-extraction: which files were read, what was written, and by which rules."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import newsarchive
from newsarchive import durable
from newsarchive.archiving.manifest import keep_identity
from newsarchive.capture.surroundings import environment
from newsarchive.errors import ArchiveError
from newsarchive.items import Extraction, Rule
from newsarchive.outlets import Outlet
from newsarchive.reextraction.progress import Done
from newsarchive.store import manifests
from newsarchive.store.manifests import Manifest
from newsarchive.store.rules import FOLDER, RuleBook

_PREFIX = "reextract-"


def tell(
    folder: Path,
    done: Iterable[Done],
    *,
    outlets: Iterable[Outlet],
    config: Mapping[str, Any],
    started_at: str,
    ended_at: str,
    reason: str,
) -> Path:
    """Write the manifest into the folder of the rows, and keep beside it what its digests stand for.

    Times are RFC 3339 in UTC. Raises `OSError`.
    """
    run = _PREFIX + started_at[:19].replace("-", "").replace(":", "") + "Z"
    files = sorted(done, key=lambda one: one.place)
    rules = RuleBook(folder / FOLDER)
    for outlet in outlets:
        rules.keep_outlet(outlet)
    told = Manifest(
        kind="reextract",
        collection="reextract",
        run=run,
        started_at=started_at,
        ended_at=ended_at,
        reason=reason,
        version=newsarchive.__version__,
        environment=environment(),
        config=config,
        extractions=dict(_spelled_out(files, rules)),
        inputs=tuple(replace(one.source, path=_relative(one.source.path, folder)) for one in files),
        outputs=tuple(output for one in files for output in one.outputs),
        previous=None,
    )
    path = folder / f"{run}{manifests.SUFFIX}"
    durable.write(path, told.to_json())
    return path


def clear(folder: Path) -> None:
    """Take away what a run that was killed has left of its manifest; raises `OSError`."""
    for part in folder.glob(f"{_PREFIX}*{manifests.SUFFIX}{durable.PART}"):
        part.unlink(missing_ok=True)


def _spelled_out(files: Iterable[Done], rules: RuleBook) -> Iterator[tuple[str, Mapping[str, Any] | None]]:
    named = {name: told for one in files for name, told in one.told["extractions"].items()}
    for name, told in sorted(named.items()):
        keep_identity(Extraction(name, newsarchive.__version__, "", [Rule(*rule) for rule in told]), rules)
        try:
            yield name, rules.identity(name)
        except ArchiveError:
            # Of rows that another version has written nothing more is known.
            yield name, None


def _relative(path: str, folder: Path) -> str:
    here = Path(os.path.abspath(folder))  # noqa: PTH100 - as `os.path.relpath` takes it, before links are followed
    if folder.resolve() != here:
        # From behind a link `..` leads elsewhere.
        path, folder = str(Path(path).resolve()), folder.resolve()
    return Path(os.path.relpath(path, folder)).as_posix()
