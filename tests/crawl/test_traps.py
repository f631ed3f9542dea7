"""One real crawl of the Trap Gazette: what became of each of its traps, from the archive and the server's own log."""

import contextlib
import gzip
import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from newsarchive import urls
from newsarchive.demoweb import DemoWeb
from newsarchive.demoweb.answers import Answer, failure, redirect
from newsarchive.demoweb.trap import Trap, day
from newsarchive.demoweb.trap_gazette import ECHO, ECHO_COPY, EchoGazette, TrapGazette, write_outlets
from newsarchive.demoweb.trap_pages import HOME, prose, sent
from newsarchive.demoweb.trap_pages import article as trap_article
from newsarchive.demoweb.traps import all_traps
from tests.conftest import PROJECT, Crawler
from tests.crawl.derived import differing, read_alike

HTML = (("Content-Type", "text/html; charset=utf-8"),)
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


def crawl(crawler: Crawler, config: Path, outlet: str, *arguments: str, one_at_a_time: bool = False) -> dict:
    before = set(crawler.archive.rglob("*/reports/*.json"))
    chosen = {"CONCURRENT_REQUESTS": 1} if one_at_a_time else {}
    done = crawler.run("crawl", outlet, *arguments, CONFIG_DIR=config, **chosen)
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


@pytest.mark.parametrize("trap", of("copy"))
def test_other_addresses_are_known_as_those_of_one_article(crawled: Crawled, trap: Trap):
    own = crawled.told[trap.reason]
    assert own["article_key"] == urls.key(HOME + trap.reason)
    copy = crawled.told.get(trap.path)
    # AMP, print and session copies are read, too; what has moved is read where it is now.
    assert copy is None or copy["article_key"] == own["article_key"]
    aliases = query(crawled, "SELECT to_url FROM alias WHERE url = ?", HOME + trap.path)
    if urls.key(HOME + trap.path) == urls.key(HOME + trap.reason):
        # An address with the article's own key is no other page, and never asked for.
        assert (copy, aliases) == (None, [])
        return
    assert aliases == [(HOME + trap.reason,)]
    assert query(crawled, "SELECT due FROM page WHERE url = ?", HOME + trap.path) == [(None,)]


def test_the_article_behind_a_copy_is_followed_once(crawled: Crawled):
    assert crawled.asked["/2024/10/15/bridge"] == crawled.asked["/2024/10/15/ferry"] == 1
    assert crawled.report["copies"] == 2


def test_the_same_text_elsewhere_is_told_and_linked(crawled: Crawled):
    ((url, other, likeness),) = query(
        crawled, "SELECT url, other_url, likeness FROM same_story WHERE url LIKE '%choir%' AND outlet = 'trap_gazette'"
    )
    assert {url, other} == {f"{HOME}/2024/10/15/choir", f"{HOME}/2024/10/15/choir-sings"}
    assert likeness == 1000


def test_what_lists_and_other_pages_say_against_an_article_is_noted_and_nothing_is_dropped_for_it(crawled: Crawled):
    found = dict(query(crawled, "SELECT reason, group_concat(url) FROM doubt GROUP BY reason"))
    assert set(found) == {"another_headline", "repeated_text"}
    assert found["another_headline"] == f"{HOME}/2024/10/15/swapped"
    assert "/2024/10/15/sorry-" in found["repeated_text"]
    assert any("is it a wall?" in warning for warning in crawled.report["warnings"])


def test_a_refused_page_is_asked_again_after_a_day_and_one_withheld_by_law_never(crawled: Crawled):
    due = dict(query(crawled, "SELECT reason, due - first_seen FROM page WHERE reason IN ('blocked', 'challenge')"))
    assert due["blocked"] == pytest.approx(86400, abs=60)
    assert query(crawled, "SELECT standing, due FROM page WHERE reason = 'http_451'") == [("gone", None)]
    kinds = {one.status for one in crawled.web.log}
    assert {403, 451, 404, 410} <= kinds


def test_a_second_crawl_asks_only_for_what_may_have_changed(crawled: Crawled):
    """The sitemap says that everything was changed a moment ago, and moved articles are still listed where they were."""
    before = asked(crawled.web)
    crawl(crawled.crawler, crawled.config, "trap_gazette")
    again = asked(crawled.web) - before
    assert set(again) <= {"/robots.txt", "/feed.xml", "/sitemap.xml", *(t for t in again if t.startswith("/calendar/"))}


def test_a_copy_in_another_outlet_is_linked_and_told(crawled: Crawled):
    report = crawl(crawled.crawler, crawled.config, "echo_gazette")
    assert report["new"] == 1
    links = query(crawled, "SELECT url, other_url, likeness FROM same_story WHERE outlet = 'echo_gazette'")
    ((url, other, likeness),) = links
    assert (url, other) == (ECHO + ECHO_COPY, f"{HOME}/2024/10/15/plain")
    assert 600 <= likeness < 1000
    row = crawled.told[ECHO + ECHO_COPY]
    assert row["headline"] == "Once more, the mast"


def query(crawled: Crawled, statement: str, *values: object) -> list[tuple]:
    with contextlib.closing(sqlite3.connect(crawled.crawler.archive / "state.sqlite")) as state:
        return state.execute(statement, values).fetchall()


def test_a_page_that_names_another_article_as_its_own_address_is_kept_and_doubted(crawled: Crawled):
    bridge, liar = "/2024/10/15/bridge", f"{HOME}/2024/10/15/liar"
    html = trap_article("Geese have learnt to read", prose("geese"), path=bridge)
    crawled.web.answer(liar, sent(html))
    report = crawl(crawled.crawler, crawled.config, "trap_gazette", "-a", f"seeds={seeds(crawled, liar)}")
    assert (report["new"], report["doubtful"]) == (1, {"canonical_lies": 1})
    assert query(crawled, "SELECT * FROM alias WHERE url = ?", liar) == []
    assert query(crawled, "SELECT standing FROM page WHERE url = ?", liar) == [("read",)]


def test_a_move_for_today_is_not_learned(crawled: Crawled):
    url = f"{HOME}/2024/10/15/for-today"
    crawled.web.answer(url, redirect("/2024/10/15/metered", 302))
    crawl(crawled.crawler, crawled.config, "trap_gazette", "-a", f"seeds={seeds(crawled, url)}")
    assert query(crawled, "SELECT * FROM alias WHERE url = ?", url) == []


def test_a_move_to_an_article_that_is_known_is_learned_though_nothing_new_comes(crawled: Crawled):
    url, known = f"{HOME}/2024/10/15/for-good", "/2024/10/15/metered"
    crawled.web.answer(url, redirect(known))
    report = crawl(crawled.crawler, crawled.config, "trap_gazette", "-a", f"seeds={seeds(crawled, url)}")
    assert report["unchanged"] == 1
    assert query(crawled, "SELECT to_url, reason FROM alias WHERE url = ?", url) == [(HOME + known, "moved")]
    assert query(crawled, "SELECT due FROM page WHERE url = ?", url) == [(None,)]


def test_a_crawl_that_is_refused_again_and_again_ends(crawled: Crawled):
    urls = [f"{HOME}/2024/10/15/shut-{number}" for number in range(9)]
    for url in urls:
        crawled.web.answer(url, failure(403))
    list_of = seeds(crawled, *urls)
    report = crawl(crawled.crawler, crawled.config, "trap_gazette", "-a", f"seeds={list_of}", one_at_a_time=True)
    assert report["reason"] == "blocked"
    assert 5 <= report["failed"]["blocked"] < 9
    assert len([url for url in urls if asked(crawled.web)[url.removeprefix(HOME)]]) < 9


def test_a_challenge_of_status_503_is_met_once(crawled: Crawled):
    url = f"{HOME}/2024/10/15/knock"
    crawled.web.answer(url, Answer(status=503, headers=(("cf-mitigated", "challenge"),), body=b"<p>Wait"))
    report = crawl(crawled.crawler, crawled.config, "trap_gazette", "-a", f"seeds={seeds(crawled, url)}")
    assert report["failed"] == {"challenge": 1}
    assert asked(crawled.web)["/2024/10/15/knock"] == 1


def test_answers_that_are_hard_to_understand_have_the_rows_that_their_records_tell(crawled: Crawled):
    """Refreshes and refusals in a coding, codings that are broken, answers that are cut, with Scrapy told to be lenient."""
    to = '<html><head><meta http-equiv="refresh" content="0; url={}"></head><body>On.</body></html>'
    zipped = gzip.compress(trap_article("Never whole", prose("half"), path=day("half")).encode())
    hard = {
        "zip-on": Answer(headers=HTML, body=to.format(day("zip-there")).encode(), coding="gzip"),
        "zip-there": Answer(headers=HTML, body=trap_article("On and on", prose("on")).encode(), coding="br"),
        "dots-on": Answer(status=301, headers=(*HTML, ("Location", f"{HOME}/x/..{day('dots-there')}#top"))),
        "dots-there": Answer(headers=HTML, body=trap_article("Dots and dots", prose("dots")).encode()),
        "own-status": Answer(status=299, headers=HTML, body=trap_article("Own way", prose("own")).encode()),
        "zip-home": Answer(headers=HTML, body=to.format("/").encode(), coding="gzip"),
        "zip-slow": Answer(headers=HTML, body=to.format(day("x")).replace("0;", "30;").encode(), coding="gzip"),
        "zip-403": Answer(status=403, headers=HTML, body=b"<div class=px-captcha>", coding="gzip"),
        "zip-503": Answer(status=503, headers=HTML, body=b"/cdn-cgi/challenge-platform/", coding="gzip"),
        "torn-gzip": Answer(headers=(*HTML, ("Content-Encoding", "gzip")), body=zipped[:300]),
        "no-gzip": Answer(headers=(*HTML, ("Content-Encoding", "gzip")), body=b"<p>plain"),
        "no-brotli": Answer(headers=(*HTML, ("Content-Encoding", "br")), body=b"<p>plain"),
        "new-coding": Answer(headers=(*HTML, ("Content-Encoding", "new")), body=b"<p>plain"),
        "cut-page": Answer(headers=HTML, body=trap_article("Cut", prose("cut")).encode(), cut_after=900),
        "cut-404": Answer(status=404, headers=HTML, body=b"x" * 500, cut_after=9),
        "no-target": Answer(status=302, headers=HTML, body=b"<p>Where?"),
        "bad-target": Answer(status=302, headers=(*HTML, ("Location", "http://[bad/"))),
        "to-mail": Answer(status=302, headers=(*HTML, ("Location", "mailto:a@b.example"))),
        "wait": Answer(status=202, headers=HTML, body=b"<p>Wait"),
        "nothing": Answer(status=204),
    }
    for name, answer in hard.items():
        crawled.web.answer(HOME + day(name), answer)
    list_of = seeds(crawled, *(HOME + day(name) for name in hard))
    lenient = {
        "DOWNLOAD_FAIL_ON_DATALOSS": False,
        "BLOCKED_MOST": 0,
        "RETRY_HTTP_CODES": "404,503",
        "HOST_BACKOFF": 0.1,
    }
    done = crawled.crawler.run("crawl", "trap_gazette", "-a", f"seeds={list_of}", CONFIG_DIR=crawled.config, **lenient)
    assert "Traceback" not in done.err, done.err
    told = {name: reason for name in hard if (reason := crawled.rejected.get(day(name)))}
    assert told == {
        "zip-home": "redirected_home", "zip-slow": "no_body", "zip-403": "challenge", "zip-503": "challenge",
        "torn-gzip": "undecodable", "no-gzip": "no_body", "no-brotli": "no_body", "new-coding": "no_body",
        "to-mail": "redirected_away",
    }  # fmt: skip
    assert {name for name in hard if day(name) in crawled.told} == {"zip-there", "dots-there", "own-status"}
    assert asked(crawled.web)[f"/x/..{day('dots-there')}"] == 0


def test_an_archive_tells_alone_what_its_crawls_wrote_beside_it(crawled: Crawled):
    """All of the above, refusals, redirects and what a broken answer left among it; the last test, so that all is there."""
    assert differing(crawled.crawler.archive, crawled.config) == []
    assert read_alike(crawled.crawler.archive)


def seeds(crawled: Crawled, *addresses: str) -> Path:
    path = crawled.config / "mine.txt"
    path.write_text("\n".join(addresses))
    return path
