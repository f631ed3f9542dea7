"""The JSON documents of a snapshot: always in the canonical form of RFC 8785, and never read in another."""

import json
from typing import Any

import rfc8785

from newsarchive.errors import SnapshotError


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
