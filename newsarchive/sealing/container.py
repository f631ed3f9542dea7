"""The ZIP file of a snapshot, in one form only, so that the same members are the same bytes.

Members are stored, never compressed: what a reader gets is what was hashed, and no byte depends on a version of zlib.
No times, no comments, no data descriptors, no gaps; names are plain ASCII; ZIP64 exactly where a number needs it.
Whoever reads such a file can write its headers anew and compare: see `newsarchive.sealing.opening`.
"""

import hashlib
import re
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from newsarchive.errors import SnapshotError

MAX_32 = 0xFFFFFFFF
MAX_16 = 0xFFFF
LOCAL, CENTRAL = struct.Struct("<IHHHHHIIIHH"), struct.Struct("<IHHHHHHIIIHHHHHII")
END, END_64, LOCATOR = struct.Struct("<IHHHHIIH"), struct.Struct("<IQHHIIQQQQ"), struct.Struct("<IIQI")
LOCAL_SIGN, CENTRAL_SIGN, END_SIGN, END_64_SIGN, LOCATOR_SIGN = (
    0x04034B50,
    0x02014B50,
    0x06054B50,
    0x06064B50,
    0x07064B50,
)
_PLAIN, _ZIP64 = 20, 45  # versions of the format that a reader needs (APPNOTE 4.4.3)
_UNIX = 3 << 8
_NEW_YEAR_1980 = 0x21  # the first day that the format can say
_FILE_MODE = 0o100644 << 16
# Of a file in one of the folders of a snapshot, or beside them.
_SEGMENT = r"[A-Za-z0-9_][A-Za-z0-9._-]*"
_NAME = re.compile(rf"(?:{_SEGMENT}/)?{_SEGMENT}")
_LONGEST_NAME = 250


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the container; `offset` is that of its local header."""

    name: str
    size: int
    crc: int
    offset: int

    @property
    def data_offset(self) -> int:
        """Where its bytes begin."""
        return self.offset + len(local_header(self))

    @property
    def end(self) -> int:
        """Where the next member begins."""
        return self.data_offset + self.size


@dataclass(frozen=True, slots=True)
class FileFact:
    """What a seal says of a file: its bytes and the SHA-256 of them, hexadecimal."""

    path: str
    bytes: int
    sha256: str

    def as_json(self) -> dict[str, str | int]:
        """As it stands in a seal."""
        return {"path": self.path, "bytes": self.bytes, "sha256": self.sha256}


def is_name(name: str) -> bool:
    """A name that means one file everywhere: relative, no `..`, in one folder at most, nothing that a shell reads."""
    return len(name) <= _LONGEST_NAME and _NAME.fullmatch(name) is not None


def local_header(member: Member) -> bytes:
    """What stands before the bytes of a member."""
    name, long = member.name.encode(), member.size >= MAX_32
    extra = struct.pack("<HHQQ", 1, 16, member.size, member.size) if long else b""
    size = MAX_32 if long else member.size
    fixed = (LOCAL_SIGN, _ZIP64 if long else _PLAIN, 0, 0, 0, _NEW_YEAR_1980, member.crc, size, size)
    return LOCAL.pack(*fixed, len(name), len(extra)) + name + extra


def central_entry(member: Member) -> bytes:
    """What the directory says of a member."""
    name = member.name.encode()
    long, far = member.size >= MAX_32, member.offset >= MAX_32
    numbers = [member.size, member.size] * long + [member.offset] * far
    extra = struct.pack(f"<HH{len(numbers)}Q", 1, 8 * len(numbers), *numbers) if numbers else b""
    version = _ZIP64 if numbers else _PLAIN
    size, offset = MAX_32 if long else member.size, MAX_32 if far else member.offset
    fixed = (CENTRAL_SIGN, _UNIX | version, version, 0, 0, 0, _NEW_YEAR_1980, member.crc, size, size)
    return CENTRAL.pack(*fixed, len(name), len(extra), 0, 0, 0, _FILE_MODE, offset) + name + extra


def ending(count: int, size: int, offset: int) -> bytes:
    """What follows a directory of so many members and bytes at this offset."""
    needs_64 = count >= MAX_16 or size >= MAX_32 or offset >= MAX_32
    end_64 = b""
    if needs_64:
        end_64 = END_64.pack(END_64_SIGN, END_64.size - 12, _UNIX | _ZIP64, _ZIP64, 0, 0, count, count, size, offset)
        end_64 += LOCATOR.pack(LOCATOR_SIGN, 0, offset + size, 1)
    told = min(count, MAX_16)
    return end_64 + END.pack(END_SIGN, 0, 0, told, told, min(size, MAX_32), min(offset, MAX_32), 0)


class Writer:
    """Writes members one after the other; memory does not grow with them."""

    def __init__(self, stream: BinaryIO) -> None:
        """`stream` is a new file, open for writing."""
        self._stream = stream
        self._members: list[Member] = []
        self._names: set[str] = set()
        self._offset = 0

    def add(self, name: str, size: int, pieces: Iterable[bytes | memoryview]) -> FileFact:
        """Write a member of exactly `size` bytes; raises `SnapshotError` for a bad name and for any other size."""
        if not is_name(name):
            raise SnapshotError(name, "a file cannot have this name in a snapshot (letters, digits, . _ - alone)")
        if name.lower() in self._names:
            raise SnapshotError(name, "two files of the snapshot would have this name")
        self._names.add(name.lower())
        draft = Member(name, size, 0, self._offset)
        self._stream.write(local_header(draft))
        digest, crc, written = hashlib.sha256(), 0, 0
        for piece in pieces:
            digest.update(piece)
            crc = zlib.crc32(piece, crc)
            written += self._stream.write(piece)
        if written != size:
            raise SnapshotError(name, f"has {written:,} bytes, where {size:,} were announced: it changes")
        self._settle(Member(name, size, crc, self._offset))
        return FileFact(name, size, digest.hexdigest())

    def add_bytes(self, name: str, octets: bytes) -> FileFact:
        """Write a small member."""
        return self.add(name, len(octets), (octets,))

    def close(self) -> None:
        """Write the directory."""
        size = sum(self._stream.write(central_entry(member)) for member in self._members)
        self._stream.write(ending(len(self._members), size, self._offset))

    def _settle(self, member: Member) -> None:
        self._stream.seek(member.offset)
        self._stream.write(local_header(member))
        self._stream.seek(member.end)
        self._members.append(member)
        self._offset = member.end
