"""A Chromium without a window, driven over its own pipe (`--remote-debugging-pipe`), and a server that knows ranges."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

# Copies beyond 10 first: one of the pipes may lie where the other belongs.
_PLACED = """import fcntl, os, sys
to_read, to_write = (fcntl.fcntl(int(number), fcntl.F_DUPFD, 10) for number in sys.argv[1:3])
os.dup2(to_read, 3), os.dup2(to_write, 4)
os.execv(sys.argv[3], sys.argv[3:])"""
_TYPES = {".js": "text/javascript", ".html": "text/html", ".wacz": "application/wacz"}


class Browser:
    """One page."""

    def __init__(self, program: str) -> None:
        self._folder = tempfile.TemporaryDirectory()
        to_read, self._to = os.pipe()
        self._from, to_write = os.pipe()
        # The browser reads what it is told from descriptor 3, and answers on 4.
        options = ("--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={self._folder.name}")
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PLACED, str(to_read), str(to_write), program, *options,
             "--disable-background-networking", "--remote-debugging-pipe"],
            pass_fds=(to_read, to_write), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(to_read)
        os.close(to_write)
        self._pending = b""
        self._number = 0
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=20)
        os.close(self._to)
        os.close(self._from)
        self._folder.cleanup()

    def open(self, url: str) -> None:
        self._call("Page.navigate", url=url, session=self._session)

    def evaluate(self, script: str) -> Any:
        """The value of an expression, waited for."""
        told = self._call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, session=self._session
        )
        return told["result"].get("value")

    def wait_for(self, script: str, seconds: float = 40) -> Any:
        """The first value that is true."""
        patience = time.monotonic() + seconds
        while time.monotonic() < patience:
            if value := self.evaluate(script):
                return value
            time.sleep(0.2)
        raise AssertionError(script)

    def _call(self, method: str, *, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        os.write(self._to, json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._pending:
            piece = os.read(self._from, 1 << 16)
            assert piece, "the browser has ended"
            self._pending += piece
        message, _, self._pending = self._pending.partition(b"\0")
        told: dict[str, Any] = json.loads(message)
        return told


@contextmanager
def served(files: dict[str, Path]) -> Iterator[str]:
    """These files, by the path under which each is asked for."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def do_GET(self) -> None:
            self._answer(body=True)

        def _answer(self, *, body: bool) -> None:
            path = files.get(self.path.partition("?")[0])
            octets = path.read_bytes() if path else b""
            start, stop = 0, len(octets)
            asked = (self.headers.get("Range") or "").removeprefix("bytes=")
            if asked:
                first, _, last = asked.partition("-")
                start, stop = (int(first), min(int(last or stop) + 1, stop)) if first else (stop - int(last), stop)
            self.send_response(404 if path is None else 206 if asked else 200)
            self.send_header("Content-Type", _TYPES.get(path.suffix if path else "", "application/octet-stream"))
            self.send_header("Content-Length", str(stop - start))
            self.send_header("Accept-Ranges", "bytes")
            if asked:
                self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{len(octets)}")
            self.end_headers()
            if body:
                self.wfile.write(octets[start:stop])

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
