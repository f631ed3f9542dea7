"""`scrapy alerts test` reports for each address whether it accepts a message, without its secrets."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from tests.conftest import Crawler


class Hook(BaseHTTPRequestHandler):
    """Accepts messages to /good and refuses all others."""

    titles: ClassVar[list[str]] = []

    def do_POST(self):
        self.titles.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["title"])
        self.send_response(200 if self.path == "/good" else 500)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def hook() -> Iterator[int]:
    Hook.titles = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_each_address_is_tried_and_a_refusal_is_exit_code_1(tmp_path: Path, hook: int):
    good, bad = (f"json://desk:secret@127.0.0.1:{hook}/{path}" for path in ("good", "bad"))
    done = Crawler(tmp_path, []).run("alerts", "test", ALERT_URLS=f"{bad},{good}")
    assert done.code == 1
    failed, ok = done.out.splitlines()
    assert failed.startswith(f"failed  json://desk:****@127.0.0.1:{hook}/bad")
    assert ok.startswith(f"ok      json://desk:****@127.0.0.1:{hook}/good")
    assert Hook.titles == ["newsarchive: test"] * 2
    assert "secret" not in done.out + done.err
    done = Crawler(tmp_path, []).run("alerts", "test", "--json", ALERT_URLS=good)
    assert (done.code, json.loads(done.out)["accepted"]) == (0, True)


@pytest.mark.parametrize(
    ("addresses", "line"),
    [
        ("", "scrapy: ALERT_URLS: found 'nothing', expected addresses such as "),
        ("nonsense://desk:secret@news.example", "scrapy: ALERT_URLS: found 'nonsense://...', expected addresses of "),
    ],
)
def test_an_address_that_cannot_be_used_is_one_line(tmp_path: Path, addresses: str, line: str):
    done = Crawler(tmp_path, []).run("alerts", "test", ALERT_URLS=addresses)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(line)
    assert done.err.count("\n") == 1
