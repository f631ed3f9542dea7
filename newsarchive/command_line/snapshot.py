"""`scrapy snapshot`: see `newsarchive.commands.snapshot`."""

from newsarchive import later

Command = later.command(__name__, "Seal part of the archive into a WACZ file that anybody can check; check one")
