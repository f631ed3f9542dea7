"""`scrapy check`: Scrapy's own; what is only looked at is not archived."""

from scrapy.commands import check


class Command(check.Command):
    default_settings = {**check.Command.default_settings, "CAPTURE_ENABLED": False}  # noqa: RUF012 - Scrapy's form
