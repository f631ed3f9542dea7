"""Whatever is wrong: one clear line, an exit code for cron, nothing half-written."""

import fcntl
import gzip
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from newsarchive.demoweb import Answer, DemoWeb
from tests.conftest import PROJECT, Crawler, environment
from tests.manifested import found, problems


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A config folder of one's own."""
    return Path(shutil.copytree(PROJECT / "config", tmp_path / "config"))


def test_all_mistakes_of_a_yaml_are_told_together(crawler: Crawler, config: Path):
    (config / "outlets" / "broken.yaml").write_text(
        "name: Broken\nhom: https://broken.example/\narticles: {allow: ['(']}\nsources: [{feed: 5}]\n"
    )
    done = crawler.run("crawl", "broken", CONFIG_DIR=config)
    assert done.code == 2
    lines = [line for line in done.err.splitlines() if "broken.yaml" in line]
    for key in ("hom", "home", "articles.allow.0", "sources.0.feed"):
        assert [line for line in lines if f" {key}: found" in line], (key, done.err)
    assert "Traceback" not in done.err


def test_a_broken_yaml_harms_no_other_outlet(crawler: Crawler, config: Path):
    (config / "outlets" / "broken.yaml").write_text("name: [")
    listed = crawler.run("list", CONFIG_DIR=config)
    assert listed.out.split() == sorted(path.stem for path in (config / "outlets").iterdir())
    assert "broken" in listed.out.split()
    assert crawler.run("crawl", "responsible_statecraft", "-a", "limit=1", CONFIG_DIR=config).code == 0


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["crawl", "nowhere"], "nowhere"),
        (["crawl"], "outlet"),
        (["crawl", "kyiv_independent", "-a", "limit=many"], "-a limit"),
        (["crawl", "kyiv_independent", "-a", "since=tomorrow"], "-a since"),
        (["crawl", "kyiv_independent", "-a", "sedes=x"], "-a sedes"),
        (["crawl", "kyiv_independent", "-a", "seeds=/no/such/file"], "-a seeds"),
        (["crawl", "kyiv_independent", "-s", "CONNECT_TO=nonsense"], "CONNECT_TO"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(crawler: Crawler, arguments: list[str], word: str):
    done = crawler.run(*arguments) if "-s" not in arguments else crawler.run(*arguments[:2], CONNECT_TO="nonsense")
    assert done.code == 2
    assert word in done.err
    assert "Traceback" not in done.err


def test_an_archive_that_cannot_be_written_is_said_before_anything_is_fetched(
    web: DemoWeb, crawler: Crawler, tmp_path: Path
):
    (tmp_path / "archive").write_text("a file stands where the folder should be")
    done = crawler.run("crawl", "kyiv_independent")
    assert done.code == 2
    assert "cannot be written" in done.err
    assert "Traceback" not in done.err
    assert web.log == []


def test_a_second_crawl_of_the_same_outlet_says_so(crawler: Crawler):
    folder = crawler.archive / "kyiv_independent"
    folder.mkdir(parents=True)
    with (folder / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = crawler.run("crawl", "kyiv_independent")
    assert done.code == 2
    assert "another crawl of this outlet is running" in done.err


def test_a_server_that_is_down_is_reported_with_exit_code_1(web: DemoWeb, crawler: Crawler):
    web.stop()
    done = crawler.run("crawl", "kyiv_independent")
    assert done.code == 1
    assert "refused" in done.err
    assert "Traceback" not in done.err
    (warc,) = crawler.files(".warc.gz")
    with warc.open("rb") as stream:
        kinds = [record.rec_type for record in ArchiveIterator(stream)]
    assert "metadata" in kinds
    assert "response" not in kinds


@pytest.mark.parametrize("command", [("crawl", "-a", "limit=1"), ("harvest",)], ids=lambda words: words[0])
def test_a_report_that_cannot_be_written_is_a_problem_of_the_crawl(crawler: Crawler, command: tuple[str, ...]):
    reports = crawler.archive / "responsible_statecraft/reports"
    reports.parent.mkdir(parents=True)
    reports.write_text("a file in place of the folder")
    done = crawler.run(*command, "responsible_statecraft", HARVEST_PAGES=1)
    assert done.code == 1, done.err
    report = done.err if command[0] == "crawl" else done.out
    problem = f"!{reports}: the report of the crawl cannot be written (File exists)"
    # Lines are wrapped.
    assert "".join(report.split()).replace("!responsible_statecraft:", "!").count("".join(problem.split())) == 1
    assert report.count("! ") == 1
    assert "All well" not in report
    assert "Traceback" not in done.err
    assert reports.is_file()


@pytest.mark.parametrize("command", ["crawl", "harvest"])
@pytest.mark.parametrize("feed", ["/proc/x/a.jsonl", "file:///proc/x/a.jsonl", "/proc", "/proc/self/attr/a.jsonl"])
def test_a_feed_that_cannot_be_written_is_refused_before_anything_is_fetched(
    web: DemoWeb, crawler: Crawler, command: str, feed: str
):
    done = crawler.run(command, "responsible_statecraft", FEEDS=json.dumps({feed: {"format": "jsonl"}}))
    assert done.code == 2, done.err
    (line,) = done.err.splitlines()
    assert line.startswith(f"scrapy: FEEDS: found {feed!r}, expected a file that can be written (")
    assert web.log == []


@pytest.mark.parametrize("form", ["jsonl", "json"])
def test_a_feed_that_fails_later_is_a_problem_of_the_crawl(crawler: Crawler, tmp_path: Path, form: str):
    feeds = {"/dev/full": {"format": form}, str(tmp_path / "other.jsonl"): {"format": "jsonl"}}
    done = crawler.run("crawl", "responsible_statecraft", "-a", "limit=1", FEEDS=json.dumps(feeds))
    assert done.code == 1, done.err
    assert "Traceback" not in done.err
    assert done.err.count("1 feed could not be written, see the log") == 1
    (line,) = [line for line in done.err.splitlines() if "/dev/full" in line]
    assert "No space left on device" in line
    assert len((tmp_path / "other.jsonl").read_text().splitlines()) == 1
    (report,) = crawler.archive.rglob("reports/*.json")
    assert json.loads(report.read_text())["warnings"] == ["1 feed could not be written, see the log"]


@pytest.mark.parametrize("command", ["list", "harvest"])
def test_a_yaml_file_with_another_suffix_is_reported(crawler: Crawler, config: Path, command: str):
    folder = config / "outlets"
    for name in ("other.yml", "CAPITAL.YAML", ".hidden.yml", "notes.txt"):
        shutil.copy(folder / "responsible_statecraft.yaml", folder / name)
    for file in folder.glob("*.yaml"):
        if file.stem != "responsible_statecraft":
            file.unlink()
    done = crawler.run(command, *(["--unverified"] if command == "harvest" else []), CONFIG_DIR=config, HARVEST_PAGES=1)
    assert [line for line in done.err.splitlines() if str(folder) in line] == [
        f"scrapy: {folder}/CAPITAL.YAML: file: found the name 'CAPITAL.YAML', expected capital.yaml",
        f"scrapy: {folder}/other.yml: file: found the name 'other.yml', expected other.yaml",
    ]
    assert done.code == (1 if command == "harvest" else 0)
    assert "responsible_statecraft" in done.out


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 260 KB, in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=260k", "tmpfs", str(folder)], check=False)
    if mounted.returncode != 0:
        assert "CI" not in os.environ, "the tests run as root in CI and may mount"
        pytest.skip("a full disk needs a mount, and a mount needs root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_stops_the_crawl_and_spoils_nothing(web: DemoWeb, small_disk: Path):
    crawler = Crawler(small_disk / "archive", web.connect_to)
    done = crawler.run("crawl", "responsible_statecraft", ARCHIVE_MIN_FREE_MB=0)
    assert done.code == 1, done.err
    assert "the crawl stops" in done.err
    assert "Traceback" not in done.err
    whole = [path.read_bytes() for path in crawler.archive.rglob("*.warc.gz*")]
    assert whole
    assert all(gzip.decompress(one) for one in whole)
    subprocess.run(["mount", "-o", "remount,size=20m", str(small_disk)], check=True)
    assert crawler.run("crawl", "responsible_statecraft", ARCHIVE_MIN_FREE_MB=0).code in (0, 1)
    assert not list(crawler.archive.rglob("*.open"))
    told = [json.loads(line)["url"] for path in crawler.files(".jsonl.gz") for line in gzip.open(path)]
    assert len(told) == len(set(told))
    assert len(told) > 20
    assert list(problems(crawler.archive / "responsible_statecraft", is_chained=True)) == []


def test_what_cannot_be_repaired_is_said_in_one_line_before_anything_is_fetched(web: DemoWeb, crawler: Crawler):
    assert crawler.run("crawl", "responsible_statecraft", CLOSESPIDER_PAGECOUNT=3).code in (0, 1)
    stem = crawler.files(".warc.gz")[0].with_suffix("").with_suffix("")
    stem.with_name(stem.name + ".cdxj.open").touch()
    stem.with_name(stem.name + ".cdxj.part").mkdir()
    (crawler.archive / "responsible_statecraft" / ".closed").unlink()
    web.log.clear()
    done = crawler.run("crawl", "responsible_statecraft")
    assert done.code == 2, done.err
    assert [line for line in done.err.splitlines() if ".cdxj.part: cannot be written" in line], done.err
    assert "Traceback" not in done.err
    assert web.log == []


def test_a_crawl_does_not_begin_on_a_disk_that_is_nearly_full(crawler: Crawler):
    done = crawler.run("crawl", "responsible_statecraft", ARCHIVE_MIN_FREE_MB=10**9)
    assert done.code == 2
    assert "ARCHIVE_MIN_FREE_MB" in done.err


def test_what_a_killed_crawl_left_open_is_finished_by_the_next(web: DemoWeb, crawler: Crawler):
    web.answer("https://responsiblestatecraft.org/analysis/", Answer(body=b"<p>slow", delay=8.0, repeat=1))
    running = subprocess.Popen(
        crawler.command("crawl", "responsible_statecraft"), cwd=PROJECT, env=environment(),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _wait_for(lambda: len(_open_rows(crawler)) >= 3)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    acknowledged = _open_rows(crawler)
    done = crawler.run("crawl", "responsible_statecraft")
    assert done.code in (0, 1), done.err
    assert not list(crawler.archive.rglob("*.open"))
    told: list[bytes] = []
    for path in crawler.archive.rglob("*.jsonl.gz"):
        with gzip.open(path) as lines:
            told += list(lines)
    assert set(acknowledged) <= set(told)
    folder = crawler.archive / "responsible_statecraft"
    assert list(problems(folder, is_chained=True)) == []
    assert [one["reason"] for one in found(folder).values()] == ["killed", "finished"]
    for path in crawler.files(".warc.gz"):
        with path.open("rb") as stream:
            assert sum(1 for _ in ArchiveIterator(stream)) > 1


def _open_rows(crawler: Crawler) -> list[bytes]:
    return [
        line for path in crawler.archive.rglob("*.jsonl.open") for line in path.read_bytes().splitlines(keepends=True)
    ]


def _wait_for(condition, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
