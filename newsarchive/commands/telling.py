"""What is said when crawls have ended, outside of the reactor: alerts and metrics."""

import sys
from pathlib import Path

from scrapy.settings import BaseSettings

from newsarchive import alerts, clock, metrics
from newsarchive.controls import without_controls
from newsarchive.errors import NewsArchiveError
from newsarchive.health import Limits
from newsarchive.store.database import Database
from newsarchive.store.health import HealthBook

_HOUR = 3600


def tell(settings: BaseSettings) -> int:
    """Send what is to be told and write the metrics; 0, or 1 where that failed, which is said in one line each."""
    urls, file = settings.getlist("ALERT_URLS"), settings["METRICS_FILE"]
    path = Path(settings["ARCHIVE_DIR"]) / "state.sqlite"
    if not path.exists() or not (urls or file):
        return 0
    code = 0
    try:
        database = Database(path)
    except NewsArchiveError as error:
        return _said(error)
    book = HealthBook(database, Limits.of(settings))
    try:
        if urls:
            _alert(book, urls, once=int(settings.getfloat("ALERT_ONCE_HOURS") * _HOUR))
    except NewsArchiveError as error:
        code = _said(error)
    try:
        if file:
            metrics.write(Path(file), metrics.families(book))
    except NewsArchiveError as error:
        code = _said(error)
    database.close()
    return code


def _alert(book: HealthBook, urls: list[str], *, once: int) -> None:
    now = clock.now()
    untold = book.untold(now=now, once=once)
    if untold.findings or untold.recovered:
        alerts.send(untold, urls)
        book.told(untold, now=now)


def _said(error: NewsArchiveError) -> int:
    sys.stderr.write(f"scrapy: {without_controls(str(error))}\n")
    return 1
