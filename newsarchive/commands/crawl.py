"""`scrapy crawl OUTLET`: crawl one outlet now."""

import argparse
import logging
from typing import Any

from scrapy.commands import crawl
from scrapy.exceptions import UsageError

from newsarchive import checked
from newsarchive.capture.names import read_routes, read_servers
from newsarchive.commands.saying import say
from newsarchive.commands.telling import tell
from newsarchive.errors import NewsArchiveError
from newsarchive.extensions import ReportExtension

_TALKATIVE = ("scrapy.core.scraper",)


class Command(crawl.Command):
    """Scrapy's own, with one clear line for every mistake and an exit code for cron."""

    def short_desc(self) -> str:
        return "Crawl one outlet into the archive, by its name in config/outlets"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("give the name of one outlet; 'scrapy list' prints all")
        try:
            assert self.settings
            checked.check(self.settings)
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
        if name not in process.spider_loader.list():
            raise UsageError(f"there is no outlet {name!r}; 'scrapy list' prints all")
        crawler = process.create_crawler(name)
        task = process.crawl(crawler, **opts.spargs)
        process.start()
        error = task.exception() if task.done() and not task.cancelled() else None
        if error:
            raise error
        extension = crawler.get_extension(ReportExtension)
        if extension and extension.report:
            return max(int(extension.report.exit_code), tell(self.settings))
        return 1 if process.bootstrap_failed else 0


def _without_traceback(line: logging.LogRecord) -> bool:
    """What is no mistake of the program is told in one line."""
    error = line.exc_info[1] if line.exc_info else None
    if isinstance(error, NewsArchiveError):
        line.exc_info = None
    return True
