"""What a rehearsal must have kept, judged from the server's log and the lines of the archive alone."""

import gzip
import json
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from newsarchive.demoweb import LoggedExchange
from newsarchive.demoweb.world import prose
from newsarchive.demoweb.world.newsroom import Newsroom
from newsarchive.demoweb.world.schedule import DAY, HOUR, Story
from newsarchive.demoweb.world.site import InventedSite

LADDER = (HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 30 * DAY)
# A round lasts while the clock goes on; what was published in the last hours may still be waiting for its look.
_SLACK = 15 * 60
_GRACE = DAY


@dataclass
class Verdict:
    """Figures of a whole rehearsal; `missed` and `late` are addresses that should not be there."""

    published: int = 0
    """Stories of the world that are old enough to be judged."""
    captured: int = 0
    missed: list[str] = field(default_factory=list)
    edits: int = 0
    """Edits whose rung lies within the rehearsal."""
    edits_captured: int = 0
    late: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """Lines whose text was not on the page at that moment."""
    new: int = 0
    changed: int = 0
    twice: int = 0
    """Lines that say what the line before said."""
    requests: Counter[str] = field(default_factory=Counter)
    """By errand: robots, poll, article (200), look (304 or the same text again), other."""
    wait_median: float = 0.0
    """Minutes from publication to capture."""
    wait_p95: float = 0.0
    edit_wait_median: float = 0.0
    polls_of_fixed: int = 0
    """Polls of one interval for all outlets with the same median."""
    polls_of_own_fixed: int = 0
    """Polls when each outlet has its own fixed interval with the same mean."""
    problems: Counter[str] = field(default_factory=Counter)
    """What a person would have had to see."""
    rounds: int = 0
    seconds: float = 0.0
    peak_mb: int = 0

    @property
    def requests_for_each(self) -> float:
        """Requests for each new or changed capture, beside what is asked at its own times whether there is news or not:
        robots.txt, polls of sources, and looks at articles on their ladder."""
        spent = self.requests["article"] + self.requests["other"]
        return spent / max(1, self.new + self.changed)

    @property
    def is_good(self) -> bool:
        """Nothing missed, late or wrong; requests and polls within their bounds."""
        cheap = self.requests_for_each <= 1.3 and self.requests["poll"] <= 2 * self.polls_of_fixed
        return not (self.missed or self.late or self.wrong or self.problems) and cheap

    def as_text(self) -> str:
        spent = ", ".join(f"{errand} {count}" for errand, count in sorted(self.requests.items()))
        polls = self.requests["poll"]
        fixed, own = (f"{one} (x{polls / max(1, one):.2f})" for one in (self.polls_of_fixed, self.polls_of_own_fixed))
        wait = f"median {self.wait_median:.1f} min, 95th percentile {self.wait_p95:.1f} min"
        lines = [
            f"articles: {self.captured} of {self.published} captured; missed {self.missed[:5]}",
            f"edits: {self.edits_captured} of {self.edits} within their ladder; late {self.late[:5]}",
            f"lines: {self.new} new, {self.changed} changed, {self.twice} the same again; wrong {self.wrong[:5]}",
            f"from publication to capture {wait}; from an edit median {self.edit_wait_median:.0f} min",
            f"requests: {spent}",
            f"beside polls and looks {self.requests_for_each:.2f} for each new or changed capture",
            f"polls {polls}; fixed, one interval with that median {fixed}; each its own with its mean {own}",
            f"problems: {dict(self.problems)}",
            f"{self.rounds} rounds in {self.seconds:.0f} s, peak {self.peak_mb} MB",
        ]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the archive."""

    at: int
    text: str


def judge(
    verdict: Verdict,
    rooms: Iterable[Newsroom],
    log: Iterable[LoggedExchange],
    archive: Path,
    *,
    start: int,
    end: int,
    tick: int,
) -> None:
    """Compare the world with what was kept of it until `end`, and note that in the verdict."""
    lines, waits, edit_waits = _lines(archive), {}, []
    for room in rooms:
        site = InventedSite(room)
        own = waits.setdefault(room.id, [])
        for story in room.stories:
            kept = lines.get(site.url(story), [])
            _judge_lines(room, site, story, kept, verdict)
            if start <= story.published < end - _GRACE:
                verdict.published += 1
                verdict.captured += bool(kept)
                verdict.missed += [] if kept else [site.url(story)]
            if story.published >= start and kept:
                own.append(kept[0].at - story.published)
            # The ladder of what was older when it was first seen depends on what its source printed of its age.
            if story.published >= start - DAY:
                edit_waits += _judge_edits(site, story, kept, verdict, end=end, slack=tick + _SLACK)
    _count_requests(log, verdict)
    _weigh(verdict, [own for own in waits.values() if own], edit_waits, span=end - start, outlets=len(waits))


def _lines(archive: Path) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for row in _rows(archive):
        at = int(datetime.fromisoformat(row["provenance"]["captured_at"]).timestamp())
        found.setdefault(row["url"], []).append(Line(at, row["text"]))
    for kept in found.values():
        kept.sort(key=lambda line: line.at)
    return found


def _rows(archive: Path) -> Iterator[dict]:
    for path in archive.rglob("*.jsonl.gz"):
        if ".rejected" not in path.name:
            with gzip.open(path, "rt", encoding="utf-8") as rows:
                yield from map(json.loads, rows)


def _judge_lines(room: Newsroom, site: InventedSite, story: Story, kept: list[Line], verdict: Verdict) -> None:
    """Each line says what the page said then; the clock of the server may be a second further than WARC-Date."""
    before = None
    for line in kept:
        versions = {story.version(line.at), story.version(line.at + 2)}
        said = {
            "\n\n".join(prose.written(room.language, f"{room.seed}/{story.number}", one).paragraphs) for one in versions
        }
        verdict.wrong += [] if line.text in said else [site.url(story)]
        verdict.new += before is None
        verdict.changed += before is not None and before != line.text
        verdict.twice += before == line.text
        before = line.text


def _judge_edits(
    site: InventedSite, story: Story, kept: list[Line], verdict: Verdict, *, end: int, slack: int
) -> list[int]:
    """How long each edit waited; one that lies beyond its last rung, or before the first capture, is nobody's."""
    waited = []
    for edit in story.edits if kept else ():
        rung = next((kept[0].at + age for age in LADDER if kept[0].at + age >= edit), None)
        if edit <= kept[0].at or rung is None or rung + slack > end:
            continue
        verdict.edits += 1
        seen = next((line.at for line in kept if line.at >= edit - 2), None)
        if seen is not None:
            waited.append(seen - edit)
        if seen is not None and seen <= rung + slack:
            verdict.edits_captured += 1
        else:
            verdict.late.append(f"{site.url(story)} edited at {edit}, rung at {rung}, seen at {seen}")
    return waited


def _count_requests(log: Iterable[LoggedExchange], verdict: Verdict) -> None:
    articles: Counter[str] = Counter()
    for one in log:
        path = urlsplit(one.target).path
        is_article = path.count("/") == 5 and path[1:5].isdigit()
        if is_article:
            articles["whole" if one.status == 200 else "not_modified" if one.status == 304 else "other"] += 1
        else:
            verdict.requests["robots" if path == "/robots.txt" else "poll"] += 1
    # A whole answer that gave no line was a look at an article that had not changed.
    worth = min(articles["whole"], verdict.new + verdict.changed)
    verdict.requests["article"] = worth
    verdict.requests["look"] = articles["not_modified"] + articles["whole"] - worth
    verdict.requests["other"] = articles["other"]


def _weigh(verdict: Verdict, waits: list[list[int]], edit_waits: list[int], *, span: int, outlets: int) -> None:
    pooled = sorted(wait for own in waits for wait in own)
    if not pooled:
        return
    verdict.wait_median = statistics.median(pooled) / 60
    verdict.wait_p95 = pooled[len(pooled) * 95 // 100] / 60
    verdict.edit_wait_median = statistics.median(edit_waits) / 60 if edit_waits else 0.0
    # A fixed interval lets an article wait for half of it.
    verdict.polls_of_fixed = int(outlets * span / (2 * max(1.0, statistics.median(pooled))))
    verdict.polls_of_own_fixed = int(sum(span / (2 * max(1.0, statistics.mean(own))) for own in waits))
