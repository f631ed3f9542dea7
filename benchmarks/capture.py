"""What archiving costs a crawl: bare Scrapy, ours, a warcio-based archiver and wget fetch the same pages in one run.

Every client is one process on one core, the server another process on another core. The clients run in turn, round
after round, and are compared within a round. Scrapy fetches 16 pages at a time; wget can only fetch one after the
other, and writes every page to a file besides. The time of a run of one page is subtracted as start-up.

    python -m benchmarks.capture [--rounds 5] [--pages 1000] [--tls] [--fsync none|group|each] [--json FILE]
"""

import argparse
import dataclasses
import json
import os
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator

from benchmarks.capture_server import ARCHIVERS, CONCURRENCY, Site, crawl, write_in_turn

PROJECT = Path(__file__).parent.parent
MODES = (*ARCHIVERS, "wget")
PAIRS = (("ours", "bare"), ("warcio", "bare"), ("ours", "warcio"), ("wget", "bare"))
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, CLIENT_CORE = CORES[0], CORES[-1]
WGET = [
    "wget", "--no-verbose", "--no-proxy", "--no-config", "--no-check-certificate", "--delete-after",
    "--warc-file=wget", "--input-file=-",
]  # fmt: skip
Facts = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """One process from its start to its end."""

    wall: float
    cpu: float
    """Of its children too."""
    peak_mb: float
    warc_bytes: int
    file_bytes: int
    """Of all files it left, indexes and state included."""
    server_cpu: float


def main() -> None:
    """Measure, print, and write the figures down; or be one of the clients."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--modes", default=",".join(MODES), help="those to run, by comma")
    parser.add_argument("--tls", action="store_true", help="https with TLS 1.3")
    parser.add_argument("--fsync", choices=("none", "group", "each"), default="none", help="WARC_FSYNC of ours")
    parser.add_argument("--json", type=Path, help="write all figures here")
    parser.add_argument("--client", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.client:
        be_client(json.loads(chosen.client), sys.stdin.read().split())
        return
    if chosen.pages < 100:
        parser.error("--pages: at least 100; fewer are lost in the noise of the start-up")
    figures = measure(chosen)
    show(figures)
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=1, default=dataclasses.asdict) + "\n")


def be_client(facts: Facts, urls: list[str]) -> None:
    """What a process of its own does."""
    if facts["mode"] == "writers":
        print(json.dumps(write_in_turn(urls, Path(facts["folder"]), rounds=facts["rounds"])))
    else:
        crawl(facts["mode"], urls, facts["folder"], fsync=facts["fsync"])


def measure(chosen: argparse.Namespace) -> Facts:
    """All runs of all modes, and the writers alone."""
    modes = [mode for mode in chosen.modes.split(",") if mode != "wget" or shutil.which("wget")]
    if "wget" in chosen.modes and "wget" not in modes:
        print("wget is not installed: left out")
    load = os.getloadavg()[0]
    short: dict[str, list[Run]] = {mode: [] for mode in modes}
    full: dict[str, list[Run]] = {mode: [] for mode in modes}
    os.sched_setaffinity(0, {SERVER_CORE})
    site = Site(chosen.pages, tls=chosen.tls, core=SERVER_CORE)
    urls = [site.url(number) for number in range(chosen.pages)]
    for number in range(chosen.rounds):
        for mode in modes:
            short[mode].append(one_run(mode, urls[:1], site, chosen.fsync))
            full[mode].append(one_run(mode, urls, site, chosen.fsync))
        told = ", ".join(f"{mode} {full[mode][-1].wall:.2f} s" for mode in modes)
        print(f"round {number + 1}: {told}", flush=True)
    return {
        "pages": chosen.pages, "body_bytes": site.body_bytes, "load": load, "tls": chosen.tls,
        "fsync": chosen.fsync, "start_up": short, "runs": full, "writers": writers_alone(urls, chosen.rounds),
    }  # fmt: skip


def one_run(mode: str, urls: list[str], site: Site, fsync: str) -> Run:
    """Fetch all pages once, in a folder of its own; raises when the archive lacks one of them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = WGET if mode == "wget" else _client(mode=mode, folder=name, fsync=fsync)
        # What an earlier run left to be written must not be this one's burden.
        os.sync()
        before = site.cpu_seconds()
        wall, cpu, peak_mb = timed(command, urls, folder)
        server_cpu = site.cpu_seconds() - before
        warcs = sorted(folder.rglob("*.warc*"))
        kept = sum(_responses(warc) for warc in warcs)
        if mode != "bare" and kept != len(urls):
            raise SystemExit(f"{mode}: {kept} responses archived of {len(urls)}")
        left = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        return Run(wall, cpu, peak_mb, sum(warc.stat().st_size for warc in warcs), left, server_cpu)


def timed(command: list[str], urls: list[str], folder: Path) -> tuple[float, float, float]:
    """(wall seconds, CPU seconds, peak megabytes) of a process on the clients' core; raises when it fails."""
    started = time.monotonic()
    with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as said:
        asked.write("\n".join(urls).encode())
        asked.seek(0)
        process = subprocess.Popen(
            ["taskset", "-c", str(CLIENT_CORE), *command], cwd=folder, stdin=asked, stdout=said, stderr=said,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
        )  # fmt: skip
        peak_kb, ending = 0, os.pidfd_open(process.pid)
        # ru_maxrss would count what the parent held when it forked.
        while not select.select([ending], [], [], 0.05)[0]:
            peak_kb = max(peak_kb, _high_water(process.pid))
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        os.close(ending)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise SystemExit(f"{' '.join(command)[:200]} failed:\n{said.read().decode()[-3000:]}")
    return wall, used.ru_utime + used.ru_stime, peak_kb / 1024


def writers_alone(urls: list[str], rounds: int) -> Facts:
    """CPU seconds of each round of our writer and of warcio's, and the size of what they wrote."""
    with tempfile.TemporaryDirectory() as name:
        command = _client(mode="writers", folder=name, rounds=rounds)
        told = subprocess.run(
            ["taskset", "-c", str(CLIENT_CORE), *command], input="\n".join(urls), cwd=PROJECT, text=True,
            stdout=subprocess.PIPE, check=True,
        )  # fmt: skip
        return dict(json.loads(told.stdout))


def show(figures: Facts) -> None:
    """The table, the ratios and the targets."""
    pages, bodies = figures["pages"], figures["body_bytes"]
    print(
        f"\n{pages} pages, {bodies / pages / 1000:.1f} KB of gzip body each, {'TLS 1.3' if figures['tls'] else 'http'},"
        f" {CONCURRENCY} at a time, WARC_FSYNC={figures['fsync']}, load {figures['load']:.1f} before; medians\n"
        f"{'':8}{'pages/s':>9}{'wall s':>9}{'start-up s':>12}{'CPU ms/page':>13}{'start-up CPU s':>16}"
        f"{'server CPU ms':>15}{'WARC/bodies':>13}{'files/bodies':>14}{'peak MB':>9}"
    )
    net = {mode: _net(figures, mode) for mode in figures["runs"]}
    for mode, runs in figures["runs"].items():
        wall, cpu = (statistics.median(run[part] for run in net[mode]) for part in (0, 1))
        short = figures["start_up"][mode]
        print(
            f"{mode:8}{pages / wall:9.1f}{wall:9.2f}{_median(short, 'wall'):12.2f}{1000 * cpu / pages:13.2f}"
            f"{_median(short, 'cpu'):16.2f}{1000 * _median(runs, 'server_cpu') / pages:15.2f}"
            f"{_median(runs, 'warc_bytes') / bodies:13.4f}{_median(runs, 'file_bytes') / bodies:14.4f}"
            f"{_median(runs, 'peak_mb'):9.0f}"
        )
    print()
    for one, other in (pair for pair in PAIRS if set(pair) <= set(net)):
        ratios = [_spread(_ratio(net[one], net[other], part)) for part in (0, 1)]
        print(f"{one} / {other}: {ratios[0]} x wall, {ratios[1]} x CPU")
    each = {name: [1000 * one / pages for one in seconds] for name, seconds in figures["writers"]["seconds"].items()}
    for name, milliseconds in each.items():
        size = figures["writers"]["bytes"][name] / bodies
        print(f"writer alone, {name}: {_spread(milliseconds)} ms CPU an exchange, file / bodies {size:.4f}")
    _judge(figures, net, each["ours"])


def _judge(figures: Facts, net: dict[str, list[tuple[float, float]]], writer_ms: list[float]) -> None:
    targets = [("writer, ms CPU an exchange", statistics.median(writer_ms), 0.4)]
    if {"ours", "bare"} <= set(net):
        ratio = statistics.median(_ratio(net["ours"], net["bare"], 0))
        size = _median(figures["runs"]["ours"], "warc_bytes") / figures["body_bytes"]
        targets = [("ours / bare, wall", ratio, 1.10), *targets, ("WARC / bodies", size, 1.01)]
    print()
    for name, value, most in targets:
        print(f"{'PASS' if value <= most else 'MISSED'}  {name}: {value:.3f}, at most {most:.2f}")


def _net(figures: Facts, mode: str) -> list[tuple[float, float]]:
    """(wall, CPU) of each round without the start-up, brought back to the full number of pages."""
    pages, short = figures["pages"], figures["start_up"][mode]
    wall, cpu = _median(short, "wall"), _median(short, "cpu")
    # A start-up has fetched one page too.
    scale = pages / (pages - 1)
    return [((run.wall - wall) * scale, (run.cpu - cpu) * scale) for run in figures["runs"][mode]]


def _ratio(one: list[tuple[float, float]], other: list[tuple[float, float]], part: int) -> list[float]:
    return [mine[part] / theirs[part] for mine, theirs in zip(one, other, strict=True)]


def _median(runs: list[Run], field: str) -> float:
    return float(statistics.median(getattr(run, field) for run in runs))


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f}..{max(values):.2f})"


def _client(**facts: Any) -> list[str]:
    return [sys.executable, "-m", "benchmarks.capture", "--client", json.dumps(facts)]


def _high_water(process: int) -> int:
    """Peak resident kilobytes so far; 0 for a process that has ended."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def _responses(warc: Path) -> int:
    with warc.open("rb") as file:
        return sum(record.rec_type == "response" for record in ArchiveIterator(file))


if __name__ == "__main__":
    main()
