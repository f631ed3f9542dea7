"""`scrapy retention`: see `newsarchive.commands.retention`."""

from newsarchive import later

Command = later.command(
    __name__, "How long what is archived is kept; list what is past its time, and dispose of it", requires_project=True
)
