"""When an article is captured again."""

from newsarchive.freshness.ladder import Visits, is_announced, is_heeded, next_visit, vouched

HOUR, DAY = 3_600, 86_400
RUNGS = (HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 30 * DAY)
BORN = 1_790_000_000


def visit(last: int, **more: object) -> int | None:
    due = next_visit(RUNGS, Visits(BORN, BORN + last, **more), live_every=600)
    return None if due is None else due - BORN


def test_an_article_is_seen_again_on_a_falling_ladder_and_then_left_in_peace():
    ages, age = [], 0
    while (age := visit(age)) is not None:
        ages.append(age)
    assert tuple(ages) == RUNGS


def test_a_rung_that_was_missed_is_not_made_up_for():
    assert visit(2 * DAY) == 3 * DAY


def test_an_article_of_years_ago_does_not_begin_the_ladder():
    assert visit(0, published=BORN - 400 * DAY) is None
    assert visit(0, published=BORN - 2 * DAY) == DAY
    assert visit(0, published=BORN - 5 * HOUR) == HOUR


def test_a_live_blog_is_seen_often_after_a_change_and_ever_less_without_one():
    assert visit(0, live_blog=True) == 600
    assert visit(HOUR, live_blog=True) == HOUR + HOUR // 2
    assert visit(3 * HOUR, live_blog=True, last_changed=BORN + 3 * HOUR) == 3 * HOUR + 600
    assert visit(7 * HOUR, live_blog=True) == DAY
    assert visit(31 * DAY, live_blog=True, last_changed=BORN + 31 * DAY) == 31 * DAY + 600
    assert visit(40 * DAY, live_blog=True) is None


def test_a_source_is_heard_when_it_says_that_an_article_is_newer_unless_it_lies():
    assert is_announced(BORN + 1, BORN, word="unknown")
    assert not is_announced(BORN + 1, BORN, word="lying")
    assert not is_announced(BORN, BORN, word="honest")
    assert not is_announced(BORN, None, word="honest")


def test_an_announcement_by_a_source_of_which_nothing_is_known_is_followed_at_once_and_then_ever_less():
    now, looks, last = BORN, 0, BORN
    # A date that moves by itself, looked at every five minutes for ten days.
    while (now := now + 300) < BORN + 10 * DAY:
        if is_heeded(now, Visits(BORN, last), word="unknown", now=now):
            looks, last = looks + 1, now
    assert 20 <= looks <= 40
    assert is_heeded(BORN + 60, Visits(BORN, BORN), word="unknown", now=BORN + 300)
    same = Visits(BORN, BORN + 20 * DAY)
    assert not is_heeded(BORN + 21 * DAY, same, word="unknown", now=BORN + 20 * DAY + HOUR)
    assert is_heeded(BORN + 21 * DAY, same, word="unknown", now=BORN + 21 * DAY)
    changing = Visits(BORN, BORN + 20 * DAY, BORN + 20 * DAY)
    assert is_heeded(BORN + 20 * DAY + 60, changing, word="unknown", now=BORN + 20 * DAY + 300)


def test_an_announcement_is_followed_by_its_word_and_not_before_its_time():
    same = Visits(BORN, BORN + 20 * DAY)
    assert is_heeded(BORN + 20 * DAY + 60, same, word="honest", now=BORN + 20 * DAY + 300)
    assert not is_heeded(BORN + 20 * DAY + 60, same, word="honest", now=BORN + 20 * DAY + 30)
    assert not is_heeded(BORN + 20 * DAY + 60, same, word="lying", now=BORN + 30 * DAY)
    assert not is_heeded(BORN + 19 * DAY, same, word="honest", now=BORN + 30 * DAY)
    assert not is_heeded(None, same, word="honest", now=BORN + 30 * DAY)


def test_an_honest_source_that_sees_no_change_spares_all_rungs_but_the_last():
    visits = Visits(BORN, BORN)
    assert vouched(BORN + HOUR, RUNGS, visits, modified=BORN, word="honest", until=BORN + 2 * HOUR) == BORN + 6 * HOUR
    assert vouched(BORN + HOUR, RUNGS, visits, modified=BORN, word="honest", until=BORN + 40 * DAY) == BORN + 30 * DAY
    assert vouched(BORN + HOUR, RUNGS, visits, modified=BORN, word="unknown", until=BORN + DAY) == BORN + HOUR
    assert vouched(BORN + HOUR, RUNGS, visits, modified=BORN + 1, word="honest", until=BORN + DAY) == BORN + HOUR
    assert vouched(None, RUNGS, visits, modified=BORN, word="honest", until=BORN + DAY) is None
