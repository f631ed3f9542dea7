"""Content codings undone within a limit. The bytes decide which codings there are, whatever the header field says."""

import re
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator

import brotli
from backports import zstd

from newsarchive.warc.octets import Piece

MAX_BYTES = 50 * 1024 * 1024
"""No payload is decoded beyond this size."""
MAX_PAGE_BYTES = 16 * 1024 * 1024
"""A page that is larger when decoded is rejected; to parse it may take seventy times its size of memory."""
TOO_LARGE = "too_large"
"""The reason of its rejection."""
MAX_CODINGS = 5
"""A payload with more content codings, one within another, is not decoded."""
_STEP = 1 << 16
# What is put in at once: a decoder copies the rest of it with every step, and at the end of every member.
_INPUT = 1 << 13
_GZIP, _ZSTD = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"
# The window that the content coding allows (RFC 9659): no frame takes more memory.
_ZSTD_OPTIONS: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 23}
_GZIP_TRAILER = 8
_HEADER_CRC, _EXTRA, _NAME, _COMMENT, _RESERVED = 2, 4, 8, 16, 0xE0
_NO_CODING = frozenset({"identity", "none", "utf-8"})
# Octets that no text has (WHATWG MIME Sniffing, 3); markup and UTF-16 may have them.
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_MARKED = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,99}<[!?a-z]|\xfe\xff|\xff\xfe|[<{]\0|\0[<{]", re.IGNORECASE)
_LOOKED_AT = 1445


class TooLarge(ValueError):  # noqa: N818 - a property of the payload
    """The payload is larger than the limit."""


def decoded(entity: bytes, coding: str | None, *, limit: int = MAX_BYTES) -> bytes:
    """Return the payload behind the codings that are stated, and behind gzip and zstd that are not.

    Raises `ValueError` for a broken or unknown coding, and its subclass `TooLarge`.
    """
    names = _names(coding)
    payload = undone(entity, coding, limit=limit)
    for _ in range(MAX_CODINGS - len(names)):
        name = _unstated(payload)
        if name is None:
            break
        payload = _bounded(_DECODERS[name](payload, _STEP), limit)
    if _unstated(payload):
        raise ValueError(f"more than {MAX_CODINGS} content codings")
    return payload


def undone(entity: bytes, coding: str | None, *, limit: int = MAX_BYTES) -> bytes:
    """Return the payload behind the stated codings alone, as a packed file is not unpacked. Raises as `decoded`."""
    names = _names(coding)
    if len(names) > MAX_CODINGS:
        raise ValueError(f"more than {MAX_CODINGS} content codings")
    for name in reversed(names):
        entity = _without(entity, name, limit)
    if len(entity) > limit:
        raise TooLarge(f"larger than {limit} bytes")
    return entity


def unpacks_to(entity: bytes, coding: str | None, length: int) -> bool:
    """Return whether the whole entity unpacks to exactly `length` bytes."""
    try:
        return len(undone(entity, coding, limit=length)) == length
    except ValueError:
        return False


def front(entity: Iterable[Piece], coding: str | None, *, most: int) -> bytes:
    """Return the first bytes of the payload; fewer than `most` where a coding is broken or unknown."""
    start = b"".join(_until(entity, most))
    for name in reversed(_names(coding)[:MAX_CODINGS]):
        if name not in _DECODERS:
            break
        start = _front_without(start, name, most)
    for _ in range(MAX_CODINGS):
        if packing := _unstated(start):
            start = _front_without(start, packing, most)
    return start[:most]


def _as_far_as_possible(entity: bytes, coding: str, *, most: int) -> tuple[bytes, str | None]:
    """Return up to `most` decoded bytes of a coding, and the error that ended them."""
    parts: list[bytes] = []
    try:
        parts.extend(_until(_DECODERS[coding](entity, min(_STEP, most)), most))
    except ValueError as error:
        return b"".join(parts), str(error)
    return b"".join(parts), None


def _names(coding: str | None) -> list[str]:
    names = [part.strip().lower() for part in (coding or "").split(",")]
    return [name for name in names if name and name not in _NO_CODING]


def _without(entity: bytes, name: str, limit: int) -> bytes:
    """Undo a coding, if the bytes have it: many servers and archives state one that is not there."""
    decoder = _DECODERS.get(name)
    if decoder is None and not _is_other(entity, name):
        raise ValueError(f"unknown content coding {name}")
    try:
        return _bounded(decoder(entity, _STEP), limit) if decoder else entity
    except TooLarge:
        raise
    except ValueError:
        if _is_other(entity, name):
            return entity
        raise


def _front_without(start: bytes, name: str, most: int) -> bytes:
    undone, error = _as_far_as_possible(start, name, most=most)
    return start if error and _is_other(start, name) else undone


def _is_other(entity: bytes, name: str) -> bool:
    """The bytes are text, or show another coding than the stated one."""
    return _is_text(entity) or _unstated(entity) not in (None, _SAME.get(name, name))


def _unstated(payload: bytes) -> str | None:
    """Return the coding that the first bytes show by themselves."""
    if payload.startswith(_GZIP):
        return "gzip"
    return "zstd" if payload.startswith(_ZSTD) else None


def _is_text(payload: bytes) -> bool:
    return bool(_MARKED.match(payload)) or not _BINARY.search(payload, 0, _LOOKED_AT)


def _until(pieces: Iterable[Piece], most: int) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        yield bytes(piece[: most - size])
        size += len(piece)
        if size >= most:
            break


def _bounded(pieces: Iterator[bytes], limit: int) -> bytes:
    parts, size = [], 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise TooLarge(f"larger than {limit} bytes when unpacked")
        if piece:
            parts.append(piece)
    return b"".join(parts)


def _inflate(entity: bytes, start: int, step: int) -> Generator[bytes, None, int]:
    """Yield the bytes of the raw stream that begins at `start`; return its end."""
    unpacker, position = zlib.decompressobj(-zlib.MAX_WBITS), start
    try:
        while position < len(entity) and not unpacker.eof:
            pending = entity[position : position + _INPUT]
            position += len(pending)
            while pending and not unpacker.eof:
                yield unpacker.decompress(pending, step)
                pending = unpacker.unconsumed_tail
    except zlib.error as error:
        raise ValueError(f"broken content coding ({error})") from error
    if entity and not unpacker.eof:
        raise ValueError("the content coding ends too early")
    return position - len(unpacker.unused_data)


def _gzip(entity: bytes, step: int) -> Iterator[bytes]:
    """Decode all members (RFC 1952, 2.2); bytes behind them are left out, as by browsers.

    The checksum behind a stream is not compared, as by browsers: it may be wrong or missing.
    """
    position = 0
    while (entity and position == 0) or entity.startswith(_GZIP, position):
        end = yield from _inflate(entity, _behind_header(entity, position), step)
        position = end + _GZIP_TRAILER


def _behind_header(entity: bytes, start: int) -> int:
    """Return where the stream of a gzip member begins (RFC 1952, 2.3)."""
    header, position = entity[start : start + 12], start + 10
    if not header.startswith(_GZIP) or len(header) < 10 or header[3] & _RESERVED:
        raise ValueError("broken content coding (no gzip header)")
    flags = header[3]
    if flags & _EXTRA:
        position += 2 + int.from_bytes(header[10:], "little")
    for _ in range(bool(flags & _NAME) + bool(flags & _COMMENT)):
        end = entity.find(b"\0", position)
        position = end + 1 if end >= 0 else len(entity)
    return position + 2 if flags & _HEADER_CRC else position


def _deflate(entity: bytes, step: int) -> Iterator[bytes]:
    """`deflate` is zlib by the standard (RFC 9110, 8.4.1.2), and a raw stream by what many servers send.

    The checksum behind the stream is not compared, as by browsers.
    """
    is_zlib = len(entity) > 1 and entity[0] & 0x0F == 8 and int.from_bytes(entity[:2], "big") % 31 == 0
    return _inflate(entity, 2 if is_zlib else 0, step)


def _brotli(entity: bytes, step: int) -> Iterator[bytes]:
    unpacker = brotli.Decompressor()
    try:
        for start in range(0, len(entity), _INPUT):
            piece = unpacker.process(entity[start : start + _INPUT], output_buffer_limit=step)
            while piece or not unpacker.can_accept_more_data():
                yield piece
                piece = b"" if unpacker.is_finished() else unpacker.process(b"", output_buffer_limit=step)
    except brotli.error as error:
        raise ValueError(f"broken content coding ({error})") from error
    if entity and not unpacker.is_finished():
        raise ValueError("the content coding ends too early")


def _zstandard(entity: bytes, step: int) -> Iterator[bytes]:
    """Decode all frames (RFC 8878, 3.1); bytes behind them are left out."""
    position = 0
    while (entity and position == 0) or entity.startswith(_ZSTD, position):
        position = yield from _frame(entity, position, step)


def _frame(entity: bytes, start: int, step: int) -> Generator[bytes, None, int]:
    """Yield the bytes of the frame that begins at `start`; return its end."""
    unpacker, position = zstd.ZstdDecompressor(options=_ZSTD_OPTIONS), start
    try:
        while not unpacker.eof and (position < len(entity) or not unpacker.needs_input):
            pending = entity[position : position + _INPUT] if unpacker.needs_input else b""
            position += len(pending)
            yield unpacker.decompress(pending, step)
    except zstd.ZstdError as error:
        raise ValueError(f"broken content coding ({error})") from error
    if not unpacker.eof:
        raise ValueError("the content coding ends too early")
    return position - len(unpacker.unused_data)


_DECODERS: dict[str, Callable[[bytes, int], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstandard,
}
_SAME = {"x-gzip": "gzip"}
