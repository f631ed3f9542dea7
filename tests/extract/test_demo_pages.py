"""Every page of the demo web is read as its author says it should be."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from newsarchive.demoweb.articles import DemoArticle
from newsarchive.demoweb.library import load_articles
from newsarchive.demoweb.pages import content_type, render_page
from newsarchive.errors import NotAnArticle
from newsarchive.extract import extract
from newsarchive.items import Article
from newsarchive.outlets import Outlet
from tests.extract import pages

LAYOUT_C = datetime(2026, 12, 1, tzinfo=UTC)
ARTICLES = load_articles()
TOLD = [article for article in ARTICLES if article.rejected is None]
NOT_TOLD = [article for article in ARTICLES if article.rejected is not None]


@cache
def outlet(name: str) -> Outlet:
    return pages.outlet(name)


def read(article: DemoArticle) -> Article:
    return extract(
        render_page(article),
        content_type=content_type(article),
        url=article.url,
        captured_at=LAYOUT_C if article.layout == "ghost_c" else article.touched_at + timedelta(days=1),
        outlet=outlet(article.outlet),
    )


def comparable(article: Article) -> dict[str, Any]:
    """The record in the form of `DemoArticle.expected`."""
    lead = next((image for image in article.images if image.lead), None)
    published, updated = article.published_at, article.updated_at
    return {
        **article.to_record(),
        "authors": [person.name for person in article.authors],
        "published_at": published.value if published else None,
        "precision": published.precision if published else None,
        "updated_at": updated.value if updated else None,
        "language": article.language.code,
        "body": article.body(),
        "lead_image": {"alt": lead.alt, "caption": lead.caption, "credit": lead.credit} if lead else None,
    }


def own_captions(article: DemoArticle) -> set[str]:
    """What is no text of the body, but belongs to the record's images."""
    pictures = [*([article.lead] if article.lead else []), *(one for block in article.body for one in block.pictures)]
    return {text for one in pictures for text in (one.caption, one.credit) if text}


@pytest.mark.parametrize("demo", TOLD, ids=lambda demo: demo.slug)
def test_every_field_is_as_expected(demo: DemoArticle) -> None:
    wanted = demo.expected()
    # The caller fills in the outlet.
    wanted.pop("outlet")
    told = comparable(read(demo))
    assert {key: told[key] for key in wanted} == wanted


@pytest.mark.parametrize("demo", TOLD, ids=lambda demo: demo.slug)
def test_nothing_of_the_furniture_is_in_the_record(demo: DemoArticle) -> None:
    article = read(demo)
    told = json.dumps(article.to_record(), ensure_ascii=False)
    assert [text for text in demo.must_not_contain if text in article.text] == []
    foreign = set(demo.must_not_contain) - own_captions(demo)
    assert [text for text in foreign if json.dumps(text, ensure_ascii=False)[1:-1] in told] == []


@pytest.mark.parametrize("demo", NOT_TOLD, ids=lambda demo: demo.slug)
def test_a_page_that_is_no_article_says_why(demo: DemoArticle) -> None:
    with pytest.raises(NotAnArticle) as caught:
        read(demo)
    assert caught.value.what == demo.rejected
