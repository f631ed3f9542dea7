"""`scrapy diff OLD NEW`: what another version of the project, of a library or of a rule changes in an archive."""

import argparse
import json
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from tqdm import tqdm

from newsarchive.comparing import as_html, as_json, as_text, compare
from newsarchive.comparing.fields import known
from newsarchive.comparing.files import Pair
from newsarchive.controls import without_controls
from newsarchive.errors import NewsArchiveError

_MOST_SAMPLES = 1_000
_WIDTH = 100


class Command(ScrapyCommand):
    requires_project = False
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012 - Scrapy's form

    def syntax(self) -> str:
        return "[options] OLD NEW"

    def short_desc(self) -> str:
        return "Compare two readings of an archive: rows changed, by field, with samples"

    def long_desc(self) -> str:
        return (
            f"{self.short_desc()}. OLD and NEW are files or folders of rows (.jsonl.gz, .jsonl, .jsonl.open). "
            "Rows are of one capture when they are at one offset of files of one name, or have one record id, "
            "or one URL and time of capture. "
            "Exit code: 0 nothing changed, 1 something changed, 2 wrong usage, or input that is missing or broken."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print all of it as JSON")
        parser.add_argument("--html", metavar="FILE", help="write it as a page, too")
        parser.add_argument(
            "--field", metavar="NAME", action="append", default=[],
            help="compare only this field, as text or published_at.value; may be given again",
        )  # fmt: skip
        parser.add_argument(
            "--samples", metavar="N", type=int, default=3, help="samples of each field, the biggest changes (3)"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        args = [word for word in args if word != "--"]
        if len(args) != 2:
            raise UsageError("give two files or folders: OLD NEW")
        fields = sorted(set(opts.field))
        unknown = [name for name in fields if name not in known()]
        if unknown:
            raise UsageError(f"--field {unknown[0]}: a row has no such field")
        if not 0 <= opts.samples <= _MOST_SAMPLES:
            raise UsageError(f"--samples: give a number from 0 to {_MOST_SAMPLES}")
        try:
            told = compare(Path(args[0]), Path(args[1]), fields=fields, samples=opts.samples, watch=_watched)
            if opts.html:
                Path(opts.html).write_text(as_html(told), encoding="utf-8", errors="replace")
        except NewsArchiveError as error:
            sys.stderr.write(f"scrapy: {without_controls(str(error))}\n")
            self.exitcode = 2
            return
        except OSError as error:
            sys.stderr.write(f"scrapy: {error.filename or 'temporary file'}: cannot be written ({error.strerror})\n")
            self.exitcode = 2
            return
        except KeyboardInterrupt:
            sys.stderr.write("scrapy: stopped before the end; nothing is compared\n")
            self.exitcode = 2
            return
        if opts.json:
            sys.stdout.write(json.dumps(as_json(told), ensure_ascii=True, indent=2) + "\n")
        else:
            width = shutil.get_terminal_size((_WIDTH, 0)).columns
            sys.stdout.write(as_text(told, width=width, colour=sys.stdout.isatty()))
        self.exitcode = 0 if told.is_unchanged else 1


def _watched(pairs: Iterable[Pair]) -> Iterable[Pair]:
    shown: Iterable[Pair] = tqdm(list(pairs), unit="file", leave=False, disable=not sys.stderr.isatty())
    return shown
