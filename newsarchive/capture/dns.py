"""What the name system says of a host: its resource records, and for how long they may be kept."""

import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as NoReplyError
from twisted.internet.error import BindError, ConnectError
from twisted.names import client, dns
from twisted.names.error import DNSNameError

# A question lost on the way is asked again soon; a slow server has had four seconds when it is given up.
_TRIES = (1.0, 3.0)
_FOR_TCP = 3.0
# RFC 8305, section 3: a host is not waited for because its servers choke on AAAA, as some do.
_FOR_AAAA = 0.5
_SILENCE = 30.0
_ALIASES = 8
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


class _Client(client.Resolver):
    """Twisted's, which for a server that shortens its reply over TCP too would ask without end."""

    def filterAnswers(self, message: Any) -> Any:  # noqa: N802 - Twisted's name
        if not message.trunc:
            return self._whole(message)
        return self.queryTCP(message.queries).addCallback(self._whole)  # type: ignore[no-untyped-call]

    def _whole(self, message: Any) -> Any:
        message.trunc = 0
        return super().filterAnswers(message)  # type: ignore[no-untyped-call]


class NameServer:
    """One name server, asked over UDP, and over TCP where its reply is too long for UDP."""

    def __init__(self, address: str, port: int, *, reactor: Any) -> None:
        self.address = address
        self._reactor = reactor
        self._client: Any = _Client(servers=[(address, port)], reactor=reactor)  # type: ignore[no-untyped-call]
        self._heard_at = 0.0
        self._silent_until = 0.0

    def is_silent(self) -> bool:
        """It has not said a word of late."""
        return monotonic() < self._silent_until

    async def ask(self, name: str, kind: int, patience: float) -> Reply | None:
        """The reply to a question; None if the server cannot tell. Raises `NoReplyError`."""
        asked_at = monotonic()
        question = self._client.query(dns.Query(name.encode(), kind, dns.IN), timeout=(patience,))
        try:
            answers, authority, _ = await question.addTimeout(patience + _FOR_TCP, self._reactor)
            reply = Reply(_records(answers), frozenset({self.address}), _denial(authority))
        except NoReplyError:
            # One broken domain makes a healthy server silent on it; it is silent if it says nothing else either.
            if patience == _TRIES[-1] and self._heard_at < asked_at:
                self._silent_until = monotonic() + _SILENCE
            raise
        except DNSNameError as error:
            kept = _denial(error.args[0].authority)
            reply = Reply((), frozenset({self.address}), FAILURE_KEPT if kept is None else kept, exists=False)
        except (ValueError, OSError, ConnectError, BindError):
            return None
        self._heard_at, self._silent_until = monotonic(), 0.0
        return reply


class NameClient:
    """Asks name servers for the addresses of hosts. Keeps nothing."""

    def __init__(self, servers: Callable[[], tuple[tuple[str, int], ...]], *, reactor: Any) -> None:
        self._addresses = servers
        self._reactor = reactor
        self._servers: dict[tuple[str, int], NameServer] = {}

    async def look_up(self, host: str) -> Lookup | Absent:
        """The addresses of both families; one family is enough."""
        asked_at, began = datetime.now(UTC), monotonic()
        asked = Deferred.fromCoroutine(self._chain(host, dns.AAAA))
        four = await self._chain(host, dns.A)
        if four and four.addresses:
            asked.addTimeout(_FOR_AAAA, self._reactor)
        try:
            six = await asked
        except NoReplyError:
            six = None
        replies = [reply for reply in (four, six) if reply]
        if not any(reply.addresses for reply in replies):
            return _absent(replies)
        # A lookup without one of its halves is not worth keeping for long.
        ttl = min(_kept(replies), _DAY if len(replies) == 2 else _MINUTE)
        servers = frozenset[str]().union(*(reply.servers for reply in replies))
        return Lookup(
            host, asked_at, min(servers) if len(servers) == 1 else None, _without_repeats(replies),
            tuple(dict.fromkeys(address for reply in replies for address in reply.addresses)), began + ttl,
        )  # fmt: skip

    async def _chain(self, host: str, kind: int) -> Reply | None:
        """The reply to a question, also where a server tells only the alias and leaves the rest to be asked for."""
        name = host
        records: tuple[ResourceRecord, ...] = ()
        servers = frozenset[str]()
        for _ in range(_ALIASES):
            reply = await self._reply(name, kind)
            if reply is None:
                return None
            found, end = follow(reply.records, name)
            records, servers = records + found, servers | reply.servers
            if end == name or found[-1].kind != "CNAME" or reply.denied_for is not None:
                return Reply(records, servers, reply.denied_for, reply.exists)
            if "\\" in end:
                return None
            name = end
        return None

    async def _reply(self, name: str, kind: int) -> Reply | None:
        """The first reply of a server; one that lately was silent is asked last, and once."""
        servers = sorted(self._at_hand(), key=NameServer.is_silent)
        for patience in _TRIES:
            for server in tuple(servers):
                if server.is_silent():
                    servers.remove(server)
                try:
                    reply = await server.ask(name, kind, patience)
                except NoReplyError:
                    continue
                if reply is not None:
                    return reply
                if server in servers:
                    servers.remove(server)
        return None

    def _at_hand(self) -> list[NameServer]:
        addresses = self._addresses()
        if addresses != tuple(self._servers):
            self._servers = {place: NameServer(*place, reactor=self._reactor) for place in addresses}
        return list(self._servers.values())


def _absent(replies: list[Reply]) -> Absent:
    if len(replies) < 2:
        return Absent(FAILURE_KEPT, is_final=False)
    kept = min(FAILURE_KEPT if reply.denied_for is None else reply.denied_for for reply in replies)
    return Absent(min(kept, _MINUTE), is_final=all(reply.exists for reply in replies))


def _kept(replies: list[Reply]) -> int:
    # RFC 2181, section 8: a TTL with the highest bit set is none.
    return min(record.ttl if record.ttl < 2**31 else 0 for reply in replies for record in reply.records)


def _without_repeats(replies: list[Reply]) -> tuple[ResourceRecord, ...]:
    """Both halves hold the aliases."""
    seen: dict[tuple[str, str, str], ResourceRecord] = {}
    for record in (record for reply in replies for record in reply.records):
        seen.setdefault((record.name, record.kind, record.value), record)
    return tuple(seen.values())


def _records(headers: Iterable[Any]) -> tuple[ResourceRecord, ...]:
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


def _denial(authority: Iterable[Any]) -> int | None:
    """RFC 2308, section 5: the SOA of a reply without records says for how long there are none."""
    ends = (min(header.ttl, header.payload.minimum) for header in authority if header.type == dns.SOA)
    return next(ends, None)
