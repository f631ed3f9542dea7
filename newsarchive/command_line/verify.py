"""`scrapy verify`: see `newsarchive.commands.verify`."""

from newsarchive import later

Command = later.command(
    __name__, "Check an archive or any WARC files: records, digests, index, lines, pointers, manifests, derivation"
)
