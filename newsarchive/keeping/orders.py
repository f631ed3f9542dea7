"""The order of a disposal as JSON: what is to go by which rule, and what was held back. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, cast

from newsarchive import dates
from newsarchive.errors import ArchiveError, SnapshotError
from newsarchive.keeping.inventory import Item
from newsarchive.keeping.planning import Decision
from newsarchive.sealing.documents import parsed
from newsarchive.store import manifests
from newsarchive.store.manifests import File

_IN_OUTLET = r"(?:\d{4}/\d{2}/\d{2}|reports)/NA-[^/]+(?<!\.manifest\.json)"
_SNAPSHOT = r"\d{6,}-[^/]+\.wacz(?:\.[^/]+)?"


def items(decided: Iterable[Decision], top: Path, facts: Mapping[Path, File]) -> list[dict[str, Any]]:
    """What goes, by paths from `top`; with the digests of files of which they are known before they go (`facts`)."""
    return [
        {
            **_about(one.item),
            "snapshot": one.item.snapshot,
            "captures": one.item.captures,
            "first_captured_at": dates.utc(one.item.first),
            "last_captured_at": dates.utc(one.item.last),
            "files": [
                manifests.file_facts(facts[path]) if path in facts else {"path": path.relative_to(top).as_posix()}
                for path in one.item.files
            ],
        }
        for one in decided
        if one.goes
    ]


def held_back(decided: Iterable[Decision]) -> list[dict[str, Any]]:
    """What stays though its time is over."""
    return [
        {**_about(one.item), "holds": [hold.id for hold in one.holds], "referred_by": one.referred_by}
        for one in decided
        if not one.goes
    ]


def read(octets: bytes, subject: object) -> dict[str, Any]:
    """An order that was written down; raises `ArchiveError`."""
    try:
        return parsed(octets, subject)
    except SnapshotError as error:
        raise ArchiveError(Path(str(subject)), error.what) from error


def item(told: Mapping[str, Any], outlet: str, top: Path) -> Item:
    """What an item of an order was made of; raises `ArchiveError` where it names files elsewhere than it may."""
    paths = [PurePosixPath(str(one["path"])) for one in told["files"]]
    allowed = re.compile(rf"{re.escape(outlet)}/{_IN_OUTLET}" if outlet else _SNAPSHOT)
    for path in paths:
        if not allowed.fullmatch(str(path)):
            raise ArchiveError(top / path, "is named by an order of a disposal, which must not name it")
    return Item(
        cast("Any", told["class"]),
        outlet,
        str(told["name"]),
        tuple(top / path for path in paths),
        int(told["captures"]),
        datetime.fromisoformat(told["first_captured_at"]),
        datetime.fromisoformat(told["last_captured_at"]),
        int(told["keep_days"]),
        told["snapshot"],
    )


def _about(one: Item) -> dict[str, Any]:
    return {"name": one.name, "class": one.kind, "keep_days": one.days, "due_at": dates.utc(one.due)}
