"""The JSON documents of a snapshot: always in the canonical form of RFC 8785, and never read in another."""

import json
from pathlib import Path
from typing import Any

import rfc8785

from newsarchive.errors import SnapshotError


def octets_of(path: Path, *, most: int) -> bytes:
    """A small file beside a snapshot, which anybody may have put there; raises `SnapshotError`.

    What is no plain file is not opened: it may wait for a writer for ever, or have no end.
    """
    try:
        if not path.is_file():
            raise SnapshotError(path, "is no plain file")
        with path.open("rb") as file:
            octets = file.read(most + 1)
    except OSError as error:
        raise SnapshotError(path, f"cannot be read ({error.strerror})") from error
    if len(octets) > most:
        raise SnapshotError(path, "is too long to be what it is called")
    return octets


def parsed(octets: bytes, subject: object) -> dict[str, Any]:
    """The object of a canonical document; raises `SnapshotError` for anything else, repeated keys too."""
    try:
        found = json.loads(octets.decode())
        canonical = rfc8785.dumps(found)
    except (ValueError, RecursionError, rfc8785.CanonicalizationError) as error:
        raise SnapshotError(subject, "is no JSON document") from error
    if not isinstance(found, dict):
        raise SnapshotError(subject, "is no JSON object")
    # What is repeated, spaced or ordered otherwise could be read in two ways.
    if canonical != octets:
        raise SnapshotError(subject, "is not in canonical form (RFC 8785)")
    return found
