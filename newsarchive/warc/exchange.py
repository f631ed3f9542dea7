"""An exchange as it was on the wire: the bytes of every attempt, both ways."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from newsarchive.items import NOTHING_SAID, SourceKind, Terms
from newsarchive.warc.octets import Octets

Truncation = Literal["length", "time", "disconnect", "unspecified"]
Role = Literal["article", "source", "robots", "other"]


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why a URL was asked for; kept in the metadata record, so that a reading can be derived from the WARC alone."""

    role: Role
    via: str | None = None
    """What named the URL: URL of a source or page, or the name of a seed list."""
    source: SourceKind | None = None
    robots: str | None = None
    """What robots.txt said: `allowed`, `disallowed` of what was not asked for, or None where it was not asked."""
    terms: Terms = NOTHING_SAID


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request over one connection, and what came back."""

    request: bytes
    response: Octets
    started_at: datetime
    ip_address: str | None
    """The peer; None through a proxy."""
    tls: str | None
    """`tls/1.3`; None over plain TCP."""
    cipher: str | None
    """IANA name of the cipher suite."""
    first_byte_ms: int | None
    protocol: str = "http/1.1"
    """`http/1.1`, or `h2` where the messages were rebuilt."""
    certificates: tuple[bytes, ...] = ()
    """The server's certificate and those it sent along, DER."""
    certificate_check: str | None = None
    """`valid`, or the reasons why the certificate is not: `self-signed, wrong-name`; None over plain TCP."""


@dataclass(frozen=True, slots=True)
class NameLookup:
    """What the name system said of a host."""

    host: str
    asked_at: datetime
    server: str | None
    """Address of the name server, where it is known for certain."""
    lines: tuple[str, ...]
    """Resource records in master file form: `news.example. 300 IN A 192.0.2.1`."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """What a browser made of a page: its serialised DOM. No message of the wire."""

    html: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """All attempts at one request."""

    url: str
    method: str
    started_at: datetime
    duration_ms: int
    attempts: tuple[Attempt, ...]
    purpose: Purpose
    truncated: Truncation | None = None
    """Why the last answer was cut by us."""
    error: str | None = None
    """Why there is no whole answer."""
    redirected_from: str | None = None
    proxy: str | None = None
    """Through which proxy it went, without credentials."""
    rebuilt: str | None = None
    """Which download handler's objects the messages were rebuilt from; None when they are the bytes of the wire."""
    rendering: Rendering | None = None
    lookup: NameLookup | None = None
