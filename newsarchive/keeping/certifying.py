"""The end of a disposal: its certificate takes the place of its order, and the custody log has a line of it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsarchive import clock, dates
from newsarchive.keeping import certificates, orders
from newsarchive.keeping.holds import Hold
from newsarchive.keeping.inventory import Item
from newsarchive.sealing import custody
from newsarchive.store import manifests
from newsarchive.store.manifests import Manifest


@dataclass(frozen=True, slots=True)
class Disposal:
    """What was removed under one certificate."""

    id: str
    outlet: str
    """Empty: snapshots."""
    items: int
    files: int
    bytes: int
    kept: int
    """Items that a hold kept after the order was given."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """Where, and on whose word."""

    archive: Path
    folder: Path
    actor: str
    reason: str

    def collection(self, outlet: str) -> Path:
        return self.archive / outlet


def certify(
    keeper: Keeper, name: str, octets: bytes, items: list[Item], kept: Mapping[str, list[Hold]], manifest: Path | None
) -> Disposal:
    """Put the certificate in the place of the order, and a line into the log."""
    order = orders.read(octets, name)
    told = manifests.read(manifest) if manifest else None
    gone = _files_of(keeper.archive, manifest, told)
    disposed = []
    for item, one in zip(order["items"], items, strict=True):
        went = [
            gone.get(str(file["path"]), file)
            for file, path in zip(item["files"], one.files, strict=True)
            if not path.exists()
        ]
        disposed += [{**item, "files": went}] if went else []
    files = [one for item in disposed for one in item["files"]]
    certificate = {
        **{key: value for key, value in order.items() if key not in ("form", "id", "items")},
        "order": manifests.digest_of(octets),
        "carried_out_at": dates.utc(clock.moment()),
        "disposed": disposed,
        "kept": [{"name": one, "holds": [hold.id for hold in by]} for one, by in sorted(kept.items())],
        "manifest": {"path": manifest.relative_to(keeper.archive).as_posix(), "digest": told.digest}
        if manifest and told
        else None,
    }
    written = certificates.end(keeper.folder, name, certificate)
    size = sum(int(one.get("bytes", 0)) for one in files)
    what = f"{order['outlet'] or 'snapshots'}: {len(disposed)} items, {len(files)} files, {size} bytes"
    if not any(line["object"] == name for line in _disposals_logged(keeper.folder)):
        custody.append(
            keeper.folder,
            "dispose",
            name,
            actor=str(order["actor"]),
            reason=str(order["reason"]),
            outcome=f"{what}; certificate {manifests.digest_of(written)}",
        )
    certificates.drop(keeper.folder, name)
    return Disposal(name, str(order["outlet"]), len(disposed), len(files), size, len(kept))


def _files_of(archive: Path, manifest: Path | None, told: Manifest | None) -> dict[str, dict[str, Any]]:
    """What a manifest says that went, by paths in the archive."""
    if manifest is None or told is None:
        return {}
    found = {}
    for one in told.inputs:
        path = Path(os.path.normpath(manifest.parent / one.path)).relative_to(archive).as_posix()
        found[path] = {**manifests.file_facts(one), "path": path}
    return found


def _disposals_logged(folder: Path) -> list[dict[str, Any]]:
    path = folder / custody.FILE
    return [line for line in custody.read(path) if line["action"] == "dispose"] if path.exists() else []
