"""`scrapy demo`: crawl the built-in demo outlets, served by this machine, and show where the files are."""

import argparse
import gzip
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newsarchive.archiving.rows import ARTICLES, REJECTED
from newsarchive.demoweb import DemoWeb
from newsarchive.warc.packing import PACKINGS

OUTLETS = ("kyiv_independent", "responsible_statecraft")
_SHOWN = 4


class Command(ScrapyCommand):
    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012 - Scrapy's form

    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Crawl the built-in demo outlets, served locally, and show the result"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--archive", default="demo-archive", metavar="DIR", help="where to write (default: %(default)s)"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args:
            raise UsageError("demo takes no arguments")
        archive = Path(opts.archive).absolute()
        with DemoWeb() as web:
            codes = [crawl(outlet, archive, web.connect_to) for outlet in OUTLETS]
        _say(_summary(archive))
        # The demo web breaks on purpose: pages that fail are a report of 1, and no failure of the demo.
        self.exitcode = 0 if all(code in (0, 1) for code in codes) else 1


def crawl(outlet: str, archive: Path, connect_to: Sequence[str], *more: str) -> int:
    """Run `scrapy crawl` against a demo web in a process of its own, and give its exit code."""
    settings = {
        "ARCHIVE_DIR": str(archive),
        "CONNECT_TO": ",".join(connect_to),
        "DOWNLOAD_DELAY": "0.02",
        "CONCURRENT_REQUESTS_PER_DOMAIN": "8",
        "LOG_LEVEL": "WARNING",
        "CONTACT": "demo@localhost",
    }
    chosen = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    command = [sys.executable, "-m", "scrapy.cmdline", "crawl", outlet, *chosen, *more]
    _say(f"$ scrapy crawl {outlet} -s ARCHIVE_DIR={archive.name} -s CONNECT_TO=… (the local demo web)\n")
    return subprocess.run(command, check=False, env=os.environ | {"PYTHONUNBUFFERED": "1"}).returncode  # noqa: S603


def _summary(archive: Path) -> str:
    lines = ["", f"The archive is in {archive}:"]
    shown = [
        path
        for path in sorted(archive.rglob("*"))
        if path.name.endswith((PACKINGS["gzip"].suffix, ARTICLES, REJECTED, ".html"))
    ]
    lines += [f"  {path.relative_to(archive)}  {path.stat().st_size:,} bytes" for path in shown]
    lines += ["", "Some of its articles:"]
    lines += [f"  {headline}" for headline in _headlines(archive)[:_SHOWN]]
    return "\n".join([*lines, "", "Run it again: only what is new or due is fetched.", ""])


def _headlines(archive: Path) -> list[str]:
    found = []
    for path in sorted(archive.rglob(f"*{ARTICLES}")):
        if not path.name.endswith(REJECTED):
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                found += [f"{row['headline']} ({row['quality']['words']} words)" for row in map(json.loads, lines)]
    return found


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
