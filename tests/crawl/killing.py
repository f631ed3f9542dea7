"""Kills harvests and crawls at random moments, resumes them until all is done, and looks what was lost.

python -m tests.crawl.killing --kills 36 [--seed 1]
"""

import argparse
import gzip
import json
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from newsarchive.demoweb import DemoWeb
from newsarchive.demoweb.answers import Answer, failure, page, redirect
from newsarchive.demoweb.sites import Site
from newsarchive.judging.unread import NOT_READ
from newsarchive.warc.reader import read_records
from newsarchive.warc.verifying import verify
from tests.conftest import PROJECT, Crawler, environment
from tests.manifested import problems

ALLOW = r"^/(article|moved)/\d+$"
RESUMPTIONS = 10
_WORDS = ("harbour", "council", "bridge", "ferry", "orchard", "winter", "ballot", "tariff", "signal", "meadow")


class StubbornSite(Site):
    """So many articles in a sitemap: some have moved, some fail or break off at first, some are slow."""

    is_secure = False

    def __init__(self, name: str, pages: int) -> None:
        super().__init__(name, (), host=f"{name}.example")
        self._count = pages
        self._asked: set[int] = set()

    @property
    def home(self) -> str:
        return f"http://{self.host}"

    @property
    def listed(self) -> list[str]:
        """The addresses that the sitemap names."""
        return [f"/{'moved' if number % 10 == 3 else 'article'}/{number}" for number in range(self._count)]

    def answer(self, target: str) -> Answer:
        if target == "/sitemap.xml":
            lines = "".join(f"<url><loc>{self.home}{path}</loc></url>\n" for path in self.listed)
            body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{lines}</urlset>\n'
            return page(body.encode(), content_type="application/xml")
        kind, _, number = target.removeprefix("/").partition("/")
        if not number.isdigit():
            return failure(404)
        return redirect(f"/article/{number}") if kind == "moved" else self._article(int(number))

    def _article(self, number: int) -> Answer:
        is_first = number not in self._asked
        self._asked.add(number)
        if is_first and number % 17 == 5:
            return failure(500)
        answer = page(_article(self.home, number))
        if is_first and number % 19 == 7:
            return replace(answer, cut_after=200)
        return replace(answer, delay=0.5) if number % 13 == 4 else answer


def _article(home: str, number: int) -> bytes:
    chance = random.Random(number)
    paragraphs = "".join(
        f"<p>{' '.join(chance.choices(_WORDS, k=60)).capitalize()}, paragraph {n} of article {number}.</p>\n"
        for n in range(6)
    )
    return (
        f"<html lang=en><head><title>Article {number}</title>"
        f'<link rel=canonical href="{home}/article/{number}">'
        '<meta property="article:published_time" content="2026-01-05T10:00:00Z"></head>'
        f"<body><article><h1>Article number {number}</h1>\n{paragraphs}</article></body></html>"
    ).encode()


@dataclass
class Result:
    """What became of one archive."""

    kills: int = 0
    leased: int = 0
    """Pages that were on lease at the kills."""
    discovered: int = 0
    fetched: int = 0
    read: int = 0
    requests: int = 0
    problems: list[str] = field(default_factory=list)


class Trial:
    """One archive of some outlets: begun, killed and resumed."""

    def __init__(self, folder: Path, chance: random.Random, *, outlets: int, pages: int) -> None:
        self._chance = chance
        self._config = folder / "config"
        self.archive = folder / "archive"
        self.sites = [StubbornSite(f"outlet_{number}".replace("_", "-"), pages) for number in range(outlets)]
        self._write_config()

    def run(self, web: DemoWeb, *, kills: int, processes: int, command: str) -> Result:
        """Kill so often, with so many processes at once, then let it come to its end."""
        self._crawler = Crawler(self.archive, web.connect_to)
        result = Result()
        while result.kills < kills and not self._is_done():
            running = [self._start(command) for _ in range(processes)]
            self._wait(web, running)
            for one in running:
                result.kills += one.poll() is None
                one.send_signal(signal.SIGKILL)
            for one in running:
                # A reader that outlives its crawl would keep the pipe open.
                one.communicate(timeout=30)
            result.leased += self._count("SELECT count(*) FROM page WHERE leased IS NOT NULL")
        for _ in range(RESUMPTIONS):
            done = self._start(command)
            _, said = done.communicate(timeout=300)
            if "Traceback" in said or done.returncode not in (0, 1):
                result.problems.append(f"exit code {done.returncode}: {said[-2000:]}")
            if self._is_done():
                break
        self._judge(web, result)
        return result

    def _wait(self, web: DemoWeb, running: "list[subprocess.Popen[str]]") -> None:
        """Until a random moment: mostly amid the pages, sometimes at the start or when all is nearly done."""
        wanted, patience = len(web.log) + self._chance.randrange(70), time.monotonic() + self._chance.uniform(2, 12)
        while len(web.log) < wanted and time.monotonic() < patience and any(one.poll() is None for one in running):
            time.sleep(0.02)
        time.sleep(self._chance.uniform(0, 0.3))

    def _start(self, command: str) -> "subprocess.Popen[str]":
        arguments = ("harvest", "--json") if command == "harvest" else ("crawl", self._next_outlet())
        line = self._crawler.command(
            *arguments, CONFIG_DIR=self._config, SEEDS_DIR=self._config, CONTACT="kills@localhost",
            RETRY_TIMES=2, HARVEST_AT_ONCE=3, HARVEST_PAGES=10_000, LOG_LEVEL="WARNING",
        )  # fmt: skip
        return subprocess.Popen(
            line, cwd=PROJECT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def _next_outlet(self) -> str:
        """The first outlet that is not done."""
        for site in self.sites:
            rows = self._rows("SELECT standing FROM page WHERE outlet = ?", _id(site))
            if len(rows) < len(site.listed) or any(standing == "pending" for (standing,) in rows):
                return _id(site)
        return _id(self.sites[-1])

    def _judge(self, web: DemoWeb, result: Result) -> None:
        asked = {f"http://{one.host}{one.target}" for one in web.log}
        listed = {site.home + path for site in self.sites for path in site.listed}
        known = {url for (url,) in self._rows("SELECT url FROM page")}
        done = {url for (url,) in self._rows("SELECT url FROM page WHERE standing = 'read'")}
        result.discovered, result.read, result.requests = len(known), len(done), len(web.log)
        result.fetched = len(known & asked)
        result.problems += [f"never discovered: {url}" for url in sorted(listed - known)]
        result.problems += [f"never fetched: {url}" for url in sorted(known - asked)]
        result.problems += [f"is not read: {url}" for url in sorted(known - done)]
        result.problems += self._lost(done)
        for site in self.sites:
            result.problems += problems(self.archive / _id(site), is_chained=True)

    def _lost(self, done: set[str]) -> Iterator[str]:
        """What the state says, but the archive does not hold."""
        warcs = sorted(path for path in self.archive.rglob("*.warc.gz"))
        yield from (f"left open: {path.name}" for path in self.archive.rglob("*.open"))
        yield from map(str, verify(warcs).findings)
        kept = {
            (path.name, record.offset): record.field("WARC-Target-URI") or ""
            for path in warcs for record in read_records(path) if record.kind == "response"
        }  # fmt: skip
        told: set[str] = set()
        for path in self.archive.rglob("*.jsonl.gz"):
            for row in _lines(path):
                if "provenance" not in row and row["reason"] != NOT_READ:
                    yield f"no article: {row}"
                place = row["provenance"]["warc"] if "provenance" in row else row["warc"]
                url = kept.get((place["filename"], place["offset"]))
                if url is None:
                    yield f"a line of {path.name} has no record: {row.get('url')}"
                told.add(_plain(url or ""))
        yield from (f"the archive has no line for {url}" for url in sorted(done) if _plain(url) not in told)

    def _is_done(self) -> bool:
        return self._count("SELECT count(*) FROM page WHERE leased IS NULL AND standing = 'read'") == sum(
            len(site.listed) for site in self.sites
        )

    def _count(self, query: str) -> int:
        rows = self._rows(query)
        return int(rows[0][0]) if rows else 0

    def _rows(self, query: str, *values: str) -> list[tuple]:
        path = self._state()
        if not path.exists():
            return []
        with closing(sqlite3.connect(path, timeout=30)) as database:
            try:
                return database.execute(query, values).fetchall()
            except sqlite3.OperationalError:
                # Killed before it had a table.
                return []

    def _state(self) -> Path:
        return self.archive / "state.sqlite"

    def _write_config(self) -> None:
        (self._config / "outlets").mkdir(parents=True)
        (self._config / "defaults.yaml").write_text((PROJECT / "config/defaults.yaml").read_text())
        for site in self.sites:
            facts = {
                "name": site.outlet, "home": f"{site.home}/", "language": "en", "timezone": "Europe/London",
                "sources": [{"sitemap": f"{site.home}/sitemap.xml"}], "articles": {"allow": [ALLOW]},
                "crawl": {"delay": 0.0, "concurrency": 4},
            }  # fmt: skip
            (self._config / "outlets" / f"{_id(site)}.yaml").write_text(yaml.safe_dump(facts))


def _id(site: StubbornSite) -> str:
    return site.outlet.replace("-", "_")


def _plain(url: str) -> str:
    """The address at which a moved article is."""
    return url.replace("/moved/", "/article/")


def _lines(path: Path) -> Iterator[dict]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def try_once(folder: Path, chance: random.Random, *, kills: int, processes: int, command: str, pages: int) -> Result:
    """One archive, killed so often."""
    trial = Trial(folder, chance, outlets=4, pages=pages)
    with DemoWeb(sites=trial.sites, keep_bytes=False) as web:
        return trial.run(web, kills=kills, processes=processes, command=command)


def main() -> int:
    """Print a line for each archive; exit with 1 when anything is lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=36)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    chosen = parser.parse_args()
    print(f"at least {chosen.kills} kills, seed {chosen.seed}")
    chance, results = random.Random(chosen.seed), []
    ways = [("harvest", 1), ("harvest", 2), ("crawl", 1)]
    while sum(one.kills for one in results) < chosen.kills:
        command, processes = ways[len(results) % len(ways)]
        with tempfile.TemporaryDirectory() as folder:
            result = try_once(Path(folder), chance, kills=6, processes=processes, command=command, pages=75)
        results.append(result)
        numbers = ", ".join(f"{value} {name}" for name, value in vars(result).items() if name != "problems")
        print(f"{command} × {processes}: {numbers}, {len(result.problems)} problems", flush=True)
        for problem in result.problems:
            print(f"  {problem}", flush=True)
    discovered, read = sum(one.discovered for one in results), sum(one.read for one in results)
    problems = sum(len(one.problems) for one in results)
    print(f"{sum(one.kills for one in results)} kills: {discovered} URLs discovered, {read} read, {problems} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
