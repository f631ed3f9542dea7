"""`scrapy list`: the names of all outlets, and on stderr the errors of their YAML files."""

import argparse
import sys
from pathlib import Path

from scrapy.commands import list as scrapy_list

from newsarchive import outlets
from newsarchive.commands import names
from newsarchive.commands.saying import say


class Command(scrapy_list.Command):
    """Exits with 0 also where a YAML is wrong: scrapyd schedules no outlet of a project whose list fails."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings
        config = Path(self.settings["CONFIG_DIR"])
        names.require_config(config)
        super().run(args, opts)
        sys.stdout.flush()
        for error in outlets.broken(config):
            say(error)
