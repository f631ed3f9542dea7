"""MinHash of a text over shingles of five words: texts that share most of their shingles have like sketches. Pure."""

import re
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w+")
_SHINGLE = 5
_SIZE, _ROWS = 64, 4
LEAST_WORDS = 40
"""A shorter text has no sketch: what few words share says little."""
SAME_STORY = 0.6
"""Copies of wire stories, cut and with another lede, were found at 0.69 to 0.78; unrelated texts at 0.0."""


def _multipliers() -> NDArray[np.uint64]:
    """Odd numbers that are the same on every machine and in every version."""
    octets = b"".join(blake2b(b"sketch %d" % number, digest_size=8).digest() for number in range(2 * _SIZE))
    return np.frombuffer(octets, dtype="<u8").astype(np.uint64).reshape(2, _SIZE, 1)


_FACTORS, _SUMMANDS = _multipliers()
_FACTORS = _FACTORS | np.uint64(1)


def sketch(text: str) -> bytes | None:
    """64 minima of 32 bits each, little-endian; None for a text too short to be compared."""
    words = _WORD.findall(text.lower())
    if len(words) < LEAST_WORDS:
        return None
    shingles = {" ".join(words[start : start + _SHINGLE]) for start in range(len(words) - _SHINGLE + 1)}
    hashed = b"".join(blake2b(one.encode(), digest_size=8).digest() for one in shingles)
    values = np.frombuffer(hashed, dtype="<u8").astype(np.uint64)
    # Multiply and shift, modulo 2**64: the high half depends on all bits of the shingle.
    minima = ((values * _FACTORS + _SUMMANDS) >> np.uint64(32)).min(axis=1)
    return bytes(minima.astype("<u4").tobytes())


def bands(sketched: bytes) -> list[bytes]:
    """Two texts as like as `SAME_STORY` share one of these with a probability of 0.89, at 0.7 of 0.99."""
    width = 4 * _ROWS
    places = range(0, len(sketched), width)
    return [
        bytes([start // width]) + blake2b(sketched[start : start + width], digest_size=7).digest() for start in places
    ]


def likeness(one: bytes, other: bytes) -> float:
    """The share of shingles that two texts have in common, estimated to about 0.06."""
    return float(np.mean(np.frombuffer(one, dtype="<u4") == np.frombuffer(other, dtype="<u4")))
