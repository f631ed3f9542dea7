"""`scrapy harvest`: see `newsarchive.commands.harvest`."""

from newsarchive import later

Command = later.command(__name__, "Crawl all outlets that are due, in one process, and exit", requires_project=True)
