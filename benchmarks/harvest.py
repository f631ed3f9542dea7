"""One process harvests 500 outlets: its memory, its time, and what bad outlets among them cost the others.

Harvests of the same outlets in one run, in turn: alone, and with one that hangs, one that fails and one that floods.
Seconds are those of the clock; beside them are those for which the process computed, which other programs on the
machine change less.

    python -m benchmarks.harvest [--outlets 500] [--pages 4] [--rounds 1] [--flood 50000]
"""

import argparse
import asyncio
import heapq
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import yaml
from scrapy.utils.project import get_project_settings

from newsarchive.demoweb import DemoWeb
from newsarchive.demoweb.answers import Answer, failure, page
from newsarchive.demoweb.sites import Site
from newsarchive.discovery import MAX_LINKS
from newsarchive.harvest.running import HarvestProcess

PROJECT = Path(__file__).parent.parent
FLOOD = 50_000
NEVER = 3_600.0
LAST = "seconds until the last of them"
COMPUTED = "of which the process computed"
STALLS = "longest stalls of the reactor"
Stall = tuple[float, float, float]
"""How long, for how much of it the reactor computed itself, and when."""
_BEAT = 0.02
_SAMPLE = 0.2
_STALLS = 5
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_SENTENCE = "The harbour council met on Tuesday and voted, after two hours, to repair the old ferry landing. "


class ListingSite(Site):
    """A sitemap of so many articles, all of them good."""

    is_secure = False

    def __init__(self, name: str, pages: int) -> None:
        super().__init__(name, (), host=f"{name.replace('_', '-')}.example")
        self._count = pages

    @property
    def home(self) -> str:
        return f"http://{self.host}"

    def facts(self) -> dict[str, Any]:
        """The outlet's YAML."""
        return {
            "name": self.outlet, "home": f"{self.home}/", "language": "en", "timezone": "Europe/London",
            "sources": [{"sitemap": f"{self.home}/sitemap.xml"}], "articles": {"allow": [r"^/article/\d+$"]},
            "crawl": {"delay": 0.0, "concurrency": 2},
        }  # fmt: skip

    def answer(self, target: str) -> Answer:
        if target == "/sitemap.xml":
            return self._urlset(0, self._count)
        if target.startswith("/article/"):
            return page(_article(self.outlet, target))
        return failure(404)

    def _urlset(self, first: int, end: int) -> Answer:
        lines = "".join(f"<url><loc>{self.home}/article/{number}</loc></url>\n" for number in range(first, end))
        return page(f'<urlset xmlns="{_SITEMAP}">\n{lines}</urlset>\n'.encode(), content_type="application/xml")


class FloodingSite(ListingSite):
    """As many articles, in as many sitemaps as the protocol asks for."""

    def answer(self, target: str) -> Answer:
        if target == "/sitemap.xml" and self._count > MAX_LINKS:
            lines = "".join(
                f"<sitemap><loc>{self.home}/sitemap-{first}.xml</loc></sitemap>\n"
                for first in range(0, self._count, MAX_LINKS)
            )
            body = f'<sitemapindex xmlns="{_SITEMAP}">\n{lines}</sitemapindex>\n'
            return page(body.encode(), content_type="application/xml")
        if target.startswith("/sitemap-"):
            first = int(target.removeprefix("/sitemap-").removesuffix(".xml"))
            return self._urlset(first, min(first + MAX_LINKS, self._count))
        return super().answer(target)


class HangingSite(ListingSite):
    """Has a robots.txt, and answers nothing else."""

    def answer(self, target: str) -> Answer:
        return failure(404) if target == "/robots.txt" else Answer(delay=NEVER)


class FailingSite(ListingSite):
    """Has a sitemap, and fails with every article."""

    def answer(self, target: str) -> Answer:
        return failure(500) if target.startswith("/article/") else super().answer(target)


def _article(outlet: str, target: str) -> bytes:
    paragraphs = "".join(f"<p>{_SENTENCE * 4} Paragraph {n} of {target} in {outlet}.</p>\n" for n in range(12))
    return (
        f"<html lang=en><head><title>{outlet} {target}</title>"
        '<meta property="article:published_time" content="2026-01-05T10:00:00Z"></head>'
        f"<body><article><h1>What {outlet} tells in {target}</h1>\n{paragraphs}</article></body></html>"
    ).encode()


def harvest(folder: Path, connect_to: list[str]) -> None:
    """In a process of its own: harvest all outlets of the folder, and print how long the reactor stood still."""
    settings = get_project_settings()
    chosen = {
        "ARCHIVE_DIR": str(folder / "archive"), "CONFIG_DIR": str(folder), "SEEDS_DIR": str(folder),
        "CONNECT_TO": connect_to, "CONTACT": "bench@localhost", "LOG_LEVEL": "ERROR", "DOWNLOAD_DELAY": 0,
        "RETRY_TIMES": 1, "DOWNLOAD_TIMEOUT": 10, "HOST_LONGEST_WAIT": 10,
    }  # fmt: skip
    settings.setdict(chosen, priority="cmdline")
    process = HarvestProcess(settings)
    loop = asyncio.get_event_loop()
    stalls: list[Stall] = []
    began = loop.time()

    def beat(before: float, computed: float) -> None:
        now, computing = loop.time(), time.thread_time()
        heapq.heappush(stalls, (round(now - before - _BEAT, 3), round(computing - computed, 3), round(now - began, 1)))
        if len(stalls) > _STALLS:
            heapq.heappop(stalls)
        loop.call_later(_BEAT, beat, now, computing)

    loop.call_soon(beat, loop.time(), time.thread_time())
    report = process.harvest(sorted(path.stem for path in (folder / "outlets").iterdir()))
    print(json.dumps({"stalls": sorted(stalls, reverse=True), "new": sum(one.new for one in report.outlets)}))


def measured(sites: list[ListingSite], ordinary: set[str]) -> dict[str, Any]:
    """Harvest these sites once; what it took, and when the last of the ordinary ones had all its pages asked for."""
    with tempfile.TemporaryDirectory() as temporary, DemoWeb(sites=sites, keep_bytes=False) as web:
        folder = Path(temporary)
        (folder / "outlets").mkdir()
        (folder / "defaults.yaml").write_text((PROJECT / "config/defaults.yaml").read_text(encoding="utf-8"))
        for site in sites:
            (folder / "outlets" / f"{site.outlet}.yaml").write_text(yaml.safe_dump(site.facts()))
        (folder / "connect.json").write_text(json.dumps(web.connect_to))
        began = time.monotonic()
        command = [sys.executable, "-m", "benchmarks.harvest", "--one", str(folder)]
        running = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
        course = _watched(running)
        seconds = time.monotonic() - began
        told = json.loads((running.stdout.read() if running.stdout else "").splitlines()[-1])
        asked = [one.started for one in web.log if one.host in ordinary and one.target.startswith("/article/")]
        last = max(asked)
        return {
            "seconds": round(seconds, 1), "process MB": course.main, "readers MB": course.readers,
            "requests": len(web.log), "new": told["new"], "articles of ordinary outlets": len(asked),
            LAST: round(last - min(one.started for one in web.log), 1), COMPUTED: round(course.computed_at(last), 1),
            STALLS: told["stalls"],
        }  # fmt: skip


@dataclass(slots=True)
class Course:
    """What a process and its descendants took while it ran."""

    main: int = 0
    """The most memory of the process, in MB."""
    readers: int = 0
    """That of all its descendants together."""
    computed: list[tuple[float, float]] = field(default_factory=list)
    """Moments, and how many seconds the process had computed by then."""

    def computed_at(self, moment: float) -> float:
        return max(seconds for at, seconds in self.computed if at <= moment)


def _watched(running: "subprocess.Popen[str]") -> Course:
    course = Course()
    while running.poll() is None:
        course.main = max(course.main, _resident(running.pid))
        course.readers = max(course.readers, sum(_resident(pid) for pid in _descendants(running.pid)))
        course.computed.append((time.monotonic(), _computed(running.pid)))
        time.sleep(_SAMPLE)
    return course


def _computed(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _descendants(pid: int) -> Iterator[int]:
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = thread.read_text().split()
        except OSError:
            continue
        for child in children:
            yield int(child)
            yield from _descendants(int(child))


def _resident(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM:")), 0)


def main() -> int:
    """Print all harvests side by side; exit with 1 when the process took more than 600 MB."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outlets", type=int, default=500)
    parser.add_argument("--pages", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--flood", type=int, default=FLOOD)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        harvest(chosen.one, json.loads((chosen.one / "connect.json").read_text()))
        return 0
    good = [ListingSite(f"times{number}", chosen.pages) for number in range(chosen.outlets - 3)]
    # By their names the first: they begin with all others waiting.
    bad = [HangingSite("a_hanging", 4), FailingSite("a_failing", 200), FloodingSite("a_flooding", chosen.flood)]
    ordinary = {site.host for site in good}
    rounds = [(measured(good, ordinary), measured([*bad, *good], ordinary)) for _ in range(chosen.rounds)]
    for number, (alone, among) in enumerate(rounds, 1):
        print(f"{f'round {number}':34}{'alone':>16}{'with three bad ones':>24}")
        for name in (name for name in alone if name != STALLS):
            print(f"{name:34}{alone[name]!s:>16}{among[name]!s:>24}")
        for title, one in (("alone", alone), ("with three bad ones", among)):
            told = (f"{long} s ({own} s computing) at {at}" for long, own, at in one[STALLS])
            print(f"{STALLS}, {title}: {'; '.join(told)}")
    for name in (LAST, COMPUTED):
        first, second = (median(pair[place][name] for pair in rounds) for place in (0, 1))
        print(f"{name}, median: {first:.1f} and {second:.1f}, {100 * (second / first - 1):+.1f} %")
    return 1 if max(one["process MB"] for pair in rounds for one in pair) > 600 else 0


if __name__ == "__main__":
    sys.exit(main())
