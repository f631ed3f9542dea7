"""What a site answers, before it is put on the wire."""

from dataclasses import dataclass
from typing import Literal

Coding = Literal["negotiated", "identity", "gzip", "br"]
Framing = Literal["length", "chunked", "close"]
Headers = tuple[tuple[str, str], ...]

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as a site means it; the wire adds `Date`, coding and framing, and turns it into a 304 where due."""

    status: int = 200
    headers: Headers = ()
    """Sent in this order and this case; a name may stand here twice."""
    body: bytes = b""
    """Without content coding."""
    coding: Coding = "identity"
    """`negotiated` follows Accept-Encoding; the others are sent unasked."""
    framing: Framing = "length"
    delay: float = 0.0
    """Seconds before the first byte."""
    repeat: int | None = None
    """How often a scripted answer is given before the ordinary one returns; None for always."""
    cut_after: int | None = None
    """The connection is closed after so many bytes of the framed body."""
    raw: bytes | None = None
    """Sent exactly so instead of everything above, and the connection closed."""


def page(body: bytes, *headers: tuple[str, str], content_type: str = HTML) -> Answer:
    """An ordinary page, compressed if the client likes it."""
    return Answer(headers=(("Content-Type", content_type), *headers), body=body, coding="negotiated")


def redirect(location: str, status: int = 301) -> Answer:
    """A redirect with the short page that servers send along."""
    body = f"<html><head><title>{status}</title></head><body>Moved to {location}</body></html>\n".encode()
    return Answer(status=status, headers=(("Location", location), ("Content-Type", HTML)), body=body)


def failure(status: int, *headers: tuple[str, str]) -> Answer:
    """An error page."""
    body = f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n".encode()
    return Answer(status=status, headers=(("Content-Type", HTML), *headers), body=body)
