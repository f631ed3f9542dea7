"""One archive for all tests of takedowns: an article under two addresses, captured twice, among others."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from newsarchive.demoweb import DemoWeb
from newsarchive.keeping import moving
from tests.conftest import Crawler

OUTLET = "responsible_statecraft"
ARTICLE = "https://responsiblestatecraft.org/scholz-putin-call/"
OLD = "http://www.responsiblestatecraft.org/scholz-putin-call/"


@dataclass(frozen=True)
class World:
    """An archive, and the web that it was crawled from."""

    archive: Path
    web: DemoWeb

    @property
    def crawler(self) -> Crawler:
        return Crawler(self.archive, self.web.connect_to)

    @property
    def folder(self) -> Path:
        """Of the keepers."""
        return self.archive.parent / "snapshots"

    @property
    def collection(self) -> Path:
        return self.archive / OUTLET

    def copy(self, to: Path) -> "World":
        """With a custody log."""
        world = World(Path(shutil.copytree(self.archive, to / "archive")), self.web)
        moving.begin(world.archive, world.folder, actor="Ada", reason="first day")
        return world


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Not to be changed."""
    folder = tmp_path_factory.mktemp("keeping")
    with DemoWeb() as web:
        world = World(folder / "archive", web)
        for number, url in enumerate((OLD, ARTICLE)):
            seeds = folder / f"{number}.txt"
            seeds.write_text(f"{url}\n")
            assert world.crawler.run("crawl", OUTLET, "-a", f"seeds={seeds}").code == 0
        assert world.crawler.run("crawl", OUTLET, "-a", "limit=6").code in (0, 1)
        yield world


@pytest.fixture
def world(untouched: World, tmp_path: Path) -> World:
    """A copy of it."""
    return untouched.copy(tmp_path)
