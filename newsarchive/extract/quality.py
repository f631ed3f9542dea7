"""How good a reading is: counts, flags and fingerprints; integers only."""

import re
from collections.abc import Sequence
from hashlib import blake2b, sha256

from newsarchive.extract.body import Paragraph

_WORD = re.compile(r"\w+")
_LANE = 16
_SECOND, _THIRD = 0x1E3779B97F4A7C15, 0x22B2AE3D27D4EB4F
# For each bit of a byte the table that leaves only that bit.
_BITS = tuple(bytes(byte >> bit & 1 for byte in range(256)) for bit in range(8))
SHORT = 80


def words(paragraphs: Sequence[Paragraph]) -> int:
    """Words as a newsroom counts them: between blanks."""
    return sum(len(paragraph.text.split()) for paragraph in paragraphs)


def link_density(paragraphs: Sequence[Paragraph]) -> int:
    """Characters inside links, per mille."""
    total = sum(len(paragraph.text) for paragraph in paragraphs)
    linked = sum(min(paragraph.linked, len(paragraph.text)) for paragraph in paragraphs)
    return 1000 * linked // total if total else 0


def digest(text: str) -> str:
    """`sha256:` of the text in UTF-8."""
    return "sha256:" + sha256(text.encode()).hexdigest()


def simhash(text: str) -> str:
    """64 bits over word triples: texts that share most triples differ in few bits; zeros for no text."""
    tokens = _WORD.findall(text.lower())
    if not tokens:
        return "0" * 16
    lanes = {token: blake2b(token.encode(), digest_size=8).digest() + bytes(8) for token in set(tokens)}
    words = int.from_bytes(b"".join(map(lanes.__getitem__, tokens)), "little")
    # All triples at once: each lane of 16 bytes gets the two words after its own. The factors leave room for the sum.
    triples = words + _SECOND * (words >> 8 * _LANE) + _THIRD * (words >> 16 * _LANE)
    octets = triples.to_bytes(_LANE * len(tokens), "little")
    count = max(1, len(tokens) - 2)
    # The middle of a lane depends on all three words and on their order.
    columns = (octets[place : count * _LANE : _LANE] for place in range(4, 12))
    bits = ("1" if 2 * column.translate(bit).count(1) > count else "0" for column in columns for bit in _BITS)
    return f"{int(''.join(bits), 2):016x}"
