"""After a loss of power the state may know more than the files hold: it forgets that."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from newsarchive import outlets
from newsarchive.archiving.reconciling import note_begun, reconcile
from newsarchive.freshness.ladder import Visits
from newsarchive.items import Link
from newsarchive.outlets import Outlet
from newsarchive.store.captures import Captures, Seen
from newsarchive.store.database import Database
from newsarchive.store.lines import read_lines
from newsarchive.store.state import Named, State
from newsarchive.warc.reader import read_records
from tests.archiving.test_repair import START, left_open
from tests.conftest import PROJECT, Crawler
from tests.linking import moved

BEGUN = int(START.timestamp())
BEFORE = BEGUN - 86_400
HOST = "https://a.example"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "state.sqlite")
    yield database
    database.close()


@pytest.fixture
def state(database: Database) -> State:
    return State(database)


@pytest.fixture
def outlet(tmp_path: Path) -> Outlet:
    (tmp_path / "config/outlets").mkdir(parents=True)
    (tmp_path / "config/defaults.yaml").write_text((PROJECT / "config/defaults.yaml").read_text())
    facts = {"name": "A", "home": f"{HOST}/", "language": "en", "timezone": "UTC", "sources": [{"feed": f"{HOST}/rss"}]}
    (tmp_path / "config/outlets/a.yaml").write_text(yaml.safe_dump(facts | {"articles": {"allow": [r"^/\d+$"]}}))
    return outlets.load(tmp_path / "config", "a")


def captured(state: State, number: int, *, first: int, last: int) -> None:
    state.discover("a", [Named(Link(f"{HOST}/{number}", "rss", "feed"))], now=first)
    state.settle(
        "a", f"{HOST}/{number}", standing="read", visits=Visits(first, last), due=BEGUN + 999, text_sha256="sha256:0"
    )


@pytest.mark.parametrize("is_elsewhere", [False, True])
def test_what_no_record_holds_is_forgotten_and_asked_for_again(
    tmp_path: Path, database: Database, state: State, outlet: Outlet, is_elsewhere: bool
):
    folder = tmp_path / "a"
    path, _, _ = left_open(folder, 3, failing={2})
    path.rename(path.with_name(path.name.removesuffix(".open")))
    there = next(one for one in read_records(next(folder.rglob("*.warc.gz"))) if one.kind == "response")
    if is_elsewhere:
        moved(folder, tmp_path / "disk")
    note_begun(folder, START)
    for number, first in ((0, BEGUN + 1), (1, BEGUN + 1), (2, BEGUN + 1), (7, BEGUN + 1), (8, BEFORE)):
        captured(state, number, first=first, last=BEGUN + 1)
    captured(state, 9, first=BEFORE, last=BEFORE)
    kept = Seen(there.field("WARC-Record-ID") or "", "2026-11-22T04:00:01Z", "sha1:A", None, None)
    lost = Seen("<urn:uuid:lost>", "2026-11-22T04:00:01Z", "sha1:B", None, None)
    old = Seen("<urn:uuid:old>", "2026-11-01T00:00:00Z", "sha1:C", None, None)
    captures, others = Captures(database, "a"), Captures(database, "b")
    foreign = Seen("", "2026-11-22T04:00:01Z", "", "1-2", None)
    captures.remember_all({f"{HOST}/0": kept, f"{HOST}/7": lost, f"{HOST}/9": old, "file:///there.warc.gz": foreign})
    others.remember_all({f"{HOST}/7": lost})
    reconcile(folder, outlet=outlet, state=state, captures=captures)
    pages = {number: state.page("a", f"{HOST}/{number}") for number in (0, 1, 2, 7, 8, 9)}
    assert {number: page.standing for number, page in pages.items() if page} == {
        0: "read", 1: "read", 2: "pending", 7: "pending", 8: "read", 9: "read",
    }  # fmt: skip
    assert [number for number, page in pages.items() if page and page.text_sha256 is None] == [2, 7]
    again = state.discover("a", [Named(Link(f"{HOST}/{number}", "rss", "feed")) for number in pages], now=BEGUN + 2)
    assert [one.novelty for one in again] == ["known", "known", "due", "due", "due", "known"]
    assert [captures.seen(url) for url in (f"{HOST}/0", f"{HOST}/7", f"{HOST}/9")] == [kept, None, old]
    assert others.seen(f"{HOST}/7") == lost
    assert captures.seen("file:///there.warc.gz") == foreign


def test_a_crawl_whose_files_are_gone_is_made_again(crawler: Crawler):
    assert crawler.run("crawl", "responsible_statecraft", "-a", "limit=3").code in (0, 1)
    folder, before = crawler.archive / "responsible_statecraft", told(crawler)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != ".begun" and path.parent.name != "rules":
            path.unlink()
    done = crawler.run("crawl", "responsible_statecraft")
    assert "are not in the archive: they are asked for again" in done.err
    assert crawler.run("verify", str(crawler.archive)).code == 0
    assert before
    assert before <= told(crawler)


def test_lines_that_went_with_the_journal_that_names_their_file_are_read_again(crawler: Crawler):
    assert crawler.run("crawl", "responsible_statecraft", "-a", "limit=3").code in (0, 1)
    folder, before = crawler.archive / "responsible_statecraft", told(crawler)
    warcs = set(crawler.files(".warc.gz"))
    for path in (*crawler.files(".jsonl.gz"), *crawler.files("manifest.json"), folder / ".closed"):
        path.unlink()
    assert crawler.run("crawl", "responsible_statecraft", "-a", "limit=1").code in (0, 1)
    assert {row["url"] for path in warcs for row in rows_beside(path)} == before
    assert crawler.run("verify", "--deep", str(crawler.archive)).code == 0


def rows_beside(warc: Path) -> list[dict]:
    return [json.loads(line) for line in read_lines(warc.with_name(warc.name.replace(".warc.gz", ".jsonl.gz")))]


def told(crawler: Crawler) -> set[str]:
    return {json.loads(line)["url"] for path in crawler.files(".jsonl.gz") for line in read_lines(path)}
