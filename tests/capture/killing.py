"""Kills crawls at random moments and looks whether anything that a callback had seen is missing afterwards.

python -m tests.capture.killing --runs 40 [--seed 1]
"""

import argparse
import gzip
import os
import random
import signal
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsarchive.warc import cdxj
from newsarchive.warc.reader import read_records
from newsarchive.warc.verifying import verify
from tests.capture.crawling import Ask, Asking
from tests.capture.server import Server, page
from tests.manifested import problems

PAGES = 400
VARIANTS: tuple[dict[str, Any], ...] = ({}, {"WARC_MAX_MB": 2}, {"WARC_FSYNC": "group"}, {"WARC_COMPRESSION": "zstd"})


@dataclass(frozen=True)
class Killed:
    """What became of one crawl that was killed."""

    seen: int
    """Pages that a callback had seen before the kill."""
    torn: int
    """Files that had a torn tail."""
    missing: list[str]
    wrong: list[str]


def kill_once(server: Server, folder: Path, chance: random.Random, **settings: Any) -> Killed:
    """One crawl, killed at a random moment, and the start of the next one, which repairs."""
    asking = Asking(folder, server.connect_to, CONCURRENT_REQUESTS=16, CONCURRENT_REQUESTS_PER_DOMAIN=16, **settings)
    asks = [Ask(server.url(("http", "tls1.3")[number % 2], f"page/{number}")) for number in range(PAGES)]
    running = asking.start(asks)
    wanted, patience = chance.randrange(PAGES - 20), time.monotonic() + 60
    while len(asking.notes()) < wanted and running.poll() is None and time.monotonic() < patience:
        time.sleep(chance.uniform(0, 0.03))
    os.kill(running.pid, signal.SIGKILL)
    running.communicate()
    seen = {line.removeprefix("seen ") for line in asking.notes() if line.startswith("seen ")}
    next_start = asking.run([Ask(server.url("http", "page/0"))])
    torn = sum("torn bytes cut" in line and " 0 torn" not in line for line in next_start.err.splitlines())
    return Killed(len(seen), torn, sorted(seen - archived(asking)), mistakes(asking, server, next_start.code))


def archived(asking: Asking) -> set[str]:
    """Target URIs whose answer is in a WARC file."""
    kinds = ("response", "revisit")
    return {record.field("WARC-Target-URI") or "" for record in asking.records() if record.kind in kinds}


def mistakes(asking: Asking, server: Server, code: int) -> list[str]:
    """Everything that is not as it should be after a repair."""
    wrong = [f"the next start ended with {code}"] if code else []
    wrong += [
        f"{path.name} is still there" for path in asking.archive.rglob("*") if path.name.endswith((".open", ".part"))
    ]
    wrong += problems(asking.archive / "asking", is_chained=False)
    verdict = verify(asking.warcs())
    wrong += [str(finding) for finding in verdict.findings]
    if verdict.levels["pairs"].not_checked or verdict.levels["index"].not_checked:
        wrong.append("an answer has no request, or a file no index")
    for warc in asking.warcs():
        if warc.name.endswith(".gz"):
            gzip.decompress(warc.read_bytes())
        wrong += [] if cdxj.index_path(warc).exists() else [f"{warc.name} has no index"]
        for record in read_records(warc):
            number = (record.field("WARC-Target-URI") or "").rpartition("/")[2]
            if (
                record.kind == "response"
                and record.field("WARC-Truncated") is None
                and record.block != page(int(number))
            ):
                wrong.append(f"{record.field('WARC-Target-URI')} is not as the server sent it")
    return wrong


def main() -> None:
    """Print a line for each run; exit with 1 when anything is missing or wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    print(f"{options.runs} runs, seed {options.seed}")
    chance, results = random.Random(options.seed), []
    with Server() as server, tempfile.TemporaryDirectory() as folder:
        for number in range(options.runs):
            settings = VARIANTS[number % len(VARIANTS)]
            result = kill_once(server, Path(folder) / f"run{number}", chance, **settings)
            results.append(result)
            server.log.clear()
            print(
                f"run {number + 1}: {result.seen} pages seen, {len(result.missing)} missing, {result.torn} torn {settings}"
            )
            for line in (*result.missing, *result.wrong):
                print(f"  {line}")
    seen, torn = sum(one.seen for one in results), sum(one.torn for one in results)
    missing, wrong = sum(len(one.missing) for one in results), sum(len(one.wrong) for one in results)
    print(f"{seen} pages had been seen: {missing} missing; {torn} torn files cut; {wrong} things wrong")
    raise SystemExit(1 if missing or wrong else 0)


if __name__ == "__main__":
    main()
