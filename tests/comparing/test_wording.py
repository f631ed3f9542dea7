"""What is said of two texts."""

import random

from newsarchive.comparing import wording
from newsarchive.comparing.wording import Amount, Passage, Run


def test_a_rewritten_paragraph_is_told_word_by_word_and_a_new_one_as_a_whole():
    old = "First.\n\nThe council met on Monday in the hall.\n\nLast."
    new = "First.\n\nThe council met on Tuesday in the hall.\n\nBrought in.\n\nLast."
    assert wording.passages(old, new) == [
        Passage("same", (Run("same", "First."),)),
        Passage(
            "changed",
            (
                Run("same", "The council met on"),
                Run("lost", "Monday"),
                Run("gained", "Tuesday"),
                Run("same", "in the hall."),
            ),
        ),
        Passage("gained", (Run("gained", "Brought in."),)),
        Passage("same", (Run("same", "Last."),)),
    ]


def test_what_both_say_can_be_put_together_again():
    chance = random.Random(7)
    for _ in range(200):
        old, new = (
            "\n\n".join(" ".join(chance.choices("abcde", k=chance.randint(1, 6))) for _ in range(chance.randint(1, 6)))
            for _ in range(2)
        )
        found = wording.passages(old, new)
        for text, other in ((old, "gained"), (new, "lost")):
            kept = [" ".join(run.text for run in one.runs if run.kind != other) for one in found if one.kind != other]
            assert "\n\n".join(kept) == text


def test_words_that_only_moved_are_neither_gained_nor_lost():
    assert wording.amount("one two three", "three one two") == Amount(3, 0, 0)
    assert wording.amount("one two three", "one two two four") == Amount(3, 2, 1)


def test_scripts_without_spaces_are_counted_by_signs():
    assert wording.amount("市議会は橋を閉じた", "市議会は橋を開いた") == Amount(9, 2, 2)


def test_what_is_too_long_to_be_aligned_is_told_as_one_replacement():
    old = "\n\n".join(["first", *(f"old {n}" for n in range(wording.MOST_PARAGRAPHS + 1)), "last"])
    new = "\n\n".join(["first", *(f"new {n}" for n in range(wording.MOST_PARAGRAPHS + 1)), "last"])
    kinds = [one.kind for one in wording.passages(old, new)]
    assert kinds[0] == kinds[-1] == "same"
    assert set(kinds[1:-1]) == {"lost", "gained"}
    words = " ".join(f"w{n}" for n in range(wording.MOST_WORDS + 2))
    assert [run.kind for run in wording.words(f"a {words} b", f"c {words[::-1]} d")] == ["lost", "gained"]
