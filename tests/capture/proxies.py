"""A small HTTP proxy: passes requests on, and opens tunnels."""

import base64
import socket
import ssl
import threading
from contextlib import suppress
from typing import Self


class Proxy:
    """Every host is this machine; `requests` are the bytes of what was asked for without a tunnel."""

    def __init__(self, credentials: str | None = None, *, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self.tunnels: list[bytes] = []
        self._credentials = credentials
        self._tls = tls
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        plain = socket.create_server(("127.0.0.1", 0))
        self._listener = self._tls.wrap_socket(plain, server_side=True) if self._tls else plain
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        for one in [self._listener, *self._open]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join(10)

    @property
    def url(self) -> str:
        user = f"{self._credentials}@" if self._credentials else ""
        return f"{'https' if self._tls else 'http'}://{user}127.0.0.1:{self._listener.getsockname()[1]}"

    def _start(self, target: object, *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._open.append(client)
                self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError):
            while request := _read_head(client):
                wanted = self._credentials and b"Basic " + base64.b64encode(self._credentials.encode())
                if wanted and wanted not in request:
                    client.sendall(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n")
                    continue
                method, target = request.split(b" ", 2)[:2]
                place = target if method == b"CONNECT" else target.split(b"/")[2]
                server = socket.create_connection(("127.0.0.1", int(place.rpartition(b":")[2])))
                self._open.append(server)
                self._start(_pass_on, server, client)
                if method == b"CONNECT":
                    self.tunnels.append(request)
                    client.sendall(b"HTTP/1.1 200 Go on\r\n\r\n")
                    _pass_on(client, server)
                    return
                self.requests.append(request)
                server.sendall(request.replace(b"http://" + place, b"", 1))


def _read_head(client: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        if not (piece := client.recv(65536)):
            return b""
        received += piece
    return received


def _pass_on(source: socket.socket, to: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            to.sendall(piece)
