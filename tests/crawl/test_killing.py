"""kill -9 loses no page, and leaves no process; `make kills-crawl` does it many more times."""

import random
from pathlib import Path

import pytest

from tests.crawl.killing import try_once


@pytest.mark.parametrize(("command", "processes"), [("harvest", 1), ("harvest", 2), ("crawl", 1)])
def test_a_killed_crawl_is_resumed_and_has_lost_nothing(tmp_path: Path, command: str, processes: int):
    chance = random.Random(f"{command}{processes}")
    result = try_once(tmp_path, chance, kills=2, processes=processes, command=command, pages=20)
    assert result.problems == []
    assert result.kills >= 2
    assert result.fetched == result.discovered == result.read == 4 * 20
