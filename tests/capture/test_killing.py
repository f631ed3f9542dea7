"""kill -9 loses nothing that a callback had seen; `make kills` does it many more times."""

import random
from pathlib import Path

import pytest

from tests.capture.killing import VARIANTS, kill_once
from tests.capture.server import Server


@pytest.mark.parametrize("variant", range(len(VARIANTS)))
def test_a_killed_crawl_has_lost_no_page_that_was_seen(tmp_path: Path, variant: int):
    with Server() as server:
        result = kill_once(server, tmp_path / "project", random.Random(variant), **VARIANTS[variant])
    assert result.missing == []
    assert result.wrong == []
    assert result.seen > 0
