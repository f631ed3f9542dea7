"""Three thousand outlets: what a command reads of them, and what one broken file costs the others."""

import sys
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.settings import Settings

from newsarchive import outlets
from newsarchive.errors import OutletError
from newsarchive.spiderloader import OutletSpiderLoader
from tests.conftest import PROJECT, Crawler

MANY = 3_000
FACTS = """
name: Times {n}
home: https://times{n}.example/
sources: [{{feed: 'https://times{n}.example/rss'}}]
"""


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    (folder / "outlets").mkdir()
    (folder / "defaults.yaml").write_text((PROJECT / "config/defaults.yaml").read_text())
    for n in range(MANY):
        (folder / f"outlets/times_{n}.yaml").write_text(FACTS.format(n=n))
    (folder / "outlets/broken.yaml").write_text("name: [https://times7.example/")
    return folder


class _Opened(list[str]):
    """The YAML files that the interpreter opened since `clear`, by its audit hook, which nothing can take away."""

    def __init__(self) -> None:
        super().__init__()
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple) -> None:
        if event == "open" and str(arguments[0]).endswith(".yaml"):
            self.append(Path(str(arguments[0])).stem)


OPENED = _Opened()


@pytest.fixture
def opened() -> list[str]:
    OPENED.clear()
    return OPENED


@pytest.fixture
def loader(config: Path) -> OutletSpiderLoader:
    settings = Settings(
        {"CONFIG_DIR": str(config), "SPIDER_MODULES": [], "OUTLET_SPIDER": "spiders.outlet.OutletSpider"}
    )
    return OutletSpiderLoader.from_settings(settings)


def test_a_list_opens_no_file(loader: OutletSpiderLoader, opened: list[str]):
    assert len(loader.list()) == MANY + 1
    assert opened == []


def test_a_spider_opens_its_own_file_and_the_defaults(loader: OutletSpiderLoader, opened: list[str]):
    assert loader.load("times_5").outlet.name == "Times 5"
    assert sorted(opened) == ["defaults", "times_5"]


def test_of_a_host_only_its_own_files_are_understood(loader: OutletSpiderLoader, opened: list[str], monkeypatch):
    understood = []
    load = outlets.load
    monkeypatch.setattr(outlets, "load", lambda config, name: understood.append(name) or load(config, name))
    assert loader.find_by_request(Request("https://www.times7.example/2026/a")) == ["times_7"]
    assert understood == ["broken", "times_7"]
    # Each is looked into once.
    assert len(opened) <= MANY + 5


def test_a_broken_file_fails_alone(loader: OutletSpiderLoader, config: Path):
    with pytest.raises(OutletError, match=r"broken\.yaml"):
        loader.load("broken")
    assert loader.load("times_7").name == "times_7"
    assert [one.id for one in outlets.on_host(config, "https://times7.example/")] == ["times_7"]


def test_scrapy_check_names_the_broken_file_and_checks_the_others(crawler: Crawler, tmp_path: Path):
    (tmp_path / "outlets").mkdir()
    (tmp_path / "defaults.yaml").write_text((PROJECT / "config/defaults.yaml").read_text())
    (tmp_path / "outlets/broken.yaml").write_text("name: [")
    (tmp_path / "outlets/times.yaml").write_text(FACTS.format(n=""))
    done = crawler.run("check", CONFIG_DIR=tmp_path)
    assert done.code == 2
    assert "broken.yaml: line" in done.err
    assert "Traceback" not in done.err
    assert "Ran 0 contracts" in done.err
