"""`scrapy outlet check --all`: every YAML is read, and where there is a network every source is asked, once."""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy.http import Response
from scrapy.settings import Settings

from newsarchive import clock, dates, discovery, outlets, scouting
from newsarchive.commands.asking import Ask, converse, is_offline
from newsarchive.controls import without_controls
from newsarchive.discovery import Findings, Lead
from newsarchive.errors import OutletError, PageError
from newsarchive.items import PAGES, SourceKind
from newsarchive.outlets import Outlet
from newsarchive.plurals import counted, number
from newsarchive.scouting import soundness
from newsarchive.scouting.soundness import OutletCheck, SourceCheck
from newsarchive.sources import Source

# So many hosts unknown by name are no fault of theirs.
_TELLING = 5
# robots.txt leads to an index of sitemaps, and that to one with pages.
_MOST_INDEXES = 2


def run(opts: argparse.Namespace, settings: Settings) -> int:
    """Tell of each outlet on one line as soon as it is known; none is held longer."""
    config = Path(settings["CONFIG_DIR"])
    tell = _Teller(as_json=opts.json)
    slots: dict[str, dict[str, Any]] = {}
    for outlet in _sound(config, tell):
        _slow_down(slots, outlet, settings.getfloat("DOWNLOAD_DELAY"))
    asked = settings.copy()
    asked.set("DOWNLOAD_SLOTS", slots, "cmdline")

    async def ask_all(ask: Ask) -> None:
        if await is_offline(ask, [outlet.home for outlet in islice(_sound(config), _TELLING)]):
            tell.offline()
            return
        waiting = _sound(config)
        await asyncio.gather(*(_ask_some(ask, waiting, tell) for _ in range(settings.getint("CHECK_OUTLETS_AT_ONCE"))))

    if next(_sound(config), None):
        converse(ask_all, asked)
    return tell.end(len(outlets.names(config)))


class _Teller:
    """Writes each check as it comes, and counts."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._wrong = 0

    def __call__(self, check: OutletCheck) -> None:
        self._wrong += not check.is_good
        told = {**asdict(check), "good": check.is_good}
        as_json = json.dumps(told, ensure_ascii=False, default=datetime.isoformat)
        self._say(as_json if self._as_json else soundness.line(check, clock.moment()))

    def offline(self) -> None:
        """Said once, and no outlet's fault."""
        words = "no network: no host is known by name, so no source was asked and only the YAML was checked"
        self._say(json.dumps({"network": False}) if self._as_json else words)

    def end(self, total: int) -> int:
        """Sum up, and give the exit code."""
        if not self._as_json:
            self._say(f"{counted(total, 'outlet')}, {number(self._wrong) if self._wrong else 'none'} wrong")
        return 1 if self._wrong else 0

    def _say(self, line: str) -> None:
        sys.stdout.write(without_controls(line) + "\n")
        sys.stdout.flush()


def _sound(config: Path, tell: _Teller | None = None) -> Iterator[Outlet]:
    """The outlets whose YAML is right, each read when it is its turn; the others are told, if there is one to tell."""
    for name in outlets.names(config):
        try:
            yield outlets.load(config, name)
        except OutletError as error:
            if tell:
                tell(OutletCheck(name, mistakes=tuple(error.lines())))


def _slow_down(slots: dict[str, dict[str, Any]], outlet: Outlet, usual: float) -> None:
    """Of a host that several outlets share the longest delay holds."""
    for source in outlet.sources:
        host = urlsplit(source.url).hostname or ""
        delay = max(outlet.crawl.delay, slots.get(host, {}).get("delay", usual))
        if delay > usual:
            slots[host] = {"delay": delay, "concurrency": 1}


async def _ask_some(ask: Ask, waiting: Iterator[Outlet], tell: _Teller) -> None:
    """Take outlets, one after the other, from what all have in common."""
    for outlet in waiting:
        tell(OutletCheck(outlet.id, tuple([await _asked(ask, outlet, source) for source in _askable(outlet)])))


def _askable(outlet: Outlet) -> Iterator[Source]:
    """The sources that a network has; of a list for each day that of yesterday, for today's may be empty yet."""
    today = clock.moment().astimezone(dates.zone(outlet.timezone)).date()
    for source in outlet.sources:
        if source.url.startswith(("http:", "https:")):
            yield list(islice(source.on(today), 2))[-1]


async def _asked(ask: Ask, outlet: Outlet, source: Source) -> SourceCheck:
    try:
        found = _findings(await ask(source.url), source.kind)
        for _ in range(_MOST_INDEXES):
            if not found.links and (child := _child(found)):
                # An index is as good as what it leads to.
                inside = _findings(await ask(child.url), child.kind)
                found = Findings(
                    inside.links, inside.leads, (*found.problems, *inside.problems), inside.failures, inside.unreadable
                )
    except PageError as error:
        return soundness.silent(source, error.what)
    return soundness.answered(outlet, source, found, clock.moment())


def _findings(answer: Response, expected: SourceKind) -> Findings:
    if answer.status not in PAGES:
        raise PageError(answer.url, f"answers {answer.status}")
    kind = (answer.headers.get("Content-Type") or b"").decode("latin-1") or None
    return discovery.read_source(answer.body, content_type=kind, url=answer.url, kind=expected)


def _child(found: Findings) -> Lead | None:
    leads = tuple(lead for lead in found.leads if lead.kind == "sitemap")
    return next(iter(scouting.likeliest(leads)), None)
