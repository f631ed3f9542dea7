"""`scrapy verify PATH…`: check WARC files, ours or anybody's; each level on its own line."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from tqdm import tqdm

from newsarchive.warc.packing import SUFFIXES
from newsarchive.warc.verdict import LEVELS, Verdict
from newsarchive.warc.verifying import verify
from newsarchive.warc.writer import OPEN

_SHOWN = 100


class Command(ScrapyCommand):
    requires_project = False
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012 - Scrapy's form

    def syntax(self) -> str:
        return "[options] PATH..."

    def short_desc(self) -> str:
        return "Check WARC files, or all in a folder: members, syntax, digests, revisits, pairs, index"

    def long_desc(self) -> str:
        levels = "\n".join(f"  {name:9} {meaning}" for name, meaning in LEVELS.items())
        return f"{self.short_desc()}.\n\nLevels:\n{levels}\n\nExit code: 1 when something is wrong."

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print the verdict as JSON")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if not args:
            raise UsageError("give a WARC file, or a folder of them")
        missing = [path for path in args if not Path(path).exists()]
        if missing:
            sys.stderr.write(f"scrapy: {missing[0]}: there is no such file or folder\n")
            self.exitcode = 2
            return
        closed, still_open = _found(Path(path) for path in args)
        verdict = verify(tqdm(closed, unit="file", leave=False, disable=not sys.stderr.isatty()))
        for _ in still_open:
            verdict.unchecked("members", "in files that are being written, or wait for the next crawl to finish them")
        sys.stdout.write(json.dumps(verdict.as_json(), indent=2) + "\n" if opts.json else as_text(verdict))
        self.exitcode = 0 if verdict.is_clean else 1


def as_text(verdict: Verdict) -> str:
    """Findings, then a line for each level."""
    lines = [str(finding) for finding in verdict.findings[:_SHOWN]]
    if len(verdict.findings) > _SHOWN:
        lines.append(f"… and {len(verdict.findings) - _SHOWN:,} more findings; --json has them all")
    lines.append(f"{verdict.files:,} file{'' if verdict.files == 1 else 's'}")
    lines += [f"  {name:9} {tally}" for name, tally in verdict.levels.items()]
    lines.append("nothing is wrong" if verdict.is_clean else f"{len(verdict.findings):,} findings")
    return "\n".join(lines) + "\n"


def _found(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """(closed, open) WARC files, in order."""
    files = sorted({file for path in paths for file in _files(path)})
    return [file for file in files if not file.name.endswith(OPEN)], [
        file for file in files if file.name.endswith(OPEN)
    ]


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    endings = (*SUFFIXES, *(suffix + OPEN for suffix in SUFFIXES))
    yield from (file for file in path.rglob("*") if file.name.endswith(endings) and file.is_file())
