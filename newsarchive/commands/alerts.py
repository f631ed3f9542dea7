"""`scrapy alerts test`: send a message to each address of ALERT_URLS, and report which accepts it."""

import argparse
import json
import sys
from collections.abc import Collection

from scrapy.settings import Settings

from newsarchive import alerts
from newsarchive.commands.actions import ActionsCommand
from newsarchive.errors import SettingError

_TITLE = "newsarchive: test"
_TEXT = "A test of ALERT_URLS (scrapy alerts test). Findings of crawls and harvests are sent to this address."


class Command(ActionsCommand):
    requires_project = True

    def syntax(self) -> str:
        return "test [--json]"

    def short_desc(self) -> str:
        return "Send a test message to each address of ALERT_URLS"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print the result as JSON, one object a line")

    def actions(self) -> Collection[str]:
        return ("test",)

    def perform(self, action: str, args: list[str], opts: argparse.Namespace, settings: Settings) -> int:
        """Return 1 when an address does not accept the message; raises `SettingError` without a usable address."""
        if args:
            raise SettingError(f"alerts {action}", " ".join(args), "no argument; the addresses are those of ALERT_URLS")
        addresses = settings.getlist("ALERT_URLS")
        if not addresses:
            raise SettingError("ALERT_URLS", "nothing", "addresses such as mailto://… or json://…")
        accepted = []
        for service in alerts.services(addresses):
            accepted.append(alerts.deliver(service, _TITLE, _TEXT))
            _print(alerts.shown(service), is_accepted=accepted[-1], as_json=opts.json)
        return 0 if all(accepted) else 1


def _print(address: str, *, is_accepted: bool, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps({"address": address, "accepted": is_accepted}) + "\n")
    else:
        sys.stdout.write(f"{'ok' if is_accepted else 'failed':<8}{address}\n")
    sys.stdout.flush()
