"""The order of an outlet's manifests: each names the one before, and a file names the newest."""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from newsarchive import durable
from newsarchive.errors import ArchiveError
from newsarchive.store import manifests
from newsarchive.store.manifests import Manifest

logger = logging.getLogger(__name__)

ACTS = "acts"
"""In the folder of an outlet: what keepers did to its files, each act with its manifest."""
HEAD = "last-manifest.json"
"""In the folder of an outlet: path and digest of its newest manifest, so that a lost end of the chain is seen, too."""


def head(collection: Path) -> Mapping[str, str] | None:
    """Path, relative to the collection, and digest of its newest manifest; None when there is none."""
    return _stated_head(collection) or _newest(collection)


def _stated_head(collection: Path) -> Mapping[str, str] | None:
    path = collection / HEAD
    try:
        told = json.loads(path.read_bytes())
        return {"path": str(told["path"]), "digest": str(told["digest"])}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        logger.warning("%s cannot be read, and is made anew: %s", path, error)
        return None


def _newest(collection: Path) -> Mapping[str, str] | None:
    """By names and times, where nobody says which it is: in an archive whose head was lost."""
    last_run = next(_readable(_newest_first(collection, depth=3)), None)
    acts = _readable((collection / ACTS).glob(f"*{manifests.SUFFIX}"))
    newest = max([*acts, *([last_run] if last_run else [])], key=lambda one: one[1].started_at, default=None)
    if newest is None:
        return None
    path, manifest = newest
    return {"path": path.relative_to(collection).as_posix(), "digest": manifest.digest}


def _readable(paths: Iterable[Path]) -> Iterator[tuple[Path, Manifest]]:
    for path in paths:
        try:
            yield path, manifests.read(path)
        except ArchiveError as error:
            logger.warning("%s", error)


def _newest_first(folder: Path, *, depth: int) -> Iterator[Path]:
    """Years, months, days, and in a day its manifests."""
    entries = sorted(folder.iterdir(), reverse=True)
    if depth == 0:
        yield from (path for path in entries if path.name.endswith(manifests.SUFFIX))
        return
    for entry in entries:
        if entry.name.isdigit() and entry.is_dir():
            yield from _newest_first(entry, depth=depth - 1)


def advance(
    collection: Path, path: Path, digest: str, *, since: Mapping[str, str] | None, is_synced: bool = True
) -> None:
    """A manifest was written after that which `since` names, and is the newest now; raises `OSError`.

    One that comes back after its end, when others have followed, does not turn the chain back. `is_synced`: whether
    this outlives the power.
    """
    stated = _stated_head(collection)
    if stated is None or stated == since:
        own = {"path": path.relative_to(collection).as_posix(), "digest": digest}
        durable.write(collection / HEAD, (json.dumps(own, sort_keys=True) + "\n").encode(), is_synced=is_synced)
