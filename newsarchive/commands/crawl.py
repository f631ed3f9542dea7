"""`scrapy crawl OUTLET`: crawl one outlet now."""

import argparse
import logging
from pathlib import Path
from typing import Any

from scrapy.commands import crawl
from scrapy.exceptions import UsageError

from newsarchive import checked, feeds
from newsarchive.capture.names import read_routes, read_servers
from newsarchive.commands import names
from newsarchive.commands.saying import say
from newsarchive.commands.starting import Interrupt, require_alerts, require_crawlable, require_reactor
from newsarchive.commands.telling import tell
from newsarchive.errors import NewsArchiveError
from newsarchive.extensions import ReportExtension

_TALKATIVE = ("scrapy.core.scraper",)


class Command(crawl.Command):
    """Scrapy's own, with one clear line for every mistake and an exit code for cron."""

    def short_desc(self) -> str:
        return "Crawl one outlet into the archive, by its name in config/outlets"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "-a",
            dest="spargs",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="argument of the outlet, may be repeated: limit=N (fetch at most N articles), since=DAY (skip links "
            "that their source dates before that day), seeds=FILE (crawl these URLs instead of the sources)",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("give the name of one outlet; 'scrapy list' prints all")
        try:
            assert self.settings
            checked.check(self.settings)
            require_reactor(self.settings)
            require_alerts(self.settings)
            read_routes(self.settings.getlist("CONNECT_TO"))
            read_servers(self.settings.getlist("DNS_SERVERS"))
            for logger in _TALKATIVE:
                logging.getLogger(logger).addFilter(_without_traceback)
            self.exitcode = self._crawl(args[0], opts)
        except NewsArchiveError as error:
            self.exitcode = say(error)

    def _crawl(self, name: str, opts: argparse.Namespace) -> int:
        process: Any = self.crawler_process
        assert process
        assert self.settings
        known = process.spider_loader.list()
        if name not in known:
            names.require_config(Path(self.settings["CONFIG_DIR"]))
        names.require_outlets([name], known)
        crawler = process.create_crawler(name)
        is_outlet = hasattr(crawler.spidercls, "outlet")
        if is_outlet:
            require_crawlable(crawler.settings)
        feeds.require_writable(crawler.settings)
        interrupt = Interrupt(process)
        task = process.crawl(crawler, **opts.spargs)
        process.start()
        error = task.exception() if task.done() and not task.cancelled() else None
        if error:
            raise error
        extension = crawler.get_extension(ReportExtension)
        has_failed = is_outlet or process.bootstrap_failed or feeds.problem(crawler.stats.get_stats())
        code = 1 if has_failed else 0
        if extension and extension.report:
            code = max(int(extension.report.exit_code), tell(self.settings))
        interrupt.reraise()
        return code


def _without_traceback(line: logging.LogRecord) -> bool:
    """What is no mistake of the program is told in one line."""
    error = line.exc_info[1] if line.exc_info else None
    if isinstance(error, NewsArchiveError):
        line.exc_info = None
    return True
