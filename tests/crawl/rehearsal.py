"""A rehearsal: invented outlets over simulated months, crawled over real sockets, judged by what must have been kept.

    python -m tests.crawl.rehearsal --outlets 50 --days 90

The clock is set forward to the next due moment instead of waiting, but never to between two minutes of cron.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings
from scrapy.utils.defer import deferred_from_coro
from scrapy.utils.project import get_project_settings

from newsarchive import clock
from newsarchive.demoweb import DemoWeb
from newsarchive.demoweb.world.newsroom import Newsroom, newsrooms, write_config
from newsarchive.demoweb.world.schedule import DAY
from newsarchive.demoweb.world.site import InventedSite
from newsarchive.harvest import Harvest
from tests.conftest import PROJECT
from tests.crawl.judging import Verdict, judge

START = 1_803_859_200
"""1 March 2027, 00:00 UTC, a Monday; the summer time of Europe begins in that month."""

_CRAWL = {"delay": 0.0, "concurrency": 8, "poll": ["15m", "12h"], "poll_worth": "15m"}
"""A slower pace than the default, for the time of who waits: what is asked and what is found stay in proportion."""
_MEMORY = Path("/dev/shm")
_SAY_SECONDS = 60


async def play(harvest: Harvest, verdict: Verdict, *, until: int, tick: int) -> None:
    """Round after round, each at a minute of cron."""
    said = time.monotonic()
    while clock.now() < until:
        report = await harvest.round()
        verdict.rounds += 1
        verdict.problems.update(problem for line in report.outlets for problem in line.problems)
        due = harvest.next_due()
        if due is None:
            break
        now = clock.now()
        clock.advance(max(due, now + 1) // tick * tick + tick - time.time() % 1 - now)
        if time.monotonic() - said > _SAY_SECONDS:
            said = time.monotonic()
            print(f"  day {(clock.now() - START) / DAY:.1f}, {verdict.rounds} rounds", file=sys.stderr, flush=True)


def settings_for(folder: Path, web: DemoWeb, rooms: list[Newsroom]) -> Settings:
    """The project's own, for a world that is played on this machine and needs no politeness."""
    defaults = (PROJECT / "config" / "defaults.yaml").read_text(encoding="utf-8")
    write_config(folder / "config", rooms, defaults=defaults, crawl=_CRAWL)
    settings = get_project_settings()
    chosen = {
        "ARCHIVE_DIR": str(folder / "archive"), "CONFIG_DIR": str(folder / "config"), "CONNECT_TO": web.connect_to,
        "DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 8, "RETRY_TIMES": 1, "LOG_LEVEL": "WARNING",
        "CONTACT": "rehearsal@localhost",
    }  # fmt: skip
    settings.setdict(chosen, priority="cmdline")
    return settings


def rehearse(folder: Path, *, seed: str, outlets: int, days: int, share: float, tick: int) -> Verdict:
    """Play a world to its end and judge what was kept of it."""
    rooms = newsrooms(seed, outlets, start=START, days=days, share=share)
    verdict, began = Verdict(), time.monotonic()
    clock.advance(START - time.time())
    with DemoWeb(sites=[InventedSite(room) for room in rooms], keep_bytes=False) as web:
        process = AsyncCrawlerProcess(settings_for(folder, web, rooms))

        async def all_rounds() -> None:
            harvest = Harvest(process, [room.id for room in rooms])
            try:
                await play(harvest, verdict, until=START + days * DAY, tick=tick)
            finally:
                harvest.close()

        _run(process, all_rounds)
        judge(verdict, rooms, web.log, folder / "archive", start=START, end=clock.now(), tick=tick)
    verdict.seconds = round(time.monotonic() - began, 1)
    verdict.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return verdict


def _run(process: AsyncCrawlerProcess, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run the reactor as long as the work lasts; raises what the work raises."""
    from twisted.internet import reactor  # noqa: PLC0415 - it is installed by now, not before

    failure: list[Any] = []

    def begin() -> None:
        done = deferred_from_coro(work())
        done.addErrback(failure.append)
        done.addBoth(lambda _: reactor.stop())

    reactor.callWhenRunning(begin)
    process.start(stop_after_crawl=False, install_signal_handlers=False)
    if failure:
        failure[0].raiseException()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outlets", type=int, default=50)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--share", type=float, default=0.1, help="how busy the outlets are, beside real ones")
    parser.add_argument("--tick", type=int, default=300, help="seconds between two lines of cron")
    parser.add_argument("--folder", type=Path, help="where to leave the archive")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    # Thousands of small files are made durable one by one, which is not what is tried here.
    place = _MEMORY if _MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=place) as temporary:
        verdict = rehearse(
            chosen.folder or Path(temporary), seed=chosen.seed, outlets=chosen.outlets, days=chosen.days,
            share=chosen.share, tick=chosen.tick,
        )  # fmt: skip
    print(json.dumps(vars(verdict), indent=2) if chosen.json else verdict.as_text())
    return 0 if verdict.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
