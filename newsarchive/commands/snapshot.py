"""`scrapy snapshot create|keygen|stamp|head|list|verify|bag …`: sealed snapshots of the archive."""

import argparse
from collections.abc import Collection

from scrapy.settings import Settings

from newsarchive.commands import (
    keepers,
    snapshot_bag,
    snapshot_create,
    snapshot_list,
    snapshot_stamp,
    snapshot_verify,
)
from newsarchive.commands.actions import Action, ActionsCommand

_ACTIONS: dict[str, Action] = {
    "create": snapshot_create.run,
    "keygen": snapshot_create.keygen,
    "stamp": snapshot_stamp.run,
    "head": snapshot_list.head,
    "list": snapshot_list.run,
    "verify": snapshot_verify.run,
    "bag": snapshot_bag.run,
}


class Command(ActionsCommand):
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

    def actions(self) -> Collection[str]:
        return _ACTIONS

    def perform(self, action: str, args: list[str], opts: argparse.Namespace, settings: Settings) -> int:
        return _ACTIONS[action](args, opts, settings)
