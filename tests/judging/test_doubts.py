"""What lists say against an article, with literals."""

import pytest

from newsarchive.judging import doubts

TEXT = "The harbour board voted on Tuesday to close the old ferry quay until the spring tides have passed."


@pytest.mark.parametrize(
    ("listed", "is_another"),
    [
        ("Harbour board closes ferry quay", False),
        # Other words for the same story, as feeds have them.
        ("Why your ferry won't sail before spring", False),
        ("Minister resigns after tennis scandal", True),
        ("Live", False),
        ("", False),
        (None, False),
    ],
)
def test_a_page_that_shares_no_words_with_its_listed_headline_is_another(listed: str | None, is_another: bool):
    assert doubts.is_another(listed, "Quay closed", TEXT) is is_another
