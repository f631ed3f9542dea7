"""`scrapy shell`: see `newsarchive.commands.shell`."""

from newsarchive import later

Command = later.command(__name__, "Interactive scraping console")
