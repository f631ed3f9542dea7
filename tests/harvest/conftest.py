"""A config folder that a test may write to."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import PROJECT


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return shutil.copytree(PROJECT / "config", tmp_path / "config")
