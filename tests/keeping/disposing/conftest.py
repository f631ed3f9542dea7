"""Both demo outlets, crawled twice, and what keepers need beside them; each test has a copy."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from newsarchive import clock
from newsarchive.demoweb import DemoWeb
from newsarchive.keeping import moving
from tests.conftest import PROJECT, Crawler

OUTLETS = ("kyiv_independent", "responsible_statecraft")
DAY = 86_400


@dataclass(frozen=True)
class Place:
    """An archive, the keepers' folder beside it, and the outlets' YAML."""

    archive: Path
    folder: Path
    config: Path

    def keep(self, outlet: str, **days: str) -> None:
        """How long classes are kept."""
        file = self.config / "outlets" / f"{outlet}.yaml"
        original = (PROJECT / "config" / "outlets" / f"{outlet}.yaml").read_text(encoding="utf-8")
        policy = "".join(f"  {kind}: {kept}\n" for kind, kept in days.items())
        file.write_text(f"{original}retention:\n{policy}", encoding="utf-8")

    def files(self, outlet: str, ending: str = "") -> list[Path]:
        """Of its days."""
        return sorted((self.archive / outlet).glob(f"2*/*/*/*{ending}"))


def crawl(archive: Path) -> None:
    """Both outlets twice; the second crawls look at the same sources again."""
    with DemoWeb() as web, ThreadPoolExecutor() as both:
        for _ in range(2):
            crawler = Crawler(archive, web.connect_to)
            crawls = [both.submit(crawler.run, "crawl", outlet, "-a", "limit=6") for outlet in OUTLETS]
            assert all(crawl.result().code in (0, 1) for crawl in crawls)


@pytest.fixture(scope="session")
def twice_crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Not to be changed."""
    archive = tmp_path_factory.mktemp("keeping") / "archive"
    crawl(archive)
    return archive


@pytest.fixture
def place(twice_crawled: Path, tmp_path: Path) -> Place:
    shutil.copytree(PROJECT / "config", tmp_path / "config")
    archive = Path(shutil.copytree(twice_crawled, tmp_path / "archive"))
    moving.begin(archive, tmp_path / "snapshots", actor="Ada", reason="first day")
    return Place(archive, tmp_path / "snapshots", tmp_path / "config")


@pytest.fixture
def later() -> Iterator[None]:
    """It is a hundred days after the crawls."""
    clock.advance(100 * DAY)
    yield
    clock.reset()
