"""`scrapy hold`: see `newsarchive.commands.hold`."""

from newsarchive import later

Command = later.command(__name__, "Legal holds: what neither retention nor a takedown may take away")
