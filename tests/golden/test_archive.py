"""An archive, a state and a snapshot written by an early version: every later version reads, verifies and continues them.

`archive-f9c32b3.tar.xz` holds two demo outlets crawled twice, a legal hold, a hidden and an erased article, a signed snapshot
(`archive/`, `snapshots/`, `keys/`), and the archive of a crawl that was killed (`killed/`).
"""

import gzip
import json
import subprocess
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newsarchive.demoweb import DemoWeb
from tests.conftest import PROJECT, Crawler, Ran

pytestmark = pytest.mark.long

SCRIPT = PROJECT / "newsarchive" / "sealing" / "script" / "verify.sh"


@pytest.fixture(scope="module")
def web() -> Iterator[DemoWeb]:
    with DemoWeb() as web:
        yield web


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("golden")
    with tarfile.open(Path(__file__).parent / "archive-f9c32b3.tar.xz") as tar:
        tar.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="module")
def scrapy(golden: Path, web: DemoWeb) -> Crawler:
    return Crawler(golden / "archive", web.connect_to)


def succeeds(ran: Ran, *contained: str) -> str:
    assert ran.code == 0, ran.out + ran.err
    for text in contained:
        assert text in ran.out
    return ran.out


def test_the_archive_verifies(scrapy: Crawler, golden: Path):
    report = json.loads(succeeds(scrapy.run("verify", str(golden / "archive"), "--json")))
    checked = {name: level["ok"] for name, level in report["levels"].items()}
    assert checked["members"] > 250
    assert checked["rows"] > 40


def test_the_snapshot_verifies(scrapy: Crawler, golden: Path):
    (snapshot,) = (golden / "snapshots").glob("*.wacz")
    key = str(golden / "keys" / "demo.pub.pem")
    succeeds(scrapy.run("snapshot", "verify", str(snapshot), "--trusted-key", key))
    script = subprocess.run(["sh", SCRIPT, snapshot, "--trusted-key", key], capture_output=True, text=True, check=False)
    assert script.returncode == 0, script.stdout + script.stderr


def test_custody_log_holds_and_takedowns_are_read(scrapy: Crawler, golden: Path):
    folder = ("--out", str(golden / "snapshots"))
    succeeds(scrapy.run("custody", "verify", *folder))
    succeeds(scrapy.run("hold", "list", *folder), "H-2026-001", "case-2026-17")
    succeeds(scrapy.run("takedown", "list", *folder), "T-2026-001", "T-2026-002")


def test_the_same_rows_are_derived_again(scrapy: Crawler, golden: Path, tmp_path: Path):
    succeeds(scrapy.run("reextract", str(golden / "archive"), "--out", str(tmp_path / "rows")))
    before, after = dict(rows(golden / "archive")), dict(rows(tmp_path / "rows"))
    assert len(before) > 40
    assert after == before


def test_the_next_crawl_continues_the_state(scrapy: Crawler, golden: Path):
    """Articles that are due again, years later, may add rows; none is lost or changed, and none is unknown."""
    before = dict(rows(golden / "archive"))
    for outlet in ("kyiv_independent", "responsible_statecraft"):
        crawled = scrapy.run("crawl", outlet)
        assert crawled.code in (0, 1), crawled.err
        assert "Traceback" not in crawled.err
    after = dict(rows(golden / "archive"))
    assert before.items() <= after.items()
    assert {row["url"] for row in after.values()} == {row["url"] for row in before.values()}
    succeeds(scrapy.run("verify", str(golden / "archive")))


def test_the_next_crawl_finishes_what_a_killed_one_left_open(golden: Path, web: DemoWeb):
    scrapy = Crawler(golden / "killed", web.connect_to)
    assert list(golden.glob("killed/**/*.open"))
    assert scrapy.run("crawl", "kyiv_independent").code in (0, 1)
    assert not list(golden.glob("killed/**/*.open"))
    addresses = Counter(row["url"] for _, row in rows(golden / "killed"))
    assert len(addresses) == 15
    assert set(addresses.values()) == {1}
    succeeds(scrapy.run("verify", str(golden / "killed")))


def rows(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the record ID and the row of each article, without the parts that name the version that read it."""
    for file in sorted(folder.rglob("*.jsonl.gz")):
        if ".rejected" not in file.name:
            with gzip.open(file, "rb") as lines:
                for row in map(json.loads, lines):
                    if row["schema"] == "news-article/1":
                        del row["id"], row["provenance"]["extraction"]
                        yield row["provenance"]["warc"]["record_id"], row
