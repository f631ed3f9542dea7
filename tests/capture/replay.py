"""pywb, as anybody would run it over an archive of ours: our WARC files under our index, nothing indexed again.

It is a program of its own in an environment of its own (`make replay`); nothing here imports it.
"""

import http.client
import os
import shutil
import socket
import subprocess
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.conftest import PROJECT

_OWN = PROJECT / ".venv" / "replay" / "bin" / "wayback"
_CONFIG = "collections:\n  ours:\n    index_paths: {folder}\n    archive_paths: {folder}\n"


def wayback() -> str | None:
    """The program, if it is installed."""
    return str(_OWN) if _OWN.exists() else shutil.which("wayback")


@dataclass(frozen=True)
class Replayed:
    """What a reader of the archive gets."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Replay:
    """A running pywb over one folder of WARC files and indexes."""

    def __init__(self, folder: Path, home: Path, *, acl: Path | None = None) -> None:
        home.mkdir()
        config = _CONFIG.format(folder=f"{folder}{os.sep}") + (f"    acl_paths: {acl}\n" if acl else "")
        (home / "config.yaml").write_text(config)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self._said = (home / "said.txt").open("wb")
        self._process = subprocess.Popen(
            [wayback() or "wayback", "-b", "127.0.0.1", "-p", str(self._port), "-d", str(home)],
            stdout=self._said, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def __enter__(self) -> Self:
        patience = time.monotonic() + 60
        while time.monotonic() < patience:
            try:
                socket.create_connection(("127.0.0.1", self._port), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return self
        self.__exit__()
        raise AssertionError(Path(self._said.name).read_text())

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=20)
        self._said.close()

    def get(self, url: str, *, method: str = "GET", as_archived: bool = True) -> Replayed:
        """The capture of a URL: as it was archived, or rewritten for a browser."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        moment = "2099" + ("id_" if as_archived else "mp_")
        # An answer that was cut is shorter than it says: its end is that of the connection.
        headers = {"Accept-Encoding": "gzip, deflate, br", "Connection": "close"}
        with closing(connection):
            connection.request(method, f"/ours/{moment}/{url}", headers=headers)
            answer = connection.getresponse()
            try:
                body = answer.read()
            except http.client.IncompleteRead as cut:
                body = cut.partial
            return Replayed(answer.status, answer.headers, body)
