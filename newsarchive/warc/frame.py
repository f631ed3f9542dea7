"""Where an HTTP/1.x answer begins and ends in the bytes of a connection (RFC 9112), and what its entity-body is."""

import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from newsarchive.warc.octets import Octets, Piece, Span, pieces

Framing = Literal["none", "length", "chunked", "close"]

_STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})(?: |\r?$)?")
_NO_BODY = frozenset({204, 304})
_MOST_DIGITS = 1000
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,16})[ \t\r]*(?:;|$)")
# Twisted ends a header line at LF and forgives a missing CR; so must whoever reads what Twisted accepted.
_LINE_END = b"\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, cut out of the bytes that were received."""

    interim: tuple[bytes, ...]
    """1xx messages that came before it."""
    head: bytes
    """Status line and headers with the empty line that ends them, as sent."""
    body: Span
    """As framed on the wire."""
    status: int
    headers: tuple[tuple[str, str], ...]
    firsts: Mapping[str, str]
    """The first value of each name, the name in small letters."""
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

    @property
    def content_coding(self) -> str | None:
        """All headers of Content-Encoding as one list (RFC 9110, 5.3); one that is only repeated counts once."""
        stated = dict.fromkeys(value for name, value in self.headers if name.lower() == "content-encoding")
        return ", ".join(stated) or None


def read_answer(raw: Octets, *, method: str) -> Answer | None:
    """Cut the final answer out of received bytes; None when they do not begin an HTTP/1.x answer."""
    interim: list[bytes] = []
    start = 0
    while True:
        end = _head_end(raw, start)
        head = raw[start:end]
        found = _STATUS_LINE.match(head)
        if not found:
            return None
        status = int(found[1])
        # 101 is a final answer: what follows is another protocol.
        if not 100 <= status < 200 or status == 101:
            break
        interim.append(head)
        start = end
    headers = read_headers(head)
    firsts = {name.lower(): value for name, value in reversed(headers)}
    framing, length = _framing(status, headers, firsts, method)
    stop, ended = _BODIES[framing](raw, end, length) if _ends_with_empty_line(head) else (end, False)
    return Answer(
        interim=tuple(interim),
        head=head,
        body=Span(raw, end, stop),
        status=status,
        headers=headers,
        firsts=firsts,
        framing=framing,
        complete=ended,
        surplus=len(raw) - stop,
    )


def read_headers(head: bytes) -> tuple[tuple[str, str], ...]:
    """Names and values in order, folded lines joined, lines without a colon left out; Latin-1, so no byte is lost."""
    fields: list[tuple[str, str]] = []
    for line in head.decode("latin-1").split("\n")[1:]:
        if line[:1] in (" ", "\t") and fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}")
            continue
        name, colon, value = line.partition(":")
        if colon:
            fields.append((name.strip(), value.strip()))
    return tuple(fields)


def _head_end(raw: Octets, start: int) -> int:
    """Behind the first empty line; the end of all there is when none came."""
    position = start
    while (end := raw.find(_LINE_END, position)) >= 0:
        if position > start and (end == position or raw[position:end] == b"\r"):
            return end + 1
        position = end + 1
    return len(raw)


def _ends_with_empty_line(head: bytes) -> bool:
    return head.endswith((b"\n\n", b"\n\r\n"))


def _framing(
    status: int, headers: tuple[tuple[str, str], ...], firsts: Mapping[str, str], method: str
) -> tuple[Framing, int]:
    """How the body is delimited (RFC 9112, 6.3), and its length where it is announced."""
    if method == "HEAD" or status in _NO_BODY:
        return "none", 0
    if "transfer-encoding" in firsts:
        codings = [value.lower() for name, value in headers if name.lower() == "transfer-encoding"]
        if any("chunked" in coding for coding in codings):
            return "chunked", 0
    length = firsts.get("content-length", "")
    # Python refuses to read numbers of thousands of digits; no body is as long as one of these.
    return ("length", int(length[:_MOST_DIGITS])) if length.isdecimal() else ("close", 0)


def _no_body(raw: Octets, start: int, length: int) -> tuple[int, bool]:  # noqa: ARG001 - one signature for all
    return start, True


def _body_of_length(raw: Octets, start: int, length: int) -> tuple[int, bool]:
    return min(start + length, len(raw)), start + length <= len(raw)


def _body_until_close(raw: Octets, start: int, length: int) -> tuple[int, bool]:  # noqa: ARG001
    return len(raw), True


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


def _chunks(raw: Octets, position: int) -> Generator[tuple[int, int], None, tuple[int, bool]]:
    """Where each chunk's bytes lie; returns where the body ends, and whether it ended as it should."""
    while (line_end := raw.find(_LINE_END, position)) >= 0:
        found = _CHUNK_SIZE.match(raw[position:line_end])
        if not found:
            return position, False
        size = int(found[1], 16)
        position = line_end + 1
        if size == 0:
            end = _trailer_end(raw, position)
            return end or len(raw), end is not None
        yield position, min(position + size, len(raw))
        if position + size > len(raw):
            break
        position = _behind_line_end(raw, position + size)
    return len(raw), False


def _behind_line_end(raw: Octets, position: int) -> int:
    following = raw[position : position + 2]
    if following == b"\r\n":
        return position + 2
    return position + 1 if following[:1] == b"\n" else position


def _trailer_end(raw: Octets, position: int) -> int | None:
    """The end of the trailer section: behind its empty line."""
    while (line_end := raw.find(_LINE_END, position)) >= 0:
        if raw[position:line_end] in (b"", b"\r"):
            return line_end + 1
        position = line_end + 1
    return None


_BODIES = {"none": _no_body, "length": _body_of_length, "close": _body_until_close, "chunked": _chunked_body}
