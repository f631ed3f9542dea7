"""`scrapy shell`: Scrapy's own; what is only looked at is not archived."""

from scrapy.commands import shell


class Command(shell.Command):
    default_settings = {**shell.Command.default_settings, "CAPTURE_ENABLED": False}  # noqa: RUF012 - Scrapy's form
