"""An outlet falls ill and gets well, over real sockets: what is told, where, and how often."""

import json
import socket
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import get_args

import pytest
from aiosmtpd.controller import Controller
from prometheus_client.parser import text_string_to_metric_families

from newsarchive import alerts
from newsarchive.demoweb import Author, Block, DemoArticle
from newsarchive.errors import SettingError
from newsarchive.health import Figures, Finding, Limits
from newsarchive.health.findings import Cause
from newsarchive.store.database import Database
from newsarchive.store.health import HealthBook, Verdict
from tests.conftest import Crawler

OUTLET = "responsible_statecraft"
HOUR, DAY = 3600, 86_400


class Hook(BaseHTTPRequestHandler):
    """Keeps what is posted to it."""

    posted: list[dict]

    def do_POST(self):
        self.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def hook() -> Iterator[tuple[str, list[dict]]]:
    Hook.posted = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"json://127.0.0.1:{server.server_port}/hook", Hook.posted
    server.shutdown()
    server.server_close()


class Postbox:
    """Keeps the mails that reach it."""

    def __init__(self) -> None:
        self.mails: list[str] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the library calls it so
        self.mails.append(envelope.content.decode())
        return "250 kept"


@pytest.fixture
def postbox() -> Iterator[tuple[str, list[str]]]:
    box = Postbox()
    # It must be told its port.
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield f"mailto://127.0.0.1:{port}?from=crawler@news.example&to=desk@news.example&mode=insecure", box.mails
    controller.stop()


def remember(archive: Path, *, now: int) -> None:
    """A month of an outlet that brings ten stories a day, all with an author, until two weeks ago."""
    archive.mkdir(parents=True, exist_ok=True)
    database = Database(archive / "state.sqlite")
    for table in ("health", "health_day", "finding"):
        database.run(f"DELETE FROM {table} WHERE outlet = ?", (OUTLET,))
    database.run("UPDATE source SET next_poll = 0")
    book = HealthBook(database, Limits())
    for moment in range(now - 45 * DAY, now, 12 * HOUR):
        came = tuple(moment - HOUR * hour for hour in range(5)) if moment < now - 14 * DAY else ()
        book.note(Figures(OUTLET, moment, "3" * len(came), came, polls=1, articles=len(came), arrived=len(came)))
    database.close()


def test_the_book_is_bounded_and_a_finding_is_told_once_and_its_end_once(tmp_path):
    now = 1_803_859_200
    remember(tmp_path, now=now)
    database = Database(tmp_path / "state.sqlite")
    book = HealthBook(database, Limits(days_kept=30))
    (finding,) = book.findings()
    assert finding.cause == "silent_zero"
    untold = book.untold(now=now, once=DAY)
    assert untold.findings == (finding,)
    book.told(untold, now=now)
    assert not book.untold(now=now + HOUR, once=DAY).findings
    assert [one.cause for one in book.untold(now=now + DAY, once=DAY).findings] == ["silent_zero"]
    verdict = book.note(Figures(OUTLET, now + HOUR, "3", (now,), polls=1, articles=1, arrived=1))
    assert verdict.findings == ()
    assert [one.cause for one in verdict.recovered] == ["silent_zero"]
    over = book.untold(now=now + HOUR, once=DAY)
    assert [one.cause for one in over.recovered] == ["silent_zero"]
    book.told(over, now=now + HOUR)
    assert book.untold(now=now + HOUR, once=DAY) == type(over)()
    assert len(book.history(OUTLET).days) == 30
    database.close()


def test_a_silent_outlet_is_told_in_the_report_by_hook_and_by_mail_and_in_the_metrics(web, tmp_path, hook, postbox):
    crawler = Crawler(tmp_path / "archive", web.connect_to)
    metrics = tmp_path / "newsarchive.prom"
    settings = {"ALERT_URLS": f"{hook[0]},{postbox[0]}", "METRICS_FILE": metrics, "CONTACT": "desk@news.example"}
    first = crawler.run("harvest", OUTLET, **settings)
    assert "Traceback" not in first.err, first.err
    asked = len(web.log)
    amounts = measured(metrics)
    assert amounts["newsarchive_requests_total", ""] == asked
    assert amounts["newsarchive_articles_total", ""] > 5
    assert amounts["newsarchive_polls_total", ""] >= 2
    assert amounts["newsarchive_bytes_total", ""] == sum(len(exchange.response) for exchange in web.log)
    assert time.time() - 120 < amounts["newsarchive_last_success_timestamp_seconds", ""] <= time.time()
    assert {cause for name, cause in amounts if name == "newsarchive_health_finding"} == set(get_args(Cause))
    assert hook[1] == []

    remember(crawler.archive, now=int(time.time()))
    silent = crawler.run("harvest", OUTLET, **settings)
    assert silent.code == 1, silent.err
    assert f"! {OUTLET}: silent zero since" in silent.out
    assert measured(metrics)["newsarchive_health_finding", "silent_zero"] == 1
    assert [message["title"] for message in hook[1]] == ["newsarchive: 1 found"]
    assert "nothing new for 14" in hook[1][0]["message"]
    assert len(postbox[1]) == 1
    assert "silent zero" in postbox[1][0]
    told = crawler.run("outlet", "health", "--json")
    assert told.code == 1, told.err
    assert [one["cause"] for one in json.loads(told.out)["findings"]] == ["silent_zero"]

    assert crawler.run("crawl", OUTLET, **settings).code == 1
    assert len(hook[1]) == len(postbox[1]) == 1

    web.publish(
        DemoArticle(
            outlet=OUTLET, slug="new-at-last", layout="rebelmouse", headline="New at last", kicker="Analysis | Europe",
            authors=(Author("Nora Quill", "/author/nquill/"),), published=datetime.now(UTC).replace(microsecond=0),
            body=(Block("paragraph", ("It happened a moment ago, and everyone who was there had seen it coming.",)),),
        )
    )  # fmt: skip
    well = crawler.run("crawl", OUTLET, **settings)
    assert "Well again: silent zero since" in well.err
    assert [message["title"] for message in hook[1]] == ["newsarchive: 1 found", "newsarchive: 1 well again"]
    assert len(postbox[1]) == 2
    assert measured(metrics)["newsarchive_health_finding", "silent_zero"] == 0
    told = crawler.run("outlet", "health", OUTLET)
    assert told.code == 0, told.out
    assert told.out.endswith(", well\n")


def test_a_feed_that_is_gone_is_told_with_its_cause_after_three_looks(web, tmp_path):
    crawler = Crawler(tmp_path / "archive", web.connect_to)
    web.withdraw("https://responsiblestatecraft.org/feeds/feed.rss")
    told = [crawler.run("crawl", OUTLET, "-a", "limit=1").err for _ in range(3)]
    assert ["feed dead since" in one for one in told] == [False, False, True]
    (line,) = [line for line in told[2].splitlines() if "feed dead" in line]
    assert line.lstrip().startswith("! feed dead since")
    assert "(http_410)" in " ".join(told[2].split())
    (report,) = [json.loads(path.read_text()) for path in sorted(crawler.archive.rglob("reports/*.json"))[-1:]]
    assert [one["cause"] for one in report["findings"]] == ["feed_dead"]
    assert report["exit_code"] == 1


def measured(metrics: Path) -> dict[tuple[str, str], float]:
    """What stands in the file of the outlet, read by the library of those who read it."""
    return {
        (sample.name, sample.labels.get("reason", "")): sample.value
        for family in text_string_to_metric_families(metrics.read_text())
        for sample in family.samples
        if sample.labels["outlet"] == OUTLET and set(sample.labels) <= {"outlet", "reason"}
    }


def test_alerts_that_cannot_be_sent_are_one_line_and_are_told_the_next_time(web, tmp_path):
    crawler = Crawler(tmp_path / "archive", web.connect_to)
    remember(crawler.archive, now=int(time.time()))
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"json://127.0.0.1:{closed.getsockname()[1]}"
        done = crawler.run("harvest", OUTLET, ALERT_URLS=url, HARVEST_PAGES=1, METRICS_FILE=tmp_path / "no" / "where")
    lines = [line for line in done.err.splitlines() if line.startswith("scrapy: ")]
    assert done.code == 1
    assert any("METRICS_FILE" in line for line in lines)
    assert "Traceback" not in done.err


def test_without_the_extra_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(SettingError, match=r"newsarchive\[alerts\]"):
        alerts.send(Verdict((Finding(OUTLET, "slow", 0, "late"),)), ["json://127.0.0.1"])


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # by the library, which has its own in time
def test_an_address_of_no_known_form_is_one_line_without_its_password():
    with pytest.raises(SettingError, match="apprise knows") as caught:
        alerts.send(Verdict((Finding(OUTLET, "slow", 0, "late"),)), ["nonsense://user:secret@news.example"])
    assert "secret" not in str(caught.value)
