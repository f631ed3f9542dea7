"""What name servers said: their resource records, and what several replies together say of a host."""

import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from twisted.names import dns

_DAY = 86_400
_MINUTE = 60
FAILURE_KEPT = 5
"""Seconds for which a host that nobody could tell is not asked for again."""

_KINDS: dict[int, str] = {dns.A: "A", dns.AAAA: "AAAA", dns.CNAME: "CNAME"}


@dataclass(frozen=True, slots=True)
class ResourceRecord:
    """One record as it was received."""

    name: str
    ttl: int
    kind: str
    """`A`, `AAAA` or `CNAME`"""
    value: str

    def __str__(self) -> str:
        """Master file form (RFC 1035, section 5): `news.example. 300 IN A 192.0.2.1`."""
        return f"{self.name}. {self.ttl} IN {self.kind} {self.value}{'.' if self.kind == 'CNAME' else ''}"


@dataclass(frozen=True, slots=True)
class Lookup:
    """What name servers said of a host, with one address at least."""

    host: str
    """In the form it was asked for: small letters, `xn--` for others than ASCII."""
    asked_at: datetime
    server: str | None
    """Address of the name server; None if several gave a part of the answer."""
    records: tuple[ResourceRecord, ...]
    """Aliases and addresses from the host on, none of them left out."""
    addresses: tuple[str, ...]
    expires_at: float
    """On the clock of `time.monotonic`: the smallest TTL from `asked_at` on, a day at most."""

    @property
    def lines(self) -> tuple[str, ...]:
        """The records in master file form."""
        return tuple(map(str, self.records))


@dataclass(frozen=True, slots=True)
class Absent:
    """Name servers know no address of a host."""

    seconds: float
    """How long that may be believed."""
    is_final: bool
    """The name exists, but has no address; otherwise somebody else may know it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One name server's reply to one question, or the replies along a chain of aliases."""

    records: tuple[ResourceRecord, ...]
    servers: frozenset[str]
    denied_for: int | None = None
    """For how many seconds it may be believed that there is nothing more; None if that was not said."""
    exists: bool = True

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(record.value for record in self.records if record.kind != "CNAME")


def follow(records: Iterable[ResourceRecord], host: str) -> tuple[tuple[ResourceRecord, ...], str]:
    """The records on the way from a host through its aliases, and the name at the end of it."""
    chain: list[ResourceRecord] = []
    by_name: dict[str, list[ResourceRecord]] = {}
    for record in records:
        by_name.setdefault(record.name.lower(), []).append(record)
    while found := by_name.pop(host, None):
        alias = next((record for record in found if record.kind == "CNAME"), None)
        chain += [alias] if alias else found
        host = alias.value.lower() if alias else host
    return tuple(chain), host


def combined(host: str, asked_at: datetime, began: float, replies: Sequence[Reply]) -> Lookup | Absent:
    """What the replies for both address families say together; `began` is on the clock of `time.monotonic`."""
    if not any(reply.addresses for reply in replies):
        return _absent(replies)
    # A lookup without one of its halves is not worth keeping for long.
    ttl = min(_kept(replies), _DAY if len(replies) == 2 else _MINUTE)
    servers = frozenset[str]().union(*(reply.servers for reply in replies))
    addresses = dict.fromkeys(address for reply in replies for address in reply.addresses)
    return Lookup(
        host, asked_at, min(servers) if len(servers) == 1 else None, _without_repeats(replies), tuple(addresses),
        began + ttl,
    )  # fmt: skip


def _absent(replies: Sequence[Reply]) -> Absent:
    if len(replies) < 2:
        return Absent(FAILURE_KEPT, is_final=False)
    kept = min(FAILURE_KEPT if reply.denied_for is None else reply.denied_for for reply in replies)
    return Absent(min(kept, _MINUTE), is_final=all(reply.exists for reply in replies))


def _kept(replies: Sequence[Reply]) -> int:
    # RFC 2181, section 8: a TTL with the highest bit set is none.
    return min(record.ttl if record.ttl < 2**31 else 0 for reply in replies for record in reply.records)


def _without_repeats(replies: Sequence[Reply]) -> tuple[ResourceRecord, ...]:
    """Both halves hold the aliases."""
    seen: dict[tuple[str, str, str], ResourceRecord] = {}
    for record in (record for reply in replies for record in reply.records):
        seen.setdefault((record.name, record.kind, record.value), record)
    return tuple(seen.values())


def read_records(headers: Iterable[Any]) -> tuple[ResourceRecord, ...]:
    """The addresses and aliases of one section of a message of Twisted's."""
    known = (header for header in headers if header.type in _KINDS and header.cls == dns.IN)
    return tuple(
        ResourceRecord(_text(header.name.name), header.ttl, _KINDS[header.type], _value(header.payload))
        for header in known
    )


def _value(payload: Any) -> str:
    if payload.TYPE == dns.CNAME:
        return _text(payload.name.name)
    return socket.inet_ntop(socket.AF_INET if payload.TYPE == dns.A else socket.AF_INET6, payload.address)


def _text(name: bytes) -> str:
    """A name that cannot break a line of a record: other octets in the escapes of RFC 1035, section 5.1."""
    return "".join(chr(octet) if 0x21 <= octet <= 0x7E else f"\\{octet:03d}" for octet in name)


def read_denial(authority: Iterable[Any]) -> int | None:
    """RFC 2308, section 5: the SOA of a reply without records says for how long there are none."""
    ends = (min(header.ttl, header.payload.minimum) for header in authority if header.type == dns.SOA)
    return next(ends, None)
