"""`scrapy check`: see `newsarchive.commands.check`."""

from newsarchive import later

Command = later.command(__name__, "Check spider contracts", requires_project=True)
