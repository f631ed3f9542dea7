"""`scrapy view`: see `newsarchive.commands.view`."""

from newsarchive import later

Command = later.command(__name__, "Open URL in browser, as seen by Scrapy")
