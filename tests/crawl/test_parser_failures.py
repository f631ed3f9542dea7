"""A parser that raises costs one entry, one source or one page, and the crawl reports it.

`sitecustomize.py` makes functions of other libraries raise on a mark, in all processes of a command: no input is known
that makes a parser of this project raise.
"""

import gzip
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from newsarchive.demoweb import DemoWeb
from newsarchive.demoweb.answers import Answer, page
from newsarchive.settings import ITEM_PIPELINES
from tests.conftest import PROJECT, Crawler, Ran, environment
from tests.crawl.killing import StubbornSite

MARK = "raise-me"
BREAKING = f"""
import lxml.etree, w3lib.encoding, w3lib.url

def broken(function):
    def call(*arguments, **named):
        read = getattr(arguments[0], "getvalue", lambda: arguments[0])() if arguments else None
        if "{MARK}" in str(read):
            raise RecursionError("maximum recursion depth exceeded")
        return function(*arguments, **named)
    return call

for module, name in ((lxml.etree, "iterparse"), (w3lib.encoding, "http_content_type_encoding"), (w3lib.url, "safe_url_string")):
    setattr(module, name, broken(getattr(module, name)))
"""
LONG = "<!-- " + "x" * 60_000 + " -->"


class BrokenPipeline:
    """A pipeline of the operator that raises on one page."""

    def process_item(self, item: Any) -> Any:
        if getattr(item, "address", "").endswith("/article/8"):
            raise ZeroDivisionError
        return item


class MarkedSite(StubbornSite):
    """Names three articles and an entry with the mark in a feed; two sitemaps have the mark."""

    def answer(self, target: str) -> Answer:
        if target == "/feed.xml":
            links = (f"{self.home}/article/{one}" for one in ("0", f"{MARK}/ä", "1", "8"))
            items = "".join(f"<item><title>One</title><link>{link}</link></item>" for link in links)
            return page(f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), content_type="text/xml")
        if target in ("/short.xml", "/long.xml"):
            more = LONG if target == "/long.xml" else ""
            body = f"<urlset>{more}<url><loc>{self.home}/article/{MARK}</loc></url></urlset>"
            return page(body.encode(), content_type="application/xml")
        if target == "/article/1":
            return page("<p>Füllung</p>".encode("latin-1"), content_type=f"text/html; charset={MARK}")
        return super().answer(target)


class Broken(Crawler):
    """Runs commands in whose processes the mark breaks parsers."""

    def run(self, *arguments: str, cwd: Path = PROJECT, timeout: int = 120, **settings: object) -> Ran:
        folder = self.archive.parent / "broken"
        folder.mkdir(exist_ok=True)
        (folder / "sitecustomize.py").write_text(BREAKING)
        variables = {**environment(), "PYTHONPATH": os.pathsep.join((str(folder), str(PROJECT)))}
        pipelines = json.dumps({**ITEM_PIPELINES, "tests.crawl.test_parser_failures.BrokenPipeline": 250})
        chosen = {"CONFIG_DIR": self.archive.parent, "TDMREP_ENABLED": False, "ITEM_PIPELINES": pipelines} | settings
        done = subprocess.run(
            self.command(*arguments, **chosen),
            check=False,
            cwd=cwd,
            capture_output=True,
            text=True,
            timeout=timeout,
            env=variables,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def lines(self, folder: Path, suffix: str) -> list[dict[str, Any]]:
        return [json.loads(line) for file in sorted(folder.rglob(suffix)) for line in gzip.open(file, "rt")]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Broken, DemoWeb, Ran]]:
    folder, site = tmp_path_factory.mktemp("broken"), MarkedSite("times", 9)
    facts = {
        "name": "Times", "home": f"{site.home}/", "articles": {"allow": ["^/article/"]},
        "sources": [{"feed": f"{site.home}/feed.xml"}, {"sitemap": f"{site.home}/short.xml"}, {"sitemap": f"{site.home}/long.xml"}],
        "crawl": {"delay": 0.0},
    }  # fmt: skip
    (folder / "outlets").mkdir()
    (folder / "outlets/times.yaml").write_text(yaml.safe_dump(facts))
    (folder / "defaults.yaml").write_text((PROJECT / "config/defaults.yaml").read_text())
    with DemoWeb(sites=[site]) as web:
        crawler = Broken(folder / "archive", web.connect_to)
        yield crawler, web, crawler.run("crawl", "times")


def test_the_crawl_ends_with_1_and_logs_class_message_and_url(broken: tuple[Broken, DemoWeb, Ran]):
    _, _, ran = broken
    assert ran.code == 1, ran.err
    for url in ("/feed.xml", "/short.xml", "/long.xml", "/article/1"):
        lines = [line for line in ran.err.splitlines() if f"http://times.example{url}" in line and "ERROR" in line]
        assert any("RecursionError: maximum recursion depth exceeded" in line for line in lines), (url, ran.err)
    assert any("/article/8" in line and "ZeroDivisionError" in line for line in ran.err.splitlines()), ran.err


def test_an_entry_fails_alone_and_is_counted(broken: tuple[Broken, DemoWeb, Ran]):
    crawler, web, _ = broken
    asked = [exchange.target for exchange in web.log]
    assert {"/article/0", "/article/1", "/article/8"} <= set(asked)
    report = json.loads(next(crawler.archive.rglob("reports/*.json")).read_text())
    notes = {Path(line["url"]).name: line["note"] for line in report["sources"]}
    assert notes == {
        "feed.xml": "entries on which a parser failed: 1", "short.xml": "reader_failed", "long.xml": "reader_failed"
    }  # fmt: skip
    assert report["failed_sources"] == {"reader_failed": 2}
    assert report["failed"] == {"pipeline_error": 1, "reader_failed": 1}


def test_a_page_is_rejected_with_its_reason_and_not_fetched_again(broken: tuple[Broken, DemoWeb, Ran]):
    crawler, web, _ = broken
    rejected = crawler.lines(crawler.archive, "*.rejected.jsonl.gz")
    assert sorted((one["url"][-10:], one["reason"]) for one in rejected) == [
        ("/article/1", "reader_failed"),
        ("/article/8", "pipeline_error"),
    ]
    before = len(web.log)
    crawler.run("crawl", "times")
    assert not [one.target for one in web.log[before:] if one.target.startswith("/article/")]


def test_verify_finds_the_archive_in_order(broken: tuple[Broken, DemoWeb, Ran]):
    crawler, _, _ = broken
    ran = crawler.run("verify", str(crawler.archive))
    assert ran.code == 0, ran.out + ran.err


def test_a_reextraction_rejects_the_page_and_reports_it(broken: tuple[Broken, DemoWeb, Ran], tmp_path: Path):
    crawler, _, _ = broken
    ran = crawler.run("reextract", str(crawler.archive), "--out", str(tmp_path / "out"))
    assert ran.code == 1, ran.out + ran.err
    assert "/article/1 cannot be read: a parser failed (RecursionError" in ran.out + ran.err
    rejected = crawler.lines(tmp_path / "out", "*.rejected.jsonl.gz")
    assert [(one["url"][-10:], one["reason"]) for one in rejected] == [("/article/1", "reader_failed")]
