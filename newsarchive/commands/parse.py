"""`scrapy parse`: Scrapy's own; what is only looked at is not archived."""

from scrapy.commands import parse


class Command(parse.Command):
    default_settings = {**parse.Command.default_settings, "CAPTURE_ENABLED": False}  # noqa: RUF012 - Scrapy's form
