"""When an article is captured again."""

from newsarchive.freshness.ladder import Visits, is_announced, next_visit

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


def test_a_source_announces_what_is_newer_than_our_capture():
    assert is_announced(BORN + 1, BORN, now=BORN + 1)
    assert not is_announced(BORN + 2, BORN, now=BORN + 1)
    assert not is_announced(BORN, BORN, now=BORN + 1)
    assert not is_announced(BORN, None, now=BORN + 1)
    assert not is_announced(None, BORN, now=BORN + 1)
