"""`scrapy harvest`: crawl all outlets that are due, in one process, and exit: what cron or a systemd timer calls."""

import argparse
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newsarchive import feeds, outlets
from newsarchive.commands import names
from newsarchive.commands.saying import say
from newsarchive.commands.starting import Interrupt, require_alerts, require_crawlable, require_reactor
from newsarchive.commands.telling import tell
from newsarchive.errors import NewsArchiveError, OutletError
from newsarchive.harvest.running import HarvestProcess


class Command(ScrapyCommand):
    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[options] [OUTLET ...]"

    def short_desc(self) -> str:
        return "Crawl all outlets that are due, in one process, and exit"

    def long_desc(self) -> str:
        return "Crawls every outlet that is due, or those of the given ones that are. Unverified outlets only by name."

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--unverified", action="store_true", help="also outlets whose YAML says unverified")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings
        try:
            require_crawlable(self.settings)
            require_reactor(self.settings)
            require_alerts(self.settings)
            feeds.require_writable(self.settings)
            self.exitcode = self._harvest(args, opts)
        except NewsArchiveError as error:
            self.exitcode = say(error)

    def _harvest(self, args: list[str], opts: argparse.Namespace) -> int:
        assert self.settings
        config = Path(self.settings["CONFIG_DIR"])
        names.require_config(config)
        names.require_outlets(args, outlets.names(config))
        chosen = args or [name for name in outlets.names(config) if opts.unverified or _is_verified(config, name)]
        if not chosen:
            raise UsageError("no outlet is verified; name those to harvest, or say --unverified")
        misnamed = [] if args else [say(error) for error in outlets.misnamed(config)]
        # One line a minute for each of 500 crawls is for nobody; what a person must see is in the report.
        self.settings.set("LOG_LEVEL", "WARNING", priority="spider")
        process = HarvestProcess(self.settings)
        interrupt = Interrupt(process)
        report = process.harvest(chosen)
        # Alerts do not depend on standard output.
        self.exitcode = max(report.exit_code, tell(self.settings), 1 if misnamed else 0)
        sys.stdout.write(report.as_json() if opts.json else report.as_text())
        interrupt.reraise()
        return self.exitcode


def _is_verified(config: Path, name: str) -> bool:
    """Also one whose YAML is wrong: the harvest says so."""
    try:
        return not outlets.untaught(config, name).unverified
    except OutletError:
        return True
