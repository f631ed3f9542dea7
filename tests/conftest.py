"""What all tests share: the demo web, and `scrapy` in a process of its own."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from newsarchive.demoweb import DemoWeb
from tests import forking

PROJECT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Crawler:
    """Runs scrapy commands over one archive, with all hosts of the demo web connected to it."""

    archive: Path
    connect_to: list[str]

    def command(self, *arguments: str, **settings: object) -> list[str]:
        chosen = {
            "ARCHIVE_DIR": self.archive,
            "CONNECT_TO": ",".join(self.connect_to),
            "DOWNLOAD_DELAY": 0,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
            "LOG_LEVEL": "WARNING",
            "RETRY_TIMES": 1,
        } | settings
        options = [part for name, value in chosen.items() for part in ("-s", f"{name}={value}")]
        return [sys.executable, "-m", "scrapy.cmdline", *arguments, *options]

    def run(self, *arguments: str, cwd: Path = PROJECT, timeout: int = 120, **settings: object) -> Ran:
        command = self.command(*arguments, **settings)[1:]
        done = forking.run(command, cwd=cwd, environment=environment(), timeout=timeout)
        return Ran(done.returncode, done.stdout, done.stderr)

    def files(self, suffix: str) -> list[Path]:
        return sorted(path for path in self.archive.rglob(f"*{suffix}") if ".rejected" not in path.name)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(PROJECT), "SCRAPY_SETTINGS_MODULE": "newsarchive.settings"}


@pytest.fixture(scope="session", autouse=True)
def _fork_server() -> Iterator[None]:
    yield
    forking.close()


@pytest.fixture
def web() -> Iterator[DemoWeb]:
    with DemoWeb() as web:
        yield web


@pytest.fixture
def crawler(web: DemoWeb, tmp_path: Path) -> Crawler:
    return Crawler(tmp_path / "archive", web.connect_to)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files whose tests take long come first: at the end, one worker would wait for another."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
