"""What a source's word is worth, by what captures showed."""

from newsarchive.freshness.credit import Credit

NOW, DAY = 1_790_000_000, 86_400


def after(*changes: bool, credit: Credit = Credit()) -> Credit:  # noqa: B008 - it is frozen
    for changed in changes:
        credit = credit.noting(changed=changed, now=NOW)
    return credit


def test_a_few_captures_prove_nothing():
    assert Credit().word(NOW) == after(*[False] * 4).word(NOW) == after(*[True] * 4).word(NOW) == "unknown"


def test_captures_tell_in_the_end():
    assert after(*[False] * 5).word(NOW) == "lying"
    assert after(*[True] * 9, False).word(NOW) == "honest"
    assert after(*[True, False] * 10).word(NOW) == "unknown"


def test_a_source_that_begins_to_lie_loses_what_it_had_earned():
    credit, captures = after(*[True] * 1_000), 0
    while credit.word(NOW) != "lying":
        credit, captures = after(False, credit=credit), captures + 1
    assert captures < 30


def test_after_a_month_a_liar_is_tried_anew():
    liar = after(*[False] * 20)
    assert liar.word(NOW + 30 * DAY) == "lying"
    assert liar.word(NOW + 31 * DAY) == "unknown"
    assert liar.noting(changed=True, now=NOW + 31 * DAY) == Credit(kept=1, at=NOW + 31 * DAY)
