"""The bytes of a WARC file of anybody's, unpacked as one stream, with the places in the file where they came from.

Knows gzip members, Zstandard frames and no compression, however records are spread over them.
"""

import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, cast

from backports import zstd

from newsarchive.warc import beginnings

_CHUNK = 1 << 16
_PIECE = 1 << 17
_TRIAL = 1 << 10
_GZIP, _ZSTD = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"
VERSION = b"WARC/"


class Damage(Exception):  # noqa: N818 - told as a problem, and gone beyond
    """The file cannot be read on from here; `is_packed` when the unpacking itself failed."""

    def __init__(self, offset: int, what: str, *, is_packed: bool = False) -> None:
        super().__init__(offset, what)
        self.offset = offset
        self.what = what
        self.is_packed = is_packed


class _Raw:
    """A file that is read forward, and a chunk of it that can be gone back in."""

    def __init__(self, stream: BinaryIO, start: int) -> None:
        self._stream = stream
        self.held = b""
        self.held_at = start
        self.place = start

    def take(self) -> bytes:
        """The rest of the chunk, or the next one."""
        if self.place == self.held_at + len(self.held):
            self.held_at, self.held = self.place, self._stream.read(_CHUNK)
        taken = self.held[self.place - self.held_at :] if self.place > self.held_at else self.held
        self.place = self.held_at + len(self.held)
        return taken

    def give_back(self, count: int) -> None:
        self.place -= count

    def find(self, magic: bytes, start: int) -> bool:
        """Go to the next place at or after `start` (which lies in the chunk) where `magic` stands."""
        self.place = start
        while True:
            found = self.held.find(magic, self.place - self.held_at)
            if found >= 0:
                self.place = self.held_at + found
                return True
            more = self._stream.read(_CHUNK)
            if not more:
                self.place = self.held_at + len(self.held)
                return False
            keep = self.held[-(len(magic) - 1) :]
            self.held_at += len(self.held) - len(keep)
            self.held = keep + more
            self.place = self.held_at

    def ahead(self, count: int) -> bytes:
        """Return so many bytes from here on, without going there."""
        missing = count - (self.held_at + len(self.held) - self.place)
        if missing > 0:
            # A whole chunk, and nothing of what lies behind: a file may make a reader look ahead every few bytes.
            self.held = self.held[self.place - self.held_at :] + self._stream.read(max(missing, _CHUNK))
            self.held_at = self.place
        start = self.place - self.held_at
        return self.held[start : start + count]


@dataclass(slots=True)
class _Gzip:
    unpacker: "zlib._Decompress"

    @classmethod
    def new(cls) -> "_Gzip":
        return cls(zlib.decompressobj(16 + zlib.MAX_WBITS))

    def unpack(self, taken: bytes) -> bytes:
        return self.unpacker.decompress(taken, _PIECE)

    @property
    def is_done(self) -> bool:
        return self.unpacker.eof

    @property
    def left(self) -> int:
        """Bytes of what was given that belong to what follows, or are to be given again."""
        return len(self.unpacker.unused_data if self.unpacker.eof else self.unpacker.unconsumed_tail)

    needs_more = True


@dataclass(slots=True)
class _Zstd:
    unpacker: zstd.ZstdDecompressor

    @classmethod
    def new(cls, dictionary: zstd.ZstdDict | None) -> "_Zstd":
        return cls(zstd.ZstdDecompressor(dictionary))

    def unpack(self, taken: bytes) -> bytes:
        return self.unpacker.decompress(taken, _PIECE)

    @property
    def is_done(self) -> bool:
        return self.unpacker.eof

    @property
    def left(self) -> int:
        return len(self.unpacker.unused_data) if self.unpacker.eof else 0

    @property
    def needs_more(self) -> bool:
        return self.unpacker.needs_input


_ERRORS = (zlib.error, zstd.ZstdError)


class Unpacked:
    """The stream of unpacked bytes; taken and given back."""

    def __init__(
        self, stream: BinaryIO, *, start: int, size: int | None, dictionary: zstd.ZstdDict | None = None
    ) -> None:
        """`start` is the place of the stream in its file, `size` that file's length where it is known.

        `dictionary` is that of the file, where the stream does not begin with it.
        """
        self._size = size
        self._raw = _Raw(stream, start)
        self._pending: Damage | None = None
        try:
            before, found = beginnings.dictionary(self._raw.ahead)
            self._raw.give_back(-before)
            start += before
            first = self._raw.ahead(len(_ZSTD))
        except ValueError as error:
            # What follows are frames, which cannot be unpacked without it.
            found, first = None, _ZSTD
            self._pending = Damage(start, str(error), is_packed=True)
        of_zstd = partial(_Zstd.new, found or dictionary)
        packings: dict[bytes, Callable[[], _Gzip | _Zstd]] = {_GZIP: _Gzip.new, _ZSTD: of_zstd}
        self._magic = next((magic for magic in packings if first.startswith(magic)), b"")
        self._new = packings.get(self._magic)
        self._member: _Gzip | _Zstd | None = None
        self._member_at = start
        self._back = b""
        self._position = 0
        self._starts: deque[tuple[int, int]] = deque([(0, start)])

    @property
    def is_packed(self) -> bool:
        return self._new is not None

    @property
    def place(self) -> int:
        """Where in the file the next byte lies: its member's beginning, or in an unpacked file its own."""
        while len(self._starts) > 1 and self._starts[1][0] <= self._position:
            self._starts.popleft()
        position, offset = self._starts[0]
        return offset if self.is_packed else offset + self._position - position

    def is_first(self, piece: bytes) -> bool:
        """The piece that was taken last begins a member."""
        begun = self._position - len(piece)
        return begun == next((position for position, _ in reversed(self._starts) if position <= begun), None)

    def left_in_file(self) -> int | None:
        """Bytes from here to the end of an unpacked file; None where that is not known."""
        return None if self.is_packed or self._size is None else self._size - self.place

    def take(self) -> bytes:
        """The next bytes, never of two members; none at the end. Raises `Damage`."""
        if self._back:
            piece, self._back = self._back, b""
        elif self._pending:
            damage, self._pending = self._pending, None
            raise damage
        else:
            piece = self._unpack() if self._new else self._raw.take()
        self._position += len(piece)
        return piece

    def give_back(self, rest: bytes) -> None:
        """To be taken again; no more than was taken last."""
        self._position -= len(rest)
        self._back = rest + self._back

    def postpone(self, damage: Damage) -> None:
        """To be raised when the bytes that were taken before are used up."""
        self._pending = damage

    def recover(self) -> None:
        """After the unpacking failed: go on with the next member that begins a record."""
        self._back, self._member = b"", None
        begin = max(self._member_at + 1, self._raw.held_at)
        while self._raw.find(self._magic, min(begin, self._raw.held_at + len(self._raw.held))):
            if self._begins_record(self._raw.ahead(_TRIAL)):
                return
            begin = self._raw.place + 1

    def _begins_record(self, start: bytes) -> bool:
        assert self._new
        try:
            return self._new().unpack(start).startswith(VERSION)
        except _ERRORS:
            return False

    def _unpack(self) -> bytes:
        while True:
            if self._member is None and not self._begin():
                return b""
            piece = self._step()
            if piece:
                return piece

    def _begin(self) -> bool:
        """Begin the next member; false at the end of the file."""
        first = self._raw.ahead(len(self._magic))
        if not first:
            # There the last record ends.
            self._starts.append((self._position, self._raw.place))
            return False
        assert self._new
        self._member_at = self._raw.place
        self._starts.append((self._position, self._member_at))
        if first != self._magic:
            raise Damage(self._member_at, "neither a compressed member nor the end of the file", is_packed=True)
        self._member = self._new()
        return True

    def _step(self) -> bytes:
        member = self._member
        assert member
        taken = self._raw.take() if member.needs_more else b""
        if member.needs_more and not taken and isinstance(member, _Zstd):
            raise self._torn()
        try:
            piece = member.unpack(taken)
        except _ERRORS as error:
            raise Damage(self._member_at, f"cannot be unpacked ({error})", is_packed=True) from None
        self._raw.give_back(member.left)
        if member.is_done:
            self._member = None
        elif not taken and not piece:
            raise self._torn()
        return piece

    def _torn(self) -> Damage:
        return Damage(self._member_at, "the file ends inside a record", is_packed=True)


_PACKED = (_GZIP, _ZSTD, beginnings.DICTIONARY)


class _Under:
    """The bytes under a content coding, up to `limit`; `read` raises `Damage` beyond, and for a broken coding."""

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self._outer = Unpacked(stream, start=0, size=None)
        self._limit = limit
        self._left = limit
        self._rest = b""

    def read(self, count: int) -> bytes:
        """Return that many bytes, fewer only at the end."""
        while len(self._rest) < count and (piece := self._outer.take()):
            self._left -= len(piece)
            if self._left < 0:
                raise Damage(0, f"larger than {self._limit} bytes without its content coding")
            self._rest += piece
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken


def uncoded(stream: BinaryIO, *, limit: int) -> BinaryIO:
    """Return the WARC file under a content coding that was kept with it, as the first bytes show; else the stream.

    A compressed WARC file whose server compressed it again begins as one, and its unpacked bytes do so, too.
    """
    try:
        first = _Under(stream, _PIECE).read(len(_GZIP) + 1)
    except Damage:
        first = b""
    stream.seek(0)
    return cast("BinaryIO", _Under(stream, limit)) if first.startswith(_PACKED) else stream
