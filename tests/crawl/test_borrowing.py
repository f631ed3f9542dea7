"""WARC files of other archives, requested from servers that are slow, hostile or behind a proxy."""

import gzip
import json
import shutil
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import PROJECT, environment
from tests.test_foreign import warc

FILE = warc(("http://paper.test/a/1", "200 OK", "text/html"))
SECONDS = 2

Serve = Callable[[socket.socket, str], None]


def whole(connection: socket.socket, _: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(FILE) + FILE)


def until_close(connection: socket.socket, _: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(FILE))
    connection.shutdown(socket.SHUT_WR)


def cut(connection: socket.socket, _: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + FILE[:-20])
    connection.shutdown(socket.SHUT_WR)


def silent(connection: socket.socket, _: str) -> None:
    connection.recv(1)


def drip(connection: socket.socket, _: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"a: b\r\n")
        time.sleep(0.1)


def flood(connection: socket.socket, _: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"a: b\r\n" * 1000)


def to_private(connection: socket.socket, _: str) -> None:
    connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/x.warc.gz\r\nContent-Length: 0\r\n\r\n")


def missing(connection: socket.socket, _: str) -> None:
    connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")


@contextmanager
def server(serve: Serve) -> Iterator[tuple[int, list[str]]]:
    """Answer any request for a WARC file, and nothing else; yield the port and the request lines."""
    asked: list[str] = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            head = b""
            while b"\r\n\r\n" not in head and (piece := self.request.recv(4096)):
                head += piece
            line = head.split(b"\r\n")[0].decode()
            asked.append(line)
            try:
                (serve if "warc" in line else missing)(self.request, line)
            except OSError:
                return

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield running.server_address[1], asked
        running.shutdown()


def crawl(folder: Path, urls: list[str], connect_to: str, **environ: str) -> dict[str, dict]:
    """Crawl an outlet with these sources; return the report's lines by URL."""
    (folder / "config" / "outlets").mkdir(parents=True)
    shutil.copy(PROJECT / "config" / "defaults.yaml", folder / "config")
    facts = {"name": "paper", "home": "http://paper.test/", "sources": [{"warc": url} for url in urls]}
    (folder / "config" / "outlets" / "paper.yaml").write_text(
        json.dumps(facts | {"crawl": {"delay": 0}, "articles": {"allow": ["/none"]}})
    )
    settings = {
        "ARCHIVE_DIR": folder / "archive", "CONFIG_DIR": folder / "config", "CONNECT_TO": connect_to, "RETRY_TIMES": 0,
        "DOWNLOAD_TIMEOUT": SECONDS, "DOWNLOAD_DELAY": 0, "TDMREP_ENABLED": False, "ROBOTSTXT_OBEY": False,
        "LOG_LEVEL": "WARNING", "CONTACT": "https://example.org/", "OPERATOR": "Test",
    }  # fmt: skip
    options = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    clean = {name: value for name, value in environment().items() if not name.lower().endswith("_proxy")}
    done = subprocess.run(
        [sys.executable, "-m", "scrapy.cmdline", "crawl", "paper", *options],
        cwd=PROJECT, capture_output=True, text=True, timeout=50, check=False, env=clean | environ,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    assert [*(folder / "archive").rglob("reports/*.json")], done.stdout + done.stderr
    (report,) = (folder / "archive").rglob("reports/*.json")
    return {line["url"]: line for line in json.loads(report.read_text())["sources"]}


def test_a_server_that_sends_no_head_or_an_endless_one_is_given_up(tmp_path: Path):
    kinds = {"silent": silent, "drip": drip, "flood": flood, "private": to_private, "whole": whole}
    urls = {name: f"http://{name}.test/x.warc.gz" for name in kinds}
    with (
        server(silent) as (first, _), server(drip) as (second, _), server(flood) as (third, _),
        server(to_private) as (fourth, _), server(whole) as (fifth, _),
    ):  # fmt: skip
        ports = dict(zip(kinds, (first, second, third, fourth, fifth), strict=True))
        connect_to = ",".join(f"{name}.test:80:127.0.0.1:{port}" for name, port in ports.items())
        lines = crawl(tmp_path, [*urls.values()], connect_to)
    assert lines[urls["silent"]]["note"] == "cannot be fetched (no answer within 2 s)"
    assert lines[urls["drip"]]["note"] == "cannot be fetched (no answer within 2 s)"
    assert "cannot be fetched (" in lines[urls["flood"]]["note"]
    assert "no answer within" not in lines[urls["flood"]]["note"]
    assert "127.0.0.1" in lines[urls["private"]]["note"] or "cannot be fetched" in lines[urls["private"]]["note"]
    assert (lines[urls["whole"]]["status"], lines[urls["whole"]]["links"]) == (200, 1)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_file_is_requested_through_the_proxy_of_the_crawl(scheme: str, tmp_path: Path):
    urls = [f"{scheme}://archive.test/x.warc.gz", f"{scheme}://10.0.0.1/x.warc.gz", f"{scheme}://direct.test/x.warc.gz"]
    with server(whole) as (proxy, asked), server(whole) as (direct, asked_directly):
        lines = crawl(
            tmp_path, urls, f"direct.test:80:127.0.0.1:{direct},direct.test:443:127.0.0.1:{direct}",
            http_proxy=f"http://user:secret@127.0.0.1:{proxy}", https_proxy=f"http://user:secret@127.0.0.1:{proxy}",
            no_proxy="direct.test",
        )  # fmt: skip
    if scheme == "http":
        assert asked == ["GET http://archive.test/x.warc.gz HTTP/1.1"]
        assert (lines[urls[0]]["status"], lines[urls[0]]["links"]) == (200, 1)
        assert asked_directly == ["GET /x.warc.gz HTTP/1.1"]
        assert (lines[urls[2]]["status"], lines[urls[2]]["links"]) == (200, 1)
    else:
        assert asked == ["CONNECT archive.test:443 HTTP/1.1"]
    assert lines[urls[1]]["note"] == (
        "10.0.0.1 is an internal address or an unusual spelling of an address, so it is not requested through a proxy"
    )


def test_a_file_without_a_stated_length_ends_with_its_connection(tmp_path: Path):
    urls = {name: f"http://{name}.test/x.warc.gz" for name in ("whole", "cut")}
    with server(until_close) as (first, _), server(cut) as (second, _):
        lines = crawl(tmp_path, [*urls.values()], f"whole.test:80:127.0.0.1:{first},cut.test:80:127.0.0.1:{second}")
    assert (lines[urls["whole"]]["status"], lines[urls["whole"]]["links"]) == (200, 1)
    assert not lines[urls["whole"]]["note"]
    assert lines[urls["cut"]]["note"].endswith("the file ends inside a record")
