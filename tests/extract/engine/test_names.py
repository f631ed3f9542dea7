import pytest

from newsarchive.extract.engine import names


def kinds(**facts: str) -> set[str]:
    found, _ = names.meaning(dict(facts))
    return {name for name, bit in names.BIT.items() if found & bit}


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({"class": "story-body__inner"}, "body"),
        ({"class": "articleBody"}, "body"),
        ({"id": "RelatedPosts"}, "related"),
        ({"class": "x newsletter_signup"}, "newsletter"),
        ({"role": "navigation"}, "navigation"),
        ({"itemprop": "author"}, "author"),
        ({"data-testid": "SocialShare"}, "share"),
        ({"class": "twitter-tweet"}, "tweet"),
    ],
)
def test_names_are_understood_however_they_are_spelt(facts: dict[str, str], wanted: str) -> None:
    assert wanted in kinds(**facts)


@pytest.mark.parametrize("name", ["commentary", "footnotes", "timeline__row", "loading"])
def test_a_word_within_a_word_is_another_word(name: str) -> None:
    assert not kinds(**{"class": name}) & {"comment", "footer", "advert", "meta"}


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({"id": "onetrust-consent-sdk"}, "consent"),
        ({"class": "privacy-modal"}, "consent"),
        ({"id": "comments"}, "comment"),
        ({"class": "a b comment-list"}, "comment"),
        ({"id": "sidebar"}, "sidebar"),
        ({"class": "OUTBRAIN"}, "related"),
        ({"class": "comments-open single"}, None),
        ({"class": "has-sidebar content"}, None),
        ({}, None),
    ],
)
def test_only_a_name_without_doubt_makes_certain(facts: dict[str, str], wanted: str | None) -> None:
    assert names.meaning(dict(facts))[1] == wanted
