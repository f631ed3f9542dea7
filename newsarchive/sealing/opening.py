"""Opening the ZIP file of a snapshot that may be hostile.

Nothing is believed: the directory is read, every header that our writer would have written from it is made again, and
the bytes in the file must be those. What is compressed is not unpacked, so there are no bombs.
"""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Self

from newsarchive.errors import SnapshotError
from newsarchive.plurals import counted
from newsarchive.sealing import container
from newsarchive.sealing.container import CENTRAL, END, END_64, LOCAL, LOCATOR, MAX_16, MAX_32, Member, is_name

_LARGEST_DIRECTORY = 64 * 1024 * 1024
_LONGEST_COMMENT = 0xFFFF
_STEP = 1 << 20
_SHOWN = 80


class Opened:
    """A container that could be read; `mistakes` says all in which its form is not ours, in order."""

    def __init__(self, path: Path) -> None:
        """Raises `SnapshotError` where no member can be told from the file."""
        self.path = path
        self._stream: BinaryIO = path.open("rb")
        self.mistakes: list[str] = []
        self.members: dict[str, Member] = {}
        try:
            self._read()
        except BaseException:
            self._stream.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def pieces(self, member: Member) -> Iterator[bytes]:
        """The bytes of a member, a little at a time."""
        self._stream.seek(member.data_offset)
        left = member.size
        while left and (piece := self._stream.read(min(_STEP, left))):
            left -= len(piece)
            yield piece

    def small(self, name: str, *, most: int = _LARGEST_DIRECTORY) -> bytes | None:
        """All bytes of a member that is to be small; None where there is none; raises `SnapshotError` if it is not."""
        member = self.members.get(name)
        if member is None:
            return None
        if member.size > most:
            raise SnapshotError(name, f"has {member.size:,} bytes, which is too much to be what it is called")
        return b"".join(self.pieces(member))

    def stream_at(self, member: Member) -> BinaryIO:
        """The file, at the first byte of a member; the next call of any method moves it."""
        self._stream.seek(member.data_offset)
        return self._stream

    def _read(self) -> None:
        end, (count, size, offset) = _ending(self._stream, self.path, self.mistakes)
        if size > _LARGEST_DIRECTORY or count * CENTRAL.size > size or offset + size > end:
            raise SnapshotError(self.path, "not a ZIP file: its directory cannot be as long as it says")
        self._stream.seek(offset)
        directory = self._stream.read(size)
        members = self._entries(directory, count)
        self._look_at_layout(members, offset)
        if not self.mistakes:
            self._look_at_ending(members, directory, offset)

    def _entries(self, directory: bytes, count: int) -> list[Member]:
        """The members that the directory names; those with impossible names are told, and not taken."""
        members, position = [], 0
        seen: set[str] = set()
        folders: set[str] = set()
        for _ in range(count):
            member, length = self._entry(directory, position)
            position += length
            if member is None:
                continue
            if member.name.lower() in seen:
                self.mistakes.append(f"two members are called {member.name}")
                continue
            seen.add(member.name.lower())
            folders.add(member.name.lower().rpartition("/")[0])
            members.append(member)
            self.members[member.name] = member
        self.mistakes += [f"a member and a folder are called {name}" for name in sorted(seen & folders)]
        if position != len(directory):
            self.mistakes.append("the directory is longer than its entries")
        return members

    def _entry(self, directory: bytes, position: int) -> tuple[Member | None, int]:
        try:
            fields = CENTRAL.unpack_from(directory, position)
        except struct.error as error:
            raise SnapshotError(self.path, "not a ZIP file: its directory is cut") from error
        sign, _, _, flags, method, _, _, crc, packed, size, name_length, extra_length, comment_length = fields[:13]
        length = CENTRAL.size + name_length + extra_length + comment_length
        if sign != container.CENTRAL_SIGN or position + length > len(directory):
            raise SnapshotError(self.path, "not a ZIP file: its directory is broken")
        raw = directory[position + CENTRAL.size :][:name_length]
        name = raw.decode("ascii", errors="backslashreplace")
        extra = directory[position + CENTRAL.size + name_length :][:extra_length]
        if not is_name(name):
            self.mistakes.append(f"a member has a name that no file of a snapshot has: {name[:_SHOWN]!r}")
            return None, length
        if flags & 1 or method != 0:
            self.mistakes.append(f"{name} is {'encrypted' if flags & 1 else 'compressed'}, which is not unpacked")
            return None, length
        size, packed, offset = _long_numbers(extra, size, packed, fields[16])
        member = Member(name, size, crc, offset)
        if size != packed or directory[position : position + length] != container.central_entry(member):
            self.mistakes.append(f"the directory's entry of {name} is not as snapshots are written")
        return member, length

    def _look_at_layout(self, members: list[Member], directory: int) -> None:
        """Members lie one behind the other from the first byte to the directory, each behind its own header."""
        end = 0
        for member in members:
            if member.offset < end:
                # Very many of the same bytes would take very long to read.
                self.mistakes.append(f"a member overlaps {member.name}")
                del self.members[member.name]
                continue
            if member.offset > end:
                self.mistakes.append(f"bytes that belong to no member lie before {member.name}")
            if member.end > directory:
                self.mistakes.append(f"{member.name} is longer than the file has room for")
                del self.members[member.name]
                continue
            self._look_at_header(member)
            end = member.end
        if end != directory:
            self.mistakes.append("bytes that belong to no member lie before the directory")

    def _look_at_header(self, member: Member) -> None:
        expected = container.local_header(member)
        self._stream.seek(member.offset)
        found = self._stream.read(len(expected))
        if found == expected:
            return
        name = found[LOCAL.size :][: len(member.name)]
        what = "another name" if name != member.name.encode() else "other numbers"
        self.mistakes.append(f"the header before {member.name} says {what} than the directory")

    def _look_at_ending(self, members: list[Member], directory: bytes, offset: int) -> None:
        self._stream.seek(offset + len(directory))
        expected = container.ending(len(members), len(directory), offset)
        if self._stream.read(len(expected) + 1) != expected:
            self.mistakes.append("what follows the directory is not as snapshots are written")


def crc_of(pieces: Iterator[bytes]) -> int:
    """The checksum that a ZIP file states."""
    crc = 0
    for piece in pieces:
        crc = zlib.crc32(piece, crc)
    return crc


def _ending(stream: BinaryIO, path: Path, mistakes: list[str]) -> tuple[int, tuple[int, int, int]]:
    """Where the directory ends, and its (count, bytes, offset)."""
    length = stream.seek(0, 2)
    start = max(0, length - END.size - _LONGEST_COMMENT)
    stream.seek(start)
    tail = stream.read()
    found = tail.rfind(struct.pack("<I", container.END_SIGN))
    if found < 0 or len(tail) - found < END.size:
        raise SnapshotError(path, "not a ZIP file: it has no end, or is cut")
    if len(tail) - found > END.size:
        mistakes.append(f"{counted(len(tail) - found - END.size, 'byte')} behind the end of the ZIP file")
    at = start + found
    _, disk, start_disk, here, count, size, offset, _ = END.unpack_from(tail, found)
    if disk or start_disk or here != count:
        mistakes.append("the ZIP file says that it has several parts")
    if count != MAX_16 and MAX_32 not in (size, offset):
        return at, (count, size, offset)
    return _ending_64(stream, path, at)


def _ending_64(stream: BinaryIO, path: Path, end: int) -> tuple[int, tuple[int, int, int]]:
    at = end - LOCATOR.size - END_64.size
    if at >= 0:
        stream.seek(at)
        both = stream.read(END_64.size + LOCATOR.size)
        fields, locator = END_64.unpack_from(both), LOCATOR.unpack_from(both, END_64.size)
        if fields[0] == container.END_64_SIGN and locator == (container.LOCATOR_SIGN, 0, at, 1):
            return at, (fields[7], fields[8], fields[9])
    raise SnapshotError(path, "not a ZIP file: its ZIP64 ending is broken")


def _long_numbers(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """(size, compressed size, offset), those that do not fit into 32 bits from the ZIP64 field."""
    numbers = extra[4:] if extra[:2] == b"\x01\x00" else b""
    found = []
    for number in (size, packed, offset):
        if number == MAX_32 and len(numbers) >= 8:
            found.append(int.from_bytes(numbers[:8], "little"))
            numbers = numbers[8:]
        else:
            found.append(number)
    return found[0], found[1], found[2]
