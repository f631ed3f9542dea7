"""`scrapy outlet health [NAME…]`: what each outlet is like by its own history, and what falls out of it."""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from newsarchive import clock, outlets
from newsarchive.commands.names import require_outlets
from newsarchive.commands.saying import say
from newsarchive.health import Finding, History, Limits
from newsarchive.health.arrivals import unread
from newsarchive.report.phrases import printable
from newsarchive.store.database import Database
from newsarchive.store.health import HealthBook


def run(names: list[str], opts: argparse.Namespace, settings: Settings) -> int:
    """Print a line for each outlet; return 1 if there is a finding or a YAML is wrong."""
    path = Path(settings["ARCHIVE_DIR"]) / "state.sqlite"
    if not path.exists():
        raise UsageError(f"{path}: there is no state, so no outlet was crawled into this archive")
    broken = [say(error) for error in outlets.broken(Path(settings["CONFIG_DIR"]))]
    database = Database(path)
    try:
        return max(_told(HealthBook(database, Limits.of(settings)), names, as_json=opts.json), 1 if broken else 0)
    finally:
        database.close()


def _told(book: HealthBook, names: list[str], *, as_json: bool) -> int:
    known = book.outlets()
    require_outlets(names, known, place="this archive")
    now, ill = clock.now(), False
    for outlet in names or known:
        history, findings = book.history(outlet), book.judged(outlet, now=now)
        ill = ill or bool(findings or unread(history.arrivals))
        told = _as_json if as_json else _line
        sys.stdout.write(told(outlet, history, findings) + "\n")
    return 1 if ill else 0


def _line(outlet: str, history: History, findings: list[Finding]) -> str:
    rate = history.articles_a_day
    a_day = "rate not known yet" if rate is None else f"{rate:.1f} articles a day"
    problems = [str(one) for one in findings] or [problem for problem in [unread(history.arrivals)] if problem]
    state = "; ".join(f"! {printable(problem)}" for problem in problems) or "well"
    return f"{outlet}: {a_day}, last new article {_when(history.arrivals.last_new) or 'never'}, {state}"


def _as_json(outlet: str, history: History, findings: list[Finding]) -> str:
    rate = history.articles_a_day
    record = {
        "outlet": outlet,
        "articles_a_day": None if rate is None else round(rate, 2),
        "last_attempt": _when(history.last_attempt),
        "last_success": _when(history.last_success),
        "last_new": _when(history.arrivals.last_new),
        "last_article": _when(history.arrivals.last),
        "unread": unread(history.arrivals),
        "findings": [{"cause": one.cause, "since": _when(one.since), "what": one.what} for one in findings],
    }
    return json.dumps(record, ensure_ascii=False)


def _when(moment: int | None) -> str | None:
    return None if moment is None else datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
