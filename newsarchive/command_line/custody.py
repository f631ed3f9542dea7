"""`scrapy custody`: see `newsarchive.commands.custody`."""

from newsarchive import later

Command = later.command(__name__, "The custody log: who did what with the archive, when and why; check it, add to it")
