"""Undoing the content coding of an entity-body, within a limit."""

import zlib
from collections.abc import Callable, Generator, Iterable, Iterator

import brotli
from backports import zstd

from newsarchive.warc.octets import Piece

MAX_BYTES = 50 * 1024 * 1024
"""No page is larger when unpacked: what is, is a bomb."""
_STEP = 1 << 16
_GZIP, _ZSTD = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"
# The window that the content coding allows (RFC 9659): no frame takes more memory.
_ZSTD_OPTIONS: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 23}
_NO_CODING = frozenset({"identity", "none", "utf-8"})


def decoded(entity: bytes, coding: str | None, *, limit: int = MAX_BYTES) -> bytes:
    """The payload behind `Content-Encoding`; raises `ValueError` for a broken, unknown or over-long one."""
    for name in reversed([part.strip().lower() for part in (coding or "").split(",") if part.strip()]):
        if name in _NO_CODING:
            continue
        if name not in _DECODERS:
            raise ValueError(f"unknown content coding {name}")
        entity = _bounded(_DECODERS[name](entity, _STEP), limit)
    return entity


def unpacks_to(entity: bytes, coding: str | None, length: int) -> bool:
    """Return whether the whole entity unpacks to exactly `length` bytes."""
    try:
        return len(decoded(entity, coding, limit=length)) == length
    except ValueError:
        return False


def front(entity: Iterable[Piece], coding: str | None, *, most: int) -> bytes:
    """The first bytes of the payload, as many as can be had; of an unknown or broken coding what comes of it."""
    names = [part.strip().lower() for part in (coding or "").split(",")]
    names = [name for name in names if name and name not in _NO_CODING]
    start = b"".join(_until(entity, most))
    for name in reversed(names):
        if name not in _DECODERS:
            break
        start = b"".join(_until(_as_far_as_it_goes(_DECODERS[name](start, most)), most))
    return start[:most]


def _until(pieces: Iterable[Piece], most: int) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        yield bytes(piece[: most - size])
        size += len(piece)
        if size >= most:
            break


def _as_far_as_it_goes(pieces: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from pieces
    except ValueError:
        return


def _bounded(pieces: Iterator[bytes], limit: int) -> bytes:
    parts, size = [], 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise ValueError(f"larger than {limit} bytes when unpacked")
        parts.append(piece)
    return b"".join(parts)


def _inflate(entity: bytes, window: int, step: int) -> Generator[bytes, None, bytes]:
    """Returns what follows the end of the coding."""
    unpacker = zlib.decompressobj(window)
    pending = entity
    try:
        while pending and not unpacker.eof:
            yield unpacker.decompress(pending, step)
            pending = unpacker.unconsumed_tail
    except zlib.error as error:
        raise ValueError(f"broken content coding ({error})") from error
    if entity and not unpacker.eof:
        raise ValueError("the content coding ends too early")
    return unpacker.unused_data


def _gzip(entity: bytes, step: int) -> Iterator[bytes]:
    """All members (RFC 1952, 2.2); what follows them is left out, as by browsers."""
    rest = yield from _inflate(entity, 16 + zlib.MAX_WBITS, step)
    while rest.startswith(_GZIP):
        rest = yield from _inflate(rest, 16 + zlib.MAX_WBITS, step)


def _deflate(entity: bytes, step: int) -> Iterator[bytes]:
    """`deflate` is zlib by the standard (RFC 9110, 8.4.1.2), and a raw stream by what many servers send."""
    is_zlib = len(entity) > 1 and entity[0] & 0x0F == 8 and int.from_bytes(entity[:2], "big") % 31 == 0
    return _inflate(entity, zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS, step)


def _brotli(entity: bytes, step: int) -> Iterator[bytes]:
    """`step` bytes are put in, not out: what a little unpacks to is bounded by its form."""
    unpacker = brotli.Decompressor()
    try:
        for start in range(0, len(entity), step):
            yield unpacker.process(entity[start : start + step])
    except brotli.error as error:
        raise ValueError(f"broken content coding ({error})") from error
    if entity and not unpacker.is_finished():
        raise ValueError("the content coding ends too early")


def _zstandard(entity: bytes, step: int) -> Iterator[bytes]:
    """All frames (RFC 8878, 3.1); what follows them is left out."""
    rest, is_first = entity, True
    while (rest and is_first) or rest.startswith(_ZSTD):
        unpacker = zstd.ZstdDecompressor(options=_ZSTD_OPTIONS)
        pending = rest
        try:
            while pending or not unpacker.needs_input:
                yield unpacker.decompress(pending, step)
                pending = b""
                if unpacker.eof:
                    break
        except zstd.ZstdError as error:
            raise ValueError(f"broken content coding ({error})") from error
        if not unpacker.eof:
            raise ValueError("the content coding ends too early")
        rest, is_first = unpacker.unused_data, False


_DECODERS: dict[str, Callable[[bytes, int], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstandard,
}
