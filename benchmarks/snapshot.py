"""Snapshots of an archive of 310 MB and 5,000 pages: what making and judging one costs, beside other programs.

    python -m benchmarks.snapshot [--pages 5000] [--megabytes 310]

Each measure is of a fresh process, with the files in the page cache; `wacz create` is measured where `make viewers` has
installed it. Memory is the greatest resident size.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_PROJECT = Path(__file__).parent.parent
_WACZ = _PROJECT / ".venv" / "viewers" / "bin" / "wacz"
_ENVIRONMENT = {**os.environ, "PYTHONPATH": str(_PROJECT), "SCRAPY_SETTINGS_MODULE": "newsarchive.settings"}


def measured(*command: object) -> tuple[float, float, float]:
    """(seconds, seconds of the processor, MB) of a process that must succeed."""
    began = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, env=_ENVIRONMENT)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command} failed")
    return time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=int, default=5_000)
    parser.add_argument("--megabytes", type=int, default=310)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        work = Path(folder)
        # In a process of its own: what is started from a large one is charged with its memory.
        built = (work / "archive", options.pages, options.megabytes * 1_000_000)
        measured(sys.executable, "-m", "benchmarks.snapshot_archive", *built)
        warcs = sorted(work.rglob("*.warc.gz"))
        size = sum(warc.stat().st_size for warc in warcs)
        print(f"{options.pages:,} pages, {size / 1e6:.0f} MB in {len(warcs)} WARC files")
        _report(work, warcs)


def _report(work: Path, warcs: list[Path]) -> None:
    scrapy = (sys.executable, "-m", "scrapy.cmdline")
    settings = ("-s", f"ARCHIVE_DIR={work / 'archive'}", "--out", work / "out")
    _tell("scrapy snapshot -h", *measured(*scrapy, "snapshot", "-h"), "what each line of scrapy begins with")
    _tell("scrapy snapshot create", *measured(*scrapy, "snapshot", "create", "--scope", "outlet=times", *settings))
    (snapshot,) = (work / "out").glob("*.wacz")
    _tell("the same without scrapy", *measured(sys.executable, "-c", _LIBRARY, work / "archive", work / "library"))
    measured("sha256sum", snapshot)
    plain = measured("sha256sum", snapshot)
    _tell("sha256sum of the snapshot", *plain)
    _tell("scrapy snapshot verify", *measured(*scrapy, "snapshot", "verify", snapshot))
    judged = measured(sys.executable, "-c", _JUDGED, snapshot)
    begun = measured(sys.executable, "-c", _JUDGED, os.devnull)
    ratio = f"{(judged[1] - begun[1]) / plain[1]:.2f} times the processor's time of sha256sum, without its start"
    _tell("the same without scrapy", *judged, ratio)
    _tell("verify.sh", *measured("sh", work / "out" / "verify.sh", snapshot))
    if _WACZ.exists():
        pages = work / "pages.jsonl"
        with pages.open("wb") as file:
            subprocess.run(["unzip", "-p", snapshot, "pages/pages.jsonl"], stdout=file, check=True)
        _tell("wacz create -p", *measured(_WACZ, "create", "-o", work / "x.wacz", "-p", pages, *warcs))
        _tell("wacz validate", *measured(_WACZ, "validate", "-f", snapshot))


def _tell(name: str, seconds: float, processor: float, memory: float, more: str = "") -> None:
    print(
        f"  {name:30} {seconds:6.2f} s  {processor:6.2f} s of processor  {memory:4.0f} MB  {more}".rstrip(), flush=True
    )


_LIBRARY = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from newsarchive.sealing.creating import Order, create
from newsarchive.sealing.scope import read_scope
create(Order(Path(sys.argv[1]), read_scope(["outlet=times"]), datetime(2026, 11, 28, tzinfo=UTC)), Path(sys.argv[2]))
"""
_JUDGED = """
import sys
from pathlib import Path
from newsarchive.sealing.verifying import Demands, verify
path = Path(sys.argv[1])
sys.exit(path.is_file() and not verify(path, Demands()).holds)
"""


if __name__ == "__main__":
    main()
