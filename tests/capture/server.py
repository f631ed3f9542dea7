"""A server on raw sockets: sends any bytes, and remembers to the byte what it read and what it sent."""

import gzip
import random
import re
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Self

from newsarchive.demoweb.certificate import self_signed, server_context
from tests.capture.cases import BY_NAME, TEXT, chunks, head

HOST = "raw.example"
KINDS = ("http", "tls1.2", "tls1.3")
_VERSIONS = {"tls1.2": ssl.TLSVersion.TLSv1_2, "tls1.3": ssl.TLSVersion.TLSv1_3}
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHANCE = random.Random(2026)
_WORDS = ["".join(_CHANCE.choices("abcdefghijklmnopqrstuvwxyz", k=_CHANCE.randrange(2, 11))) for _ in range(4000)]


@dataclass(frozen=True)
class Said:
    """One exchange as the server saw it."""

    kind: str
    target: str
    request: bytes
    sent: bytes


class Server:
    """Listens on three ports of the loopback: plain, TLS 1.2 alone, TLS 1.3 alone."""

    def __init__(self) -> None:
        self.log: list[Said] = []
        self.ports: dict[str, int] = {}
        certificate = self_signed([HOST])
        self._contexts: dict[str, ssl.SSLContext] = {}
        for kind, version in _VERSIONS.items():
            self._contexts[kind] = server_context(*certificate)
            self._contexts[kind].minimum_version = self._contexts[kind].maximum_version = version
        self._asked: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()
        self._listeners: list[socket.socket] = []
        self._connections: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._is_closing = threading.Event()

    def __enter__(self) -> Self:
        for kind in KINDS:
            listener = socket.create_server(("127.0.0.1", 0), backlog=128)
            self.ports[kind] = listener.getsockname()[1]
            self._listeners.append(listener)
            self._start(self._accept, kind, listener)
        return self

    def __exit__(self, *_: object) -> None:
        self._is_closing.set()
        for one in [*self._listeners, *self._connections]:
            with _forgiving():
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join(10)

    def url(self, kind: str, path: str) -> str:
        """The address of `path` on one of the ports; tests send its host to 127.0.0.1."""
        return f"{'http' if kind == 'http' else 'https'}://{HOST}:{self.ports[kind]}/{path.lstrip('/')}"

    @property
    def connect_to(self) -> list[str]:
        return [f"{HOST}:{port}:127.0.0.1:{port}" for port in self.ports.values()]

    def _start(self, target: object, *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, kind: str, listener: socket.socket) -> None:
        while not self._is_closing.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self._start(self._serve, kind, connection)

    def _serve(self, kind: str, connection: socket.socket) -> None:
        with _forgiving(), connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if kind in self._contexts:
                connection = self._contexts[kind].wrap_socket(connection, server_side=True)
            with connection:
                self._connections.add(connection)
                try:
                    while (request := _read_request(connection)) and self._answer(kind, connection, request):
                        pass
                finally:
                    self._connections.discard(connection)

    def _answer(self, kind: str, connection: socket.socket, request: bytes) -> bool:
        """Send the answer; whether the connection stays open."""
        target = request.split(b" ", 2)[1].decode()
        sent, stays = bytearray(), False
        try:
            say, stays = self._plan(kind, target)
            for piece in say:
                if isinstance(piece, float):
                    self._wait(connection, piece)
                else:
                    # Noted before: what a client took may be more than what a broken connection admits to.
                    sent += b"" if target.startswith("/big/") else piece
                    connection.sendall(piece)
        except OSError:
            stays = False
        with self._lock:
            self.log.append(Said(kind, target, request, bytes(sent)))
        return stays

    def _wait(self, connection: socket.socket, seconds: float) -> None:
        """A pause; a long one ends when the client leaves."""
        if seconds < 1:
            time.sleep(seconds)
            return
        connection.settimeout(seconds)
        try:
            connection.recv(1)
        finally:
            connection.settimeout(None)

    def _validated(self, kind: str) -> bytes:
        """A page of which nothing is new from the second request on."""
        with self._lock:
            self._asked[kind, "validated"] += 1
            is_first = self._asked[kind, "validated"] == 1
        if is_first:
            return head(b"Content-Type: text/html", b'ETag: "1"', b"Content-Length: %d" % len(TEXT)) + TEXT
        return head(b'ETag: "1"', first=b"HTTP/1.1 304 Not Modified")

    def _plan(self, kind: str, target: str) -> tuple[Iterator[bytes | float], bool]:
        name, _, rest = target.removeprefix("/").partition("/")
        if name in BY_NAME:
            case = BY_NAME[name]
            with self._lock:
                self._asked[kind, name] += 1
                later = case.later is not None and self._asked[kind, name] > 1
            return iter(case.later if later and case.later else case.say), not case.close
        if name == "validated":
            return iter((self._validated(kind),)), True
        if name == "page":
            return iter((page(int(rest)),)), True
        if name == "links":
            first, last = (int(number) for number in rest.split("/"))
            links = "".join(f'<a href="/page/{number}">{number}</a>\n' for number in range(first, last)).encode()
            return iter((head(b"Content-Type: text/html", b"Content-Length: %d" % len(links)) + links,)), True
        if name == "big":
            framing, size = rest.split("/")
            return big(framing, int(size)), False
        if name == "endless-hints":
            return (head(b"X-A: " + b"b" * 200, first=b"HTTP/1.1 103 Early Hints") for _ in range(100_000)), False
        if name == "endless-extensions":
            chunk = b"1;" + b"x" * 900 + b"\r\na\r\n"
            return chain((head(b"Transfer-Encoding: chunked"),), (chunk for _ in range(100_000))), False
        if name == "robots.txt":
            return iter((head(b"Content-Length: 0", first=b"HTTP/1.1 404 Not Found"),)), True
        if name == "slow":
            return iter((float(rest), page(0))), True
        body = b"<p>no such case</p>"
        return iter((head(b"Content-Length: %d" % len(body), first=b"HTTP/1.1 404 Not Found") + body,)), True


def page(number: int) -> bytes:
    """The answer at `/page/N`: some 60 KB of gzip, framed by length or in chunks, the same whenever it is asked for."""
    body = _packed(number % 40)
    named = (b"Content-Type: text/html; charset=utf-8", b"Content-Encoding: gzip", b"X-Number: %d" % number)
    if number % 3 == 0:
        return head(*named, b"Transfer-Encoding: chunked") + chunks(body, 8000)
    return head(*named, b"Content-Length: %d" % len(body)) + body


def big(framing: str, size: int) -> Iterator[bytes]:
    """An answer of `size` bytes, a little at a time; what was sent of it is not remembered."""
    piece = bytes(range(256)) * 256
    yield head(b"Content-Type: video/mp4", *BIG_FRAMING[framing](size))
    for _ in range(size // len(piece)):
        yield chunks(piece, len(piece), end=False) if framing == "chunked" else piece
    yield b"0\r\n\r\n" if framing == "chunked" else b""


BIG_FRAMING: dict[str, Callable[[int], tuple[bytes, ...]]] = {
    "length": lambda size: (b"Content-Length: %d" % size,),
    "chunked": lambda _: (b"Transfer-Encoding: chunked",),
    "close": lambda _: (b"Connection: close",),
}
_bodies: dict[int, bytes] = {}


def _packed(seed: int) -> bytes:
    if seed not in _bodies:
        words = random.Random(seed).choices(_WORDS, k=30_000)
        text = f"<html><title>Page {seed}</title><p>" + " ".join(words) + "</p></html>"
        _bodies[seed] = gzip.compress(text.encode(), compresslevel=6, mtime=0)
    return _bodies[seed]


def _read_request(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        if not (piece := connection.recv(65536)):
            return b""
        received += piece
    found = _LENGTH.search(received)
    whole = received.index(b"\r\n\r\n") + 4 + (int(found[1]) if found else 0)
    while len(received) < whole and (piece := connection.recv(65536)):
        received += piece
    return received


class _forgiving:  # noqa: N801 - read as a word of the language
    """A client may leave at any moment."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        return kind is not None and issubclass(kind, (OSError, ValueError))
