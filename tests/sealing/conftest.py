"""One crawl of both demo outlets, three snapshots of it in a chain, and two time-stamp authorities, for all tests here."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsarchive.demoweb import DemoWeb
from newsarchive.sealing import names, stamps
from newsarchive.sealing.creating import Order, create
from newsarchive.sealing.keys import SigningKey
from newsarchive.sealing.rotation import rotate
from newsarchive.sealing.scope import read_scope
from tests.conftest import PROJECT, Crawler
from tests.sealing.authority import Authority

OUTLETS = ("kyiv_independent", "responsible_statecraft")
DAY = datetime(2026, 11, 22, 4, 0, 0, tzinfo=UTC)


# All that the script may need. There is no Python among them.
_TOOLS = (
    "sh", "sha256sum", "openssl", "unzip", "sed", "cut", "sort", "uniq", "tr", "grep", "wc", "od", "cat", "cmp", "mktemp",
    "mkdir", "rm", "ln", "dirname", "tail",
)  # fmt: skip


@dataclass(frozen=True)
class World:
    """What there is before anybody does harm."""

    archive: Path
    folder: Path
    """Of the snapshots."""
    first_key: SigningKey
    key: SigningKey
    """The one that signs; the first key has named it."""
    authority: Authority
    expired: Authority

    def path(self, number: int, folder: Path | None = None) -> Path:
        """The snapshot with this number."""
        return next((folder or self.folder).glob(f"{number:06d}-*{names.SUFFIX}"))

    def copy(self, to: Path) -> Path:
        return shutil.copytree(self.folder, to)


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of both demo outlets, crawled side by side."""
    folder = tmp_path_factory.mktemp("sealed") / "archive"
    with DemoWeb() as web, ThreadPoolExecutor() as both:
        crawls = [both.submit(Crawler(folder, web.connect_to).run, "crawl", outlet) for outlet in OUTLETS]
        assert all(crawl.result().code in (0, 1) for crawl in crawls)
    return folder


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa") / "one", "Authority One")


@pytest.fixture(scope="session")
def expired(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa") / "two", "Authority Two", ended=True)


@pytest.fixture(scope="session")
def world(crawled: Path, authority: Authority, expired: Authority, tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("snapshots") / "snapshots"
    first, key = SigningKey.new(), SigningKey.new()
    change = rotate(first, key.public, created="2026-11-22T03:00:00Z")
    for number, scope in enumerate(("outlet=kyiv_independent", "outlet=responsible_statecraft", "date=2026-01-01..")):
        order = Order(
            crawled,
            read_scope([scope]),
            DAY.replace(hour=4 + number),
            config=PROJECT / "config",
            key=first if number == 0 else key,
            rotations=() if number == 0 else (change,),
        )
        made = create(order, folder)
        made.path.with_name(f"{made.path.name}{stamps.ANSWER}.1").write_bytes(authority.stamp(made.digest))
    return World(crawled, folder, first, key, authority, expired)


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PATH on which there is nothing else."""
    folder = tmp_path_factory.mktemp("tools")
    for name in _TOOLS:
        found = shutil.which(name)
        assert found, name
        (folder / name).symlink_to(found)
    return folder
