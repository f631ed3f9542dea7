"""Commands whose first word says what to do: `scrapy hold add …`, `scrapy hold release …`."""

import argparse
import sys
from collections.abc import Callable, Collection

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from newsarchive.commands.saying import say
from newsarchive.errors import NewsArchiveError

# (arguments, options, settings) to exit code.
Action = Callable[[list[str], argparse.Namespace, Settings], int]


class ActionsCommand(ScrapyCommand):
    """What a user did wrong is said in one line, with the exit code of `saying.say`."""

    requires_project = False
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False, "CAPTURE_ENABLED": False}  # noqa: RUF012 - Scrapy's form

    def actions(self) -> Collection[str]:
        """The words that may come first."""
        raise NotImplementedError

    def perform(self, action: str, args: list[str], opts: argparse.Namespace, settings: Settings) -> int:
        """Do one of them and give its exit code; `args` are the words behind it. Raises `NewsArchiveError`."""
        raise NotImplementedError

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if not args or args[0] not in self.actions():
            raise UsageError(f"say what to do: {', '.join(self.actions())}")
        assert self.settings
        try:
            self.exitcode = self.perform(args[0], args[1:], opts, self.settings)
        except NewsArchiveError as error:
            self.exitcode = say(error)
        sys.stdout.flush()
