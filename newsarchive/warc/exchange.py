"""An exchange as it was on the wire: the bytes of every attempt, both ways."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from newsarchive.items import SourceKind

Truncation = Literal["length", "time", "disconnect", "unspecified"]
Role = Literal["article", "source", "robots", "other"]


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why a URL was asked for; kept in the metadata record, so that a reading can be derived from the WARC alone."""

    role: Role
    via: str | None = None
    """What named the URL: URL of a source, or the name of a seed list."""
    source: SourceKind | None = None
    robots: str | None = None
    """What robots.txt said: `allowed`, or None where it was not asked."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request over one connection, and what came back."""

    request: bytes
    response: bytes
    started_at: datetime
    ip_address: str | None
    """The peer; None through a proxy."""
    tls: str | None
    """`tls/1.3`; None over plain TCP."""
    cipher: str | None
    """IANA name of the cipher suite."""
    first_byte_ms: int | None


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
