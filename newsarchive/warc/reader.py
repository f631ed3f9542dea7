"""Reading back what the writer wrote: records with their places and exact bytes, up to the first that is not whole."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from newsarchive.errors import RecordError

_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as it lies in a file."""

    offset: int
    length: int
    """Bytes of the compressed record."""
    fields: tuple[tuple[str, str], ...]
    block: bytes

    @property
    def kind(self) -> str:
        return self.field("WARC-Type") or ""

    def field(self, name: str) -> str | None:
        """The first named field of that name, in any case."""
        return next((value for key, value in self.fields if key.lower() == name.lower()), None)

    def block_fields(self) -> dict[str, str]:
        """The block of an `application/warc-fields` record."""
        lines = self.block.decode(errors="replace").splitlines()
        return {name: value.strip() for name, _, value in (line.partition(":") for line in lines) if name}


def read_records(path: Path) -> Iterator[StoredRecord]:
    """All records in order.

    Raises `RecordError` with the offset at which the file stops being whole.
    """
    with path.open("rb") as stream:
        offset = 0
        for raw, length in _members(stream, path):
            yield _record(raw, offset, length, path)
            offset += length


def _members(stream: BinaryIO, path: Path) -> Iterator[tuple[bytes, int]]:
    """Each gzip member unpacked, with its packed length."""
    offset, pending = 0, stream.read(_CHUNK)
    while pending:
        unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
        parts, length = [], 0
        while not unpacker.eof:
            if not pending:
                raise RecordError(path, offset, "the file ends inside a record")
            try:
                parts.append(unpacker.decompress(pending))
            except zlib.error as error:
                raise RecordError(path, offset, f"not a gzip member ({error})") from error
            length += len(pending) - len(unpacker.unused_data)
            pending = unpacker.unused_data or stream.read(_CHUNK)
        yield b"".join(parts), length
        offset += length


def _record(raw: bytes, offset: int, length: int, path: Path) -> StoredRecord:
    head, separator, rest = raw.partition(b"\r\n\r\n")
    version, *lines = head.decode("utf-8", errors="replace").split("\r\n")
    if not separator or not version.startswith("WARC/1."):
        raise RecordError(path, offset, "not a WARC record")
    fields = tuple((name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines))
    size = next((value for name, value in fields if name.lower() == "content-length"), "")
    if not size.isdecimal() or rest[int(size) :] != b"\r\n\r\n":
        raise RecordError(path, offset, "the block is not as long as Content-Length says")
    return StoredRecord(offset, length, fields, rest[: int(size)])
