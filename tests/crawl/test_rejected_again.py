"""The same payload again at an address where it was rejected: rejected again, at whatever address asks for it."""

import gzip
import json
import sqlite3
from collections.abc import Iterator

import pytest

from tests.crawl.broken_outlets import Outlets, Reply, article, feed

pytestmark = pytest.mark.long

MAINTENANCE = Reply(
    "<html><head><title>Maintenance</title></head><body><h1>We will be back soon</h1><p>Come back later.</p></body></html>"
)
REDIRECTS = {"moved": 301, "found": 302, "temporary": 307}
SHELL = Reply("<html><head><title>C</title></head><body><div id=root></div><script src=/app.js></script></body></html>")


@pytest.fixture(scope="module")
def outlets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outlets]:
    made = Outlets(tmp_path_factory.mktemp("again"))
    for name, status in REDIRECTS.items():
        onward = Reply("", status, Location="/a/maintenance.html")
        made.add(name, feed=feed(f"{name}.example", "/a/1"), **{f"a{number}": onward for number in range(1, 4)})
        made.replies[f"{name}.example", "/a/maintenance.html"] = MAINTENANCE
    made.add("shell", feed=feed("shell.example", "/a/1", "/a/2"), a1=SHELL, a2=SHELL)
    made.add("well", feed=feed("well.example", "/a/1"), a1=article(1))
    yield made
    made.close()


Days = list[tuple[int, dict[str, dict], dict[str, dict]]]


@pytest.fixture(scope="module")
def days(outlets: Outlets) -> Days:
    """Exit code, report and health of three harvests, each of which finds a further article."""
    made = []
    for day in range(1, 4):
        for name in REDIRECTS:
            outlets.answer(name, feed=feed(f"{name}.example", *(f"/a/{number}" for number in range(1, day + 1))))
        if day > 1:
            with sqlite3.connect(outlets.crawler.archive / "state.sqlite") as state:
                state.execute("UPDATE page SET due = 0 WHERE outlet IN ('shell', 'well')")
        made.append((*outlets.harvest(*REDIRECTS, "shell", "well"), outlets.health()))
    return made


@pytest.mark.parametrize("name", REDIRECTS)
def test_every_address_that_leads_to_a_rejected_page_is_rejected(outlets: Outlets, days: Days, name: str):
    for number, (_, lines, _) in enumerate(days, start=1):
        expected = {"outcome": "rejected", "url": f"http://{name}.example/a/{number}", "reason": "no_body"}
        assert expected in lines[name]["articles"]
        assert lines[name]["unchanged"] == 0
    with sqlite3.connect(outlets.crawler.archive / "state.sqlite") as state:
        pages = state.execute("SELECT DISTINCT standing, reason FROM page WHERE outlet = ?", (name,)).fetchall()
    assert pages == [("rejected", "no_body")]


@pytest.mark.parametrize("name", [*REDIRECTS, "shell"])
def test_an_outlet_whose_pages_are_all_rejected_again_is_never_well(days: Days, name: str):
    for code, lines, health in days:
        assert code == 1
        assert lines[name]["recovered"] == []
        assert [finding["cause"] for finding in health[name]["findings"]] == ["nothing_arrived"]


def test_the_same_page_at_its_own_address_is_rejected_again(days: Days):
    for _, lines, _ in days[:2]:
        outcomes = {(one["outcome"], one["reason"]) for one in lines["shell"]["articles"]}
        assert outcomes == {("rejected", "empty")}
        assert lines["shell"]["unchanged"] == 0


def test_an_article_that_is_the_same_again_is_unchanged(days: Days):
    assert [lines["well"]["unchanged"] for _, lines, _ in days] == [0, 1, 1]
    assert [health["well"]["findings"] for _, _, health in days] == [[], [], []]


def test_the_archive_holds_a_revisit_and_the_rejection_of_its_original(outlets: Outlets, days: Days):
    assert days
    folder = outlets.crawler.archive / "found"
    told = [json.loads(line) for path in folder.rglob("*.rejected.jsonl.gz") for line in gzip.open(path)]
    assert [(row["url"], row["reason"]) for row in told] == [("http://found.example/a/maintenance.html", "no_body")]
    revisits = [
        path for path in folder.rglob("*.warc.gz") if b"WARC-Type: revisit" in gzip.decompress(path.read_bytes())
    ]
    assert len(revisits) == 2
    assert outlets.run("verify", "--deep", str(outlets.crawler.archive)).code == 0
