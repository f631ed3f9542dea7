"""Pages a second of the whole job beside bare Scrapy, fetching the same pages from the same server in one run.

Bare Scrapy fetches every article and throws it away. Ours archives every exchange, reads every page in a
worker process and writes its line. Both run in processes of their own, in turn, several times; medians are compared.

    python -m benchmarks.whole_job [--rounds 3]
"""

import argparse
import dataclasses
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from newsarchive.demoweb import DemoWeb, load_articles

PROJECT = Path(__file__).parent.parent
OUTLET = "responsible_statecraft"
COPIES = 20
BARE = """
import sys, json, scrapy
from scrapy.crawler import AsyncCrawlerProcess
urls, connect_to = json.load(open(sys.argv[1]))
class Bare(scrapy.Spider):
    name = "bare"
    async def start(self):
        for url in urls:
            yield scrapy.Request(url, self.parse)
    def parse(self, response):
        pass
process = AsyncCrawlerProcess({
    "CONNECT_TO": connect_to, "TWISTED_DNS_RESOLVER": "newsarchive.capture.resolver.Resolver",
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8, "DOWNLOAD_DELAY": 0, "LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False,
    "DEFAULT_REQUEST_HEADERS": {"Accept-Encoding": "gzip, deflate"}, "RETRY_ENABLED": False,
})
process.crawl(Bare)
process.start()
"""


def pages(web: DemoWeb) -> list[str]:
    """The good articles of one outlet, each published under many more addresses."""
    good = [one for one in load_articles() if one.outlet == OUTLET and "rejected" not in one.expected()]
    plain = [one for one in good if not one.serving.failures and not one.serving.delay and one.robots == "allowed"]
    copies = [
        dataclasses.replace(one, slug=f"{one.slug}-copy-{number}", path="", moved_from=(), addresses=(), amp=None)
        for number in range(COPIES)
        for one in plain
    ]
    for copy in copies:
        web.publish(copy)
    return [copy.url for copy in copies]


def seconds(command: list[str]) -> tuple[float, float]:
    """(wall, CPU) of a process and its children."""
    started = time.monotonic()
    timed = subprocess.run(
        ["bash", "-c", 'TIMEFORMAT="%U %S"; time "$@" >/dev/null 2>/tmp/err.$$; rm -f /tmp/err.$$', "-", *command],
        cwd=PROJECT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    user, system = timed.stderr.split()[-2:]
    return time.monotonic() - started, float(user) + float(system)


def main() -> None:
    """Print pages a second of both, and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    bare, ours = [], []
    with tempfile.TemporaryDirectory() as folder, DemoWeb() as web:
        urls = pages(web)
        facts = Path(folder) / "facts.json"
        facts.write_text(json.dumps([urls, web.connect_to]))
        seeds = Path(folder) / "seeds.txt"
        seeds.write_text("\n".join(urls))
        for number in range(rounds):
            bare.append(seconds([sys.executable, "-c", BARE, str(facts)]))
            ours.append(seconds(_whole_job(Path(folder) / f"archive{number}", seeds, web.connect_to)))
            told = json.loads(next((Path(folder) / f"archive{number}").rglob("reports/*.json")).read_text())["new"]
            print(f"round {number + 1}: {told} articles told of {len(urls)} pages")
    _print("bare Scrapy", bare, len(urls))
    _print("whole job", ours, len(urls))
    ratio = statistics.median(two[0] / one[0] for one, two in zip(bare, ours, strict=True))
    cpu = statistics.median(two[1] / one[1] for one, two in zip(bare, ours, strict=True))
    print(
        f"whole job / bare Scrapy: {ratio:.2f} x wall, {cpu:.2f} x CPU (medians of {rounds} pairs, start-up included)"
    )


def _whole_job(archive: Path, seeds: Path, connect_to: list[str]) -> list[str]:
    settings = {
        "ARCHIVE_DIR": archive, "CONNECT_TO": ",".join(connect_to), "DOWNLOAD_DELAY": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8, "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    options = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    crawl = ["crawl", OUTLET, "-a", f"seeds={seeds}", *options]
    # A report of 1 is no failure of the benchmark.
    return ["bash", "-c", '"$@" || [ $? = 1 ]', "-", sys.executable, "-m", "scrapy.cmdline", *crawl]


def _print(name: str, runs: list[tuple[float, float]], count: int) -> None:
    wall, cpu = (statistics.median(run[part] for run in runs) for part in (0, 1))
    print(f"{name:12} {count / wall:7.1f} pages/s   {wall:6.2f} s wall   {1000 * cpu / count:6.2f} ms CPU a page")


if __name__ == "__main__":
    main()
