"""Pages a second of `scrapy reextract` beside a plain script of FastWARC and trafilatura over the same WARC file.

The file holds demo articles, each under many addresses, and each with as much of scripts, menus and teasers as pages of
newspapers have. All run in processes of their own, in turn, several times;
medians are compared, without the time of a run over four pages. What is not extraction is told by the processes
themselves: CPU time of reading, and of everything. Peak memory is that of all processes together; what they
share is counted once.

    python -m benchmarks.reextract [--pages 2000] [--rounds 3] [--many 50000] [--json FILE]
"""

import argparse
import gzip
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from newsarchive import outlets
from newsarchive.demoweb import load_articles
from newsarchive.demoweb.articles import DemoArticle
from newsarchive.demoweb.pages import render_page
from newsarchive.reextraction.inputs import inputs_of
from newsarchive.reextraction.rules import Rules
from newsarchive.reextraction.running import Choice, Run
from newsarchive.warc import records
from newsarchive.warc.exchange import Attempt, Exchange, Purpose
from newsarchive.warc.writer import WarcWriter

PROJECT = Path(__file__).parent.parent
CONFIG = PROJECT / "config"
PEER = PROJECT / ".venv" / "bench" / "bin" / "python"
SCRIPT = """
import sys, trafilatura
from fastwarc import ArchiveIterator, WarcRecordType
for record in ArchiveIterator(open(sys.argv[1], "rb"), record_types=WarcRecordType.response, auto_decode="all"):
    if record.http_headers.status_code == 200 and "html" in (record.http_content_type or ""):
        page, url = record.reader.read(), record.headers["WARC-Target-URI"]
        trafilatura.extract(page, output_format="json", with_metadata=True, url=url)
"""
_START = datetime(2026, 11, 22, 4, tzinfo=UTC)
_LOOK_SECONDS = 0.05
_WARMING = 4
"""Pages of the run whose time is taken for start-up: every process reads some."""


@dataclass
class Cost:
    """Of one process and its children."""

    wall: float
    cpu: float
    peak_mb: float


@dataclass
class Figures:
    """Of one way to read the file."""

    costs: list[Cost] = field(default_factory=list)

    def wall(self) -> float:
        return statistics.median(cost.wall for cost in self.costs)

    def cpu(self) -> float:
        return statistics.median(cost.cpu for cost in self.costs)


def write(path: Path, count: int, *, is_weighted: bool = True) -> int:
    """A WARC file as a crawl of one outlet writes it, with so many articles; gives the mean size of a page."""
    good = [one for one in load_articles() if one.outlet == "kyiv_independent" and "rejected" not in one.expected()]
    plain = [one for one in good if one.layout != "pdf" and one.serving.charset == "utf-8"]
    pages = [(one, render_page(one)) for one in plain]
    if is_weighted:
        pages = [(one, _weighted(html, number)) for number, (one, html) in enumerate(pages)]
    outlet = outlets.load(CONFIG, "kyiv_independent")
    about = {"software": "newsarchive/benchmark", "isPartOf": outlet.id, "outletDigest": outlet.digest}
    writer = WarcWriter(path)
    first = records.warcinfo(about, filename=path.name, date="2026-11-22T04:00:00.000000Z", record_id=_new_id())
    writer.write((first,))
    packed = [gzip.compress(html, 6, mtime=0) for _, html in pages]
    for number in range(count):
        which = number % len(pages)
        exchange = _exchange(pages[which][0], packed[which], number)
        writer.write(records.bundle(exchange, earlier=None, warcinfo_id=first.record_id, new_id=_new_id).records)
    writer.close()
    return sum(len(html) for _, html in pages) // len(pages)


def _weighted(page: bytes, seed: int) -> bytes:
    """The page with what surrounds an article elsewhere: state for scripts, a menu, teasers; never twice the same."""
    chosen = random.Random(seed)  # noqa: S311 - what is drawn only has to differ
    words = ["".join(chosen.choices("aeiourstlnmd", k=chosen.randrange(3, 9))) for _ in range(800)]

    def said(count: int) -> str:
        return " ".join(chosen.choices(words, k=count))

    state = json.dumps({f"{said(1)}{number}": said(12) for number in range(600)})
    menu = "".join(f'<li><a href="/{said(1)}/">{said(2)}</a></li>' for _ in range(60))
    cards = "".join(
        f'<div class="card"><a href="/{said(1)}-{number}/"><img src="/{number}.jpg" alt="{said(4)}">'
        f"<h3>{said(8)}</h3></a><p>{said(18)}</p></div>"
        for number in range(60)
    )
    head, body = (
        f"<script>window.state={state}</script></head>",
        f"<footer><ul>{menu}</ul><div>{cards}</div></footer></body>",
    )
    return page.replace(b"</head>", head.encode(), 1).replace(b"</body>", body.encode(), 1)


def _exchange(article: DemoArticle, body: bytes, number: int) -> Exchange:
    fields = ("Content-Type: text/html; charset=utf-8", "Content-Encoding: gzip", f"Content-Length: {len(body)}")
    head = "\r\n".join(("HTTP/1.1 200 OK", *fields, "", ""))
    url, at = f"{article.url.rstrip('/')}-{number}/", _START + timedelta(seconds=number)
    request = f"GET /{number} HTTP/1.1\r\nHost: kyivindependent.com\r\nUser-Agent: newsarchive\r\n\r\n".encode()
    attempt = Attempt(request, head.encode() + body, at, "192.0.2.1", "tls/1.3", None, 20)
    purpose = Purpose("article", "https://kyivindependent.com/feed/", "feed", "allowed")
    return Exchange(url, "GET", at, 30, (attempt,), purpose)


def _new_id() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"


def cost_of(command: list[str]) -> Cost:
    """Run it; raises `CalledProcessError`."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL)
    peak, seconds = 0.0, {}
    while process.poll() is None:
        family = list(_family(process.pid))
        peak = max(peak, sum(map(_own_mb, family)))
        # What a process has spent is known as long as it lives; some have other parents than those who wait.
        seconds |= {pid: spent for pid in family if (spent := _cpu(pid))}
        time.sleep(_LOOK_SECONDS)
    wall = time.perf_counter() - began
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Cost(wall, sum(seconds.values()), peak)


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from _family(int(child))


def _own_mb(pid: int) -> float:
    """Proportional set size: what processes share is counted once."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def ours(warc: Path, out: Path, workers: int) -> list[str]:
    folder = out / uuid.uuid4().hex
    return [
        sys.executable, "-m", "scrapy.cmdline", "reextract", str(warc), "--out", str(folder), "--workers", str(workers),
        "-s", f"CONFIG_DIR={CONFIG}",
    ]  # fmt: skip


def print_share(warc: Path, workers: int, folder: Path) -> None:
    """Read a file in this process and its workers; prints CPU seconds of reading, and of everything."""
    (one,), _ = inputs_of([warc])
    rules = Rules(CONFIG, as_recorded=False)
    run = Run([one], folder, rules=rules, choice=Choice(), seconds=60, workers=workers, advanced=lambda _: None)
    began = time.process_time()
    run.go()
    assert run.workers
    print(json.dumps([run.workers.reading_seconds, run.workers.cpu_seconds + time.process_time() - began]))


def share_of(warc: Path, workers: int, out: Path) -> tuple[float, float]:
    """(CPU seconds of reading, of everything), measured in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.reextract",
        "--share",
        str(warc),
        str(workers),
        str(out / uuid.uuid4().hex),
    ]
    reading, everything = json.loads(subprocess.run(command, cwd=PROJECT, check=True, capture_output=True).stdout)
    return reading, everything


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2000, help="0: memory alone")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--many", type=int, default=50_000, help="pages of a large file, for memory; 0: none")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--share", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.share:
        warc, workers, folder = chosen.share
        print_share(Path(warc), int(workers), Path(folder))
        return
    os.environ["SCRAPY_SETTINGS_MODULE"] = "newsarchive.settings"
    with tempfile.TemporaryDirectory() as folder:
        told = measure(Path(folder), chosen.pages, chosen.rounds) if chosen.pages else {}
        if chosen.many:
            told["memory_mb"] = memory(Path(folder), chosen.many)
            print("peak memory: " + ", ".join(f"{name} {value:.0f} MB" for name, value in told["memory_mb"].items()))
    if chosen.json:
        chosen.json.write_text(json.dumps(told, indent=2) + "\n")


def measure(folder: Path, count: int, rounds: int) -> dict:
    whole, single = folder / "whole.warc.gz", folder / "single.warc.gz"
    size = write(whole, count)
    write(single, _WARMING)
    ways = {
        "reextract, 1 worker": lambda warc: ours(warc, folder, 1),
        "reextract, 2 workers": lambda warc: ours(warc, folder, 2),
        "fastwarc + trafilatura": lambda warc: [str(PEER), "-c", SCRIPT, str(warc)],
    }
    runs = {name: (Figures(), Figures()) for name in ways}
    for _ in range(rounds):
        for name, command in ways.items():
            runs[name][0].costs.append(cost_of(command(single)))
            runs[name][1].costs.append(cost_of(command(whole)))
    print(f"{count} pages of {size / 1024:.0f} KB in one WARC file, medians of {rounds} rounds, start-up subtracted")
    told: dict = {"pages": count, "page_bytes": size}
    for name, (start, full) in runs.items():
        rate, cpu = (count - _WARMING) / (full.wall() - start.wall()), (full.cpu() - start.cpu()) / (count - _WARMING)
        told[name] = {"pages_per_second": rate, "cpu_ms": cpu * 1000, "startup_seconds": start.wall()}
        print(f"{name:24} {rate:7.1f} pages/s {cpu * 1000:7.2f} ms CPU a page, start-up {start.wall():.1f} s")
    for workers in (1, 2):
        measured = [share_of(whole, workers, folder) for _ in range(rounds)]
        share = statistics.median(1 - reading / everything for reading, everything in measured)
        reading = statistics.median(reading for reading, _ in measured) / count * 1000
        told[f"overhead, {workers} workers"] = share
        print(f"{workers} workers: {share:.1%} of the CPU time is not extraction, which takes {reading:.2f} ms a page")
    return told


def memory(folder: Path, many: int) -> dict[str, float]:
    told = {}
    for count in sorted({1000, 10_000, many}):
        warc = folder / f"many-{count}.warc.gz"
        # Small pages, as it is their number that might tell.
        write(warc, count, is_weighted=False)
        told[f"{count:,} pages"] = cost_of(ours(warc, folder, 2)).peak_mb
    return told


if __name__ == "__main__":
    main()
