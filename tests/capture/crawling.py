"""A crawl of given requests by a spider of no outlet, in a process of its own; and what is then in the archive."""

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from newsarchive.warc.reader import StoredRecord, read_records
from tests import forking
from tests.conftest import PROJECT, Ran, environment

SPIDER = """
import hashlib, json, os, sys
from scrapy import Request, Spider

class Asking(Spider):
    name = "asking"
    custom_settings = {"ROBOTSTXT_OBEY": False}

    async def start(self):
        for one in json.loads(open(os.environ["ASKED"]).read()):
            one["body"] = one["body"].encode("latin-1")
            yield Request(**one, callback=self.parse, errback=self.failed, dont_filter=True)

    def closed(self, reason):
        import resource
        self.note("peak", str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))

    def parse(self, response):
        self.note("seen", response.request.url)
        kind = response.headers.get("Content-Type")
        digest = hashlib.sha1(response.body).hexdigest()
        self.note("got", response.url, str(response.status), kind.decode() if kind else "None", digest)
        if "/links/" in response.url:
            yield from response.follow_all(css="a", callback=self.parse)

    def failed(self, failure):
        self.note("failed " + type(failure.value).__name__, failure.request.url)

    def note(self, *words):
        os.write(self.notes, (" ".join(words) + "\\n").encode())

    @property
    def notes(self):
        if not hasattr(self, "_notes"):
            self._notes = os.open(os.environ["NOTES"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        return self._notes
"""
SETTINGS = {
    "ADDONS": {"newsarchive.capture.Addon": 100},
    "ALLOW_PRIVATE_ADDRESSES": True,
    "ROBOTSTXT_OBEY": False,
    "LOG_LEVEL": "WARNING",
    "TELNETCONSOLE_ENABLED": False,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    "DOWNLOAD_DELAY": 0,
    "RETRY_TIMES": 0,
    "HTTPERROR_ALLOW_ALL": True,
}


@dataclass(frozen=True)
class Ask:
    """A request for the spider."""

    url: str
    method: str = "GET"
    body: str = ""
    headers: dict[str, str] | None = None
    meta: dict[str, Any] | None = None


class Asking:
    """A foreign project with one spider, in a folder."""

    def __init__(self, folder: Path, connect_to: Iterable[str], **settings: Any) -> None:
        self.folder = folder
        self.archive = folder / "archive"
        self._notes = folder / "notes.txt"
        folder.mkdir(exist_ok=True)
        (folder / "scrapy.cfg").write_text("[settings]\ndefault = asking.settings\n")
        (folder / "asking").mkdir(exist_ok=True)
        (folder / "asking" / "__init__.py").touch()
        (folder / "asking" / "spiders.py").write_text(SPIDER)
        chosen = {**SETTINGS, "CONNECT_TO": list(connect_to), "SPIDER_MODULES": ["asking.spiders"], **settings}
        lines = [f"{name} = {value!r}" for name, value in chosen.items()]
        (folder / "asking" / "settings.py").write_text("\n".join(lines) + "\n")

    def start(self, asks: Iterable[Ask], **settings: Any) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, *self._prepare(asks, settings)],
            cwd=self.folder, env=self._environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, asks: Iterable[Ask], *, timeout: int = 120, **settings: Any) -> Ran:
        command = self._prepare(asks, settings)
        done = forking.run(command, cwd=self.folder, environment=self._environment(), timeout=timeout)
        return Ran(done.returncode, done.stdout, done.stderr)

    def _prepare(self, asks: Iterable[Ask], settings: dict[str, Any]) -> list[str]:
        (self.folder / "asked.json").write_text(json.dumps([asdict(ask) for ask in asks]))
        options = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        return ["-m", "scrapy.cmdline", "crawl", "asking", *options]

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in environment().items() if name != "SCRAPY_SETTINGS_MODULE"}
        more = {"ASKED": str(self.folder / "asked.json"), "NOTES": str(self._notes)}
        return {**inherited, **more, "PYTHONPATH": f"{PROJECT}:{self.folder}"}

    def notes(self) -> list[str]:
        """What the spider saw: `seen URL`, `failed ERROR URL`; and `peak MB` of memory at its end."""
        return [line for line in self._lines() if not line.startswith("got ")]

    def got(self) -> set[str]:
        """What its callbacks got: `got URL STATUS TYPE SHA1`, of the decoded body."""
        return {line for line in self._lines() if line.startswith("got ")}

    def _lines(self) -> list[str]:
        return self._notes.read_text().splitlines() if self._notes.exists() else []

    def peak_mb(self) -> int:
        """The most memory that the last crawl had."""
        return int(next(line.split()[1] for line in reversed(self.notes()) if line.startswith("peak")))

    def warcs(self) -> list[Path]:
        return sorted(path for path in self.archive.rglob("*.warc*") if not path.name.endswith(".open"))

    def records(self) -> list[StoredRecord]:
        return [record for path in self.warcs() for record in read_records(path)]
