"""Asking name servers for the addresses of hosts."""

from collections.abc import Callable
from time import monotonic
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as NoReplyError
from twisted.internet.error import BindError, ConnectError
from twisted.names import client, dns
from twisted.names.error import DNSNameError

from newsarchive import clock
from newsarchive.capture.lookups import (
    FAILURE_KEPT,
    Absent,
    Lookup,
    Reply,
    ResourceRecord,
    combined,
    follow,
    read_denial,
    read_records,
)

# A question lost on the way is asked again soon; a slow server has had four seconds when it is given up.
_TRIES = (1.0, 3.0)
_FOR_TCP = 3.0
# RFC 8305, section 3: a host is not waited for because its servers choke on AAAA, as some do.
_FOR_AAAA = 0.5
_SILENCE = 30.0
_ALIASES = 8


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
            reply = Reply(read_records(answers), frozenset({self.address}), read_denial(authority))
        except NoReplyError:
            # One broken domain makes a healthy server silent on it; it is silent if it says nothing else either.
            if patience == _TRIES[-1] and self._heard_at < asked_at:
                self._silent_until = monotonic() + _SILENCE
            raise
        except DNSNameError as error:
            kept = read_denial(error.args[0].authority)
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
        asked_at, began = clock.moment(), monotonic()
        asked = Deferred.fromCoroutine(self._chain(host, dns.AAAA))
        four = await self._chain(host, dns.A)
        if four and four.addresses:
            asked.addTimeout(_FOR_AAAA, self._reactor)
        try:
            six = await asked
        except NoReplyError:
            six = None
        replies = [reply for reply in (four, six) if reply]
        return combined(host, asked_at, began, replies)

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
