"""`scrapy fetch`: Scrapy's own; what is only looked at is not archived."""

from scrapy.commands import fetch


class Command(fetch.Command):
    default_settings = {**fetch.Command.default_settings, "CAPTURE_ENABLED": False}  # noqa: RUF012 - Scrapy's form
