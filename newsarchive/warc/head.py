"""The head of an HTTP/1.x response, read as browsers read it (RFC 9112, sections 2 to 6).

The crawl and every later reader of an archive share these rules, so that both see the same response.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Framing = Literal["none", "length", "chunked", "close", "conflict"]

MAX_BYTES = 1024 * 1024
"""More bytes before the body are not read; a crawl accepts no more than RESPONSE_HEAD_MAX_KB."""
MAX_LINES = 20_000
"""A head with more lines is not read; a crawl accepts no more than RESPONSE_HEAD_MAX_LINES."""
MAX_LEADING_BYTES = 4096
"""Blank lines before a status line."""
# A line ends at LF, with or without CR (RFC 9112, 2.2).
LINE_END = b"\n"

# Shoutcast servers send `ICY 200 OK`; some others send `HTTP 200 OK` or `http/1.1 200`.
_LEADING = re.compile(rb"[ \t\r\n]*")
_STATUS_LINE = re.compile(rb"(?:HTTP(?:/(\d+(?:\.\d+)?))?|ICY)[ \t]+(\d{3})(?!\d)[ \t]*([^\r\n]*)", re.IGNORECASE)
_OLD_VERSIONS = frozenset({None, b"0.9", b"1", b"1.0"})
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
# NUL and CR within a value are replaced by blanks (RFC 9110, 5.5).
_CONTROLS = str.maketrans("\r\0", "  ")
_BLANKS = " \t\r\0"
_NO_BODY = frozenset({204, 304})
# No body has a length of more digits; browsers ignore such a field.
_MAX_LENGTH_DIGITS = 18

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Head:
    """A status line and the fields behind it."""

    version: Literal["1.0", "1.1"]
    status: int
    reason: bytes
    fields: Fields

    @cached_property
    def firsts(self) -> Mapping[str, str]:
        """The first value of each name, the name in lower case."""
        return {name.lower(): value for name, value in reversed(self.fields)}

    @property
    def is_interim(self) -> bool:
        """Whether another head follows; 101 is final: what follows it is another protocol."""
        return 100 <= self.status < 200 and self.status != 101

    @cached_property
    def transfer_codings(self) -> tuple[str, ...]:
        """All transfer codings but `identity`, in the order in which they were applied."""
        return tuple(coding for coding in self.values("transfer-encoding") if coding != "identity")

    @property
    def content_coding(self) -> str | None:
        """All headers of Content-Encoding as one list (RFC 9110, 5.3); one that is only repeated counts once.

        A compression that is stated as a transfer coding is the outermost content coding.
        """
        stated = dict.fromkeys(value for name, value in self.fields if name.lower() == "content-encoding")
        return ", ".join([*stated, *self.outer_codings]) or None

    @property
    def outer_codings(self) -> tuple[str, ...]:
        """The compressions that are stated as transfer codings."""
        return tuple(coding for coding in self.transfer_codings if coding != "chunked")

    def framing(self, method: str) -> tuple[Framing, int]:
        """How the body is delimited (RFC 9112, 6.3), and its length where it is stated.

        `conflict`: different lengths are stated, so that the end of the body is unknown.
        """
        if method == "HEAD" or self.status in _NO_BODY:
            return "none", 0
        if self.transfer_codings:
            # Transfer-Encoding overrides Content-Length.
            return ("chunked" if "chunked" in self.transfer_codings else "close"), 0
        lengths = {_number(value) for value in self.values("content-length")}
        if len(lengths) > 1:
            return "conflict", 0
        length = next(iter(lengths), None)
        return ("close", 0) if length is None else ("length", length)

    def values(self, name: str) -> list[str]:
        """The members of a field that is a list, in lower case."""
        values = [value for key, value in self.fields if key.lower() == name]
        return [part for value in values for part in (item.strip(_BLANKS).lower() for item in value.split(",")) if part]


def read_head(head: bytes) -> Head | None:
    """Parse a head; None when its status line is malformed, or when it has too many lines."""
    match = _STATUS_LINE.match(head)
    if not match or head.count(LINE_END) > MAX_LINES:
        return None
    version: Literal["1.0", "1.1"] = "1.0" if match[1] in _OLD_VERSIONS else "1.1"
    return Head(version, int(match[2]), match[3].strip(), read_fields(head))


def leading_blanks(received: bytes) -> int:
    """Return how many bytes of blank lines come before the status line."""
    blanks = _LEADING.match(received)
    return blanks.end() if blanks else 0


def is_status_line(line: bytes) -> bool:
    """Whether an HTTP response begins with this line."""
    return _STATUS_LINE.match(line) is not None


def read_fields(head: bytes) -> Fields:
    """Names and values in order, folded lines joined; decoded as Latin-1, so that no byte is lost.

    As in browsers, a line without a colon and a name that is not a token are left out, and blanks before the colon are
    removed.
    """
    fields: list[tuple[str, list[str]]] = []
    for line in head.decode("latin-1").split("\n")[1:]:
        if line[:1] in (" ", "\t"):
            # A continuation; behind the status line it continues nothing (RFC 9112, 2.2).
            if fields:
                fields[-1][1].append(line.translate(_CONTROLS).strip(_BLANKS))
            continue
        name, colon, value = line.partition(":")
        fields.append((name.rstrip(_BLANKS) if colon else "", [value.translate(_CONTROLS).strip(_BLANKS)]))
    return tuple((name, " ".join(filter(None, parts))) for name, parts in fields if _TOKEN.fullmatch(name))


def _number(value: str) -> int | None:
    digits = value.lstrip("0") or value[:1]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _MAX_LENGTH_DIGITS else None
