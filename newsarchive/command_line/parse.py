"""`scrapy parse`: see `newsarchive.commands.parse`."""

from newsarchive import later

Command = later.command(__name__, "Parse URL (using its spider) and print the results", requires_project=True)
