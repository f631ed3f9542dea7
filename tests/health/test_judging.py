"""Invented histories: what is told of an outlet, and above all what is not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from newsarchive.demoweb.world.newsroom import newsrooms
from newsarchive.freshness.polling import Polling
from newsarchive.freshness.rhythm import DAY, HOUR
from newsarchive.health import Arrivals, Day, Figures, Finding, History, Limits, judge
from newsarchive.store.database import Database
from newsarchive.store.health import HealthBook

MONDAY = 1_803_859_200
LIMITS = Limits()
SOUND = "3"


def lived(
    days: int,
    stories: Callable[[int], list[int]],
    *,
    every: int = HOUR,
    page: Callable[[int], str] = lambda _: SOUND,
    delay: int = 300,
    history: History | None = None,
    start: int = MONDAY,
    rule: Limits = LIMITS,
) -> tuple[History, list[list[Finding]]]:
    """Crawl an outlet for so many days, and give its history and what was found after each crawl."""
    known, told, stood = history or History(arrivals=Arrivals(last=start)), [], {}
    appeared = sorted(moment for day in range(days) for moment in stories(day))
    for now in range(start + every, start + days * DAY + 1, every):
        fresh = tuple(start + moment for moment in appeared if now - every <= start + moment < now)
        pages = "".join(page((now - start) // DAY) for _ in fresh)
        crawl = Figures(
            "news", now, pages, fresh, tuple(delay for _ in fresh), polls=1, articles=len(fresh), arrived=len(fresh)
        )
        before = known.days
        known = replace(known.after(crawl, is_silent="silent_zero" in stood), days=_with(before, crawl))
        findings = judge("news", known, limits=rule, now=now, earlier=stood)
        stood = {one.cause: one for one in findings}
        told.append(findings)
    return known, told


def _with(days: object, crawl: Figures) -> list[Day]:
    known = list(days)  # type: ignore[call-overload]
    if not known or known[-1].day != crawl.now // DAY:
        known.append(Day(crawl.now // DAY))
    known[-1] = known[-1].plus(crawl)
    return known[-60:]


def causes(told: list[list[Finding]]) -> set[str]:
    return {one.cause for findings in told for one in findings}


def daily(count: int, *, days: tuple[int, ...] = tuple(range(7)), seed: int = 1) -> Callable[[int], list[int]]:
    """So many stories on each of these days of the week, in office hours."""

    def stories(day: int) -> list[int]:
        random = Random(f"{seed}/{day}")
        if day % 7 not in days:
            return []
        return [
            day * DAY + 8 * HOUR + random.randrange(10 * HOUR)
            for _ in range(max(1, int(random.gauss(count, count / 4))))
        ]

    return stories


def until(day: int, stories: Callable[[int], list[int]]) -> Callable[[int], list[int]]:
    return lambda today: stories(today) if today < day else []


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "stories",
    [
        lambda seed: daily(20, seed=seed),
        lambda seed: daily(2, seed=seed),
        lambda seed: daily(10, days=(0, 1, 2, 3, 4), seed=seed),
        lambda seed: daily(4, days=(2,), seed=seed),
        lambda seed: daily(1, days=(5,), seed=seed),
    ],
    ids=["daily", "slow daily", "not on weekends", "weekly", "one story a week"],
)
def test_nothing_is_told_of_an_outlet_that_goes_on_as_ever(stories, seed):
    assert causes(lived(60, stories(seed))[1]) == set()


@pytest.mark.parametrize("room", newsrooms("1", 6, start=MONDAY, days=70), ids=lambda room: room.id)
def test_invented_newsrooms_are_well_until_they_fall_silent(room):
    by_day: dict[int, list[int]] = {}
    for story in room.stories:
        by_day.setdefault((story.published - MONDAY) // DAY, []).append(story.published - MONDAY)
    _, told = lived(70, until(50, lambda day: by_day.get(day, [])), every=3 * HOUR)
    assert causes(told[: 50 * 8]) == set()
    if sum(len(by_day.get(day, ())) for day in range(50)) >= 250:
        assert causes(told[: 56 * 8]) == {"silent_zero"}


def test_a_weekly_that_skips_an_issue_is_no_alarm():
    weekly = daily(4, days=(2,))
    assert "silent_zero" not in causes(lived(60, lambda day: [] if 35 <= day < 42 else weekly(day))[1])


def test_a_daily_that_falls_silent_is_told_within_three_days_and_is_well_again_with_its_next_story():
    stories = daily(20)
    _, told = lived(40, lambda day: [] if 30 <= day < 35 else stories(day))
    hours = [place + 1 for place, findings in enumerate(told) if findings]
    assert causes(told) == {"silent_zero"}
    assert 30 * 24 < hours[0] < 33 * 24
    assert hours[-1] < 36 * 24
    finding = told[hours[0] - 1][0]
    assert 29 * DAY < finding.since - MONDAY < 30 * DAY
    assert "a day" in finding.what


def test_a_silence_is_told_within_a_week_after_eight_days_of_two_articles_and_one_poll_a_day():
    def twice(day: int) -> list[int]:
        return [day * DAY + 8 * HOUR, day * DAY + 16 * HOUR]

    _, told = lived(15, until(8, twice), every=DAY)
    assert causes(told[:10]) == set()
    assert causes(told) == {"silent_zero"}
    assert causes(lived(15, twice, every=DAY)[1]) == set()


def test_a_silence_stays_told_however_long_it_lasts():
    _, told = lived(120, until(30, daily(20)), every=6 * HOUR)
    assert told[-1]
    assert told[-1][0].cause == "silent_zero"


def test_a_crawler_that_rested_hears_no_silence():
    history, _ = lived(30, daily(20))
    rested = history.after(Figures("news", history.last_attempt + 20 * DAY), is_silent=False)
    assert judge("news", rested, limits=LIMITS, now=rested.last_attempt) == []


def test_a_new_outlet_is_not_judged():
    assert causes(lived(6, until(2, daily(20)))[1]) == set()


@pytest.mark.parametrize(
    ("letter", "cause"),
    [("n", "layout_changed"), ("1", "layout_changed"), ("2", "layout_changed"), ("b", "blocked"), ("r", "robots_changed"), ("f", "errors")],
)  # fmt: skip
def test_what_pages_lack_of_a_sudden_is_told_on_the_same_day(letter, cause):
    _, told = lived(30, daily(20), page=lambda day: letter if day >= 28 else SOUND)
    first = next(place for place, findings in enumerate(told) if findings)
    assert causes(told) == {cause}
    assert first // 24 == 28
    assert told[-1][0].since == MONDAY + (first + 1) * HOUR


def test_what_always_lacked_is_not_told():
    random = Random(7)
    _, told = lived(60, daily(20), page=lambda _: random.choice("13nf"))
    assert causes(told) == set()


def test_a_layout_that_was_repaired_is_well_again():
    _, told = lived(40, daily(20), page=lambda day: "n" if 28 <= day < 30 else SOUND)
    assert causes(told) == {"layout_changed"}
    assert told[-1] == []


def test_articles_found_much_later_than_ever_are_told():
    history, _ = lived(20, daily(20))
    _, told = lived(1, daily(20), delay=9 * HOUR, history=history, start=MONDAY + 20 * DAY)
    assert causes(told) == {"slow"}


@pytest.mark.parametrize(("pause", "delay", "cause"), [(3 * DAY, 0, set()), (HOUR, 9 * HOUR, {"slow"})])
def test_time_in_which_nobody_polled_is_not_lateness(tmp_path: Path, pause: int, delay: int, cause: set[str]):
    database = Database(tmp_path / "state.sqlite")
    book = HealthBook(database, LIMITS)

    def crawled(now: int, delays: tuple[int, ...]) -> set[str]:
        appeared = tuple(now - one for one in delays)
        count = len(delays)
        figures = Figures("news", now, SOUND * count, appeared, delays, polls=1, articles=count, arrived=count)
        return {finding.cause for finding in book.note(figures).findings}

    for hour in range(1, 15 * 24):
        assert crawled(MONDAY + hour * HOUR, (300,)) == set()
    last = MONDAY + (15 * 24 - 1) * HOUR + pause
    assert crawled(last, tuple(pause * step // 10 + delay for step in range(1, 10))) == cause
    database.close()


def source(**known: object) -> Polling:
    return Polling("https://news.example/rss", "feed", MONDAY, **{"last_attempt": MONDAY, **known})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "cause"),
    [
        ({"failures": 6, "reason": "http_500", "last_success": MONDAY - 2 * DAY}, "feed_dead"),
        ({"failures": 3, "reason": "http_404", "last_success": MONDAY - HOUR}, "feed_dead"),
        ({"failures": 6, "reason": "timeout"}, "feed_dead"),
        ({"failures": 3, "reason": "http_403", "last_success": MONDAY - HOUR}, "blocked"),
        ({"failures": 3, "reason": "robots", "last_success": MONDAY - HOUR}, "robots_changed"),
        ({"moved_to": "https://news.example/", "last_success": MONDAY}, "feed_dead"),
        ({"failures": 6, "reason": "http_500", "last_success": MONDAY - HOUR}, None),
        ({"failures": 2, "reason": "http_404", "last_success": MONDAY - DAY}, None),
        ({"moved_to": "https://news.example/feed", "listed": 20, "last_success": MONDAY}, None),
    ],
)
def test_a_source_is_judged_by_how_and_for_how_long_it_fails(known, cause):
    found = judge("news", History(), [source(**known)], limits=LIMITS, now=MONDAY)
    assert [one.cause for one in found] == ([cause] if cause else [])
    assert all("https://news.example/rss" in one.what for one in found)
