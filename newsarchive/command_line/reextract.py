"""`scrapy reextract`: see `newsarchive.commands.reextract`."""

from newsarchive import later

Command = later.command(__name__, "Derive the JSON lines of WARC and WACZ files, or of all in a folder, anew")
