"""How good a reading is: counts, flags and fingerprints; integers only."""

import re
from collections.abc import Sequence
from hashlib import blake2b, sha256

from newsarchive.extract.body import Paragraph

_WORD = re.compile(r"\w+")
_BYTES = 8
_MASK = (1 << 8 * _BYTES) - 1
_SECOND, _THIRD = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F
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
    words = {token: int.from_bytes(blake2b(token.encode(), digest_size=_BYTES).digest()) for token in set(tokens)}
    hashes = [words[token] for token in tokens]
    # A text of fewer words than a triple has one shingle, of what there is.
    hashes += [0] * (3 - len(hashes)) if hashes else []
    triples = zip(hashes, hashes[1:], hashes[2:], strict=False)
    # Odd factors keep every bit as even as the hashes are, and tell `a b c` from `c b a`.
    digests = b"".join(((a + _SECOND * b + _THIRD * c) & _MASK).to_bytes(_BYTES) for a, b, c in triples)
    half = len(digests) // _BYTES / 2
    places = (digests[place::_BYTES].translate(table) for place in range(_BYTES) for table in _BITS)
    return f"{sum(1 << place for place, column in enumerate(places) if column.count(1) > half):016x}"
