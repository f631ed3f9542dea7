"""One real crawl of the Trap Gazette: what became of each of its traps, from the archive and the server's own log."""

import gzip
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from newsarchive import urls
from newsarchive.demoweb import DemoWeb
from newsarchive.demoweb.trap import Trap
from newsarchive.demoweb.trap_gazette import EchoGazette, TrapGazette, write_outlets
from newsarchive.demoweb.trap_pages import HOME
from newsarchive.demoweb.traps import all_traps
from tests.conftest import PROJECT, Crawler

TRAPS = {trap.path: trap for trap in all_traps()}


@dataclass(frozen=True)
class Crawled:
    web: DemoWeb
    crawler: Crawler
    config: Path
    report: dict
    asked: Counter[str]
    """How often each address of the Gazette was asked for."""

    def rows(self, suffix: str) -> dict[str, dict]:
        found = {}
        for path in self.crawler.archive.rglob(f"*{suffix}"):
            if suffix == ".rejected.jsonl.gz" or ".rejected" not in path.name:
                with gzip.open(path, "rt", encoding="utf-8") as lines:
                    found |= {row["url"].removeprefix(HOME): row for row in map(json.loads, lines)}
        return found

    @property
    def told(self) -> dict[str, dict]:
        return self.rows(".jsonl.gz")

    @property
    def rejected(self) -> dict[str, str]:
        return {path: row["reason"] for path, row in self.rows(".rejected.jsonl.gz").items()}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("traps")
    config = Path(shutil.copytree(PROJECT / "config", folder / "config"))
    write_outlets(config / "outlets")
    with DemoWeb(more=(TrapGazette(), EchoGazette())) as web:
        crawler = Crawler(folder / "archive", web.connect_to)
        report = crawl(crawler, config, "trap_gazette")
        yield Crawled(web, crawler, config, report, asked(web))


def crawl(crawler: Crawler, config: Path, outlet: str) -> dict:
    before = set(crawler.archive.rglob("*/reports/*.json"))
    done = crawler.run("crawl", outlet, CONFIG_DIR=config)
    assert done.code in (0, 1), done.err
    assert "Traceback" not in done.err, done.err
    (report,) = set(crawler.archive.rglob("*/reports/*.json")) - before
    return json.loads(report.read_text())


def asked(web: DemoWeb) -> Counter[str]:
    return Counter(one.target for one in web.log if one.host == HOME.removeprefix("https://"))


def of(outcome: str) -> list:
    return [pytest.param(trap, id=trap.name) for trap in TRAPS.values() if trap.outcome == outcome]


@pytest.mark.parametrize("trap", of("told"))
def test_what_is_an_article_is_told(crawled: Crawled, trap: Trap):
    row = crawled.told[trap.path]
    assert row["headline"] == trap.headline
    assert trap.flags <= set(row["quality"]["flags"])
    assert trap.has is None or trap.has in row["text"]
    assert trap.has_not is None or trap.has_not not in row["text"]
    assert trap.published is None or row["published_at"]["value"] == trap.published
    assert row["article_key"] == urls.key(HOME + trap.path)


@pytest.mark.parametrize("trap", of("dropped"))
def test_what_is_none_is_dropped_with_its_reason(crawled: Crawled, trap: Trap):
    assert trap.path not in crawled.told
    # A redirect that is walked to its end leaves the reason there.
    assert trap.reason in (crawled.rejected.get(trap.path), crawled.rejected.get("/calendar/2026/11/"))
    assert crawled.report["dropped"][trap.reason] >= 1


@pytest.mark.parametrize("trap", of("failed"))
def test_what_is_refused_is_told_in_the_report(crawled: Crawled, trap: Trap):
    assert trap.path not in crawled.told
    assert trap.reason is None or crawled.report["failed"][trap.reason] == 1


def test_every_drop_leaves_its_reason(crawled: Crawled):
    reasons = Counter(crawled.rejected.values())
    for reason, count in crawled.report["dropped"].items():
        # A challenge may come with any status; with 403 the page has failed and is asked for again.
        assert reasons[reason] == count + crawled.report["failed"].get(reason, 0), reason


def test_no_consent_host_login_or_parked_domain_is_ever_asked(crawled: Crawled):
    assert {one.host for one in crawled.web.log} <= {"trapgazette.example", "echogazette.example"}
    assert not [target for target in crawled.asked if target.startswith(("/login", "/collect"))]
    assert crawled.asked["/"] == 0


def test_a_circle_of_redirects_is_walked_once(crawled: Crawled):
    assert crawled.asked["/2024/10/15/ring"] == crawled.asked["/2024/10/15/ring-two"] == 1


def test_tracking_parameters_are_never_asked_for_and_ids_always(crawled: Crawled):
    assert not [target for target in crawled.asked if "utm_" in target]
    assert crawled.asked["/story?id=101"] == crawled.asked["/story?id=102"] == 1


def test_an_endless_calendar_ends(crawled: Crawled):
    months = [target for target in crawled.asked if target.startswith("/calendar/")]
    assert len(months) == 3
