"""`scrapy outlet check|learn …`: what a person does with one outlet's rules."""

import argparse
import sys
from collections.abc import Callable

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from newsarchive.commands import outlet_learn
from newsarchive.commands.crawl import say
from newsarchive.errors import NewsArchiveError

# (arguments, options, settings) to exit code.
_Action = Callable[[list[str], argparse.Namespace, Settings], int]
_ACTIONS: dict[str, _Action] = {"learn": outlet_learn.run}


class Command(ScrapyCommand):
    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012 - Scrapy's form

    def syntax(self) -> str:
        return "learn NAME [options]"

    def short_desc(self) -> str:
        return "Learn the furniture of an outlet's pages"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

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
