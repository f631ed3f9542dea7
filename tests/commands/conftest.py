"""A crawled demo outlet, and a config folder that a test may write to."""

import shutil
from pathlib import Path

import pytest

from newsarchive.demoweb import DemoWeb
from tests.conftest import PROJECT, Crawler


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Kyiv Independent of the demo web, crawled once; tests copy what they change."""
    folder = tmp_path_factory.mktemp("crawled") / "archive"
    with DemoWeb() as web:
        assert Crawler(folder, web.connect_to).run("crawl", "kyiv_independent").code in (0, 1)
    return folder


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return shutil.copytree(PROJECT / "config", tmp_path / "config")
