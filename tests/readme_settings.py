"""The project's settings with the demo web behind them, for running the README's commands as they are printed."""

import os

from newsarchive.settings import *  # noqa: F403

CONNECT_TO = os.environ["README_CONNECT_TO"].split(",")
ARCHIVE_DIR = os.environ["README_ARCHIVE"]
CONFIG_DIR = os.environ["README_CONFIG"]
RETRY_TIMES = 0
DOWNLOAD_DELAY = 0.01
LOG_LEVEL = "WARNING"
