"""The host book and the book of signals, as two crawls of one archive see them."""

from dataclasses import replace
from pathlib import Path

from newsarchive.politeness.hosts import Standing
from newsarchive.politeness.reservations import Signal
from newsarchive.politeness.robots import Kept
from newsarchive.store.database import Database
from newsarchive.store.hosts import HostBook
from newsarchive.store.signals import SignalBook

DAY = 24 * 60 * 60.0


def test_what_one_crawl_learns_of_a_host_another_one_knows(tmp_path: Path):
    one, other = (HostBook(Database(tmp_path / "state.sqlite")) for _ in range(2))
    assert one.standing("news.test") == Standing()
    learned = Standing(1.25, 0.75, 2.5, 99.125, "circuit", 1, 2, 3, 4.5)
    assert one.change("news.test", lambda before: (learned, before)) == Standing()
    assert other.change("news.test", lambda before: (replace(before, failures=9), before)) == learned
    assert one.standing("news.test").failures == 9
    kept = Kept(1.5, "unreachable", b"\xff\x00rules", 0.5, "timeout", "<urn:uuid:1>")
    one.keep_robots("http://news.test", kept)
    assert other.robots("http://news.test") == kept
    assert other.robots("https://news.test") is None


def test_the_crawl_delay_of_a_host_is_the_longest_of_the_current_robots_txts(tmp_path: Path):
    book = HostBook(Database(tmp_path / "state.sqlite"))

    def noted(origin: str, seconds: float | None, *, now: float) -> float | None:
        book.note_crawl_delay("news.test", origin, seconds, now=now, oldest=now - 7 * DAY)
        return book.standing("news.test").crawl_delay

    assert noted("https://news.test", 10.0, now=DAY) == 10.0
    assert noted("http://news.test", None, now=DAY) == 10.0
    assert noted("https://www.news.test", 3.0, now=2 * DAY) == 10.0
    assert noted("https://news.test", 2.0, now=3 * DAY) == 3.0
    # A robots.txt that nobody reads any more is not current.
    assert noted("https://news.test", None, now=10 * DAY) is None


def test_a_budget_is_spent_together_and_is_whole_again_the_next_day(tmp_path: Path):
    one, other = (HostBook(Database(tmp_path / "state.sqlite")) for _ in range(2))
    assert [book.spend("paper", now=DAY, most=3) for book in (one, other, one, other, one)] == [True] * 3 + [False] * 2
    assert one.spent("paper", now=DAY) == 3
    assert one.spend("another", now=DAY, most=1)
    assert other.spend("paper", now=2 * DAY, most=3)
    assert one.spent("paper", now=2 * DAY) == 1
    one.spend("paper", now=60 * DAY, most=3)
    assert one.spent("paper", now=DAY) == 0


def test_a_statement_keeps_where_it_was_seen_first_and_last(tmp_path: Path):
    book = SignalBook(Database(tmp_path / "state.sqlite"))
    said = Signal("x-robots-tag", "noai", reserves=True)
    for now, record in ((10, "<a>"), (20, "<b>")):
        book.note("http://news.test/a", "header", [said], record_id=record, now=now)
    book.note("http://news.test/a", "header", [], record_id="<c>", now=30)
    (seen,) = book.signals("http://news.test/a")
    assert (seen.first_seen, seen.first_record, seen.last_seen, seen.last_record) == (10, "<a>", 20, "<b>")
    book.withhold("paper", "http://news.test/a", "first", now=1, key="sha256:x")
    book.withhold("paper", "http://news.test/a", "second", now=2, key="sha256:x")
    assert book.withheld_for("paper", "sha256:x") == "first"
    assert book.withheld_for("other", "sha256:x") is None
