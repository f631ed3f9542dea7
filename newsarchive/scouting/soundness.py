"""Whether an outlet's sources still do what its YAML says: name articles that are in its scope."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from newsarchive import dates
from newsarchive.discovery import Findings
from newsarchive.health.answers import SourceAnswer, trouble
from newsarchive.items import SourceKind
from newsarchive.outlets import Outlet
from newsarchive.sources import Source


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """What one source answered."""

    kind: SourceKind
    url: str
    articles: int
    """Links that are in scope."""
    newest: datetime | None
    problem: str | None
    """Why it is of no use; None when it is."""


@dataclass(frozen=True, slots=True)
class OutletCheck:
    """What all sources of an outlet answered, or what is wrong with its YAML."""

    outlet: str
    sources: tuple[SourceCheck, ...] = ()
    mistakes: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        return not self.mistakes and all(source.problem is None for source in self.sources)

    @property
    def newest(self) -> datetime | None:
        return max((source.newest for source in self.sources if source.newest), default=None)


def answered(outlet: Outlet, source: Source, found: Findings, now: datetime) -> SourceCheck:
    """Judge what a source names; dates that have not come yet tell nothing."""
    in_scope = [link for link in found.links if outlet.is_article(link.url)]
    printed = (link.published_raw or link.modified_raw for link in in_scope)
    moments = filter(None, (dates.parse(raw, local_zone=outlet.timezone) for raw in printed if raw))
    past = (moment.instant() for moment in moments if dates.is_believable(moment, now))
    problem = _problem(source.kind, found, len(in_scope))
    return SourceCheck(source.kind, source.url, len(in_scope), max(past, default=None), problem)


def silent(source: Source, reason: str) -> SourceCheck:
    """A source that did not answer."""
    return SourceCheck(source.kind, source.url, 0, None, reason)


def _problem(kind: SourceKind, found: Findings, in_scope: int) -> str | None:
    """The reason that a crawl would report, or that a valid source names nothing."""
    unreadable = found.unreadable
    answer = SourceAnswer(
        kind,
        unreadable.reason if unreadable else None,
        unreadable.detail if unreadable else "",
        len(found.links),
        in_scope=bool(in_scope),
        is_challenge=False,
        is_own=True,
        example=found.links[0].url if found.links else None,
    )
    if failure := trouble(answer):
        return failure.what
    if not found.links:
        return "; ".join(("names nothing", *found.problems))
    # Its format, where that is not the one of the YAML.
    return "; ".join(problem for problem in found.problems if problem.startswith("not a ")) or None


def line(check: OutletCheck, now: datetime) -> str:
    """One line: `ok    times: 2 of 2 sources, in scope feed 30, sitemap 120; the newest 3 h old`."""
    newest = f"; the newest {_age(now - check.newest)} old" if check.newest else ""
    told = "; ".join(check.mistakes) or f"{_told(check.sources)}{newest}"
    return f"{'ok' if check.is_good else 'wrong':<6}{check.outlet}: {told}"


def _told(sources: tuple[SourceCheck, ...]) -> str:
    good = [f"{source.kind} {source.articles}" for source in sources if not source.problem]
    wrong = [f"; {source.kind} {source.url}: {source.problem}" for source in sources if source.problem]
    in_scope = f", in scope {', '.join(good)}" if good else ""
    return f"{len(good)} of {len(sources)} sources{in_scope}{''.join(wrong)}"


def _age(age: timedelta) -> str:
    """In the largest unit of which there are two: `90 min`, `30 h`, `12 d`."""
    minutes = max(0, int(age.total_seconds() // 60))
    for size, unit in ((1440, "d"), (60, "h")):
        if minutes >= 2 * size:
            return f"{minutes // size} {unit}"
    return f"{minutes} min"
