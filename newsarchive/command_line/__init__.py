"""What `scrapy` loads to list its commands: of each a name and a line, see `newsarchive.later`."""
