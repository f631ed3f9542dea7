"""When a page is due again: by what it and its sources print of its age."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsarchive import clock, outlets
from newsarchive.extract import extract
from newsarchive.freshness.credit import Voice
from newsarchive.items import Capture, Link
from newsarchive.store.captures import Captures
from newsarchive.store.database import Database
from newsarchive.store.ledger import Ledger
from newsarchive.store.state import Named, State
from tests.conftest import PROJECT

HOUR, DAY = 3_600, 86_400
NOW = 1_790_000_000
URL = "https://times.example/story"
CAPTURE = Capture(URL, "2026-09-21T14:13:20Z", "x.warc.gz", 0, 1, "<urn:uuid:0>", "response", "sha1:X")
PAGE = """<html lang="en"><head><title>The ferry landing</title>
<meta property="og:type" content="article">{}</head><body><article><h1>The ferry landing</h1>
<p>The harbour council voted on Tuesday, after two hours of debate, to repair the old ferry landing at last.</p>
<p>Its planks were laid eighty years ago, and nobody remembers when they were looked at for the last time.</p>
</article></body></html>"""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "state.sqlite")
    clock.advance(NOW + 0.5 - datetime.now(UTC).timestamp())
    yield database
    clock.reset()
    database.close()


@pytest.fixture
def state(database: Database) -> State:
    return State(database)


@pytest.fixture
def ledger(database: Database, state: State, tmp_path: Path) -> Ledger:
    (tmp_path / "outlets").mkdir()
    (tmp_path / "defaults.yaml").write_bytes((PROJECT / "config" / "defaults.yaml").read_bytes())
    (tmp_path / "outlets" / "times.yaml").write_text(
        "name: Times\nhome: https://times.example/\nsources: [{sitemap: 'https://times.example/s.xml'}]\n"
    )
    return Ledger(state, Captures(database, "times"), outlets.load(tmp_path, "times"))


def discover(state: State, *, published: int | None = None, modified: int | None = None, at: int = NOW) -> str:
    named = Named(Link(URL, "https://times.example/s.xml", "sitemap"), published, modified)
    return state.discover("times", [named], now=at)[0].novelty


def read(ledger: Ledger, *, printed: int | None = None) -> None:
    day = datetime.fromtimestamp(printed, UTC).isoformat() if printed else None
    head = f'<meta property="article:published_time" content="{day}">' if day else ""
    payload = PAGE.format(head).encode()
    captured_at = datetime.fromtimestamp(NOW, UTC)
    ledger.read(URL, extract(payload, content_type="text/html", url=URL, captured_at=captured_at), CAPTURE)


def due(state: State) -> int | None:
    """Seconds from now."""
    row = state._run("SELECT due FROM page WHERE outlet = 'times'").fetchone()
    return None if row[0] is None else row[0] - NOW


@pytest.mark.parametrize(
    ("listed", "printed", "expected"),
    [
        (None, None, HOUR),
        (None, 0, HOUR),
        (None, 5 * DAY, 2 * DAY),
        (None, 400 * DAY, None),
        (2 * DAY, 400 * DAY, DAY),
    ],
)
def test_an_old_article_does_not_begin_the_ladder_whether_its_source_or_its_page_prints_its_day(
    state, ledger, listed, printed, expected
):
    discover(state, published=None if listed is None else NOW - listed)
    read(ledger, printed=None if printed is None else NOW - printed)
    # Time goes on while it is read.
    assert due(state) == (None if expected is None else pytest.approx(expected, abs=600))


def test_what_is_no_article_is_asked_for_after_a_day_and_no_more_when_the_same_comes_again(state, ledger):
    discover(state)
    ledger.rejected(URL, "listing", CAPTURE)
    # A dead crawl's captures may be taken over twice.
    ledger.rejected(URL, "listing", CAPTURE)
    assert due(state) == pytest.approx(DAY, abs=600)
    ledger.rejected(URL, "listing", replace(CAPTURE, record_id="<urn:uuid:1>", payload_digest="sha1:Y"))
    assert due(state) == pytest.approx(DAY, abs=600)
    ledger.rejected(URL, "listing", replace(CAPTURE, record_id="<urn:uuid:2>", payload_digest="sha1:Y"))
    assert due(state) is None


def test_a_source_that_announces_a_change_makes_due_what_was_no_article_twice(state, ledger):
    discover(state)
    for number in range(2):
        ledger.rejected(URL, "listing", replace(CAPTURE, record_id=f"<urn:uuid:{number}>"))
    assert due(state) is None
    later = NOW + 2 * DAY
    named = Named(Link(URL, "https://times.example/s.xml", "sitemap"), None, later - HOUR)
    voice = Voice("https://times.example/s.xml", "honest")
    assert state.discover("times", [named], now=later, voice=voice)[0].novelty == "changed"
    assert due(state) == 2 * DAY
