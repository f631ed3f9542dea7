"""What a file says of itself before its first record: the dictionary of its Zstandard frames, or that it is no WARC."""

from collections.abc import Callable

from backports import zstd

NO_RECORD = "no WARC record begins here"
ARC = "an ARC file, which is not read; warcio recompress makes a WARC file of it"
_ARC = b"filedesc:"
# Frames that a reader skips (RFC 8878, 3.1.2); the first of a file may hold a dictionary (IIPC, WARC with Zstandard).
_SKIPPED_FROM, _SKIPPED_END, _DICTIONARY = 0x184D2A50, 0x184D2A60, 0x184D2A5D
DICTIONARY = _DICTIONARY.to_bytes(4, "little")
"""The first bytes of a file that begins with its dictionary."""
_FRAME = b"\x28\xb5\x2f\xfd"
_HEADER = 8
_LARGEST = 64 * 1024 * 1024


def no_record(start: bytes, *, otherwise: str = NO_RECORD) -> str:
    """Why nothing can be read that begins so; `otherwise` where its beginning tells no more."""
    return ARC if start.startswith(_ARC) else otherwise


def dictionary(first: Callable[[int], bytes]) -> tuple[int, zstd.ZstdDict | None]:
    """Bytes before the first frame that holds records, and the dictionary in them; 0 and None in most files.

    `first` gives so many of the first bytes, or all there are. Raises `ValueError` for a broken one.
    """
    header = first(_HEADER)
    magic, size = int.from_bytes(header[:4], "little"), int.from_bytes(header[4:], "little")
    if not _SKIPPED_FROM <= magic < _SKIPPED_END or len(header) < _HEADER or size > _LARGEST:
        return 0, None
    if magic != _DICTIONARY:
        return _HEADER + size, None
    return _HEADER + size, _read(first(_HEADER + size)[_HEADER:])


def _read(held: bytes) -> zstd.ZstdDict:
    try:
        found = zstd.ZstdDict(_unpacked(held) if held.startswith(_FRAME) else held)
        # Only now it is looked at.
        zstd.ZstdDecompressor(found)
    except (zstd.ZstdError, ValueError) as error:
        raise ValueError(f"the dictionary cannot be used ({error})") from error
    return found


def _unpacked(held: bytes) -> bytes:
    unpacker = zstd.ZstdDecompressor()
    unpacked = unpacker.decompress(held, _LARGEST)
    if not unpacker.eof:
        raise ValueError("it is not whole")
    return unpacked
