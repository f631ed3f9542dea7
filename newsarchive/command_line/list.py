"""`scrapy list`: see `newsarchive.commands.list`."""

from newsarchive import later

Command = later.command(__name__, "List available spiders", requires_project=True)
