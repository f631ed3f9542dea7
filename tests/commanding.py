"""Commands in this process: the real ones with real settings, their output, and their exit code."""

import contextlib
import io
from pathlib import Path
from typing import Any

from scrapy.cmdline import ScrapyArgumentParser
from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings

from tests.conftest import PROJECT, Ran


def run(kind: type[ScrapyCommand], *words: object, archive: Path | None = None, **chosen: Any) -> Ran:
    """`chosen` are settings."""
    settings = Settings()
    settings.setmodule("newsarchive.settings")
    settings.setdict(kind.default_settings, priority="command")
    settings.setdict(
        {"ARCHIVE_DIR": str(archive or PROJECT / "none"), "CONFIG_DIR": str(PROJECT / "config")} | chosen, "cmdline"
    )
    command = kind()
    command.settings = settings
    parser = ScrapyArgumentParser(prog="scrapy", conflict_handler="resolve")
    command.add_options(parser)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        opts, args = parser.parse_known_args([str(word) for word in words])
        command.run(args, opts)
    return Ran(command.exitcode, out.getvalue(), err.getvalue())
