"""One process harvests 500 outlets: its memory, its time, and what bad outlets among them cost the others.

Two harvests of the same outlets in one run: alone, then with one that hangs, one that fails and one that floods.

    python -m benchmarks.harvest [--outlets 500] [--pages 4]
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from scrapy.utils.project import get_project_settings

from newsarchive.demoweb import DemoWeb
from newsarchive.demoweb.answers import Answer, failure, page
from newsarchive.demoweb.sites import Site
from newsarchive.harvest.running import HarvestProcess

PROJECT = Path(__file__).parent.parent
FLOOD = 50_000
NEVER = 3_600.0
_BEAT = 0.02
_SAMPLE = 0.2
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
            lines = "".join(f"<url><loc>{self.home}/article/{number}</loc></url>\n" for number in range(self._count))
            return page(f'<urlset xmlns="{_SITEMAP}">\n{lines}</urlset>\n'.encode(), content_type="application/xml")
        if target.startswith("/article/"):
            return page(_article(self.outlet, target))
        return failure(404)


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
    stalls: list[tuple[float, float]] = []
    began = loop.time()

    def beat(before: float) -> None:
        now = loop.time()
        stalls.append((round(now - before - _BEAT, 3), round(now - began, 1)))
        loop.call_later(_BEAT, beat, now)

    loop.call_soon(beat, loop.time())
    report = process.harvest(sorted(path.stem for path in (folder / "outlets").iterdir()))
    print(json.dumps({"stalls": sorted(stalls, reverse=True)[:5], "new": sum(one.new for one in report.outlets)}))


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
        main, readers = _peaks(running)
        seconds = time.monotonic() - began
        told = json.loads((running.stdout.read() if running.stdout else "").splitlines()[-1])
        asked = [one for one in web.log if one.host in ordinary and one.target.startswith("/article/")]
        return {
            "seconds": round(seconds, 1), "process MB": main, "readers MB": readers, "requests": len(web.log),
            "articles of ordinary outlets": len(asked),
            "seconds until the last of them": round(max(one.started for one in asked) - began, 1),
            "new": told["new"], "stalls of the reactor": " ".join(f"{long} s at {at}" for long, at in told["stalls"]),
        }  # fmt: skip


def _peaks(running: "subprocess.Popen[str]") -> tuple[int, int]:
    """The most memory in MB of a process while it runs, and of all its descendants together."""
    main = readers = 0
    while running.poll() is None:
        main = max(main, _resident(running.pid))
        readers = max(readers, sum(_resident(pid) for pid in _descendants(running.pid)))
        time.sleep(_SAMPLE)
    return main, readers


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
    """Print both harvests side by side; exit with 1 when the process took more than 600 MB."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outlets", type=int, default=500)
    parser.add_argument("--pages", type=int, default=4)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        harvest(chosen.one, json.loads((chosen.one / "connect.json").read_text()))
        return 0
    good = [ListingSite(f"times{number}", chosen.pages) for number in range(chosen.outlets - 3)]
    # By their names the first: they begin with all others waiting.
    bad = [HangingSite("a_hanging", 4), FailingSite("a_failing", 200), ListingSite("a_flooding", FLOOD)]
    ordinary = {site.host for site in good}
    alone, among = measured(good, ordinary), measured([*bad, *good], ordinary)
    print(f"{'':34}{'alone':>16}{'with three bad ones':>24}")
    for name, value in alone.items():
        print(f"{name:34}{value!s:>16}{among[name]!s:>24}")
    return 1 if max(alone["process MB"], among["process MB"]) > 600 else 0


if __name__ == "__main__":
    sys.exit(main())
