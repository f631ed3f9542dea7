"""`scrapy snapshot create|keygen|stamp|head|list|verify|bag …`: sealed snapshots of the archive."""

import argparse
import sys
from collections.abc import Callable

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from newsarchive.commands import (
    keepers,
    snapshot_bag,
    snapshot_create,
    snapshot_list,
    snapshot_stamp,
    snapshot_verify,
)
from newsarchive.commands.saying import say
from newsarchive.errors import NewsArchiveError

# (arguments, options, settings) to exit code.
_Action = Callable[[list[str], argparse.Namespace, Settings], int]
_ACTIONS: dict[str, _Action] = {
    "create": snapshot_create.run,
    "keygen": snapshot_create.keygen,
    "stamp": snapshot_stamp.run,
    "head": snapshot_list.head,
    "list": snapshot_list.run,
    "verify": snapshot_verify.run,
    "bag": snapshot_bag.run,
}


class Command(ScrapyCommand):
    requires_project = False
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False, "CAPTURE_ENABLED": False}  # noqa: RUF012 - Scrapy's form

    def syntax(self) -> str:
        return "create --scope outlet=NAME | keygen FILE | stamp [FILE] | head | list | verify FILE | bag FILE"

    def short_desc(self) -> str:
        return "Seal part of the archive into a WACZ file that anybody can check; check one"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        keepers.add_options(parser)
        parser.add_argument(
            "--tsa", metavar="URL", action="append", default=[], help="a time-stamp authority (RFC 3161)"
        )
        snapshot_create.add_options(parser)
        snapshot_verify.add_options(parser)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        action = _ACTIONS.get(args[0]) if args else None
        if action is None:
            raise UsageError(f"say what to do: {', '.join(_ACTIONS)}")
        assert self.settings
        try:
            self.exitcode = action(args[1:], opts, self.settings)
        except NewsArchiveError as error:
            self.exitcode = say(error)
        sys.stdout.flush()
