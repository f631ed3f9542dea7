"""A server for any number of hosts that answers as it is told and remembers when it was asked for what."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Self

HTML = (("Content-Type", "text/html; charset=utf-8"),)


@dataclass(frozen=True)
class Says:
    status: int = 200
    body: bytes = b"<html><title>A page</title><p>Hello.</p></html>"
    headers: tuple[tuple[str, str], ...] = HTML
    delay: float = 0.0


@dataclass(frozen=True)
class Asked:
    at: float
    """Seconds since 1970."""
    host: str
    path: str
    status: int
    agent: str


NOTHING = Says(404, b"")


class Site:
    """Every page is there and no host has a robots.txt, until something else is said."""

    def __init__(self) -> None:
        self.log: list[Asked] = []
        self._plans: dict[tuple[str, str], list[Says | Callable[[], Says]]] = {}
        self._counts: dict[tuple[str, str], int] = defaultdict(int)
        self._lock = threading.Lock()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site._answer(self)

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def connect_to(self) -> str:
        """All hosts on all ports are here."""
        return f"::127.0.0.1:{self._server.server_address[1]}"

    def say(self, host: str, path: str, *says: Says | Callable[[], Says]) -> None:
        """Answers in this order; the last one stays."""
        self._plans[host, path] = list(says)

    def robots(self, host: str, text: str | bytes, **more) -> None:
        body = text if isinstance(text, bytes) else text.encode()
        self.say(host, "/robots.txt", Says(body=body, headers=(("Content-Type", "text/plain"),), **more))

    def asked(self, host: str, path: str | None = None) -> list[Asked]:
        return [one for one in self.log if one.host == host and path in (None, one.path)]

    def paths(self, host: str) -> list[str]:
        return [one.path for one in self.asked(host)]

    def gaps(self, *hosts: str) -> list[float]:
        """Seconds between one request to these hosts and the next."""
        times = sorted(one.at for one in self.log if one.host in hosts)
        return [later - earlier for earlier, later in pairwise(times)]

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        at, host = time.time(), handler.headers.get("Host", "").partition(":")[0]
        with self._lock:
            plan = self._plans.get((host, handler.path)) or [NOTHING if handler.path == "/robots.txt" else Says()]
            number = self._counts[host, handler.path]
            self._counts[host, handler.path] += 1
            said = plan[min(number, len(plan) - 1)]
            says = said() if callable(said) else said
            self.log.append(Asked(at, host, handler.path, says.status, handler.headers.get("User-Agent", "")))
        time.sleep(says.delay)
        handler.send_response(says.status)
        for name, value in says.headers:
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(says.body)))
        handler.end_headers()
        handler.wfile.write(says.body)
