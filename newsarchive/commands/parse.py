"""`scrapy parse`: Scrapy's own, without capture, and with an exit code for each failure."""

import argparse

from scrapy.commands import parse

from newsarchive.commands import names
from newsarchive.errors import SubjectError


class Command(parse.Command):
    default_settings = {**parse.Command.default_settings, "CAPTURE_ENABLED": False}  # noqa: RUF012 - Scrapy's form

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        super().run(args, opts)
        stats = self.pcrawler.stats if self.spidercls else None
        if stats is None or stats.get_value("log_count/ERROR") or not self.first_response:
            self.exitcode = self.exitcode or 1

    def set_spidercls(self, url: str, opts: argparse.Namespace) -> None:
        """Refuse the spider of an outlet: its callbacks read from the archive, which is off here."""
        assert self.crawler_process
        if opts.spider:
            names.require_outlets([opts.spider], self.crawler_process.spider_loader.list(), subject="--spider")
        super().set_spidercls(url, opts)
        if outlet := getattr(self.spidercls, "outlet", None):
            remedy = f"use: scrapy outlet check {url} --outlet {outlet.id}"
            raise SubjectError("parse", f"the spider of an outlet reads pages from its archive only; {remedy}")
