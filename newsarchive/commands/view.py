"""`scrapy view`: Scrapy's own; what is only looked at is not archived."""

from scrapy.commands import view


class Command(view.Command):
    default_settings = {**view.Command.default_settings, "CAPTURE_ENABLED": False}  # noqa: RUF012 - Scrapy's form
