"""Digests as WARC files state them: `algorithm:value` (WARC 1.1, 5.8 and 5.9).

The standard leaves the form of the value open. Base32 is usual, hexadecimal and base64 occur, each with or without its
padding. The length of the value shows which form it is, because the algorithm fixes the number of bytes.
"""

import base64
import hashlib
from collections.abc import Iterable

from newsarchive.warc.octets import Piece


def _label(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum())


# By label without case and punctuation: `SHA-256`, `sha3_256`. Algorithms without a fixed length are left out.
_ALGORITHMS = {
    _label(name): name
    for name in sorted(hashlib.algorithms_guaranteed)
    if hashlib.new(name, usedforsecurity=False).digest_size
} | {"sha": "sha1"}


def is_of(stated: str, parts: Iterable[Piece]) -> bool | None:
    """Whether a stated digest is that of these bytes; None when its algorithm is unknown."""
    label, _, value = stated.partition(":")
    algorithm = _ALGORITHMS.get(_label(label))
    if algorithm is None:
        return None
    made = hashlib.new(algorithm, usedforsecurity=False)
    for part in parts:
        made.update(part)
    return _decoded(value.strip(), made.digest_size) == made.digest()


def are_equal(one: str, other: str) -> bool | None:
    """Whether two stated digests are the same; None when that cannot be known, as their algorithms differ."""
    (label, value), (other_label, other_value) = _parsed(one), _parsed(other)
    if label != other_label:
        return None
    if label in _ALGORITHMS.values():
        return value == other_value
    return value == other_value or None


def plain(stated: str) -> str:
    """Return one form for digests that are equal, however they are stated."""
    label, value = _parsed(stated)
    return f"{label}:{value.hex()}"


def _parsed(stated: str) -> tuple[str, bytes]:
    label, _, value = stated.partition(":")
    algorithm = _ALGORITHMS.get(_label(label))
    if algorithm is None:
        return label.strip().lower(), value.strip().encode()
    size = hashlib.new(algorithm, usedforsecurity=False).digest_size
    decoded = _decoded(value.strip(), size)
    return algorithm, value.strip().encode() if decoded is None else decoded


def _decoded(value: str, size: int) -> bytes | None:
    """Return the bytes of a value in hexadecimal, base32 or base64; None for any other form."""
    bare = value.rstrip("=")
    try:
        if len(bare) == 2 * size:
            return bytes.fromhex(bare)
        if len(bare) == -(-8 * size // 5):
            return base64.b32decode(bare.upper() + "=" * (-len(bare) % 8))
        if len(bare) == -(-4 * size // 3):
            # Some write the alphabet that is safe in URLs (RFC 4648, 5).
            return base64.b64decode(bare.replace("-", "+").replace("_", "/") + "=" * (-len(bare) % 4), validate=True)
    except ValueError:
        pass
    return None
