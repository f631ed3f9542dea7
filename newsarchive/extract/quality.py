"""How good a reading is: counts, flags and fingerprints; integers only."""

import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b, sha256

import numpy as np

from newsarchive import text
from newsarchive.extract.body import Paragraph

# Thai and Lao, Chinese and Japanese part no words: two letters count as one.
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
_LANE = 16
_SECOND, _THIRD = 0x1E3779B97F4A7C15, 0x22B2AE3D27D4EB4F
SHORT = 80


def words(paragraphs: Sequence[Paragraph]) -> int:
    """Words as a newsroom counts them: between blanks, or by letters in scripts that have none."""
    return sum(_count(paragraph.text) for paragraph in paragraphs)


def _count(printed: str) -> int:
    # White space in a paragraph is folded to single blanks.
    spaced = printed.count(" ") + 1
    return spaced if printed.isascii() else spaced + len(_UNSPACED.findall(printed)) // 2


def link_density(paragraphs: Sequence[Paragraph]) -> int:
    """Characters inside links, per mille."""
    total = sum(len(paragraph.text) for paragraph in paragraphs)
    linked = sum(min(paragraph.linked, len(paragraph.text)) for paragraph in paragraphs)
    return 1000 * linked // total if total else 0


def digest(printed: str) -> str:
    """`sha256:` of the text in UTF-8."""
    return "sha256:" + sha256(printed.encode()).hexdigest()


def simhash(printed: str) -> str:
    """64 bits over word triples: texts that share most triples differ in few bits; zeros for no text."""
    tokens = text.words(printed)
    if not tokens:
        return "0" * 16
    lanes = {word: _lane(word) for word in set(tokens)}
    words = int.from_bytes(b"".join(map(lanes.__getitem__, tokens)), "little")
    # All triples at once: each lane of 16 bytes gets the two words after its own. The factors leave room for the sum.
    triples = words + _SECOND * (words >> 8 * _LANE) + _THIRD * (words >> 16 * _LANE)
    octets = np.frombuffer(triples.to_bytes(_LANE * len(tokens), "little"), dtype=np.uint8)
    count = max(1, len(tokens) - 2)
    # The middle of a lane depends on all three words and on their order.
    middles = octets.reshape(-1, _LANE)[:count, 4:12]
    bits = np.unpackbits(middles, axis=1, bitorder="little").sum(axis=0, dtype=np.int64)
    return f"{int.from_bytes(np.packbits(2 * bits > count).tobytes(), 'big'):016x}"


# Half of the words of one page stand on the next, too; a greater table takes megabytes, and is no faster.
@lru_cache(maxsize=1 << 12)
def _lane(word: str) -> bytes:
    """Eight bytes that depend on all of the word, and room for the sums."""
    return blake2b(word.encode(), digest_size=8).digest() + bytes(8)
