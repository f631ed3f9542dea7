"""Our crawler beside news-please and Fundus: one invented site, three crawls each, judged by what they tell of it.

The first crawl meets a site of a month, the second the same site ten minutes later, unchanged, the third meets it two
days later, with new stories and edited ones. Every crawler is a process of its own, with nothing left from any other.

- The site is `benchmarks/courier.py`. Its host is reached by all of them through `http_proxy`, which is the site's own
  server: so every client asks for the same addresses of the same host, and no name is looked up.
- Nobody waits between requests; robots.txt is obeyed by all. Four requests at once, as news-please does by default;
  Fundus sends one after the other.
- What each is told: news-please the home page; Fundus the feed, the sitemap, a pattern of the articles' paths and the
  selectors of the pages; ours the feed, the sitemap, the first archive page and the pattern, and no selectors.
- An article is found when one record of the crawler's own output has its headline in the title and the first words of
  its body in the text. *Twice* counts records that say what an earlier one said, *wrong* those that tell no article.
- Requests are counted in the server's log. Ours runs whole: WARC, index, reading in a worker process, JSON lines. Of
  the others news-please stores the HTML and a JSON file of each page, Fundus one line of each article.

    python -m benchmarks.crawlers [--only NAME]
"""

import argparse
import os
import platform
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import crawler_programs
from benchmarks.courier import ARTICLES, PLACES, START, CourierSite, Place
from benchmarks.crawler_programs import Program, Record, Site
from newsarchive import clock
from newsarchive.demoweb import DemoWeb, LoggedExchange
from newsarchive.demoweb.world.prose import Prose
from newsarchive.demoweb.world.schedule import DAY, HOUR, Story

FIRST = START + 26 * DAY + 3 * HOUR
MOMENTS = (FIRST, FIRST + 600, FIRST + 2 * DAY)
_FIRST_WORDS = 12

Version = tuple[int, int]
"""A story's number, and how often it had been edited."""


@dataclass
class Crawl:
    """What one crawl spent and brought."""

    seconds: float
    cpu: float
    requests: Counter[str]
    not_modified: int
    megabytes: float
    told: set[Version] = field(default_factory=set)
    """By this crawl and those before."""
    news: int = 0
    """Versions that no record told before."""
    twice: int = 0
    wrong: list[Record] = field(default_factory=list)

    @property
    def asked(self) -> int:
        return self.requests.total()


class Judge:
    """Tells which version of which story a record tells."""

    def __init__(self, site: CourierSite) -> None:
        self._versions: dict[str, list[tuple[Version, list[str]]]] = {}
        for story in site.room.stories:
            for number, version in enumerate(site.versions(story)):
                told = ((story.number, number), [_squeezed(text) for text in version.paragraphs])
                self._versions.setdefault(_first_words(version), []).append(told)

    def version(self, record: Record, headlines: dict[int, str]) -> Version | None:
        """The version of which most paragraphs are in the record; None when it is none of our stories."""
        title, text = _squeezed(record.title), _squeezed(record.text)
        fitting = [
            (sum(paragraph in text for paragraph in paragraphs) / len(paragraphs), version)
            for first, versions in self._versions.items()
            if first in text
            for version, paragraphs in versions
            if _squeezed(headlines[version[0]]) in title
        ]
        return max(fitting)[1] if fitting else None


def crawls(program: Program, judge: Judge, folder: Path) -> list[Crawl]:
    """One crawl at each moment."""
    site = CourierSite(FIRST)
    headlines = {story.number: site.headline(story) for story in site.room.stories}
    done: list[Crawl] = []
    known: set[str] = set()
    for moment in MOMENTS:
        site.now = moment
        clock.reset()
        clock.advance(moment - time.time())
        with DemoWeb(sites=[site]) as web:
            told = Site(site.room.home, ARTICLES, f"http://127.0.0.1:{web.http_port}")
            crawl = _measured(program, told, folder, moment=moment, again=bool(done))
            _count(crawl, web.log, site)
        crawl.told = set(done[-1].told) if done else set()
        for record in program.records(folder):
            if record.key not in known:
                known.add(record.key)
                _note(crawl, record, judge.version(record, headlines))
        done.append(crawl)
    return done


def _measured(program: Program, site: Site, folder: Path, *, moment: int, again: bool) -> Crawl:
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    program.crawl(site, folder, moment=moment, again=again)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Crawl(time.monotonic() - began, cpu, Counter(), 0, 0.0)


def _count(crawl: Crawl, log: Iterable[LoggedExchange], site: CourierSite) -> None:
    for one in log:
        target = one.target.removeprefix(site.room.home)
        crawl.requests[site.kind(target)] += 1
        crawl.not_modified += one.status == 304
        crawl.megabytes += len(one.response) / 1e6


def _note(crawl: Crawl, record: Record, version: Version | None) -> None:
    if version is None:
        crawl.wrong.append(record)
    elif version in crawl.told:
        crawl.twice += 1
    else:
        crawl.told.add(version)
        crawl.news += 1


def _first_words(version: Prose) -> str:
    return " ".join(_squeezed(version.paragraphs[0]).split()[:_FIRST_WORDS])


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _first_table(site: CourierSite, results: dict[str, list[Crawl]]) -> None:
    now = MOMENTS[0]
    published = site.stories(now)
    places: dict[Place, list[Story]] = {place: [] for place in PLACES}
    for story in published:
        places[site.place(story, now)].append(story)
    print(f"First crawl: {len(published)} articles are published.")
    for place, name in PLACES.items():
        print(f"  {place}: {len(places[place])} {name}")
    head = ["found", *PLACES, "twice", "wrong", "requests", "per article", "×", "seconds", "×", "CPU s", "×", "MB"]
    ours = _ours(results)[0]
    rows = {}
    for name, (crawl, *_) in results.items():
        found = {place: sum((one.number, one.version(now)) in crawl.told for one in places[place]) for place in PLACES}
        count = sum(found.values())
        rows[name] = [
            count, *found.values(), crawl.twice, len(crawl.wrong),
            crawl.asked, *_each(crawl.asked, count, ours.asked / max(1, len(ours.told))),
            f"{crawl.seconds:.1f}", f"{crawl.seconds / ours.seconds:.2f}",
            f"{crawl.cpu:.1f}", f"{crawl.cpu / ours.cpu:.2f}", f"{crawl.megabytes:.1f}",
        ]  # fmt: skip
    _print(head, rows)


def _second_table(results: dict[str, list[Crawl]]) -> None:
    print("\nSecond crawl, ten minutes later: nothing has changed.")
    ours = _ours(results)[1]
    head = ["requests", "×", "of articles", "answered 304", "told again", "seconds", "CPU s", "MB"]
    rows = {}
    for name, (_, crawl, _) in results.items():
        pages = crawl.requests["article"] + crawl.requests["copy"]
        rows[name] = [
            crawl.asked, f"{crawl.asked / max(1, ours.asked):.1f}", pages, crawl.not_modified,
            crawl.twice, f"{crawl.seconds:.1f}", f"{crawl.cpu:.1f}", f"{crawl.megabytes:.2f}",
        ]  # fmt: skip
    _print(head, rows)


def _third_table(site: CourierSite, results: dict[str, list[Crawl]]) -> None:
    before, now = MOMENTS[0], MOMENTS[2]
    new = [story for story in site.stories(now) if story.published > before]
    edited = [story for story in site.stories(before) if story.version(now) > story.version(before)]
    print(f"\nThird crawl, two days later: {len(new)} articles are new, {len(edited)} of the others were edited.")
    head = [
        "new found", "edits found", "requests", "per find", "×", "of articles", "answered 304", "told again",
        "seconds", "CPU s", "MB",
    ]  # fmt: skip
    own = _ours(results)[2]
    rows = {}
    for name, (*_, crawl) in results.items():
        pages = crawl.requests["article"] + crawl.requests["copy"]
        found = [sum((one.number, one.version(now)) in crawl.told for one in some) for some in (new, edited)]
        rows[name] = [
            *found, crawl.asked, *_each(crawl.asked, sum(found), own.asked / max(1, own.news)), pages,
            crawl.not_modified, crawl.twice, f"{crawl.seconds:.1f}", f"{crawl.cpu:.1f}", f"{crawl.megabytes:.2f}",
        ]  # fmt: skip
    _print(head, rows)


def _each(requests: int, found: int, own: float) -> tuple[str, str]:
    """Requests for each that was found, and the ratio to ours."""
    return (f"{requests / found:.2f}", f"{requests / found / own:.2f}") if found else ("none", "none")


def _ours(results: dict[str, list[Crawl]]) -> list[Crawl]:
    """With what ratios are made; of a single one with itself."""
    return list(results.values())[-1]


def _print(head: list[str], rows: dict[str, list[object]]) -> None:
    print("\n| | " + " | ".join(head) + " |")
    print("|---" * (len(head) + 1) + "|")
    for name, row in rows.items():
        print(f"| {name} | " + " | ".join(map(str, row)) + " |")


def main() -> int:
    """Print three tables; exit with 1 when ours missed an article, told one wrong, or asked what robots.txt forbids."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="crawlers whose names contain this, without ratios to ours", default="")
    only = parser.parse_args().only
    site = CourierSite(FIRST)
    judge = Judge(site)
    chosen = [one for one in crawler_programs.programs() if only in one.name]
    results: dict[str, list[Crawl]] = {}
    for program in chosen:
        with tempfile.TemporaryDirectory() as folder:
            results[program.name] = crawls(program, judge, Path(folder))
        print(f"{program.name}: {[dict(crawl.requests) for crawl in results[program.name]]}", file=sys.stderr)
    told = ", ".join(f"{name} {version}" for name, version in crawler_programs.versions().items())
    print(f"{told}; Python {platform.python_version()}, {os.cpu_count()} cores\n")
    _first_table(site, results)
    _second_table(results)
    _third_table(site, results)
    forbidden = {name: sum(one.requests["forbidden"] for one in done) for name, done in results.items()}
    print(f"\nAsked although robots.txt forbids it: {sum(forbidden.values())} {forbidden}")
    for name, done in results.items():
        for record in done[0].wrong:
            print(f"wrong, {name}: {record.title[:60]!r}: {record.text[:60]!r}")
    return 0 if _is_good(site, _ours(results)) else 1


def _is_good(site: CourierSite, ours: list[Crawl]) -> bool:
    has_all = len({number for number, _ in ours[0].told}) == len(site.stories(FIRST))
    return has_all and not any(crawl.wrong or crawl.requests["forbidden"] for crawl in ours)


if __name__ == "__main__":
    sys.exit(main())
