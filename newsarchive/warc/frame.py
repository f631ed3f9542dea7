"""Where an HTTP/1.x answer begins and ends in the bytes of a connection (RFC 9112), and what its entity-body is."""

import re
from dataclasses import dataclass
from typing import Literal

Framing = Literal["none", "length", "chunked", "close"]

_STATUS_LINE = re.compile(rb"HTTP/\d\.\d (\d{3})(?: |\r?$)?")
_NO_BODY = frozenset({204, 304})
# Twisted ends a header line at LF and forgives a missing CR; so must whoever reads what Twisted accepted.
_LINE_END = b"\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, cut out of the bytes that were received."""

    interim: tuple[bytes, ...]
    """1xx messages that came before it."""
    head: bytes
    """Status line and headers with the empty line that ends them, as sent."""
    body: bytes
    """As framed on the wire."""
    entity: bytes
    """The body with its transfer coding undone, content coding kept: what the payload digest is made of."""
    status: int
    headers: tuple[tuple[str, str], ...]
    framing: Framing
    complete: bool
    surplus: int
    """Bytes that came after the end of the message."""

    @property
    def block(self) -> bytes:
        return self.head + self.body

    def header(self, name: str) -> str | None:
        """The first header of that name."""
        return next((value for key, value in self.headers if key.lower() == name), None)


def read_answer(raw: bytes, *, method: str) -> Answer | None:
    """Cut the final answer out of received bytes; None when they do not begin an HTTP/1.x answer."""
    interim: list[bytes] = []
    rest = raw
    while True:
        head = _head(rest)
        found = _STATUS_LINE.match(head)
        if not found:
            return None
        status = int(found[1])
        rest = rest[len(head) :]
        # 101 is a final answer: what follows is another protocol.
        if not 100 <= status < 200 or status == 101:
            break
        interim.append(head)
    headers = read_headers(head)
    framing, length = _framing(status, headers, method)
    whole_head = _ends_with_empty_line(head)
    entity, used, ended = _READERS[framing](rest, length) if whole_head else (b"", 0, False)
    return Answer(
        interim=tuple(interim),
        head=head,
        body=rest[:used],
        entity=entity,
        status=status,
        headers=headers,
        framing=framing,
        complete=ended,
        surplus=len(rest) - used,
    )


def read_headers(head: bytes) -> tuple[tuple[str, str], ...]:
    """Names and values in order, folded lines joined, lines without a colon left out; Latin-1, so no byte is lost."""
    fields: list[tuple[str, str]] = []
    for raw in head.split(_LINE_END)[1:]:
        line = raw.rstrip(b"\r").decode("latin-1")
        if line[:1] in (" ", "\t") and fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}")
        elif ":" in line:
            name, _, value = line.partition(":")
            fields.append((name.strip(), value.strip()))
    return tuple(fields)


def _head(raw: bytes) -> bytes:
    """Everything up to and including the first empty line; all there is when none came."""
    start = 0
    while (end := raw.find(_LINE_END, start)) >= 0:
        if raw[start:end] in (b"", b"\r") and start > 0:
            return raw[: end + 1]
        start = end + 1
    return raw


def _ends_with_empty_line(head: bytes) -> bool:
    return head.endswith((b"\n\n", b"\n\r\n"))


def _framing(status: int, headers: tuple[tuple[str, str], ...], method: str) -> tuple[Framing, int]:
    """How the body is delimited (RFC 9112, 6.3), and its length where it is announced."""
    if method == "HEAD" or status in _NO_BODY:
        return "none", 0
    codings = [value.lower() for name, value in headers if name.lower() == "transfer-encoding"]
    if any("chunked" in coding for coding in codings):
        return "chunked", 0
    lengths = [value for name, value in headers if name.lower() == "content-length"]
    if lengths and lengths[0].isdecimal():
        return "length", int(lengths[0])
    return "close", 0


def _read_none(rest: bytes, length: int) -> tuple[bytes, int, bool]:  # noqa: ARG001 - one signature for all framings
    return b"", 0, True


def _read_length(rest: bytes, length: int) -> tuple[bytes, int, bool]:
    body = rest[:length]
    return body, len(body), len(body) == length


def _read_close(rest: bytes, length: int) -> tuple[bytes, int, bool]:  # noqa: ARG001
    return rest, len(rest), True


def _read_chunked(rest: bytes, length: int) -> tuple[bytes, int, bool]:  # noqa: ARG001
    chunks: list[bytes] = []
    position = 0
    while (line_end := rest.find(_LINE_END, position)) >= 0:
        size = _chunk_size(rest[position:line_end])
        if size is None:
            return b"".join(chunks), position, False
        position = line_end + 1
        if size == 0:
            end = _trailer_end(rest, position)
            return b"".join(chunks), end or len(rest), end is not None
        chunks.append(rest[position : position + size])
        if position + size > len(rest):
            return b"".join(chunks), len(rest), False
        position = _skip_line_end(rest, position + size)
    return b"".join(chunks), len(rest), False


def _chunk_size(line: bytes) -> int | None:
    try:
        return int(line.split(b";", 1)[0].strip(), 16)
    except ValueError:
        return None


def _skip_line_end(rest: bytes, position: int) -> int:
    if rest[position : position + 2] == b"\r\n":
        return position + 2
    return position + 1 if rest[position : position + 1] == b"\n" else position


def _trailer_end(rest: bytes, position: int) -> int | None:
    """The end of the trailer section: behind its empty line."""
    while (line_end := rest.find(_LINE_END, position)) >= 0:
        if rest[position:line_end] in (b"", b"\r"):
            return line_end + 1
        position = line_end + 1
    return None


_READERS = {"none": _read_none, "length": _read_length, "close": _read_close, "chunked": _read_chunked}
