"""`scrapy shell`: Scrapy's own; what is only looked at is not archived, and a wrong setting is one line."""

import argparse

from scrapy.commands import shell

from newsarchive import checked
from newsarchive.commands.saying import say
from newsarchive.errors import SettingError


class Command(shell.Command):
    default_settings = {**shell.Command.default_settings, "CAPTURE_ENABLED": False}  # noqa: RUF012 - Scrapy's form

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings
        try:
            checked.check(self.settings)
        except SettingError as error:
            self.exitcode = say(error)
        else:
            super().run(args, opts)
