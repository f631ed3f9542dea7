"""The state of an archive that knows many URLs: start-up, look-up, discovery and lease, and the memory they take.

    python -m benchmarks.state [--sizes 100000 1000000 10000000] [--plot FILE.svg]

All rows belong to one outlet; one in twenty is due, the others have been read.
Each size is measured in a fresh process.
"""

import argparse
import heapq
import json
import math
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from newsarchive.freshness.ladder import Visits
from newsarchive.items import Link
from newsarchive.parameters import ORDINARY
from newsarchive.store.database import Database
from newsarchive.store.frontier import Frontier
from newsarchive.store.state import Named, State, page_key

_OUTLET = "times"
_NOW = 1_800_000_000
_SAMPLE = 2_000
_ROW = "INSERT INTO page (outlet, key, url, standing, first_seen, due, rank) VALUES (?, ?, ?, ?, ?, ?, ?)"
FIGURES = {
    "start_up": "start-up, s",
    "look_up": "look-up, median us",
    "discover": "discover a known link, us",
    "lease": "lease + settle a request, ms",
    "memory": "peak memory, MB",
    "file": "file, MB",
}
TARGETS = {"start_up": 2.0, "look_up": 50.0, "lease": 0.25}


def address(name: str) -> str:
    """An address such as newspapers have."""
    return f"https://www.times.example/2026/11/{name}/ferry-returns-with-forty-people-and-one-goat-{name}"


def build(path: Path, size: int) -> None:
    """Write a state with so many pages, in the order of their keys, so that it takes minutes and not hours."""
    database = Database(path)
    with database.transaction():
        database.run_many(_ROW, _rows(size))
    database.run("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def _rows(size: int) -> Iterator[tuple[object, ...]]:
    """Invented keys, and among them the true keys of the addresses that are looked up."""
    random = Random(1)  # noqa: S311 - nothing is kept secret
    step = (1 << 128) // size
    invented = ((step * one + random.randrange(step)).to_bytes(16, "big") for one in range(size - _SAMPLE))
    sample = {page_key(address(str(one)), ORDINARY): address(str(one)) for one in range(_SAMPLE)}
    for number, key in enumerate(heapq.merge(invented, sorted(sample))):
        # What is leased must have the true key of its address, or it could not be settled.
        is_due, url = key in sample, sample.get(key) or address(key.hex()[:12])
        yield _OUTLET, key, url, "pending" if is_due else "read", _NOW, _NOW - number % 86_400 if is_due else None, 1


def measure(path: Path) -> dict[str, float]:
    """The figures of this state, in this process."""
    began = time.perf_counter()
    database = Database(path)
    state, frontier = State(database), Frontier(database, _OUTLET)
    frontier.take_back(now=_NOW)
    frontier.has_ready(now=_NOW)
    frontier.lease(16, now=_NOW, past_per_day=1_000)
    found = {"start_up": time.perf_counter() - began}
    found["look_up"] = 1e6 * statistics.median(_look_ups(state))
    links = [Named(Link(address(str(one)), "https://www.times.example/rss", "feed")) for one in range(_SAMPLE)]
    began = time.perf_counter()
    state.discover(_OUTLET, links, now=_NOW)
    found["discover"] = 1e6 * (time.perf_counter() - began) / len(links)
    found["lease"] = _lease_and_settle(state, frontier)
    found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found["file"] = path.stat().st_size / 1e6
    return found


def _look_ups(state: State) -> Iterator[float]:
    """Seconds of each, of known and unknown addresses by turns at random."""
    names = [str(one) for one in range(_SAMPLE)] + [f"unknown-{one}" for one in range(_SAMPLE)]
    Random(2).shuffle(names)  # noqa: S311 - nothing is kept secret
    for name in names:
        began = time.perf_counter()
        state.page(_OUTLET, address(name))
        yield time.perf_counter() - began


def _lease_and_settle(state: State, frontier: Frontier) -> float:
    """Milliseconds a request, leased by sixteen and settled one by one."""
    began, count = time.perf_counter(), 0
    for _ in range(100):
        for page in frontier.lease(16, now=_NOW, past_per_day=1_000):
            state.settle(_OUTLET, page.url, standing="read", visits=Visits(_NOW, _NOW), due=None)
            count += 1
    assert count == 1_600
    assert state.page(_OUTLET, page.url).standing == "read"
    return 1000 * (time.perf_counter() - began) / max(count, 1)


def main() -> None:
    """Print a row for each figure, and draw the plot."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10**5, 10**6, 10**7])
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.measure:
        print(json.dumps(measure(chosen.measure)))
        return
    found = {size: _measured(size) for size in chosen.sizes}
    print(f"{'known URLs':30}" + "".join(f"{size:>12,}" for size in found) + f"{'at most':>10}")
    for figure, label in FIGURES.items():
        row = "".join(f"{one[figure]:12.3f}" for one in found.values())
        print(f"{label:30}{row}{TARGETS.get(figure, ''):>10}")
    if chosen.plot:
        chosen.plot.write_text(_plot(found), encoding="utf-8")


def _measured(size: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.sqlite"
        build(path, size)
        command = [sys.executable, "-m", "benchmarks.state", "--measure", str(path)]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    figures: dict[str, float] = json.loads(told)
    return figures


def _plot(found: dict[int, dict[str, float]]) -> str:
    """An SVG with a line for each figure, in multiples of its first value; both axes in powers of ten."""
    sizes = list(found)
    drawn = []
    for number, (figure, label) in enumerate(FIGURES.items()):
        colour = f"hsl({360 * number // len(FIGURES)} 70% 40%)"
        first = found[sizes[0]][figure]
        points = " ".join(
            f"{60 + 180 * math.log10(size / sizes[0]):.1f},{300 - 110 * math.log10(one[figure] / first):.1f}"
            for size, one in found.items()
        )
        drawn.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        drawn.append(f'<text x="450" y="{60 + 16 * number}" fill="{colour}" font-size="12">{label}</text>')
    axes = f'<text x="60" y="400" font-size="12">{sizes[0]:,} … {sizes[-1]:,} known URLs; times the first</text>'
    shape = 'viewBox="0 0 640 420" font-family="sans-serif"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {shape}>{axes}{"".join(drawn)}</svg>\n'


if __name__ == "__main__":
    main()
