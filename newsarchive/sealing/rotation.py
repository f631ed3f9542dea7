"""Changing the key: the old one signs a statement that names the new one, so that trust in the old one is enough."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rfc8785

from newsarchive.errors import SnapshotError
from newsarchive.sealing.documents import parsed
from newsarchive.sealing.keys import PublicKey, SigningKey, read_public_key

SCHEMA = "snapshot-key-rotation/1"
_ENDINGS = (".json", ".json.sig", ".pem")


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
    """`key` is the trusted one, or follows from it by the rotations; raises `SnapshotError` for one that is false."""
    current = trusted
    for rotation in (*rotations, None):
        if current.id == key.id:
            return True
        if rotation is not None and _is_from(rotation, current):
            current = _followed(rotation, current)
    return False


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
    return tuple(found)


def _is_from(rotation: Rotation, key: PublicKey) -> bool:
    return _read(rotation).get("old_key") == key.id


def _read(rotation: Rotation) -> dict[str, Any]:
    statement = parsed(rotation.statement, "the statement of a change of key")
    if statement.get("schema") != SCHEMA:
        raise SnapshotError("a change of key", f"is not of the form {SCHEMA}")
    return statement


def _followed(rotation: Rotation, old: PublicKey) -> PublicKey:
    if not old.has_signed(rotation.statement, rotation.signature):
        raise SnapshotError("a change of key", f"is not signed by {old.id}")
    new = read_public_key(rotation.new_key, "a change of key")
    if new.id != _read(rotation).get("new_key"):
        raise SnapshotError("a change of key", "comes with another key than the signed one")
    return new
