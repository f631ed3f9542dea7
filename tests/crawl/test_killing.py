"""kill -9 loses no page, and leaves no process; `make kills-crawl` does it many more times."""

import random
from pathlib import Path

import pytest

from tests.conftest import Crawler
from tests.crawl.killing import try_once

OUTLET = "responsible_statecraft"


@pytest.mark.parametrize(("command", "processes"), [("harvest", 1), ("harvest", 2)])
def test_a_killed_crawl_is_resumed_and_has_lost_nothing(tmp_path: Path, command: str, processes: int):
    chance = random.Random(f"{command}{processes}")
    result = try_once(tmp_path, chance, kills=2, processes=processes, command=command, pages=12)
    assert result.problems == []
    assert result.kills >= 2
    # Pages that have moved are known under both addresses.
    assert result.fetched == result.discovered == result.read >= 4 * 12


def test_only_after_a_clean_end_the_folders_of_years_are_not_looked_through(crawler: Crawler):
    folder = crawler.archive / OUTLET
    left = folder / "2020/01/02/NA-old-20200102T000000Z-00000-host.warc.gz.open"
    assert crawler.run("crawl", OUTLET).code in (0, 1)
    left.parent.mkdir(parents=True)
    left.touch()
    assert crawler.run("crawl", OUTLET).code in (0, 1)
    assert left.exists()
    # What a crawl takes away when it begins, and leaves only when it closes everything.
    (folder / ".closed").unlink()
    assert crawler.run("crawl", OUTLET).code in (0, 1)
    assert not left.exists()
    assert (folder / ".closed").exists()
