"""The manifest of a run that was killed, made by the next start of its journal and its repaired files."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from scrapy.settings import Settings

from newsarchive import outlets
from newsarchive import settings as own
from newsarchive.archiving import journal, manifest
from newsarchive.archiving.files import WarcFiles
from newsarchive.archiving.journal import Journal
from newsarchive.archiving.recovery import recover
from newsarchive.capture import surroundings
from newsarchive.capture.options import DEFAULTS
from newsarchive.store import chain, manifests
from newsarchive.store.rules import RuleBook
from tests.archiving.test_repair import START
from tests.conftest import environment
from tests.extract.pages import CONFIG
from tests.manifested import found, problems

DAY = "2026/11/22"
BEGINNING = {
    "kind": "crawl", "collection": "c", "started_at": "2026-11-22T04:00:00.000001Z", "version": "0.1.0",
    "environment": {"python": "3.11"}, "config": {},
}  # fmt: skip


def kill(folder: Path, way: str) -> None:
    """A process that writes one or two files, and is killed."""
    child = os.fork()
    if child == 0:
        try:
            _write(folder, way)
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _write(folder: Path, way: str) -> None:
    notes = Journal({**BEGINNING, "previous": chain.head(folder)}, is_synced=True)
    files = WarcFiles(
        folder, collection="c", started_at=START, max_bytes=9**9, max_seconds=9**9, about={}, journal=notes
    )
    files.writable()
    files.close()
    match way:
        case "amid the second file":
            files.writable()
        case "before the second file":
            notes.opens("NA-c-20261122T040000Z-00001-nowhere")
        case "before the manifest":
            notes.ends(ended_at="2026-11-22T04:00:09Z", reason="finished")
        case "at the end":
            files.end(reason="finished", rules=None)


def killed(folder: Path, way: str) -> dict:
    """The newest manifest after a run was killed and repaired."""
    before = set(found(folder))
    kill(folder, way)
    recover(folder)
    assert list(problems(folder, is_chained=False)) == []
    ((_, told),) = [(name, told) for name, told in found(folder).items() if name not in before]
    return told


@pytest.mark.parametrize(
    ("way", "reason", "warcs"),
    [
        ("between two files", "killed", 1),
        ("before the second file", "killed", 1),
        ("amid the second file", "killed", 2),
        ("before the manifest", "finished", 1),
        ("at the end", "finished", 1),
    ],
)
def test_all_files_of_a_run_are_listed_wherever_it_was_killed(tmp_path: Path, way: str, reason: str, warcs: int):
    told = killed(tmp_path, way)
    assert told["reason"] == reason
    assert (told["ended_at"] is None) == (reason == "killed")
    listed = [one for one in told["outputs"] if one["path"].endswith(".warc.gz")]
    assert [one["records"] for one in listed] == [1] * warcs
    assert told["counts"] == {"records": warcs, "rows": 0, "rejections": 0}
    again = killed(tmp_path, way)
    assert again["run"] > told["run"]


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """The journal of a run that was killed."""
    kill(tmp_path, "amid the second file")
    (path,) = tmp_path.rglob(f"*{manifests.OPEN}")
    return path


def test_a_journal_is_read_up_to_where_it_is_torn(left: Path):
    whole = left.read_bytes()
    stems = [line["opens"] for line in map(json.loads, whole.splitlines()) if "opens" in line]
    assert len(stems) == 2
    for length in range(len(whole)):
        left.write_bytes(whole[:length])
        noted = journal.read(left)
        assert noted.stems == [stem for stem in stems if f'"opens": "{stem}"}}\n'.encode() in whole[:length]]
        assert bool(noted.beginning) == (b"\n" in whole[:length])
    left.write_bytes(whole[:-1] + b"\0" * 4096)
    assert journal.read(left).stems == stems[:1]


def test_the_journal_of_a_run_that_wrote_nothing_is_removed(tmp_path: Path):
    (tmp_path / DAY).mkdir(parents=True)
    (tmp_path / DAY / f"NA-c{manifests.OPEN}").write_bytes(b'{"begins":{"coll')
    recover(tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_the_digest_of_a_closed_file_is_that_of_its_writing_though_it_is_changed_before_the_repair(
    tmp_path: Path, left: Path
):
    (closed,) = tmp_path.rglob("*-00000-*.warc.gz")
    whole = closed.read_bytes()
    closed.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    recover(tmp_path)
    assert list(problems(tmp_path, is_chained=False)) == [f"{closed.name} is not as {next(iter(found(tmp_path)))} says"]


def test_two_repairs_at_once_make_one_manifest(tmp_path: Path, left: Path):
    repair = "import sys; from pathlib import Path; from newsarchive.archiving.recovery import recover; recover(Path(sys.argv[1]))"
    both = [subprocess.Popen([sys.executable, "-c", repair, str(tmp_path)], env=environment()) for _ in range(2)]
    assert [one.wait() for one in both] == [0, 0]
    assert list(problems(tmp_path, is_chained=False)) == []
    assert len(found(tmp_path)) == 1


class TestChain:
    """Of an outlet, whose crawls have an order."""

    @pytest.fixture
    def book(self, tmp_path: Path) -> RuleBook:
        return RuleBook(tmp_path / "rules")

    def finish(self, folder: Path, book: RuleBook, way: str = "between two files") -> Path:
        kill(folder, way)
        (path,) = folder.rglob(f"*{manifests.OPEN}")
        finished = manifest.finish(path, folder, rules=book)
        assert finished
        return finished

    def test_each_manifest_names_the_one_before_also_when_the_head_was_lost_or_damaged(
        self, tmp_path: Path, book: RuleBook
    ):
        head = tmp_path / chain.HEAD
        for change in (lambda: None, head.unlink, lambda: head.write_text("{}"), lambda: head.write_text("torn")):
            self.finish(tmp_path, book)
            assert list(problems(tmp_path, is_chained=True)) == []
            change()
        assert len(found(tmp_path)) == 4

    def test_a_crash_amid_the_end_leaves_one_manifest_and_its_chain(self, tmp_path: Path, book: RuleBook):
        self.finish(tmp_path, book)
        kill(tmp_path, "between two files")
        (path,) = tmp_path.rglob(f"*{manifests.OPEN}")
        journal, head = path.read_bytes(), (tmp_path / chain.HEAD).read_bytes()
        manifest.finish(path, tmp_path, rules=book)
        # As if it had died before the head was written, or before the journal was removed; and with a spoilt manifest.
        whole = path.with_name(path.name.removesuffix(".open")).read_bytes()
        for before in (head, (tmp_path / chain.HEAD).read_bytes()):
            for written in (whole, b"{}"):
                path.write_bytes(journal)
                path.with_name(path.name.removesuffix(".open")).write_bytes(written)
                (tmp_path / chain.HEAD).write_bytes(before)
                manifest.finish(path, tmp_path, rules=book)
                assert list(problems(tmp_path, is_chained=True)) == []

    def test_a_journal_that_comes_back_does_not_turn_the_chain_back(self, tmp_path: Path, book: RuleBook):
        kill(tmp_path, "between two files")
        (path,) = tmp_path.rglob(f"*{manifests.OPEN}")
        journal = path.read_bytes()
        manifest.finish(path, tmp_path, rules=book)
        self.finish(tmp_path, book)
        path.write_bytes(journal)
        manifest.finish(path, tmp_path, rules=book)
        assert list(problems(tmp_path, is_chained=True)) == []

    def test_the_chain_reaches_over_days(self, tmp_path: Path, book: RuleBook):
        first = self.finish(tmp_path, book)
        (tmp_path / "2026/09/01").mkdir(parents=True)
        for path in list(first.parent.iterdir()):
            path.rename(tmp_path / "2026/09/01" / path.name)
        (tmp_path / chain.HEAD).unlink()
        second = manifests.read(self.finish(tmp_path, book))
        assert second.previous
        assert second.previous.path == f"../../09/01/{first.name}"
        assert list(problems(tmp_path, is_chained=True)) == []


def test_settings_are_told_without_secrets_paths_and_names():
    settings = Settings(
        {"EXTRACT_PROCESSES": "3", "WARC_FSYNC": "each", "ROBOTSTXT_OBEY": False, "DOWNLOAD_DELAY": "5"}
    )
    secrets = {
        "ALERT_URLS": ["mailtos://me:hush@mail.example"], "METRICS_FILE": "/home/hush/x", "ARCHIVE_DIR": "/home/hush/y",
        "CONTACT": "hush@example.org", "USER_AGENT": "hush/1", "CONNECT_TO": ["hush.example:1:127.0.0.1:2"],
        "DEFAULT_REQUEST_HEADERS": {"Authorization": "hush"}, "MAIL_PASS": "hush", "WARC_MAX_MB": "hush",
    }  # fmt: skip
    defaults = {**DEFAULTS, **{name: getattr(own, name) for name in dir(own) if name.isupper()}}
    settings.setdict(defaults, priority="default")
    settings.setdict(secrets, priority="project")
    outlet = outlets.load(CONFIG, "kyiv_independent")
    told = surroundings.config(settings, outlet=outlet, settings_digest="sha256:x")
    assert "hush" not in json.dumps(told)
    expected = {"DOWNLOAD_DELAY": 5.0, "EXTRACT_PROCESSES": 3, "ROBOTSTXT_OBEY": False, "WARC_FSYNC": "each"}
    assert told["settings"] == expected
    assert set(told["settings_untold"]) == {"ALERT_URLS", "METRICS_FILE", "ARCHIVE_DIR", "CONNECT_TO", "WARC_MAX_MB"}
    assert (told["outlet"], told["learned"]) == (outlet.digest, None)
    assert "hush" not in json.dumps(surroundings.environment())
