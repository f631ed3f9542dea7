"""`scrapy reextract PATH…`: the rows of WARC files, ours or anybody's, derived anew into another folder."""

import argparse
import errno
import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import filelock
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings
from tqdm import tqdm

from newsarchive import clock, dates, outlets
from newsarchive.commands import names
from newsarchive.commands.saying import require_path
from newsarchive.controls import without_controls
from newsarchive.errors import ArchiveError, NewsArchiveError, SettingError
from newsarchive.plurals import counted
from newsarchive.readers.memory import MEMORY_MB
from newsarchive.reextraction import manifest
from newsarchive.reextraction.inputs import Input, inputs_of
from newsarchive.reextraction.outputs import paths_at
from newsarchive.reextraction.rules import Rules
from newsarchive.reextraction.running import Choice, Run
from newsarchive.report.phrases import share
from newsarchive.store.chain import HEAD

_SAY_SECONDS = 60.0
_GOES_ON = "the same command goes on where it was"
_DEFAULT_FOLDER = "reextracted"


class _Stopped(BaseException):
    """SIGINT or SIGTERM."""


class Command(ScrapyCommand):
    requires_project = False
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012 - Scrapy's form

    def syntax(self) -> str:
        return "[options] PATH..."

    def short_desc(self) -> str:
        return "Derive the JSON lines of WARC and WACZ files, or of all in a folder, anew"

    def long_desc(self) -> str:
        return (
            f"{self.short_desc()}: by the same functions as a crawl, into another folder, under the same names.\n\n"
            "Files that are done are not done again: a run that was stopped goes on.\n"
            "Exit code: 0 all well; 1 something could not be read, and is told; 2 wrong usage."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--out", type=Path, default=Path(_DEFAULT_FOLDER), metavar="DIR", help=_HELP["out"])
        parser.add_argument("--workers", type=int, default=0, metavar="N", help=_HELP["workers"])
        parser.add_argument("--outlet", metavar="NAME", help="only pages of this outlet")
        parser.add_argument("--since", metavar="DATE", help="only captures of this day or later, as 2026-11-01")
        parser.add_argument("--as-recorded", action="store_true", help=_HELP["as_recorded"])
        parser.add_argument("--json", action="store_true", help="print the summary as JSON")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings
        paths = [Path(word) for word in args if word != "--"]
        if not paths:
            raise UsageError("give a WARC or WACZ file, or a folder of them")
        try:
            self.exitcode = _reextract(paths, opts, self.settings)
        except NewsArchiveError as error:
            sys.stderr.write(f"scrapy: {without_controls(str(error))}\n")
            self.exitcode = 2
        except OSError as error:
            hint = f"; when there is room, {_GOES_ON}" if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
            what = f"cannot be written ({error.strerror}){hint}"
            sys.stderr.write(f"scrapy: {error.filename or opts.out}: {what}\n")
            self.exitcode = 1
        except KeyboardInterrupt:
            sys.stderr.write(f"scrapy: stopped; {_GOES_ON}\n")
            self.exitcode = 1


_HELP = {
    "out": f"folder of the rows, {_DEFAULT_FOLDER} unless given; never that of an archive",
    "workers": "reading processes; as many as the machine has cores unless given",
    "as_recorded": "read crawls of ours by the outlet rules of their time, as the archive keeps them",
}


def _reextract(paths: list[Path], opts: argparse.Namespace, settings: BaseSettings) -> int:
    choice, config = _choice(opts), Path(settings["CONFIG_DIR"] or "config")
    if choice.outlet is not None:
        names.require_outlets([choice.outlet], outlets.names(config), subject="--outlet")
    for path in paths:
        require_path(path)
    inputs, problems = inputs_of(paths)
    _require_apart(inputs, opts.out)
    _require_outside(opts.out)
    started_at = dates.utc(clock.moment())
    rules = Rules(config, as_recorded=opts.as_recorded)
    seconds = settings.getint("EXTRACT_TIMEOUT") or 60
    memory_mb = settings.getint("EXTRACT_MEMORY_MB") or MEMORY_MB
    with _held(opts.out), _shown(inputs) as shown:
        manifest.clear(opts.out)
        run = Run(
            inputs,
            opts.out,
            rules=rules,
            choice=choice,
            seconds=seconds,
            memory_mb=memory_mb,
            workers=_workers(opts),
            advanced=shown.advanced,
        )
        run.summary.problems += problems
        _require_free(inputs, opts.out, run.begun_places)
        shown.run = run
        _go(run)
    asked: dict[str, Any] = {
        "as_recorded": opts.as_recorded, "outlet": choice.outlet, "since": choice.since,
        "rules_digest": rules.digest(), "settings": {"EXTRACT_MEMORY_MB": memory_mb, "EXTRACT_TIMEOUT": seconds},
    }  # fmt: skip
    if run.done:
        manifest.tell(
            opts.out, run.done, outlets=rules.used, config=asked, started_at=started_at,
            ended_at=dates.utc(clock.moment()), reason="shutdown" if run.summary.is_stopped else "finished",
        )  # fmt: skip
    told = run.summary
    sys.stdout.write(json.dumps(told.as_json(), indent=2) + "\n" if opts.json else told.as_text())
    return 0 if told.is_clean else 1


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Nobody else writes there; the lock dies with its process. Raises `ArchiveError` or `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(folder / ".reextract.lock", timeout=0):
            yield
    except filelock.Timeout:
        raise ArchiveError(folder, "another reextract writes there; wait for it or stop it") from None


def _go(run: Run) -> None:
    """Until the end, or until somebody says so; then what is under way is given up."""
    before = {name: signal.signal(name, _stop) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        run.go()
    except _Stopped:
        run.summary.is_stopped = True
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _stop(number: int, _: object) -> None:
    # A second one must not disturb the tidying up.
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    raise _Stopped(number)


def _choice(opts: argparse.Namespace) -> Choice:
    try:
        since = date.fromisoformat(opts.since).isoformat() if opts.since is not None else None
    except ValueError:
        raise SettingError("--since", opts.since, "a day such as 2026-11-01") from None
    return Choice(opts.outlet, since)


def _workers(opts: argparse.Namespace) -> int:
    if opts.workers < 0:
        raise SettingError("--workers", opts.workers, "a number of processes")
    return opts.workers or len(os.sched_getaffinity(0))


def _require_apart(inputs: Sequence[Input], folder: Path) -> None:
    """Nothing is written beside a WARC file."""
    beside = {one.path.parent.resolve(): one.path for one in inputs}
    for one in inputs:
        other = beside.get((folder / one.place).parent.resolve())
        if other:
            raise ArchiveError(folder, f"its rows would lie beside {other}; give another folder with --out")


def _require_outside(folder: Path) -> None:
    """An archive holds what its crawls have written, and nothing else."""
    whole = folder.resolve()
    collections = (*(one for one in (whole, *whole.parents) if (one / HEAD).exists()), *whole.glob(f"*/{HEAD}"))
    if collections:
        raise ArchiveError(folder, "is an archive, or lies in one; give another folder with --out")


def _require_free(inputs: Sequence[Input], folder: Path, begun: set[str]) -> None:
    """Nothing is written over what another program has written."""
    for one in inputs:
        articles, rejected = paths_at(folder, one.place)
        there = next((path for path in (articles, rejected) if path.exists()), None)
        if there and one.place.as_posix() not in begun:
            raise ArchiveError(
                there, "was not written by reextract, and is left as it is; give another folder with --out"
            )


class _Progress:
    """A bar on a terminal, a line a minute elsewhere."""

    def __init__(self, total: int) -> None:
        self.run: Run | None = None
        self._total = max(1, total)
        self._read = 0
        self._said = time.monotonic()
        self._bar = tqdm(
            total=total, unit="B", unit_scale=True, leave=False, disable=not sys.stderr.isatty(), dynamic_ncols=True
        )

    def advanced(self, octets: int) -> None:
        self._read += octets
        self._bar.update(octets)
        now = time.monotonic()
        if now - self._said >= _SAY_SECONDS and self.run:
            self._said = now
            if self._bar.disable:
                summary = self.run.summary
                done = f"{share(self._read, self._total)} read, {counted(summary.files, 'file')} done"
                sys.stderr.write(f"{done}, {counted(self.run.pages, 'page')}\n")

    def close(self) -> None:
        self._bar.close()


@contextmanager
def _shown(inputs: Sequence[Input]) -> Iterator[_Progress]:
    # A second thread would be in the way of processes that are forked.
    tqdm.monitor_interval = 0
    progress = _Progress(sum(_size(one) for one in inputs))
    try:
        yield progress
    finally:
        progress.close()


def _size(one: Input) -> int:
    try:
        return one.path.stat().st_size
    except OSError:
        return 0
