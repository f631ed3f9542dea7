import re

import pytest

from newsarchive import text

PRINTED = (
    "", " ", "The Harbour's ferry_2 sailed at 20:15 – on time.", "“Nobody knew,” she said…", "can’t‘do’", "a\tb\x1fc\x7fd",
    "Die Fähre „Möwe“ fuhr wieder", "Порт был закрыт", "ΟΔΟΣ’Α ΣΑΣ’ ΣΑΣ", "İSTANBUL’da", "嵐のあと港は三日間", "© 2024", "½ x² ٣",
)  # fmt: skip


@pytest.mark.parametrize("printed", PRINTED)
def test_words_are_what_a_pattern_finds_in_small_letters(printed):
    assert text.words(printed) == re.findall(r"\w+", printed.lower())
