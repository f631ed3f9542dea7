"""What all records are made of: named fields, digests, blocks of `application/warc-fields` (WARC 1.1, section 5)."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from newsarchive.warc.frame import Answer
from newsarchive.warc.octets import Piece, Span

Kind = Literal["warcinfo", "request", "response", "revisit", "metadata", "resource"]
Fields = tuple[tuple[str, str], ...]
NewId = Callable[[], str]

WARC_FIELDS = "application/warc-fields"

# Ten bits at a time (RFC 4648, section 6): the standard library's takes longer than a whole record needs otherwise.
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_BASE32 = tuple(first + second for first in _LETTERS for second in _LETTERS)
_SHIFTS = tuple(range(150, -1, -10))


@dataclass(frozen=True, slots=True)
class Record:
    """A record before it is written."""

    kind: Kind
    record_id: str
    fields: Fields
    """Named fields behind WARC-Type and WARC-Record-ID, in order; a name may stand more than once."""
    block: bytes
    stored_from: int | None = None
    """From here on the block, and all of `rest`, is compressed already and is stored as it is."""
    rest: Span | None = None
    """What follows `block`, where it is too long to be held in memory."""
    answer: Answer | None = None
    """Of a response or revisit: what the block says."""

    def header(self) -> bytes:
        """The version line and all named fields, with the empty line that ends them."""
        length = len(self.block) + (len(self.rest) if self.rest else 0)
        named = "".join([f"{name}: {value}\r\n" for name, value in self.fields])
        first = f"WARC/1.1\r\nWARC-Type: {self.kind}\r\nWARC-Record-ID: {self.record_id}\r\n"
        return f"{first}{named}Content-Length: {length}\r\n\r\n".encode()

    def field(self, name: str) -> str | None:
        """The first named field of that name."""
        return next((value for key, value in self.fields if key == name), None)


def record(
    kind: Kind,
    record_id: str,
    fields: Fields,
    content_type: str,
    block: bytes,
    *,
    stored_from: int | None = None,
    rest: Span | None = None,
    answer: Answer | None = None,
) -> Record:
    """A record with its block digest."""
    parts: Iterable[Piece] = chain((block,), rest.pieces()) if rest else (block,)
    more = (("WARC-Block-Digest", digest_of(parts)), ("Content-Type", content_type))
    return Record(kind, record_id, (*fields, *more), block, stored_from, rest, answer)


def digest(payload: bytes) -> str:
    """`sha1:` and base32, the form in which dedup indexes and CDX servers expect it."""
    return digest_of((payload,))


def digest_of(parts: Iterable[Piece]) -> str:
    """The digest of all parts as one."""
    sha1 = hashlib.sha1(usedforsecurity=False)
    for part in parts:
        sha1.update(part)
    bits = int.from_bytes(sha1.digest())
    return "sha1:" + "".join([_BASE32[bits >> shift & 0x3FF] for shift in _SHIFTS])


def warc_fields(fields: Iterable[tuple[str, str]]) -> bytes:
    """A block of `application/warc-fields`; line ends inside a value would forge a field and become blanks."""
    return "".join([f"{name}: {' '.join(value.split())}\r\n" for name, value in fields]).encode()
