"""The keepers' commands in this process."""

import functools

from newsarchive.commands.custody import Command as Custody
from newsarchive.commands.hold import Command as Hold
from newsarchive.commands.retention import Command as Retention
from newsarchive.commands.takedown import Command as Takedown
from newsarchive.commands.verify import Command as Verify
from tests import commanding

hold = functools.partial(commanding.run, Hold)
custody = functools.partial(commanding.run, Custody)
retention = functools.partial(commanding.run, Retention)
verify = functools.partial(commanding.run, Verify)
takedown = functools.partial(commanding.run, Takedown)
