"""The past yields to the news."""

from newsarchive.freshness.backfill import Allowance, is_past

DAY = 86_400
NOW = 1_790_000_000


def test_only_what_a_source_dates_back_for_long_is_of_the_past():
    dates = (None, NOW, NOW - 14 * DAY, NOW - 15 * DAY)
    assert [is_past(one, now=NOW, older_than=14 * DAY) for one in dates] == [False, False, False, True]


def test_a_day_spends_what_a_day_may_and_the_beginning_a_twelfth_more():
    allowance, spent = Allowance(240), 0
    for moment in range(NOW, NOW + DAY, 300):
        allowance = allowance.counted(moment)
        spent += allowance.whole
        allowance = allowance.spent(allowance.whole)
    assert 255 <= spent <= 260


def test_what_is_overdrawn_is_paid_back_first():
    allowance = Allowance(240).counted(NOW).spent(25)
    assert allowance.whole == 0
    assert allowance.next_whole
    assert allowance.counted(allowance.next_whole).whole == 1
    assert allowance.counted(allowance.next_whole - 2).whole == 0


def test_a_budget_of_nothing_fetches_nothing():
    allowance = Allowance(0).counted(NOW)
    assert (allowance.whole, allowance.next_whole) == (0, None)
