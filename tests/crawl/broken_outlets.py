"""Outlets on a real HTTP server, each broken in its own way; a newsroom may break, and recover, between two harvests."""

import json
import random
import shutil
import socketserver
import sqlite3
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.conftest import PROJECT, Crawler, Ran

WORDS = ("council", "harbour", "ledger", "bridge", "copper", "winter", "minister", "vote", "library", "river", "engine")
WALL = (
    "<html><head><title>Before you continue</title></head><body><h1>We value your privacy</h1><p>We and our 842 partners"
    " store and access information on your device, such as cookies, and process personal data. You can accept all or"
    " reject all. Manage your preferences. Accept all cookies.</p></body></html>"
)


class Reply:
    """Status, body and header fields; `None` as the status closes the connection."""

    def __init__(
        self, body: str | bytes = "", status: int | None = 200, kind: str = "text/html", **fields: str
    ) -> None:
        self.body = body.encode() if isinstance(body, str) else body
        self.status = status
        self.fields = {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in fields.items()}}


def article(seed: int) -> Reply:
    """A page that reads as an article."""
    chosen = random.Random(seed)
    sentence = lambda: "The " + " ".join(chosen.choice(WORDS) for _ in range(11)) + "."  # noqa: E731
    paragraphs = "".join("<p>" + " ".join(sentence() for _ in range(5)) + "</p>" for _ in range(6))
    return Reply(
        f"<!doctype html><html lang=en><head><title>Story {seed}</title>"
        f"<meta property='article:published_time' content='2026-11-28T09:00:00Z'></head>"
        f"<body><article><h1>Story {seed}</h1><p class=byline>By Mara Quill</p>{paragraphs}</article></body></html>"
    )


def feed(host: str, *paths: str, day: str = "28 Nov 2026") -> Reply:
    """An RSS document."""
    items = "".join(
        f"<item><title>Story</title><link>http://{host}{path}</link><pubDate>Sat, {day} 09:00:00 GMT</pubDate></item>"
        for path in paths
    )
    document = f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>"
    return Reply(document, kind="application/rss+xml")


class Outlets:
    """A server for hosts named `NAME.example`, a config folder and an archive."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.replies: dict[tuple[str, str], Reply | Callable[[], Reply]] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        (folder / "config" / "outlets").mkdir(parents=True)
        (folder / "seeds").mkdir()
        shutil.copy(PROJECT / "config" / "defaults.yaml", folder / "config")
        self.crawler = Crawler(folder / "archive", [f"::127.0.0.1:{self.server.server_port}"])

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def add(self, name: str, **replies: Reply) -> None:
        """An outlet with a feed; keys of `replies` are `feed`, `robots`, `home` or, as `a1`, an article."""
        (self.folder / "config" / "outlets" / f"{name}.yaml").write_text(
            f"name: {name}\nhome: http://{name}.example/\nlanguage: en\nsources:\n  - feed: http://{name}.example/feed\n"
            "articles: {allow: ['^/a/']}\ncrawl:\n  delay: 0\n"
        )
        self.answer(name, **replies)

    def answer(self, name: str, **replies: Reply) -> None:
        paths = {"feed": "/feed", "robots": "/robots.txt", "home": "/"}
        self.replies |= {
            (f"{name}.example", paths.get(key, f"/a/{key.removeprefix('a')}")): one for key, one in replies.items()
        }

    def run(self, *arguments: str, **settings: object) -> Ran:
        chosen = {
            "CONFIG_DIR": self.folder / "config", "SEEDS_DIR": self.folder / "seeds", "TDMREP_ENABLED": False,
            "DOWNLOAD_TIMEOUT": 5, "RETRY_TIMES": 0,
        }  # fmt: skip
        return self.crawler.run(*arguments, **(chosen | settings))

    def harvest(self, *names: str) -> tuple[int, dict[str, dict]]:
        """The exit code, and the lines of the report by outlet; every source is due."""
        state = self.crawler.archive / "state.sqlite"
        if state.exists():
            with sqlite3.connect(state) as database:
                database.execute("UPDATE source SET next_poll = 0")
        done = self.run("harvest", *names, "--json")
        assert done.out.startswith("{"), done.err
        assert "Traceback" not in done.err, done.err
        return done.code, {line["outlet"]: line for line in json.loads(done.out)["outlets"]}

    def health(self) -> dict[str, dict]:
        """What `outlet health` prints, by outlet."""
        lines = map(json.loads, self.run("outlet", "health", "--json").out.splitlines())
        return {line["outlet"]: line for line in lines}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        replies = self.replies

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                host = self.headers["Host"].partition(":")[0]
                reply = replies.get((host, self.path)) or Reply("not here", 404, "text/plain")
                if callable(reply):
                    reply = reply()
                if reply.status is None:
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                for name, value in reply.fields.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            def log_message(self, *_: object) -> None:
                pass

        assert issubclass(Handler, socketserver.BaseRequestHandler)
        return Handler
