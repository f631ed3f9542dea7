"""`scrapy check`: Scrapy's own; what is only looked at is not archived, and a broken YAML fails alone."""

import argparse

from scrapy.commands import check

from newsarchive.commands.saying import say
from newsarchive.errors import OutletError


class Command(check.Command):
    default_settings = {**check.Command.default_settings, "CAPTURE_ENABLED": False}  # noqa: RUF012 - Scrapy's form

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.crawler_process
        names = args or self.crawler_process.spider_loader.list()
        sound = [name for name in names if self._is_sound(name)]
        if sound:
            super().run(sound, opts)
        if len(sound) < len(names):
            self.exitcode = 2

    def _is_sound(self, name: str) -> bool:
        assert self.crawler_process
        try:
            self.crawler_process.spider_loader.load(name)
        except OutletError as error:
            say(error)
            return False
        return True
