"""Which blocks of a page a gold body is made of, told by invented pages."""

import pytest

from benchmarks import align

LEDE = "The harbour of Tessaly was closed on Monday after the last of its cranes had been sold."
QUAY = "Nobody on the quay could say who had signed the contract for them."
SPRING = "A spokeswoman said that the harbour would open again in spring, without any cranes."
STORY = (LEDE, QUAY, SPRING)
CARD = "Ferry to the islands sails again after a long winter"


def shares(texts: list[str], gold: list[str]) -> list[float]:
    """The part of each block's words that is the gold's."""
    found = align.covered(texts, gold)
    return [round(float(mine) / len(align.words(text)), 2) for mine, text in zip(found, texts, strict=True)]


def test_a_story_is_covered_and_furniture_around_and_within_is_not() -> None:
    assert shares(["Menu", LEDE, CARD, QUAY, SPRING, "Read more"], [*STORY]) == [0, 1, 0, 1, 1, 0]


def test_paragraphs_may_be_cut_otherwise_in_the_gold() -> None:
    assert shares([LEDE, QUAY, SPRING], [f"{LEDE} {QUAY}", SPRING]) == [1, 1, 1]
    assert shares([f"{LEDE} {QUAY}", SPRING], [*STORY]) == [1, 1]


def test_of_two_copies_the_one_in_the_order_of_the_gold_counts() -> None:
    """A teaser among the cards below repeats the lede."""
    assert shares([LEDE, QUAY, SPRING, CARD, LEDE], [*STORY]) == [1, 1, 1, 0, 0]
    assert shares([QUAY, CARD, LEDE, QUAY, SPRING], [*STORY]) == [0, 0, 1, 1, 1]


def test_a_few_words_count_as_whole_paragraphs_of_the_gold_alone() -> None:
    """`The harbour` stands within the gold's sentences, too: a label of these words is none of the body."""
    label = "The harbour"
    within, whole = (align.covered([LEDE, label, SPRING], gold)[1] for gold in ([LEDE, SPRING], [LEDE, label, SPRING]))
    assert within < 0.1 < whole == 2


def test_a_long_block_out_of_order_is_still_the_golds() -> None:
    """Some golds have the summary first that the page prints last."""
    assert shares([LEDE, QUAY, SPRING], [SPRING, LEDE, QUAY]) == [1, 1, 1]


def test_a_block_that_shares_a_beginning_is_covered_in_part() -> None:
    longer = f"{QUAY} Share this page with friends, follow us and get the app for your telephone now."
    (mine,) = shares([longer], [QUAY])
    assert 0.4 < mine < 0.6


def test_letters_are_words_where_none_are_parted_by_blanks() -> None:
    assert align.words("港口 closed 关闭") == ["港", "口", "closed", "关", "闭"]
    assert shares(["市议会周二开会讨论新桥。", "更多新闻请看本站"], ["市议会周二开会讨论新桥。"]) == [1, 0]


@pytest.mark.parametrize(("texts", "gold"), [([], [LEDE]), ([LEDE], []), (["—"], [LEDE]), ([LEDE], [""])])
def test_nothing_covers_nothing(texts: list[str], gold: list[str]) -> None:
    assert not align.covered(texts, gold).any()
