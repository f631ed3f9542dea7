"""`scrapy verify PATH…`: check an archive, or WARC files of anybody's; each level on its own line."""

import argparse
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from tqdm import tqdm

from newsarchive.commands import keepers
from newsarchive.commands.saying import require_path, say
from newsarchive.controls import without_controls
from newsarchive.errors import NewsArchiveError
from newsarchive.sealing import custody
from newsarchive.verifying import archive
from newsarchive.warc.verdict import LEVELS, MOST_KEPT, Verdict

_SHOWN = 100
_T = TypeVar("_T")


class Command(ScrapyCommand):
    requires_project = False
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012 - Scrapy's form

    def syntax(self) -> str:
        return "[options] PATH..."

    def short_desc(self) -> str:
        return "Check an archive or any WARC files: records, digests, index, lines, pointers, manifests, derivation"

    def long_desc(self) -> str:
        levels = "\n".join(f"  {name:10} {meaning}" for name, meaning in LEVELS.items())
        return f"{self.short_desc()}.\n\nLevels:\n{levels}\n\nExit code: 1 when something is wrong."

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--deep", action="store_true", help="read all lines again from their captures")
        parser.add_argument(
            "--workers", type=int, metavar="N", help="processes that read for --deep (default: one for each CPU)"
        )
        keepers.add_options(parser)
        parser.add_argument("--log", action="store_true", help="write a line into the custody log")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        paths = [Path(word) for word in args if word != "--"]
        if not paths:
            raise UsageError("give an archive, a folder or a file of it")
        if opts.workers is not None and opts.workers < 1:
            raise UsageError("--workers is a number of processes, at least 1")
        workers = (opts.workers or os.cpu_count() or 1) if opts.deep else 0
        try:
            for path in paths:
                require_path(path)
            memory_mb = self.settings.getint("EXTRACT_MEMORY_MB") if self.settings else None
            verdict = archive.verify(paths, workers=workers, memory_mb=memory_mb, shown=_with_bar)
        except NewsArchiveError as error:
            self.exitcode = say(error)
            return
        except OSError as error:
            what = f"{error.filename or paths[0]}: cannot be read ({error.strerror})"
            sys.stderr.write(f"scrapy: {without_controls(what)}\n")
            self.exitcode = 1
            return
        except KeyboardInterrupt:
            sys.stderr.write("scrapy: stopped before the end; nothing is judged\n")
            self.exitcode = 1
            return
        if verdict.is_empty:
            named = without_controls(", ".join(map(str, paths)))
            sys.stderr.write(f"scrapy: {named}: there is nothing to verify\n")
            self.exitcode = 2
            return
        sys.stdout.write(json.dumps(verdict.as_json(), indent=2) + "\n" if opts.json else as_text(verdict))
        self.exitcode = 0 if verdict.is_clean else 1
        if opts.log:
            try:
                self._log(paths, opts, verdict)
            except NewsArchiveError as error:
                sys.stderr.write(f"scrapy: {without_controls(str(error))}\n")
                self.exitcode = 2

    def _log(self, paths: list[Path], opts: argparse.Namespace, verdict: Verdict) -> None:
        assert self.settings
        folder = keepers.own_folder(opts, self.settings)
        outcome = "nothing is wrong" if verdict.is_clean else f"{verdict.wrongs} findings"
        deep = " --deep" if opts.deep else ""
        acts = [custody.Act("verify", f"{path}{deep}", opts.reason, outcome) for path in paths]
        folder.mkdir(parents=True, exist_ok=True)
        custody.append_all(folder, acts, actor=opts.actor)


def _with_bar(things: Iterable[_T], *, total: int) -> Iterable[_T]:
    return tqdm(things, total=total, unit="file", leave=False, disable=not sys.stderr.isatty())


def as_text(verdict: Verdict) -> str:
    """Findings, then a line for each level."""
    lines = [str(finding) for finding in verdict.findings[:_SHOWN]]
    if verdict.wrongs > _SHOWN:
        lines.append(f"… and {verdict.wrongs - _SHOWN:,} more findings; --json has the first {MOST_KEPT:,}")
    lines.append(f"{verdict.files:,} file{'' if verdict.files == 1 else 's'}")
    lines += [f"  {name:10} {tally}" for name, tally in verdict.levels.items()]
    lines += verdict.told_of_acts()
    lines.append(
        "nothing is wrong" if verdict.is_clean else f"{verdict.wrongs:,} finding{'' if verdict.wrongs == 1 else 's'}"
    )
    return "".join(f"{_printable(line)}\n" for line in lines)


def _printable(line: str) -> str:
    """What is wrong with an archive may hold what a terminal would obey, or cannot print."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in line)
