"""The report in its three forms; the page in a real browser."""

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from newsarchive.report import ArticleLine, ArticleLines, CrawlReport, SourceLine, as_html, as_json, as_text

EVIL = "<script>alert(1)</script>"


def report(**changes) -> CrawlReport:
    stats = {
        "discovery/found": 14, "discovery/known": 2, "discovery/out_of_scope": 9, "article/fetched": 12, "article/new": 7,
        "article/changed": 1, "article/unchanged": 3, "article/dropped/no_body": 1, "capture/records/response": 20,
        "capture/records/revisit": 4, "capture/bytes_received": 123456, "capture/bytes_written": 65536, "robotstxt/forbidden": 1,
    } | changes.pop("stats", {})  # fmt: skip
    facts = {
        "outlet": "example_times", "run": "20261122T040000Z", "started_at": "2026-11-22T04:00:00.000000Z",
        "ended_at": "2026-11-22T04:01:05.000000Z", "reason": "finished", "files": ("example_times/a.warc.gz",),
        "sources": (SourceLine("https://times.example/rss", "feed", 304, 0, 0, "not modified"),),
        "timeline": ((0, 4), (1, 8)), "warnings": (),
    } | changes  # fmt: skip
    return CrawlReport.from_stats(stats, **facts)


def test_the_numbers_are_those_of_the_statistics():
    told = report()
    assert (told.found, told.fetched, told.archived, told.new, told.changed, told.unchanged) == (14, 12, 24, 7, 1, 3)
    assert told.dropped == {"no_body": 1}
    assert told.refused_by_robots == 1
    assert told.exit_code == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"stats": {"article/failed/http_500": 1}},
        {"stats": {"politeness/not_now/circuit": 1}},
        {"reason": "capture_failed"},
        {"warnings": ("the archive cannot be written",)},
        {"sources": (SourceLine("https://times.example/rss", "feed", None, 0, 0, "refused"),)},
    ],
)
def test_what_a_person_must_see_gives_exit_code_1(changes: dict):
    told = report(**changes)
    assert told.exit_code == 1
    assert "must see" in as_text(told)


def test_what_waits_for_its_time_is_told_and_is_no_problem():
    told = report(stats={"politeness/not_now/budget": 3, "politeness/not_now/retry_after": 1})
    assert told.exit_code == 0
    assert "3 budget, 1 retry_after" in as_text(told)
    assert "Postponed" in as_html(told)


@pytest.mark.parametrize(
    ("waiting", "per_day", "told"),
    [
        (1139, 40, "1,139 of the past wait; 40 a day are taken"),
        (1, 1, "1 of the past waits; 1 a day is taken"),
        (2, 0, "2 of the past wait; none is taken"),
    ],
)
def test_what_waits_of_the_past_is_told_in_all_forms_and_is_no_problem(waiting: int, per_day: int, told: str):
    made = replace(report(), past_waiting=waiting, past_per_day=per_day)
    assert told in as_text(made)
    assert told in as_html(made)
    assert json.loads(as_json(made))["past_waiting"] == waiting
    assert "All well." in as_text(made)
    assert "of the past" not in as_text(report()) + as_html(report())


def test_the_text_fits_a_terminal_and_tells_the_numbers():
    text = as_text(report())
    assert "7 new" in text
    assert all(len(line) <= 80 for line in text.splitlines())


def test_the_json_is_stable_and_complete():
    told = json.loads(as_json(report()))
    assert told["new"] == 7
    assert told["exit_code"] == 0
    assert as_json(report()) == as_json(report())


def test_articles_are_bounded_for_a_person_and_complete_in_json():
    articles = ArticleLines(shown=3)
    for number in range(20_000):
        articles.add(ArticleLine("failed", f"https://times.example/{number}", "http_500"))
    articles.add(ArticleLine("new", f"https://times.example/{EVIL}"))
    made = report(articles=articles)
    for form in (as_text(made), as_html(made)):
        assert form.count("https://times.example/") == 5
        assert "and 19,997 more: the JSON report lists all" in form
    assert EVIL not in as_html(made)
    told = json.loads(as_json(made))
    assert [line["url"] for line in told["articles"][:-1]] == [f"https://times.example/{n}" for n in range(20_000)]
    assert told["articles"][-1] == {"outcome": "new", "reason": "", "url": f"https://times.example/{EVIL}"}
    assert json.loads(as_json(report()))["articles"] == []


def test_the_page_asks_nobody_and_escapes_everything():
    page = as_html(report(outlet=EVIL, sources=(SourceLine(f"https://x/'\"{EVIL}", "feed", 200, 1, 1, EVIL),)))
    assert EVIL not in page
    assert not re.search(r"<(?:script|img|iframe)\b", page)
    assert not re.search(r"""(?:src|href)\s*=\s*["']?https?:""", page)


def test_a_browser_shows_the_numbers_and_the_chart(tmp_path: Path):
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        assert "CI" not in os.environ, "chromium is installed in CI"
        pytest.skip("no chromium on this machine")
    page = tmp_path / "report.html"
    page.write_text(as_html(report()), encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--disable-quic", f"--user-data-dir={tmp_path / 'profile'}"]  # fmt: skip
    done = subprocess.run(
        [browser, *flags, "--dump-dom", page.as_uri()], capture_output=True, text=True, check=False, timeout=120
    )
    assert "example_times" in done.stdout
    assert "<svg" in done.stdout
