"""`scrapy outlet new|check|learn|adopt …`: what a person does with one outlet's rules."""

import argparse
from collections.abc import Collection
from pathlib import Path

from scrapy.settings import Settings

from newsarchive import checked
from newsarchive.commands import names, outlet_adopt, outlet_check, outlet_health, outlet_learn, outlet_new
from newsarchive.commands.actions import Action, ActionsCommand
from newsarchive.commands.saying import say
from newsarchive.errors import PageError

_ACTIONS: dict[str, Action] = {
    "new": outlet_new.run,
    "check": outlet_check.run,
    "learn": outlet_learn.run,
    "adopt": outlet_adopt.run,
    "health": outlet_health.run,
}


class Command(ActionsCommand):
    requires_project = True

    def syntax(self) -> str:
        return "new URL | check URL|FILE|WARC:OFFSET|NAME | learn NAME | adopt FILE --outlet NAME | health [NAME]"

    def short_desc(self) -> str:
        return "Draft an outlet; check how pages are read; learn furniture; adopt a site configuration; tell its health"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        check = parser.add_argument_group("outlet check", "exits with 1 where there is no article or a rule missed")
        check.add_argument("--all", action="store_true", help="check every YAML, and ask every source for its articles")
        check.add_argument("--explain", action="store_true", help="tell of each block whether it was kept, and why")
        check.add_argument("--html", metavar="FILE", help="write the explanation as a page with coloured blocks")
        check.add_argument("--outlet", metavar="NAME", help="read by this outlet's rules (default: by the host)")
        adopt = parser.add_argument_group("outlet adopt", "exits with 1 where a page is not as the configuration says")
        adopt.add_argument(
            "--write", action="store_true", help="write what was found into the outlet's YAML; also of new"
        )
        check.add_argument("--url", metavar="URL", help="the address of a page that lies in a file")

    def actions(self) -> Collection[str]:
        return _ACTIONS

    def perform(self, action: str, args: list[str], opts: argparse.Namespace, settings: Settings) -> int:
        checked.check(settings)
        if action != "new":
            names.require_config(Path(settings["CONFIG_DIR"]))
        try:
            return _ACTIONS[action](args, opts, settings)
        except PageError as error:
            # That a page cannot be had is no wrong usage.
            say(error)
            return 1
