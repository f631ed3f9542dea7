"""`scrapy crawl`: see `newsarchive.commands.crawl`."""

from newsarchive import later

Command = later.command(
    __name__, "Crawl one outlet into the archive, by its name in config/outlets", requires_project=True
)
