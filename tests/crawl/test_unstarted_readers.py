"""Readers that cannot be started, as when a program was replaced halfway, are no page's fault."""

import gzip
import json
import subprocess
from pathlib import Path

import pytest
import yaml

from newsarchive.demoweb import DemoWeb
from tests.conftest import PROJECT, Crawler, Ran, environment
from tests.crawl.killing import ALLOW, StubbornSite

PAGES = 6
# Only the process from which readers are forked lacks a module.
BROKEN = """
import sys

class Lacking:
    def find_spec(self, name, path=None, target=None):
        if name in ("newsarchive.readers.serving", "newsarchive.reextraction.worker"):
            raise ModuleNotFoundError(f"No module named {name!r}")

if any("forkserver" in word for word in sys.orig_argv):
    sys.meta_path.insert(0, Lacking())
"""


def broken(command: list[str], folder: Path) -> Ran:
    (folder / "broken").mkdir(exist_ok=True)
    (folder / "broken/sitecustomize.py").write_text(BROKEN)
    env = environment() | {"PYTHONPATH": f"{folder / 'broken'}:{PROJECT}"}
    done = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, timeout=120, check=False)
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    site = StubbornSite("times", PAGES)
    facts = {
        "name": "Times", "home": f"{site.home}/", "sources": [{"sitemap": f"{site.home}/sitemap.xml"}],
        "articles": {"allow": [ALLOW]}, "crawl": {"delay": 0.0, "concurrency": 1},
    }  # fmt: skip
    (tmp_path / "outlets").mkdir()
    (tmp_path / "outlets/times.yaml").write_text(yaml.safe_dump(facts))
    (tmp_path / "defaults.yaml").write_text((PROJECT / "config/defaults.yaml").read_text())
    return tmp_path


def test_a_crawl_stops_and_the_next_reads_all_and_reextract_says_so_too(config: Path):
    with DemoWeb(sites=[StubbornSite("times", PAGES)]) as web:
        crawler = Crawler(config / "archive", web.connect_to)
        settings = {"CONFIG_DIR": config, "SEEDS_DIR": config}
        stopped = broken(crawler.command("crawl", "times", **settings), config)
        assert stopped.code == 1
        assert "no reading process can be started: it ends with exit code 1, and says why above; the crawl stops" in (
            stopped.err
        )
        assert "No module named 'newsarchive.readers.serving'" in stopped.err
        (report,) = map(json.loads, (path.read_text() for path in crawler.archive.rglob("reports/*.json")))
        assert report["reason"] == "no_reader"
        assert reasons(crawler) == {"not_read"}
        assert crawler.run("crawl", "times", **settings).code == 0
        assert sum(len(gzip.open(file).readlines()) for file in crawler.files(".jsonl.gz")) == PAGES
    failed = broken(crawler.command("reextract", crawler.archive, "--out", config / "out", **settings), config)
    assert failed.code == 2
    assert "scrapy: no reading process can be started" in failed.err
    assert not list((config / "out").rglob("*.jsonl.gz"))


def reasons(crawler: Crawler) -> set[str]:
    return {
        json.loads(line)["reason"] for file in crawler.archive.rglob("*.rejected.jsonl.gz") for line in gzip.open(file)
    }
