"""Texts that share their words, and texts that do not."""

import random

from newsarchive.judging import sketches

WORDS = [f"word{number}" for number in range(900)]


def prose(seed: int, count: int = 400) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=count))


def test_a_cut_copy_with_another_lede_is_the_same_story():
    wire = prose(1)
    copy = prose(2, 30) + " " + " ".join(wire.split()[20:360])
    one, other = sketches.sketch(wire), sketches.sketch(copy)
    assert sketches.likeness(one, other) >= sketches.SAME_STORY
    assert set(sketches.bands(one)) & set(sketches.bands(other))


def test_other_stories_are_not():
    several = [sketches.sketch(prose(seed)) for seed in range(20)]
    assert all(sketches.likeness(one, other) < 0.1 for one in several for other in several if one is not other)


def test_a_short_text_has_no_sketch_and_a_sketch_never_changes():
    assert sketches.sketch("a few words") is None
    assert sketches.sketch(prose(1))[:8].hex() == "a6974c009db59a01"
