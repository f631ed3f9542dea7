"""Changing the key: the old one signs a statement that names the new one, so that trust in the old one is enough."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rfc8785

from newsarchive.errors import SnapshotError
from newsarchive.sealing.documents import parsed
from newsarchive.sealing.keys import PublicKey, SigningKey, read_public_key
from newsarchive.sealing.seal import moment

SCHEMA = "snapshot-key-rotation/1"
_ENDINGS = (".json", ".json.sig", ".pem")
_ID = re.compile(r"sha256:[0-9a-f]{64}")
_KEYS = {"schema", "created", "old_key", "new_key"}


@dataclass(frozen=True, slots=True)
class Rotation:
    """One change of key, as it is kept: the statement, the old key's signature in DER, the new public key in PEM."""

    statement: bytes
    signature: bytes
    new_key: bytes

    def files(self, number: int) -> dict[str, bytes]:
        """The three files of the change with this number, by name."""
        octets = (self.statement, self.signature, self.new_key)
        return {f"rotation-{number:04d}{end}": part for end, part in zip(_ENDINGS, octets, strict=True)}


def rotate(old: SigningKey, new: PublicKey, *, created: str) -> Rotation:
    """The old key's word for the new one."""
    statement = rfc8785.dumps(
        {"schema": SCHEMA, "created": created, "old_key": old.public.id, "new_key": new.id},
    )
    return Rotation(statement, old.sign(statement), new.pem)


def trusted_by(trusted: PublicKey, key: PublicKey, rotations: tuple[Rotation, ...]) -> bool:
    """Whether `key` is the trusted one, or follows from it by rotations that are in order."""
    current = trusted
    for rotation in (*rotations, None):
        if current.id == key.id:
            return True
        if rotation is not None and _is_from(rotation, current):
            if not current.has_signed(rotation.statement, rotation.signature):
                return False
            current = read_public_key(rotation.new_key, "a change of key")
    return False


def require_order(rotations: tuple[Rotation, ...], key: PublicKey) -> None:
    """Raise `SnapshotError` unless each change follows from the one before, and the last one names `key`."""
    before: PublicKey | None = None
    for rotation in rotations:
        if before is not None and not _is_from(rotation, before):
            raise SnapshotError("a change of key", "does not follow from the one before it")
        before = _followed(rotation, before)
    if before is not None and before.id != key.id:
        raise SnapshotError("a change of key", f"the last one does not lead to {key.id}")


def beside(key: Path) -> tuple[Rotation, ...]:
    """The rotations that led to a key, from the folder `x.rotations` beside `x.pem`."""
    folder = folder_of(key)
    names = {file.name: file for file in folder.iterdir()} if folder.is_dir() else {}
    return of_files({name: file.read_bytes() for name, file in names.items()})


def folder_of(key: Path) -> Path:
    """`x.rotations` of `x.pem`."""
    return key.with_name(key.stem + ".rotations")


def of_files(files: dict[str, bytes]) -> tuple[Rotation, ...]:
    """The rotations among these files, in order; raises `SnapshotError` where one of the three is missing."""
    found: list[Rotation] = []
    while (stem := f"rotation-{len(found) + 1:04d}") + _ENDINGS[0] in files:
        missing = [stem + end for end in _ENDINGS if stem + end not in files]
        if missing:
            raise SnapshotError(missing[0], "is missing, without which a change of key is not proven")
        found.append(Rotation(*(files[stem + end] for end in _ENDINGS)))
    known = {name for number, one in enumerate(found, start=1) for name in one.files(number)}
    if others := sorted(name for name in set(files) - known if name.startswith("rotation-")):
        raise SnapshotError(others[0], "is not a file of a change of key, or one before it is missing")
    return tuple(found)


def _is_from(rotation: Rotation, key: PublicKey) -> bool:
    return _read(rotation).get("old_key") == key.id


def _read(rotation: Rotation) -> dict[str, Any]:
    statement = parsed(rotation.statement, "the statement of a change of key")
    try:
        ids = [_ID.fullmatch(statement["old_key"]), _ID.fullmatch(statement["new_key"])]
        moment(statement["created"])
        is_right = set(statement) == _KEYS and statement["schema"] == SCHEMA and all(ids)
    except (KeyError, TypeError, ValueError):
        is_right = False
    if not is_right:
        raise SnapshotError("a change of key", f"is not of the form {SCHEMA}")
    return statement


def _followed(rotation: Rotation, old: PublicKey | None) -> PublicKey:
    """The new key; `old` is None where the old one is unknown, so that its signature cannot be checked."""
    if old is not None and not old.has_signed(rotation.statement, rotation.signature):
        raise SnapshotError("a change of key", f"is not signed by {old.id}")
    new = read_public_key(rotation.new_key, "a change of key")
    if new.id != _read(rotation)["new_key"] or rotation.new_key != new.pem:
        raise SnapshotError("a change of key", "comes with another key than the signed one, or in another form")
    return new
