"""The lines of a `.jsonl.gz`, read with suspicion: one gzip member, whole, as they are written here."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from newsarchive.errors import RecordError
from newsarchive.store.lines import LONGEST

# Deflate, no name, mtime 0, compressed at most (by a crawl) or as usual (by a re-extraction), unknown system.
_HEADERS = tuple(b"\x1f\x8b\x08\x00\x00\x00\x00\x00%c\xff" % level for level in (2, 0))
_CHUNK = 1 << 16
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file."""

    number: int
    """From 1."""
    start: int
    """Where it begins in the unpacked file, in bytes."""
    octets: bytes
    """Without its line end."""


def read(path: Path, *, longest: int = LONGEST) -> Iterator[Line]:
    """The lines in order, in little memory; raises `RecordError` with the offset at which the file is not whole.

    Its offset is that of the packed file where the packing is broken, of the unpacked one where the lines are.
    `longest`: no line has more bytes.
    """
    try:
        with path.open("rb") as file:
            head = file.read(len(_HEADERS[0]))
        yield from _lines(path, longest)
        # Last, so that the lines are judged though another program packed them.
        if head not in _HEADERS:
            raise RecordError(path, 0, "does not begin as the gzip files of lines do: without name and time")
    except OSError as error:
        raise RecordError(path, 0, f"cannot be read ({error.strerror or error})") from error


def _lines(path: Path, longest: int) -> Iterator[Line]:
    number, start = 1, 0
    begun: list[bytes] = []
    length = 0
    for piece in _unpacked(path):
        first, *others = piece.split(b"\n")
        begun.append(first)
        length += len(first)
        for other in others:
            yield Line(number, start, b"".join(begun))
            number, start = number + 1, start + length + 1
            begun, length = [other], len(other)
        if length > longest:
            raise RecordError(path, start, f"line {number} is longer than any page")
    if length:
        raise RecordError(path, start, f"line {number} has no line end")


def _unpacked(path: Path) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    taken = 0
    with path.open("rb") as file:
        while not unpacker.eof:
            pending = unpacker.unconsumed_tail or file.read(_CHUNK)
            try:
                piece = unpacker.decompress(pending, _PIECE)
            except zlib.error as error:
                raise RecordError(path, taken, f"the gzip member is broken ({error})") from error
            taken = file.tell() - len(unpacker.unconsumed_tail)
            if not pending and not piece and not unpacker.eof:
                raise RecordError(path, taken, "the file ends inside its gzip member")
            yield piece
        end = file.tell() - len(unpacker.unused_data)
        if unpacker.unused_data or file.read(1):
            raise RecordError(path, end, "bytes follow the gzip member")
