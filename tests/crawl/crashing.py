"""Whole crawls that are ended again and again, by kill -9, SIGTERM, a full disk or a loss of power, each resumed until
it is done; and what other people's readers find of them afterwards.

python -m tests.crawl.crashing --crashes 100 [--pages 600] [--seed 1] [--mode kill9|sigterm|diskfull|power|power-synced]
"""

import argparse
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from newsarchive.demoweb import DemoWeb
from newsarchive.demoweb.answers import Answer, failure
from newsarchive.warc.reader import read_records
from tests.conftest import PROJECT, environment
from tests.crawl.killing import StubbornSite, Trial, _id, _lines, _plain
from tests.crawl.powerloss import Power, can_compile
from tests.warc.judges import fastwarc_complaints

MODES = ("kill9", "sigterm", "diskfull", "power", "power-synced")
RESUMPTIONS = 10
_ENDS_IN_ORDER = frozenset({"sigterm", "diskfull"})


class UnsteadySite(StubbornSite):
    """A stubborn site that is also overloaded at times: 503, and at the next try the page."""

    def answer(self, target: str) -> Answer:
        number = target.rpartition("/")[2]
        if number.isdigit() and int(number) % 23 == 9 and int(number) not in self._asked and "/article/" in target:
            self._asked.add(int(number))
            return failure(503)
        return super().answer(target)


@dataclass
class Outcome:
    """What became of one archive."""

    mode: str
    crashes: int = 0
    known: int = 0
    fetched: int = 0
    acknowledged: int = 0
    """Captures that the state named at the moments of the crashes, and that had to survive."""
    rows: int = 0
    requests: int = 0
    lost_bytes: int = 0
    lost_names: int = 0
    problems: list[str] = field(default_factory=list)


class Crashes(Trial):
    """One crawl of one outlet, crashed and resumed until it is done."""

    def __init__(self, folder: Path, chance: random.Random, *, mode: str, pages: int) -> None:
        super().__init__(folder, chance, outlets=1, pages=1)
        self._mode, self._pages, self._folder = mode, pages, folder
        self.sites = [UnsteadySite("outlet-0", pages)]
        if mode == "diskfull":
            (folder / "disk").mkdir()
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200m", "newsarchive", folder / "disk"], check=True)
            self.archive = folder / "disk" / "archive"
        self._power = Power(self.archive, folder / "shadow") if mode.startswith("power") else None
        self._must: set[str] = set()

    def close(self) -> None:
        if self._mode == "diskfull":
            subprocess.run(["umount", "-l", self._folder / "disk"], check=True)

    def crash_often(self, web: DemoWeb, *, crashes: int) -> Outcome:
        """Crash so often, then let it come to its end; and judge."""
        from tests.conftest import Crawler  # noqa: PLC0415

        self._crawler = Crawler(self.archive, web.connect_to)
        told = Outcome(self._mode)
        step = max(8, 2 * len(self.sites[0].listed) // crashes)
        while told.crashes < crashes and not self._is_done():
            asked, running = len(web.log), self._begin()
            wanted, patience = asked + self._chance.randrange(step), time.monotonic() + 30
            while len(web.log) < wanted and time.monotonic() < patience and running.poll() is None:
                time.sleep(0.01)
            time.sleep(self._chance.uniform(0, 0.2))
            told.crashes += running.poll() is None
            told.problems += self._crash(running, has_begun=len(web.log) > asked)
        for _ in range(RESUMPTIONS):
            done = self._begin()
            _, said = done.communicate(timeout=600)
            if "Traceback" in said or done.returncode not in (0, 1):
                told.problems.append(f"exit code {done.returncode}: {said[-2000:]}")
            if self._is_done():
                break
            self._let_time_pass()
        self._judge_all(web, told)
        return told

    def _begin(self) -> "subprocess.Popen[str]":
        fsync = "group" if self._mode == "power-synced" else "none"
        line = self._crawler.command(
            "crawl", _id(self.sites[0]), CONFIG_DIR=self._config, SEEDS_DIR=self._config, CONTACT="kills@localhost",
            RETRY_TIMES=2, LOG_LEVEL="WARNING", WARC_FSYNC=fsync, WARC_MAX_MB=1, ARCHIVE_MIN_FREE_MB=0,
        )  # fmt: skip
        power = self._power.environment() if self._power else {}
        return subprocess.Popen(
            line, cwd=PROJECT, env=environment() | power, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def _crash(self, running: "subprocess.Popen[str]", *, has_begun: bool) -> Iterator[str]:
        if self._mode == "sigterm":
            running.send_signal(signal.SIGTERM)
        elif self._mode == "diskfull":
            self._fill(self._chance.choice((0, 4096, 40_000, 150_000)))
        else:
            running.send_signal(signal.SIGKILL)
        _, said = running.communicate(timeout=120)
        # A crawl that has not begun says that it cannot; an interpreter that still imports dies of the signal, as any does.
        in_order = (0, 1) if has_begun else (0, 1, 2, -signal.SIGTERM)
        if self._mode in _ENDS_IN_ORDER and ("Traceback" in said or running.returncode not in in_order):
            yield f"exit code {running.returncode}: {said[-2000:]}"
        if self._mode == "diskfull":
            self._resize(200 * 2**20)
        if self._mode != "power":
            self._must |= self._claimed()
        if self._power:
            self._power.fail(self._chance, self._chance.choice(("worst", "mixed")))

    def _fill(self, left: int) -> None:
        """Leave so many bytes free: enough for some more pages, or for none.

        The crawl goes on writing meanwhile, and a disk is not made smaller than what is on it: then again.
        """
        for _ in range(200):
            used = shutil.disk_usage(self._folder / "disk").used
            if self._resizes(used + left):
                return
        raise RuntimeError("the disk cannot be filled: the crawl writes faster than it is made smaller")

    def _resize(self, size: int) -> None:
        if not self._resizes(size):
            raise RuntimeError(f"the disk cannot be made {size} bytes large")

    def _resizes(self, size: int) -> bool:
        line = ["mount", "-o", f"remount,size={size}", self._folder / "disk"]
        return subprocess.run(line, capture_output=True, check=False).returncode == 0

    def _state(self) -> Path:
        """Where power is lost, a copy: who looks writes the log into the file, and is no process of that machine."""
        if not self._power:
            return super()._state()
        seen = self._folder / "seen"
        shutil.rmtree(seen, ignore_errors=True)
        seen.mkdir()
        for path in self.archive.glob("state.sqlite*"):
            if not path.name.endswith("-shm"):
                shutil.copy(path, seen)
        return seen / "state.sqlite"

    def _claimed(self) -> set[str]:
        """Records that the state names."""
        return {one for (one,) in self._rows("SELECT record_id FROM capture")}

    def _let_time_pass(self) -> None:
        """What failed is due in an hour: now."""
        with closing(sqlite3.connect(self.archive / "state.sqlite", timeout=30)) as database, database:
            database.execute("UPDATE page SET due = 1 WHERE standing = 'pending' AND leased IS NULL")

    def _judge_all(self, web: DemoWeb, told: Outcome) -> None:
        site = self.sites[0]
        asked = {f"http://{one.host}{one.target}" for one in web.log}
        known = dict(self._rows("SELECT url, standing FROM page"))
        told.known, told.fetched, told.requests = len(known), len(known.keys() & asked), len(web.log)
        told.acknowledged = len(self._must)
        if self._power:
            told.lost_bytes, told.lost_names = self._power.lost_bytes, self._power.lost_names
        told.problems += [f"never discovered: {path}" for path in site.listed if site.home + path not in known]
        told.problems += [f"never fetched: {url}" for url in sorted(known.keys() - asked)]
        told.problems += [f"{standing}: {url}" for url, standing in sorted(known.items()) if standing != "read"]
        told.problems += self._lost({url for url, standing in known.items() if standing == "read"})
        told.problems += self._unlike(told)

    def _unlike(self, told: Outcome) -> Iterator[str]:
        """What other people's readers find; each article once; all that was claimed."""
        places: Counter[tuple[str, int]] = Counter()
        addresses: Counter[str] = Counter()
        for path in self.archive.rglob("*.jsonl.gz"):
            for row in _lines(path):
                if "provenance" in row:
                    pointer = row["provenance"]["warc"]
                    places[pointer["filename"], pointer["offset"]] += 1
                    addresses[_plain(row["url"])] += 1
        told.rows = sum(places.values())
        yield from (f"{count} rows of one record: {place}" for place, count in places.items() if count > 1)
        if not self._power:
            # After a loss of power what the state forgot is asked for again, and is another capture.
            yield from (f"{count} rows of {url}" for url, count in addresses.items() if count > 1)
        there: set[str] = set()
        for warc in sorted(self.archive.rglob("*.warc.gz")):
            ids = _by_warcio(warc)
            if ids != _by_fastwarc(warc) or ids != [one.field("WARC-Record-ID") for one in read_records(warc)]:
                yield f"{warc.name}: readers find different records"
            yield from (f"{warc.name}: fastwarc complains of {one}" for one in fastwarc_complaints(warc))
            there |= set(ids)
        yield from (f"was acknowledged and is gone: {one}" for one in sorted(self._must - there))
        yield from (f"the state names what is not there: {one}" for one in sorted(self._claimed() - there))


def _by_warcio(warc: Path) -> list[str]:
    with warc.open("rb") as stream:
        return [one.rec_headers.get_header("WARC-Record-ID") for one in ArchiveIterator(stream, no_record_parse=True)]


def _by_fastwarc(warc: Path) -> list[str]:
    with warc.open("rb") as stream:
        return [one.headers["WARC-Record-ID"] for one in FastIterator(stream, parse_http=False)]


def crash(folder: Path, chance: random.Random, *, mode: str, crashes: int, pages: int) -> Outcome:
    """One archive, crashed so often."""
    trial = Crashes(folder, chance, mode=mode, pages=pages)
    try:
        with DemoWeb(sites=trial.sites, keep_bytes=False) as web:
            return trial.crash_often(web, crashes=crashes)
    finally:
        trial.close()


def main() -> int:
    """Print a line for each archive; exit with 1 when anything is lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--crashes", type=int, default=100)
    parser.add_argument("--each", type=int, default=12, help="crashes of one archive")
    parser.add_argument("--pages", type=int, default=600)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--mode", choices=MODES, action="append")
    chosen = parser.parse_args()
    problems = 0
    for mode in chosen.mode or MODES:
        if mode.startswith("power") and not can_compile():
            print(f"{mode}: left out, there is no compiler")
            continue
        print(f"{mode}: at least {chosen.crashes} crashes, seed {chosen.seed}", flush=True)
        chance, crashes = random.Random(f"{chosen.seed}{mode}"), 0
        while crashes < chosen.crashes:
            with tempfile.TemporaryDirectory() as folder:
                told = crash(Path(folder), chance, mode=mode, crashes=chosen.each, pages=chosen.pages)
            numbers = ", ".join(
                f"{value} {name}" for name, value in vars(told).items() if name not in ("mode", "problems")
            )
            print(f"  {numbers}, {len(told.problems)} problems", flush=True)
            for problem in told.problems[:20]:
                print(f"    {problem}", flush=True)
            crashes, problems = crashes + told.crashes, problems + len(told.problems)
        print(f"{mode}: {crashes} crashes", flush=True)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
