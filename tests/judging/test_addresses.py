"""Under which address an article is known."""

import pytest

from newsarchive.items import Article
from newsarchive.judging import addresses
from tests.judging.test_arrival import OUTLET

URL = "https://a.example/2026/x-amphtml"


@pytest.mark.parametrize(
    ("canonical", "own"),
    [
        ("https://a.example/2026/x", "https://a.example/2026/x"),
        ("https://a.example/politics/", URL),
        (None, URL),
        (URL, URL),
    ],
)
def test_a_canonical_address_counts_where_an_article_can_be(canonical: str | None, own: str):
    article = Article(URL, canonical_url=canonical)
    assert addresses.own(article, OUTLET) == own
    assert addresses.is_copy(article, OUTLET) is (own != URL)
