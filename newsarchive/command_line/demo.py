"""`scrapy demo`: see `newsarchive.commands.demo`."""

from newsarchive import later

Command = later.command(
    __name__, "Crawl the built-in demo outlets, served locally, and show the result", requires_project=True
)
