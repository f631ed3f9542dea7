"""Digests as WARC files state them: `algorithm:value`, the value in base32 or hexadecimal (WARC 1.1, 5.8 and 5.9)."""

import base64
import hashlib
from collections.abc import Iterable

from newsarchive.warc.octets import Piece

_ALGORITHMS = {
    "sha1": "sha1",
    "sha-1": "sha1",
    "sha256": "sha256",
    "sha-256": "sha256",
    "sha512": "sha512",
    "sha-512": "sha512",
    "md5": "md5",
    "blake2b": "blake2b",
    "blake2s": "blake2s",
}


def is_of(stated: str, parts: Iterable[Piece]) -> bool | None:
    """Whether a stated digest is that of these bytes; None when its algorithm is not known here."""
    label, _, value = stated.strip().partition(":")
    algorithm = _ALGORITHMS.get(label.lower())
    if algorithm is None:
        return None
    made = hashlib.new(algorithm, usedforsecurity=False)
    for part in parts:
        made.update(part)
    if value.lower() == made.hexdigest():
        return True
    return value.upper().rstrip("=") == base64.b32encode(made.digest()).decode().rstrip("=")


def are_equal(one: str, other: str) -> bool | None:
    """Whether two stated digests are of the same bytes; None when their algorithms differ."""
    if one.partition(":")[0].lower() != other.partition(":")[0].lower():
        return None
    return _raw(one) == _raw(other)


def plain(stated: str) -> str:
    """One form for digests that are equal, however they are stated."""
    label = stated.partition(":")[0].strip().lower()
    return f"{_ALGORITHMS.get(label, label)}:{_raw(stated).hex()}"


def _raw(stated: str) -> bytes:
    value = stated.partition(":")[2].strip()
    try:
        return bytes.fromhex(value)
    except ValueError:
        padded = value.upper() + "=" * (-len(value) % 8)
        try:
            return base64.b32decode(padded)
        except ValueError:
            return value.encode()
