"""`scrapy diff`: see `newsarchive.commands.diff`."""

from newsarchive import later

Command = later.command(__name__, "Compare two readings of an archive: rows changed, by field, with samples")
