"""A name server on loopback that speaks real DNS over UDP and TCP, counts its questions, and can misbehave."""

import asyncio
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from twisted.names import dns

KINDS = {"A": dns.A, "AAAA": dns.AAAA, "CNAME": dns.CNAME}
PAYLOADS = {"A": dns.Record_A, "AAAA": dns.Record_AAAA, "CNAME": dns.Record_CNAME}


@dataclass(frozen=True)
class Says:
    """The reply to one question: records as `NAME TTL KIND VALUE`, or a failure."""

    records: tuple[str, ...] = ()
    code: int = dns.OK
    denied_for: int | None = None
    """SOA minimum of a reply that denies; None gives no SOA."""
    truncated: str = ""
    """`UDP`, or `UDP TCP`"""
    after: float = 0.0
    silent: bool = False


def records(*lines: str, **more: object) -> Says:
    return Says(lines, **more)


NO_SUCH_NAME = Says(code=dns.ENAME, denied_for=300)
NOTHING = Says(denied_for=300)
SILENCE = Says(silent=True)


@dataclass
class NameServer:
    """Runs in a thread; `zone` maps (name, kind) to what is said, or to what is said in turn, the last for good."""

    zone: dict[tuple[str, str], Says | list[Says]] = field(default_factory=dict)
    otherwise: Says = NO_SUCH_NAME
    questions: list[tuple[str, str, str]] = field(default_factory=list)
    """(transport, name, kind), as they came."""
    port: int = 0

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    def count(self, name: str, kind: str) -> int:
        return sum(asked[1:] == (name, kind) for asked in self.questions)

    def host(self, name: str, *addresses: str, ttl: int = 300) -> None:
        """A name with addresses; a family without any is denied."""
        for kind, is_six in (("A", False), ("AAAA", True)):
            lines = tuple(f"{name} {ttl} {kind} {address}" for address in addresses if (":" in address) == is_six)
            self.zone[name, kind] = Says(lines) if lines else NOTHING

    def reply(self, asked: bytes, transport: str) -> tuple[bytes, float] | None:
        question = dns.Message()
        question.fromStr(asked)
        query = question.queries[0]
        name = query.name.name.decode().lower()
        kind = next((kind for kind, number in KINDS.items() if number == query.type), str(query.type))
        self.questions.append((transport, name, kind))
        says = self.zone.get((name, kind), self.otherwise)
        if isinstance(says, list):
            says = says.pop(0) if len(says) > 1 else says[0]
        if says.silent:
            return None
        return _message(question, says, transport).toStr(), says.after

    def __enter__(self) -> Self:
        started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, args=(started,), daemon=True)
        self._thread.start()
        assert started.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(5)

    def _serve(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._run(started.set))
        finally:
            self._loop.close()

    async def _run(self, started: Callable[[], None]) -> None:
        self._ended = asyncio.Event()
        streams = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = streams.sockets[0].getsockname()[1]
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        datagrams.bind(("127.0.0.1", self.port))
        transport, _ = await self._loop.create_datagram_endpoint(lambda: _Datagrams(self), sock=datagrams)
        started()
        await self._ended.wait()
        transport.close()
        streams.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0.01)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                asked = await reader.readexactly(int.from_bytes(await reader.readexactly(2)))
                said = self.reply(asked, "TCP")
                if said:
                    await asyncio.sleep(said[1])
                    writer.write(len(said[0]).to_bytes(2) + said[0])
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            writer.close()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: NameServer) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        self._transport = transport

    def datagram_received(self, asked: bytes, address: tuple[str, int]) -> None:
        said = self._server.reply(asked, "UDP")
        if said:
            asyncio.get_running_loop().call_later(said[1], self._transport.sendto, said[0], address)


def _message(question: dns.Message, says: Says, transport: str) -> dns.Message:
    message = dns.Message(
        id=question.id, answer=1, recDes=1, recAv=1, rCode=says.code, maxSize=512 if transport == "UDP" else 0
    )
    message.queries = question.queries
    if transport in says.truncated:
        message.trunc = 1
        return message
    for line in says.records:
        name, ttl, kind, value = line.split(" ")
        payload = PAYLOADS[kind](value)
        message.answers.append(dns.RRHeader(name.encode(), KINDS[kind], dns.IN, int(ttl), payload))
    if says.denied_for is not None:
        soa = dns.Record_SOA(b"ns.test", b"who.test", minimum=says.denied_for, ttl=3600)
        message.authority.append(dns.RRHeader(b"test", dns.SOA, dns.IN, 3600, soa))
    return message
