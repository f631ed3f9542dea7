"""`scrapy alerts`: see `newsarchive.commands.alerts`."""

from newsarchive import later

Command = later.command(__name__, "Send a test message to each address of ALERT_URLS", requires_project=True)
