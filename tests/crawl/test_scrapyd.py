"""A real scrapyd takes an egg of the project and crawls an outlet with it."""

import gzip
import json
import shutil
from pathlib import Path

import pytest

from newsarchive.demoweb import DemoWeb
from tests.conftest import PROJECT
from tests.crawl import scrapyd

OUTLET = "responsible_statecraft"


@pytest.mark.skipif(not scrapyd.PYTHON.exists(), reason="scrapyd is not installed: make scrapyd")
def test_scrapyd_runs_a_crawl_from_an_egg(web: DemoWeb, tmp_path: Path):
    home = tmp_path / "home"
    shutil.copytree(PROJECT / "config", home / "config")
    archive = home / "archive"
    settings = [
        f"CONNECT_TO={','.join(web.connect_to)}",
        "DOWNLOAD_DELAY=0", "RETRY_TIMES=0",
    ]  # fmt: skip
    with scrapyd.Scrapyd(tmp_path, home=home) as server, scrapyd.egg(tmp_path).open("rb") as egg:
        added = server.ask("addversion", project="news", version="1", files={"egg": egg})
        assert added["spiders"] >= 1
        assert OUTLET in server.ask("listspiders", project="news")["spiders"]
        job = server.ask("schedule", project="news", spider=OUTLET, setting=settings, limit="3")["jobid"]
        log = server.finished(job, seconds=50)
    assert "Traceback" not in log, log
    lines = [path for path in archive.rglob("*.jsonl.gz") if ".rejected" not in path.name]
    assert lines, log
    told = [json.loads(line) for path in lines for line in gzip.open(path, "rt", encoding="utf-8")]
    assert 1 <= len(told) <= 3
    assert list(archive.rglob("*.warc.gz"))
    assert not list(archive.rglob("*.open"))
