"""Does an outlet fall out of its own history, and what is the likely cause?"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from newsarchive.freshness.polling import Polling
from newsarchive.freshness.rhythm import DAY, HOUR
from newsarchive.health.arrivals import in_vain
from newsarchive.health.figures import BLOCKED, REFUSED
from newsarchive.health.findings import Cause, Finding
from newsarchive.health.history import Day, History, quantile
from newsarchive.health.limits import Limits
from newsarchive.health.shares import SHARES, fell

_FEWEST_ARTICLES = 5
_SHORTEST_SILENCE = 6 * HOUR
# A silence must be longer than any that was borne before.
_LONGER = 1.5
_QUICK_ENOUGH = HOUR
_LASTING = DAY
_REFUSALS = 3
_MOST_NAMED = 3
# Of these kinds one that names nothing is out of use; a news sitemap may be empty on a Sunday.
_LISTING = frozenset({"feed", "section"})
_GONE = frozenset({"http_404", "http_410", "dns"})


def judge(
    outlet: str,
    history: History,
    sources: Sequence[Polling] = (),
    *,
    limits: Limits,
    now: int,
    earlier: Mapping[Cause, Finding] | None = None,
) -> list[Finding]:
    """Everything that a person must see, one finding for each cause, the gravest first.

    `sources` are those of the outlet's YAML. `earlier` are the findings that stood until now: they keep their
    beginning, and what happened since then is no standard for what is usual.
    """
    stood = earlier or {}
    found: dict[Cause, Finding] = {}
    for cause, since, what in (
        *_of_arrivals(history, sources, limits, now),
        *_of_sources(sources, limits, now),
        *_of_shares(history, limits, now, stood),
        *_of_silence(history, limits),
        *_of_delays(history, limits, now, stood),
    ):
        before = stood.get(cause)
        found.setdefault(cause, Finding(outlet, cause, min(since, before.since) if before else since, what))
    return list(found.values())


_Judged = tuple[Cause, int, str]


def _of_arrivals(history: History, sources: Sequence[Polling], limits: Limits, now: int) -> Iterator[_Judged]:
    """What was due and did not arrive, from the first crawl on."""
    arrivals, days = history.arrivals, [day.pages for day in history.days]
    what = in_vain(arrivals, days, chance=limits.silence, now=now, last_success=history.last_success)
    if not what:
        return
    failing = [source for source in sources if source.reason]
    named = "".join(f"; {source.url}: {source.reason}" for source in failing[:_MOST_NAMED]) if arrivals.unread else ""
    yield "nothing_arrived", arrivals.since or now, f"{what}{named}"


def _of_sources(sources: Sequence[Polling], limits: Limits, now: int) -> Iterator[_Judged]:
    failing = [source for source in sources if _is_failing(source, limits, now)]
    for source in sorted(failing, key=lambda one: one.last_success or 0):
        cause: Cause = "feed_dead"
        if source.reason in BLOCKED:
            cause = "blocked"
        elif source.reason == REFUSED:
            cause = "robots_changed"
        known = "" if source.last_success else ", and it never answered"
        also = f"; so do {len(failing) - 1} other sources" if len(failing) > 1 else ""
        since = source.last_success or source.last_attempt or now
        yield cause, since, f"{source.url} fails for the {source.failures}. time ({source.reason}){known}{also}"
    for source in sources:
        if source.kind in _LISTING and source.moved_to and not source.failures and not source.listed:
            yield "feed_dead", source.last_new or now, f"{source.url} leads to {source.moved_to}, which names nothing"


def _is_failing(source: Polling, limits: Limits, now: int) -> bool:
    """So often and for so long that it is no passing trouble; a refusal or a source that is gone needs no day."""
    if source.reason in BLOCKED or source.reason == REFUSED or source.reason in _GONE:
        return source.failures >= _REFUSALS
    lasts = source.last_success is None or now - source.last_success >= _LASTING
    return source.failures >= limits.source_failures and lasts


def _of_shares(history: History, limits: Limits, now: int, stood: Mapping[Cause, Finding]) -> Iterator[_Judged]:
    for share in SHARES:
        before = stood.get(share.cause)
        days = _earlier(history, before.since if before else now)
        if len(days) < limits.days_learned:
            # The days by which it was found are forgotten by now; that does not make it well.
            if before and history.days and len(history.days) >= limits.days_learned:
                yield share.cause, before.since, before.what
            continue
        what = fell(share, history.pages, [day.pages for day in days], chance=limits.shares)
        if what:
            yield share.cause, now, what


def _of_silence(history: History, limits: Limits) -> Iterator[_Judged]:
    """Nothing new for longer than chance and any earlier silence explain; a crawler that did not look hears nothing."""
    rhythm, new, looked = history.rhythm, history.last_new, history.last_success
    if new is None or looked is None or rhythm.events < _FEWEST_ARTICLES or history.days_watched < limits.days_learned:
        return
    silence = looked - new
    if silence < max(_SHORTEST_SILENCE, _LONGER * history.longest_silence):
        return
    expected = rhythm.expected(since=new, now=looked)
    if _of_none(expected, rhythm.events) < limits.silence:
        yield (
            "silent_zero",
            new,
            f"nothing new for {silence / DAY:.1f} days, usually {history.articles_a_day or 0:.1f} articles a day",
        )


def _of_none(expected: float, events: float) -> float:
    """The probability that nothing comes, where the rate was learned from so many events (gamma-Poisson)."""
    return float((1 + expected / events) ** -events)


def _of_delays(history: History, limits: Limits, now: int, stood: Mapping[Cause, Finding]) -> Iterator[_Judged]:
    before = stood.get("slow")
    earlier = _earlier(history, before.since if before else now)
    latest = history.days[-1] if history.days else Day(0)
    usual = quantile(_summed(earlier), 0.95)
    median = quantile(latest.delays, 0.5)
    if len(earlier) < limits.days_learned or usual is None or median is None:
        return
    many = sum(latest.delays.values()) >= _FEWEST_ARTICLES
    if many and median > max(_QUICK_ENOUGH, limits.slow_factor * usual):
        yield (
            "slow",
            now,
            f"half of the articles are found more than {median // 2 // 60} min late, usually 95% within {usual // 60}",
        )


def _earlier(history: History, moment: int) -> list[Day]:
    """The days that were over by then."""
    return [day for day in history.days if day.day < moment // DAY]


def _summed(days: Sequence[Day]) -> Counter[int]:
    total: Counter[int] = Counter()
    for day in days:
        total.update(day.delays)
    return total
