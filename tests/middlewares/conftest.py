"""Outlets of a test's own, crawled in a process of their own against a server that keeps a log."""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from newsarchive.store.database import Database
from newsarchive.store.hosts import HostBook
from newsarchive.store.signals import SignalBook
from newsarchive.store.state import State
from tests import forking
from tests.conftest import PROJECT, Ran, environment
from tests.middlewares.site import Site

TOGETHER = """
import asyncio, json, sys
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.project import get_project_settings
settings = get_project_settings()
settings.setdict(json.loads(sys.argv[1]), priority="cmdline")
process = AsyncCrawlerProcess(settings)
for name, seeds in json.loads(sys.argv[2]).items():
    process.crawl(name, seeds=seeds)
process.start()
"""


@dataclass(frozen=True)
class Outlets:
    """Outlets in a folder, all with one archive."""

    folder: Path
    site: Site

    def add(self, name: str, *hosts: str, delay: float = 0.0, concurrency: int = 8, **crawl: Any) -> None:
        facts = {
            "name": name, "home": f"http://{hosts[0]}/", "sources": [{"section": f"http://{hosts[0]}/"}],
            "articles": {"allow": ["/a"], "hosts": list(hosts)},
            "crawl": {"delay": delay, "concurrency": concurrency, "recapture": [], **crawl},
        }  # fmt: skip
        (self.folder / "config" / "outlets").mkdir(parents=True, exist_ok=True)
        (self.folder / "config" / "defaults.yaml").write_bytes((PROJECT / "config" / "defaults.yaml").read_bytes())
        (self.folder / "config" / "outlets" / f"{name}.yaml").write_text(json.dumps(facts))

    def settings(self, **more: Any) -> dict[str, Any]:
        return {
            "ARCHIVE_DIR": str(self.folder / "archive"),
            "CONFIG_DIR": str(self.folder / "config"),
            "CONNECT_TO": self.site.connect_to,
            "LOG_LEVEL": "WARNING",
            "RETRY_TIMES": 0,
            "HOST_BACKOFF": 0.2,
            "EXTRACT_PROCESSES": 1,
            "TDMREP_ENABLED": False,
            # All pages of these sites say the same.
            "REPEATED_TEXT_PAGES": 1000,
        } | more

    def seeds(self, name: str, urls: Iterable[str]) -> str:
        path = self.folder / f"{name}.txt"
        path.write_text("\n".join(urls) + "\n")
        return str(path)

    def crawl(self, name: str, urls: Iterable[str], **settings: Any) -> Ran:
        return _run(self._command(name, urls, settings))

    def start(self, name: str, urls: Iterable[str], **settings: Any) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(self._command(name, urls, settings), cwd=PROJECT, env=environment())

    def command(self, *arguments: str, **settings: Any) -> Ran:
        """Any command of Scrapy's."""
        return _run([sys.executable, "-m", "scrapy.cmdline", *arguments, *self._options(settings)])

    def _command(self, name: str, urls: Iterable[str], settings: dict[str, Any]) -> list[str]:
        arguments = ["crawl", name, "-a", f"seeds={self.seeds(name, urls)}", *self._options(settings)]
        return [sys.executable, "-m", "scrapy.cmdline", *arguments]

    def _options(self, settings: dict[str, Any]) -> list[str]:
        return [part for key, value in self.settings(**settings).items() for part in ("-s", f"{key}={value}")]

    def crawl_together(self, urls: dict[str, Iterable[str]], **settings: Any) -> Ran:
        """Several outlets in one process."""
        seeds = {name: self.seeds(name, several) for name, several in urls.items()}
        return _run([sys.executable, "-c", TOGETHER, json.dumps(self.settings(**settings)), json.dumps(seeds)])

    @property
    def database(self) -> Database:
        return Database(self.folder / "archive" / "state.sqlite")

    @property
    def book(self) -> HostBook:
        return HostBook(self.database)

    @property
    def signals(self) -> SignalBook:
        return SignalBook(self.database)

    @property
    def state(self) -> State:
        return State(self.database)

    def due(self, name: str, now: int) -> int:
        """How many pages of an outlet are to be fetched at that moment."""
        ready = "SELECT count(*) FROM page WHERE outlet = ? AND due <= ? AND leased IS NULL"
        return int(self.database.run(ready, (name, now)).fetchone()[0])


def _run(command: list[str]) -> Ran:
    done = forking.run(command[1:], cwd=PROJECT, environment=environment(), timeout=120)
    assert "Traceback" not in done.stderr, done.stderr
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def outlets(tmp_path: Path, site: Site) -> Outlets:
    return Outlets(tmp_path, site)
