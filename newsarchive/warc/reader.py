"""Reading WARC files: records with their places and exact bytes, up to the first that is not whole.

Takes what the writer writes: gzip members, Zstandard frames or no compression, one record in each.
"""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from backports import zstd

from newsarchive.errors import RecordError
from newsarchive.warc import beginnings
from newsarchive.warc.octets import Octets, Spool

_CHUNK = 1 << 16
_PIECE = 1 << 20
_MAX_HEADER = 1 << 20
MAX_HEADER_LINES = 1000
"""A record with more header lines is not read."""
_LONGEST_BLOCK_OF_FIELDS = 1 << 20
_MOST_DIGITS = 18
_END_OF_RECORD = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as it lies in a file."""

    offset: int
    length: int
    """Bytes of the record in the file, compressed as it is."""
    fields: tuple[tuple[str, str], ...]
    octets: Octets
    """The block; in a file of its own when it is long."""

    @property
    def block(self) -> bytes:
        """The whole block in memory."""
        return self.octets[: len(self.octets)]

    @property
    def is_whole(self) -> bool:
        """All of the block is here; of one that is longer than any page it may be only the beginning."""
        return len(self.octets) == int(self.field("Content-Length") or 0)

    @property
    def kind(self) -> str:
        """The type in small letters: some write `Response`."""
        return (self.field("WARC-Type") or "").lower()

    def field(self, name: str) -> str | None:
        """The first named field of that name, in any case."""
        wanted = name.lower()
        for key, value in self.fields:
            if key.lower() == wanted:
                return value
        return None

    @property
    def is_of_newsarchive(self) -> bool:
        """Whether this warcinfo record names newsarchive as the software that wrote its file."""
        return self.block_fields().get("software", "").startswith("newsarchive/")

    def block_fields(self) -> dict[str, str]:
        """Return the fields in the first 1 MiB of an `application/warc-fields` block; the last of a repeated name."""
        lines = self.octets[:_LONGEST_BLOCK_OF_FIELDS].decode(errors="replace").splitlines()
        return {name: value.strip() for name, _, value in (line.partition(":") for line in lines) if name}


def read_records(path: Path, *, spool: Path | None = None) -> Iterator[StoredRecord]:
    """All records in order; `spool` is the folder for long blocks, else the system's for temporary files.

    Raises `RecordError` with the offset at which the file stops being whole.
    """
    with path.open("rb") as stream:
        yield from read_stream(stream, path, spool=spool)


def fields_at(path: Path, offset: int) -> tuple[tuple[str, str], ...]:
    """Return the named fields of the record at this offset, in a file without a dictionary.

    Raises `OSError`, and `RecordError` where no record begins.
    """
    with path.open("rb") as stream:
        stream.seek(offset)
        source = _Source(stream, path)
        head, _ = _head(_unpacker(source, None)(source), source)
        return _fields(head, source)


def read_stream(stream: BinaryIO, path: Path, *, spool: Path | None = None) -> Iterator[StoredRecord]:
    """As `read_records`, of an open file that is called by this path where something is wrong with it."""
    source = _Source(stream, path)
    try:
        before, dictionary = beginnings.dictionary(source.first)
    except ValueError as error:
        raise source.wrong(str(error)) from error
    source.skip(before)
    unpack = _unpacker(source, dictionary)
    while source.more():
        source.begin()
        yield _record(unpack(source), source, spool, packed=unpack is not _plain)


class _Source:
    """The bytes of a file, taken and given back."""

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        self._stream = stream
        self._pending = b""
        self._taken = 0
        self.path = path
        self.offset = 0

    def begin(self) -> None:
        """A record begins here."""
        self.offset = self._taken

    @property
    def length(self) -> int:
        """Bytes of the record so far."""
        return self._taken - self.offset

    def more(self) -> bool:
        self._pending = self._pending or self._stream.read(_CHUNK)
        return bool(self._pending)

    def first(self, count: int) -> bytes:
        """So many bytes from here on, or all there are, without going there."""
        while len(self._pending) < count and (more := self._stream.read(max(_CHUNK, count - len(self._pending)))):
            self._pending += more
        return self._pending[:count]

    def skip(self, count: int) -> None:
        """Go beyond bytes that were looked at, or to the end."""
        self._taken += len(self.first(count))
        self._pending = self._pending[count:]

    def take(self) -> bytes:
        self.more()
        taken, self._pending = self._pending, b""
        self._taken += len(taken)
        return taken

    def give_back(self, rest: bytes) -> None:
        self._pending = rest + self._pending
        self._taken -= len(rest)

    def wrong(self, what: str) -> RecordError:
        return RecordError(self.path, self.offset, what)


def _unpacker(source: _Source, dictionary: zstd.ZstdDict | None) -> Callable[[_Source], Iterator[bytes]]:
    start = source.first(4)
    if start.startswith(b"\x1f\x8b"):
        return _gunzip
    return partial(_unzstd, dictionary=dictionary) if start.startswith(b"\x28\xb5\x2f\xfd") else _plain


def _gunzip(source: _Source) -> Iterator[bytes]:
    """One gzip member, a little at a time."""
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    while not unpacker.eof:
        taken = source.take()
        try:
            piece = unpacker.decompress(taken, _PIECE)
        except zlib.error as error:
            raise source.wrong(f"not a gzip member ({error})") from error
        source.give_back(unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail)
        if not taken and not piece and not unpacker.eof:
            raise source.wrong("the file ends inside a record")
        yield piece


def _unzstd(source: _Source, *, dictionary: zstd.ZstdDict | None) -> Iterator[bytes]:
    """One Zstandard frame, a little at a time."""
    unpacker = zstd.ZstdDecompressor(dictionary)
    while not unpacker.eof:
        taken = source.take() if unpacker.needs_input else b""
        if unpacker.needs_input and not taken:
            raise source.wrong("the file ends inside a record")
        try:
            piece = unpacker.decompress(taken, _PIECE)
        except zstd.ZstdError as error:
            raise source.wrong(f"not a Zstandard frame ({error})") from error
        yield piece
    source.give_back(unpacker.unused_data)


def _plain(source: _Source) -> Iterator[bytes]:
    """An uncompressed record and what follows it: it ends where its Content-Length says."""
    while taken := source.take():
        yield taken


def _record(pieces: Iterator[bytes], source: _Source, folder: Path | None, *, packed: bool) -> StoredRecord:
    head, rest = _head(pieces, source)
    fields = _fields(head, source)
    size = next((value for name, value in fields if name.lower() == "content-length"), "")
    if not size.isdecimal() or len(size) > _MOST_DIGITS:
        raise source.wrong("the record has no Content-Length")
    block, end = _block(rest, pieces, int(size), folder)
    if not packed:
        source.give_back(end[len(_END_OF_RECORD) :])
        end = end[: len(_END_OF_RECORD)]
    # A packed record is read to its very end, where its checksum is; a bomb is not unpacked further than it says.
    if packed and len(block) == int(size) and end.startswith(_END_OF_RECORD + b"WARC/"):
        raise source.wrong("more than one record lies in one compressed member")
    if len(block) < int(size) or end != _END_OF_RECORD or (packed and any(pieces)):
        raise source.wrong("the block is not as long as Content-Length says")
    return StoredRecord(source.offset, source.length, fields, block)


def _head(pieces: Iterator[bytes], source: _Source) -> tuple[bytes, bytes]:
    """Return version line and named fields, and the bytes read behind them."""
    start = bytearray()
    for piece in pieces:
        searched = max(0, len(start) - len(_END_OF_RECORD))
        start += piece
        end = start.find(_END_OF_RECORD, searched)
        if end >= 0:
            return bytes(start[:end]), bytes(start[end + len(_END_OF_RECORD) :])
        if len(start) > _MAX_HEADER:
            break
    raise source.wrong(_no_record(bytes(start[:_MAX_HEADER])))


def _no_record(start: bytes) -> str:
    return beginnings.no_record(start, otherwise="not a WARC record")


def _fields(head: bytes, source: _Source) -> tuple[tuple[str, str], ...]:
    if head.count(b"\n") > MAX_HEADER_LINES:
        raise source.wrong(f"the record has more than {MAX_HEADER_LINES} header lines")
    version, *lines = head.decode("utf-8", errors="replace").split("\r\n")
    if not version.startswith("WARC/"):
        raise source.wrong(_no_record(head))
    return tuple((name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines))


def _block(start: bytes, pieces: Iterator[bytes], size: int, folder: Path | None) -> tuple[Octets, bytes]:
    """The block, and what was read behind it: at least the end of the record where there is one."""
    spool = Spool(folder)
    piece: bytes | None = start
    while piece is not None:
        missing = size - spool.size
        spool.append(piece[:missing])
        if spool.size == size:
            break
        piece = next(pieces, None)
    end = (piece or b"")[missing:]
    while len(end) < len(_END_OF_RECORD) and (piece := next(pieces, None)) is not None:
        end += piece
    return spool.octets(), end
