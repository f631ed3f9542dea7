"""When a source is looked at again."""

from dataclasses import replace

from newsarchive.freshness import polling
from newsarchive.freshness.polling import Outcome, Pace, Polling, after, nudged
from newsarchive.freshness.rhythm import NOTHING, Rhythm

MINUTE, HOUR, DAY = 60, 3_600, 86_400
# A Monday, 00:00 UTC.
MONDAY = 1_789_948_800
PACE = Pace()
FEED = Polling("https://times.example/rss", "feed", MONDAY)
MAP = Polling("https://times.example/sitemap.xml", "sitemap", MONDAY)


def lived(source: Polling, hours: dict[int, int], *, days: int, week: range = range(7)) -> Polling:
    """The source after so many days on which so many articles came in these hours, each found within the hour."""
    for hour in range(MONDAY // HOUR, MONDAY // HOUR + days * 24):
        is_on = (hour * HOUR - MONDAY) // DAY % 7 in week
        new = hours.get(hour % 24, 0) if is_on else 0
        source = after(source, looked(new), now=(hour + 1) * HOUR, pace=PACE)
    return source


def looked(new: int = 0, *, listed: int = 30, digest: str = "sha1:A", **more: object) -> Outcome:
    return polling.read(listed=listed, new=new, digest=digest, **more)


def wait(source: Polling) -> int:
    assert source.last_attempt
    return source.next_poll - source.last_attempt


def test_a_busy_source_is_asked_more_often_than_a_quiet_one_both_within_the_bounds():
    waits = [wait(lived(FEED, dict.fromkeys(range(24), count), days=14)) for count in (0, 1, 4, 1000)]
    assert waits == sorted(waits, reverse=True)
    assert waits[0] > 4 * HOUR
    assert waits[-1] == PACE.shortest
    assert 12 * MINUTE < waits[1] < 18 * MINUTE


def test_a_newsroom_that_sleeps_is_left_to_sleep_and_found_awake():
    source = lived(FEED, dict.fromkeys(range(6, 20), 1), days=28)
    midnight = MONDAY + 28 * DAY
    asked = []
    while source.next_poll < midnight + DAY:
        asked.append(source.next_poll - midnight)
        source = after(source, looked(), now=source.next_poll, pace=PACE)
    by_night = [moment for moment in asked if moment < 5 * HOUR or moment > 21 * HOUR]
    by_day = [moment for moment in asked if 7 * HOUR < moment < 19 * HOUR]
    assert len(by_day) > 4 * len(by_night)


def test_a_source_that_falls_silent_is_asked_ever_less_and_as_before_when_it_wakes():
    lively = lived(MAP, dict.fromkeys(range(24), 1), days=28)
    source, waits, end = lively, [], MONDAY + 28 * DAY
    while source.next_poll < end + 30 * DAY:
        source = after(source, looked(), now=source.next_poll, pace=PACE)
        waits.append((source.next_poll - end, wait(source)))
    assert max(pause for age, pause in waits if age < 3 * HOUR) < 20 * MINUTE
    assert min(pause for age, pause in waits if age > 10 * DAY) > 100 * MINUTE
    woken = after(source, looked(3, digest="sha1:B"), now=source.next_poll, pace=PACE)
    assert wait(woken) < HOUR


def test_a_weekly_is_asked_most_on_its_day():
    source = lived(FEED, {6: 8}, days=70, week=range(3, 4))
    rates = [source.rhythm.rate(MONDAY + day * DAY + 6 * HOUR + 1) for day in range(7)]
    assert max(rates) == rates[3] > 10 * rates[2]


def test_a_feed_whose_window_was_all_new_is_asked_sooner_at_once():
    source = after(FEED, looked(20, listed=20), now=MONDAY, pace=PACE)
    source = after(source, looked(20, listed=20, digest="sha1:B"), now=MONDAY + 4 * HOUR, pace=PACE)
    assert source.overflowed_at == MONDAY + 4 * HOUR
    assert wait(source) <= HOUR


def test_a_small_window_is_asked_before_a_burst_by_night_can_run_through_it():
    def longest(listed: int) -> int:
        source = lived(FEED, dict.fromkeys(range(8, 18), 2), days=21)
        waits, end = [], MONDAY + 21 * DAY
        while source.next_poll < end + DAY:
            source = after(source, looked(listed=listed), now=source.next_poll, pace=PACE)
            waits.append(wait(source))
        return max(waits)

    assert longest(10) <= 85 * MINUTE
    assert longest(400) > 2 * longest(10)


def test_the_dates_of_the_first_answer_give_the_first_interval():
    busy = after(FEED, looked(30, appeared=tuple(MONDAY - n * 600 for n in range(30))), now=MONDAY, pace=PACE)
    slow = after(
        FEED, looked(30, appeared=tuple(MONDAY - 12 * HOUR - n * DAY for n in range(30))), now=MONDAY, pace=PACE
    )
    unknown = after(FEED, looked(30), now=MONDAY, pace=PACE)
    assert wait(busy) < wait(unknown) < wait(slow)


def test_a_feed_with_nothing_but_an_old_entry_is_a_slow_one():
    old = after(FEED, looked(1, appeared=(MONDAY - 10 * DAY,)), now=MONDAY, pace=PACE)
    assert wait(old) > 2 * wait(after(FEED, looked(1), now=MONDAY, pace=PACE))


def test_dates_that_are_all_the_same_teach_nothing():
    same = after(FEED, looked(30, appeared=(MONDAY - 5,) * 30), now=MONDAY, pace=PACE)
    assert same.rhythm == NOTHING


def test_not_modified_is_not_believed_for_ever():
    source = after(FEED, looked(30), now=MONDAY, pace=PACE)
    asked = 0
    while source.may_be_conditional(source.next_poll):
        source = after(source, polling.not_modified(), now=source.next_poll, pace=PACE)
        asked += 1
    assert 0 < asked <= 24
    assert source.next_poll - MONDAY >= DAY or asked == 24
    whole = after(source, looked(), now=source.next_poll, pace=PACE)
    assert whole.may_be_conditional(whole.next_poll)


def test_a_server_that_lied_is_asked_without_validators_for_a_month():
    source = after(FEED, looked(30), now=MONDAY, pace=PACE)
    source = after(source, polling.not_modified(), now=MONDAY + HOUR, pace=PACE)
    found = looked(1, digest="sha1:B", appeared=(MONDAY + MINUTE,))
    source = after(source, found, now=MONDAY + 2 * HOUR, pace=PACE)
    assert not source.may_be_conditional(MONDAY + 29 * DAY)
    assert source.lied_at == MONDAY + 2 * HOUR


def test_news_since_the_last_not_modified_is_no_lie():
    source = after(FEED, looked(30), now=MONDAY, pace=PACE)
    source = after(source, polling.not_modified(), now=MONDAY + HOUR, pace=PACE)
    found = looked(1, digest="sha1:B", appeared=(MONDAY + HOUR + MINUTE,))
    assert after(source, found, now=MONDAY + 2 * HOUR, pace=PACE).lied_at is None


def test_a_failing_source_backs_off_to_a_day_then_a_week_and_never_dies():
    source, waits = lived(FEED, {8: 3}, days=7), []
    rhythm = source.rhythm
    for _ in range(40):
        source = after(source, polling.failed("http_500"), now=source.next_poll, pace=PACE)
        waits.append(wait(source))
    assert waits == sorted(waits)
    assert 4 * MINUTE < waits[0] <= 5 * MINUTE
    assert 0.9 * DAY <= waits[29] <= DAY
    assert 6 * DAY <= waits[-1] <= 7 * DAY
    assert source.rhythm == rhythm
    back = after(source, looked(1), now=source.next_poll, pace=PACE)
    assert (back.failures, back.reason) == (0, None)
    assert wait(back) <= PACE.longest


def test_retry_after_is_obeyed():
    source = after(FEED, polling.failed("http_429", retry_after=9_000), now=MONDAY, pace=PACE)
    assert wait(source) == 9_000


def test_a_dead_sitemap_is_looked_at_once_a_month_and_wakes():
    old = after(MAP, looked(500, newest=MONDAY - 400 * DAY), now=MONDAY, pace=PACE)
    assert 27 * DAY <= wait(old) <= 30 * DAY
    woken = after(old, looked(2, digest="sha1:B"), now=old.next_poll, pace=PACE)
    assert wait(woken) <= PACE.longest


def test_a_sitemap_that_changes_but_names_nothing_first_is_not_dead():
    source = after(MAP, looked(500), now=MONDAY, pace=PACE)
    for day in range(1, 200):
        source = after(source, looked(digest=f"sha1:{day}"), now=MONDAY + day * DAY, pace=PACE)
    assert wait(source) <= PACE.longest


def test_an_index_is_believed_until_it_has_cried_wolf_three_times():
    slow = Pace(11 * HOUR)
    source, heard = after(MAP, looked(500), now=MONDAY, pace=slow), 0
    for hour in range(1, 10):
        now = MONDAY + hour * HOUR
        woken = nudged(source, now, now=now)
        if woken.next_poll == now:
            heard += 1
            source = after(woken, looked(), now=now, pace=slow)
    assert heard == 3
    assert nudged(source, MONDAY, now=MONDAY + 10 * HOUR) == source


def test_sources_that_began_together_do_not_stay_together():
    dues = {after(replace(FEED, url=f"{FEED.url}/{n}"), looked(30), now=MONDAY, pace=PACE).next_poll for n in range(50)}
    assert len(dues) > 40
    assert max(dues) - min(dues) <= 0.1 * (max(dues) - MONDAY) + 1


def test_counts_fade():
    once = NOTHING.learned((MONDAY,), since=MONDAY, now=MONDAY + DAY)
    later = once.learned((), since=MONDAY + DAY, now=MONDAY + 29 * DAY)
    assert isinstance(later, Rhythm)
    assert later.events == 0.5


def test_the_first_look_of_a_day_goes_through_a_whole_list_and_others_as_far_as_there_is_news():
    midnight = MONDAY
    assert polling.news_since(None, midnight) == 0
    assert polling.news_since(midnight - 1, midnight) == 0
    assert polling.news_since(midnight, midnight + HOUR) == midnight
