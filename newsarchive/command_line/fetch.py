"""`scrapy fetch`: see `newsarchive.commands.fetch`."""

from newsarchive import later

Command = later.command(__name__, "Fetch a URL using the Scrapy downloader")
