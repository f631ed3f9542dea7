"""A small client: one connection, one answer, every byte kept."""

import gzip
import http.client
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

import brotli

from newsarchive.demoweb import DemoWeb


@dataclass(frozen=True)
class Answered:
    status: int
    headers: list[tuple[str, str]]
    payload: bytes
    """Transfer coding undone, content coding kept."""

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)

    @property
    def text(self) -> str:
        return self.decoded.decode()

    @property
    def decoded(self) -> bytes:
        undo = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}
        return undo[self.header("content-encoding")](self.payload)


def connect(web: DemoWeb, url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "http":
        return socket.create_connection(("127.0.0.1", web.http_port), timeout=5)
    context = ssl.create_default_context(cadata=web.certificate.decode())
    plain = socket.create_connection(("127.0.0.1", web.https_port), timeout=5)
    return context.wrap_socket(plain, server_hostname=parts.hostname)


def ask(web: DemoWeb, url: str, method: str = "GET", **headers: str) -> Answered:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "")
    connection.sock = connect(web, url)
    try:
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request(method, target, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return Answered(answer.status, answer.getheaders(), answer.read())
    finally:
        connection.close()


def ask_raw(web: DemoWeb, url: str, *lines: str) -> bytes:
    """Every byte that comes back until the server closes."""
    parts = urlsplit(url)
    head = [f"GET {parts.path} HTTP/1.1", f"Host: {parts.hostname}", "Connection: close", *lines, "", ""]
    with connect(web, url) as peer:
        peer.sendall("\r\n".join(head).encode())
        return b"".join(iter(lambda: peer.recv(65536), b""))
