"""kill -9 loses no page, and leaves no process; `make kills-crawl` does it many more times."""

import random
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from newsarchive.demoweb import DemoWeb
from newsarchive.demoweb.answers import Answer, failure, page, redirect
from newsarchive.demoweb.sites import Site
from tests.conftest import PROJECT, Crawler, environment
from tests.crawl.killing import try_once

pytestmark = pytest.mark.long

OUTLET = "responsible_statecraft"


@pytest.mark.parametrize(
    ("command", "processes", "kills"),
    [("harvest", 1, 1), *(pytest.param("harvest", processes, 3, marks=pytest.mark.slow) for processes in (1, 2))],
)
def test_a_killed_crawl_is_resumed_and_has_lost_nothing(tmp_path: Path, command: str, processes: int, kills: int):
    chance = random.Random(f"{command}{processes}")
    result = try_once(tmp_path, chance, kills=kills, processes=processes, command=command, pages=12)
    assert result.problems == []
    assert result.kills >= kills
    # Pages that have moved are known under both addresses.
    assert result.fetched == result.discovered == result.read >= 4 * 12


def test_only_after_a_clean_end_the_folders_of_years_are_not_looked_through(crawler: Crawler):
    folder = crawler.archive / OUTLET
    left = folder / "2020/01/02/NA-old-20200102T000000Z-00000-host.warc.gz.open"
    assert crawler.run("crawl", OUTLET).code in (0, 1)
    left.parent.mkdir(parents=True)
    left.touch()
    assert crawler.run("crawl", OUTLET).code in (0, 1)
    assert left.exists()
    # What a crawl takes away when it begins, and leaves only when it closes everything.
    (folder / ".closed").unlink()
    assert crawler.run("crawl", OUTLET).code in (0, 1)
    assert not left.exists()
    assert (folder / ".closed").exists()


class NeighbourlySite(Site):
    """Articles that have to do with each other: copies, repeated texts, moves, and one that asks not to be used."""

    is_secure = False
    home = "http://neighbours.example"
    listed = (
        *(f"/article/{number}" for number in range(1, 8)), "/moved/8", "/today/9", "/amp/10", "/article/11", "/article/12",
    )  # fmt: skip

    def __init__(self) -> None:
        super().__init__("neighbours", (), host="neighbours.example")

    def answer(self, target: str) -> Answer:
        if target == "/rss":
            titles = {"/article/3": "Zebras graze where nobody expected any"}
            items = "".join(
                f"<item><link>{self.home}{path}</link><title>{titles.get(path, _headline(path))}</title></item>"
                for path in self.listed
            )
            return page(f"<rss><channel>{items}</channel></rss>".encode(), content_type="application/rss+xml")
        kind, _, number = target.removeprefix("/").partition("/")
        if kind in ("moved", "today"):
            return redirect(f"/article/{number}", 301 if kind == "moved" else 302)
        return self._article(int(number)) if kind in ("article", "amp") else failure(404)

    def _article(self, number: int) -> Answer:
        chance = random.Random({4: 1, 6: 5, 7: 5}.get(number, number))
        words = ("harbour", "council", "bridge", "ferry", "orchard", "winter", "ballot", "tariff", "signal", "meadow")
        texts = [" ".join(chance.choices(words, k=60)) for _ in range(0 if number == 12 else 5)]
        texts += ["A paragraph of its own, about the ferry that came late again."] if number == 4 else []
        robots = "<meta name=robots content=noai>" if number == 11 else ""
        headline = _headline(f"/article/{number}")
        return page(
            (
                f"<html lang=en><head><title>{headline}</title>{robots}"
                f'<link rel=canonical href="{self.home}/article/{number}">'
                '<meta property="article:published_time" content="2026-01-05T10:00:00Z"></head>'
                f"<body><article><h1>{headline}</h1>{''.join(f'<p>{text}.</p>' for text in texts)}</article></body></html>"
            ).encode()
        )


LEADS_TO = {"/article/8": ("/moved/8",), "/article/9": ("/today/9",)}
"""Who asks for these asks there first."""


def _headline(path: str) -> str:
    return f"The council of town number {path.rpartition('/')[2]} meets"


def _learned(archive: Path) -> dict[str, Counter]:
    """All that the state knows of articles, but for the moments."""
    columns = {
        "page": "url, via, source, standing, reason, tries, text_sha256, changes, rank, published, live, headline",
        "alias": "url, to_url, reason",
        "story": "url, text_digest, sketch",
        "same_story": "url, other_url, likeness",
        "doubt": "url, reason, evidence",
        "signal": "url, place, name, value",
        "withheld": "url, reason",
        "capture": "url, payload_digest",
    }
    with sqlite3.connect(archive / "state.sqlite") as database:
        return {table: Counter(database.execute(f"SELECT {names} FROM {table}")) for table, names in columns.items()}


def test_after_a_kill_the_state_learns_what_the_crawl_would_have_taught_it(tmp_path: Path):
    site = NeighbourlySite()
    config = tmp_path / "config"
    (config / "outlets").mkdir(parents=True)
    (config / "defaults.yaml").write_text((PROJECT / "config/defaults.yaml").read_text())
    (config / "outlets" / "neighbours.yaml").write_text(
        f"name: Neighbours\nhome: {site.home}/\nlanguage: en\ntimezone: Europe/London\nsources: [{{feed: '{site.home}/rss'}}]\n"
        "articles: {allow: ['^/(article|moved|today|amp)/\\d+$']}\n"
        "crawl: {delay: 0.0, concurrency: 1, reserved: exclude-from-export}\n"
    )
    settings = {"CONFIG_DIR": config, "SEEDS_DIR": config, "CONTACT": "kills@localhost"}
    settings |= {"CONCURRENT_REQUESTS_PER_DOMAIN": 1, "TDMREP_ENABLED": False}
    with DemoWeb(sites=[site]) as web:
        whole, killed = (Crawler(tmp_path / name, web.connect_to) for name in ("whole", "killed"))
        assert whole.run("crawl", "neighbours", **settings).code in (0, 1)
        earlier = len(web.log)
        running = subprocess.Popen(
            killed.command("crawl", "neighbours", **settings), cwd=PROJECT, env=environment(), stderr=subprocess.PIPE
        )
        # All articles are there, and the process that reads them has hardly begun.
        while not {*site.listed, "/article/8", "/article/9"} <= {one.target for one in web.log[earlier:]}:
            assert running.poll() is None
            time.sleep(0.01)
        running.send_signal(signal.SIGKILL)
        running.communicate(timeout=30)
        with sqlite3.connect(killed.archive / "state.sqlite") as database:
            (untold,) = database.execute("SELECT count(*) FROM page WHERE standing = 'pending'").fetchone()
        assert untold > len(site.listed) // 2
        resumed, last = len(web.log), web.log[-1].target
        assert killed.run("crawl", "neighbours", **settings).code in (0, 1)
        asked_again = {one.target for one in web.log[earlier:resumed]} & {one.target for one in web.log[resumed:]}
    before, after = _learned(whole.archive), _learned(killed.archive)
    for table, rows in before.items():
        assert rows, table
        assert after[table] == rows, table
    # What was captured is read from the archive; the last page may have been on its way.
    assert asked_again <= {"/rss", "/robots.txt", last, *LEADS_TO.get(last, ())}
