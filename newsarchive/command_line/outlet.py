"""`scrapy outlet`: see `newsarchive.commands.outlet`."""

from newsarchive import later

Command = later.command(
    __name__,
    "Draft an outlet; check how pages are read; learn furniture; adopt a site configuration; tell its health",
    requires_project=True,
)
