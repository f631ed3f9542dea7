"""What the polling policy costs and gives: invented outlets over months, without network, beside fixed schedules.

    python -m benchmarks.freshness --outlets 50 --days 90 --seeds 5

Every outlet has a feed with a window, and some a sitemap and a section page. `fixed, one interval` polls one source
of each outlet, all at the same interval; `fixed, each its own` knows for each outlet the interval that gives the same
mean (or median) waiting there. Both know without asking which source is complete.
"""

import argparse
import bisect
import heapq
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from newsarchive.demoweb.world.schedule import Habit, Story, stories
from newsarchive.freshness import ladder, polling
from newsarchive.freshness.polling import Pace, Polling
from newsarchive.freshness.rhythm import DAY, HOUR

START = 1_789_948_800
RUNGS = (HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 30 * DAY)
LIVE = 600
# A cron line runs every minute.
TICK = 60


@dataclass
class Outlet:
    """One outlet with its truth."""

    name: str
    told: tuple[Story, ...]
    moments: list[int]
    window: int
    kinds: tuple[str, ...]
    lastmod: str
    """`honest`, `lying` (now, for all) or `none`."""
    dated: bool
    edits: list[tuple[int, int]] = field(default_factory=list)
    """(moment, story), ordered: what an honest sitemap announces."""


def outlets(seed: str, count: int, days: int) -> list[Outlet]:
    return [_outlet(f"{seed}/{number}", number, days) for number in range(count)]


def _outlet(seed: str, number: int, days: int) -> Outlet:
    random = Random(seed)  # noqa: S311 - nothing is kept secret
    habit = _habit(random)
    told = stories(habit, start=START - 14 * DAY, days=days + 14, seed=seed)
    edits = sorted((edit, one.number) for one in told for edit in one.edits)
    kinds = random.choice(
        [("feed",), ("feed", "sitemap"), ("feed", "sitemap", "section"), ("sitemap",), ("feed", "section")]
    )
    return Outlet(
        name=f"outlet{number}", told=told, moments=[one.published for one in told], edits=edits,
        window=random.choice([size for size in (10, 15, 20, 30, 50) if size * 3 >= habit.per_day]), kinds=kinds,
        lastmod=random.choice(["honest", "honest", "lying", "none"]), dated=random.random() < 0.8,
    )  # fmt: skip


def _habit(random: Random) -> Habit:
    """Most newsrooms are small: two to sixty stories a day, a third weeklies and magazines."""
    if random.random() < 0.3:
        days = tuple(sorted(random.sample(range(5), random.choice([1, 1, 2]))))
        return Habit(
            random.uniform(1, 8), random.choice(["edition", "mornings", "office"]), days, random.randrange(-8, 10)
        )
    days = random.choice([(0, 1, 2, 3, 4), tuple(range(7)), tuple(range(7))])
    rate = 2 * 30 ** random.random()
    shape = random.choice(["office", "mornings", "all_day", "evenings"])
    return Habit(rate, shape, days, random.randrange(-8, 10), bursts=random.choice([0, 0.05, 0.1]), live=0.01)


@dataclass
class Tally:
    polls: int = 0
    not_modified: int = 0
    new: int = 0
    changed: int = 0
    missed: int = 0
    missed_edits: int = 0
    looks: int = 0
    """Visits to articles on the ladder that found nothing."""
    waits: dict[str, list[int]] = field(default_factory=dict)
    edit_waits: list[int] = field(default_factory=list)
    late_edits: int = 0

    @property
    def pooled(self) -> list[int]:
        return sorted(wait for waits in self.waits.values() for wait in waits)


def played(outlet: Outlet, pace: Pace, days: int, tally: Tally) -> None:
    """One outlet from START on, its stories of the two weeks before being its past."""
    seen: set[int] = set()
    sources = {kind: Polling(f"https://{outlet.name}.example/{kind}", kind, START) for kind in outlet.kinds}
    due = [(START, kind) for kind in outlet.kinds]
    known_at: dict[int, int] = {}
    end, waits = START + days * DAY, tally.waits.setdefault(outlet.name, [])
    vouched_from: int | None = None
    while due:
        moment, kind = heapq.heappop(due)
        now = -(-moment // TICK) * TICK
        if now >= end:
            break
        source = sources[kind]
        if source.next_poll > moment:
            heapq.heappush(due, (source.next_poll, kind))
            continue
        tally.polls += 1
        listed = range(*_shown(outlet, kind, now))
        new = [number for number in listed if number not in seen]
        seen.update(new)
        first = source.last_success is None
        for number in new:
            known_at[number] = now
            if outlet.moments[number] >= START:
                waits.append(now - outlet.moments[number])
        modified = _announced(outlet, source, now) if kind == "sitemap" else 0
        if kind == "sitemap" and first and outlet.lastmod == "honest":
            vouched_from = now
        dates = tuple(outlet.moments[number] for number in (listed if first else new)) if outlet.dated else ()
        outcome = polling.read(
            listed=len(listed), new=len(new) + modified, appeared=dates,
            digest=f"{listed.stop}/{modified}/{now if modified else 0}",
        )  # fmt: skip
        sources[kind] = polling.after(source, outcome, now=now, pace=pace)
        if sources[kind].overflowed_at == now:
            for other, one in sources.items():
                if other != kind and one.next_poll > now:
                    sources[other] = polling.replace(one, next_poll=now)
                    heapq.heappush(due, (now, other))
        heapq.heappush(due, (sources[kind].next_poll, kind))
    horizon = bisect.bisect_left(outlet.moments, end - DAY)
    past = bisect.bisect_left(outlet.moments, START)
    tally.new += sum(number >= past for number in known_at)
    tally.missed += sum(number not in known_at for number in range(past, horizon))
    for number, at in known_at.items():
        _revisited(outlet.told[number], at, end, tally, vouched_from is not None)


def _shown(outlet: Outlet, kind: str, now: int) -> tuple[int, int]:
    last = bisect.bisect_right(outlet.moments, now)
    size = {"feed": outlet.window, "section": 20, "sitemap": 1000}[kind]
    return max(0, last - size), last


def _announced(outlet: Outlet, source: Polling, now: int) -> int:
    if outlet.lastmod != "honest" or source.last_success is None:
        return 0
    low = bisect.bisect_right(outlet.edits, (source.last_success, 1 << 30))
    return bisect.bisect_right(outlet.edits, (now, 1 << 30)) - low


def _revisited(story: Story, first: int, end: int, tally: Tally, announced: bool) -> None:
    """The ladder of one article; with an honest sitemap only announced edits and the last rung are visits."""
    rungs = RUNGS[-1:] if announced else RUNGS
    held, last, changed = story.version(first), first, None
    while True:
        visits = ladder.Visits(first, last, changed, live_blog=story.is_live)
        due = ladder.next_visit(rungs, visits, live_every=LIVE)
        if announced:
            edit = next((edit for edit in story.edits if edit > last), None)
            soon = edit + HOUR if edit is not None else None
            due = min(filter(None, (due, soon)), default=None)
        if due is None or due >= end:
            break
        last = due
        version = story.version(due)
        if version == held:
            tally.looks += 1
            continue
        tally.changed += 1
        tally.edit_waits.append(due - story.edits[held])
        held, changed = version, due
    tally.missed_edits += sum(
        last < edit <= min(end, first + RUNGS[-1]) and edit + 30 * DAY < end for edit in story.edits
    )


def fixed_polls(tally: Tally, worlds: list[Outlet], days: int) -> tuple[float, float, float]:
    """Polls of fixed schedules: one interval with our median for all; each outlet with our mean, with our median there.

    A fixed interval lets an article wait for half of it.
    """
    span = days * DAY / 2
    waits = [tally.waits[one.name] for one in worlds if tally.waits[one.name]]
    one = len(worlds) * span / max(1.0, statistics.median(tally.pooled))
    return (
        one,
        sum(span / max(1.0, statistics.mean(each)) for each in waits),
        sum(span / max(1.0, statistics.median(each)) for each in waits),
    )


def lines(seed: int, count: int, days: int, pace: Pace) -> Iterator[str]:
    worlds, tally = outlets(str(seed), count, days), Tally()
    begun = time.perf_counter()
    for outlet in worlds:
        played(outlet, pace, days, tally)
    waits = tally.pooled
    one, own, own_median = fixed_polls(tally, worlds, days)
    median = sorted(statistics.median(each) for each in tally.waits.values() if each)
    yield (
        f"seed {seed}: {tally.new} articles, {tally.missed} missed, {tally.changed} changed captures, "
        f"{tally.missed_edits} edits missed; waiting median {waits[len(waits) // 2] / 60:.1f} min, "
        f"95th percentile {waits[len(waits) * 95 // 100] / 60:.0f} min (median of a typical outlet "
        f"{median[len(median) // 2] / 60:.0f} min)"
    )
    yield (
        f"    polls {tally.polls} = {tally.polls / count / days:.1f} a day and outlet; fixed, one interval {one:.0f} "
        f"(x{tally.polls / one:.2f}); fixed, each its own {own:.0f} (x{tally.polls / own:.2f}) "
        f"or by its median {own_median:.0f} (x{tally.polls / own_median:.2f}); "
        f"looks on the ladder without a change {tally.looks}; polls for a new or changed capture "
        f"{tally.polls / (tally.new + tally.changed):.2f}; edits found after median "
        f"{statistics.median(tally.edit_waits) / 3600:.1f} h; {time.perf_counter() - begun:.1f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outlets", type=int, default=50)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--worth", type=int, default=Pace().worth, help="seconds of waiting that are worth one poll")
    chosen = parser.parse_args()
    for seed in range(1, chosen.seeds + 1):
        for line in lines(seed, chosen.outlets, chosen.days, Pace(worth=chosen.worth)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
