"""One archive that all tests of verification look at, and copies for those that change it."""

import shutil
from pathlib import Path

import pytest

from tests.verifying import mutations


@pytest.fixture(scope="package")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An outlet, crawled twice; not to be changed."""
    archive = tmp_path_factory.mktemp("verifying") / "archive"
    mutations.crawl(archive, "-a", "limit=8", outlets=["responsible_statecraft"])
    return archive


@pytest.fixture
def archive(crawled: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(crawled, tmp_path / "archive"))
