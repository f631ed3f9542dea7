"""Where an HTTP/1.x answer begins and ends in the bytes of a connection (RFC 9112), and what its entity-body is."""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass

from newsarchive.warc import payload
from newsarchive.warc.chunks import Chunks, MalformedChunks
from newsarchive.warc.head import (
    LINE_END,
    MAX_BYTES,
    MAX_LEADING_BYTES,
    Fields,
    Framing,
    Head,
    leading_blanks,
    read_head,
)
from newsarchive.warc.octets import Octets, Piece, Span, pieces

_STEP = 1 << 16


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, cut out of the bytes that were received."""

    interim: tuple[bytes, ...]
    """1xx messages that came before it."""
    leading: bytes
    """Blank lines before the status line."""
    head: bytes
    """Status line and headers with the empty line that ends them, as sent."""
    body: Span
    """As framed on the wire."""
    status: int
    headers: Fields
    firsts: Mapping[str, str]
    """The first value of each name, the name in lower case."""
    content_coding: str | None
    framing: Framing
    complete: bool
    surplus: int
    """Bytes that came after the end of the message."""

    @property
    def block(self) -> bytes:
        """Head and body as they came."""
        return self.head + self.body.octets[self.body.start : self.body.stop]

    @property
    def entity(self) -> bytes:
        """The body with its transfer coding undone, content coding kept."""
        return b"".join(self.entity_pieces())

    def entity_pieces(self) -> Iterator[Piece]:
        """The entity-body a little at a time: what the payload digest is made of."""
        if self.framing != "chunked":
            return self.body.pieces()
        return _chunks_within(self.body)

    def header(self, name: str) -> str | None:
        """The first header of that name."""
        return self.firsts.get(name)


def read_answer(raw: Octets, *, method: str) -> Answer | None:
    """Cut the final answer out of received bytes; None when they do not begin an HTTP/1.x answer."""
    interim: list[bytes] = []
    position = 0
    while True:
        start = position + leading_blanks(raw[position : position + MAX_LEADING_BYTES])
        end = _head_end(raw, start)
        if end > MAX_BYTES:
            return None
        block = raw[start:end]
        head = read_head(block)
        if head is None:
            return None
        if not head.is_interim:
            break
        interim.append(raw[position:end])
        position = end
    framing, length = head.framing(method)
    stop, ended = _BODIES[framing](raw, end, length) if _ends_with_empty_line(block) else (end, False)
    if framing == "length" and not ended:
        ended = _is_length_of_unpacked(raw, end, stop, length, head)
    return Answer(
        interim=tuple(interim),
        leading=raw[position:start],
        head=block,
        body=Span(raw, end, stop),
        status=head.status,
        headers=head.fields,
        firsts=head.firsts,
        content_coding=head.content_coding,
        framing=framing,
        complete=ended,
        surplus=len(raw) - stop,
    )


def _head_end(raw: Octets, start: int) -> int:
    """Return the place behind the first empty line; the end of a head that is not whole, or too long to be read."""
    position = start
    while (end := raw.find(LINE_END, position)) >= 0:
        if position > start and (end == position or raw[position:end] == b"\r"):
            return end + 1
        position = end + 1
        if position > MAX_BYTES:
            return position
    return len(raw)


def _ends_with_empty_line(head: bytes) -> bool:
    return head.endswith((b"\n\n", b"\n\r\n"))


def _is_length_of_unpacked(raw: Octets, start: int, stop: int, length: int, head: Head) -> bool:
    """Whether a body shorter than its stated length is whole: some servers state the length before compression."""
    is_readable = head.content_coding is not None and length <= payload.MAX_BYTES
    return is_readable and payload.unpacks_to(raw[start:stop], head.content_coding, length)


def _no_body(raw: Octets, start: int, length: int) -> tuple[int, bool]:  # noqa: ARG001 - one signature for all
    return start, True


def _body_of_length(raw: Octets, start: int, length: int) -> tuple[int, bool]:
    return min(start + length, len(raw)), start + length <= len(raw)


def _body_until_close(raw: Octets, start: int, length: int) -> tuple[int, bool]:  # noqa: ARG001
    return len(raw), True


def _body_without_end(raw: Octets, start: int, length: int) -> tuple[int, bool]:  # noqa: ARG001
    return len(raw), False


def _chunked_body(raw: Octets, start: int, length: int) -> tuple[int, bool]:  # noqa: ARG001
    chunks = _chunks(raw, start)
    while True:
        try:
            next(chunks)
        except StopIteration as end:
            stop: tuple[int, bool] = end.value
            return stop


def _chunks_within(body: Span) -> Iterator[Piece]:
    for start, stop in _chunks(body.octets, body.start):
        yield from pieces(body.octets, start, stop)


def _chunks(raw: Octets, start: int) -> Generator[tuple[int, int], None, tuple[int, bool]]:
    """Yield where data lies; return where the body ends, and whether it ended as it should."""
    chunks = Chunks()
    for position in range(start, len(raw), _STEP):
        try:
            for first, last in chunks.feed(raw[position : position + _STEP]):
                yield position + first, position + last
        except MalformedChunks:
            return len(raw), False
        if chunks.is_done:
            return position + chunks.consumed, True
    return len(raw), chunks.has_last_chunk


_BODIES = {
    "none": _no_body,
    "length": _body_of_length,
    "close": _body_until_close,
    "chunked": _chunked_body,
    "conflict": _body_without_end,
}
