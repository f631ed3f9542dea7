"""`scrapy takedown`: see `newsarchive.commands.takedown`."""

from newsarchive import later

Command = later.command(
    __name__, "Take down what may not be shown (hide), exported (withhold) or kept (erase) any more"
)
