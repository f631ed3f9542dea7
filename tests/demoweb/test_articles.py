import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from newsarchive.demoweb import DemoArticle, content_type, load_articles, render_page

DOCUMENTS = Path(__file__).parents[2] / "seeds" / "documents"
ARTICLES = load_articles()
READABLE = [article for article in ARTICLES if article.rejected is None]


class Sight(HTMLParser):
    """What a conversion to text sees of a page: words and the alternative texts of images, no scripts, no templates."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag, attributes) -> None:
        self.hidden += tag in ("head", "script", "template")
        if tag == "img":
            self.words.append(f" {dict(attributes).get('alt') or ''} ")
        elif tag not in ("a", "span", "strong", "em", "code"):
            self.words.append("\n")

    def handle_endtag(self, tag) -> None:
        self.hidden -= tag in ("head", "script", "template")

    def handle_data(self, data) -> None:
        if not self.hidden:
            self.words.append(data)


def seen(article: DemoArticle) -> str:
    sight = Sight()
    sight.feed(render_page(article).decode(article.serving.charset))
    return " ".join("".join(sight.words).split())


def by_slug(slug: str) -> DemoArticle:
    return next(article for article in ARTICLES if article.slug == slug)


@pytest.mark.parametrize(
    ("document", "slug"),
    [
        ("responsible_statecraft.txt", "scholz-putin-call"),
        ("kyiv_independent.txt", "putin-scholz-to-hold-first-direct-phone-call-in-two-years-bloomberg-reports"),
    ],
)
def test_seed_page_shows_every_line_of_its_document_in_order(document, slug):
    text, position = seen(by_slug(slug)), 0
    for line in (DOCUMENTS / document).read_text(encoding="utf-8").splitlines():
        words = " ".join(line.split())
        found = text.find(words, position)
        assert found >= 0, words
        position = found + len(words)


def test_seed_of_responsible_statecraft_states_no_author_and_no_time():
    article = by_slug("scholz-putin-call")
    page = render_page(article).decode()
    assert article.expected()["authors"] == []
    assert article.expected()["published_at"] is None
    assert not re.search(r"datePublished|published_time|social-date|\"author\"|article:author", page)


def test_seed_of_the_kyiv_independent_is_dated_by_its_byline():
    article = by_slug("putin-scholz-to-hold-first-direct-phone-call-in-two-years-bloomberg-reports")
    expected = article.expected()
    assert (expected["published_at"], expected["precision"]) == ("2024-11-15T16:09:00+02:00", "minute")
    assert expected["authors"] == ["The Kyiv Independent news desk"]
    assert not re.search(r"published_time|datetime=|ld\+json", render_page(article).decode())


@pytest.mark.parametrize("article", READABLE, ids=lambda one: one.slug)
def test_page_shows_the_expected_body_in_order(article):
    text, position = seen(article), 0
    for paragraph in article.expected()["body"]:
        position = text.find(paragraph, position)
        assert position >= 0, paragraph


@pytest.mark.parametrize("article", READABLE, ids=lambda one: one.slug)
def test_expected_body_holds_no_furniture(article):
    body = "\n\n".join(article.expected()["body"])
    assert [text for text in article.must_not_contain if text in body] == []


@pytest.mark.parametrize("article", ARTICLES, ids=lambda one: one.slug)
def test_times_lie_between_2022_and_october_2026(article):
    first, last = datetime(2022, 1, 1, tzinfo=UTC), datetime(2026, 10, 31, 23, 59, tzinfo=UTC)
    assert all(first <= moment <= last for moment in (article.published, article.updated) if moment)


def test_there_are_at_least_34_articles_beside_the_seeds():
    assert len(READABLE) >= 36
    assert len({article.url for article in ARTICLES}) == len(ARTICLES)


def test_every_layout_is_played():
    layouts = {article.layout for article in READABLE}
    assert layouts == {"rebelmouse", "ghost_b", "ghost_b_big_picture", "ghost_b_opinion", "ghost_c"}


def test_big_picture_has_no_h1():
    page = render_page(by_slug("the-long-winter-of-the-orchard-brigade")).decode()
    assert "<h1" not in page
    assert 'h2 class="bigPictureTopper__title"' in page


def test_visible_date_may_be_the_day_before_the_machine_date():
    article = by_slug("midnight-vote-war-powers")
    assert "June 9, 2026 11:47PM ET" in seen(article)
    assert article.expected()["published_at"] == "2026-06-10T03:47:19+00:00"


def test_old_charset_lies_in_its_header():
    article = by_slug("coffeehouse-diplomacy-vellingen")
    assert content_type(article) == "text/html; charset=utf-8"
    with pytest.raises(UnicodeDecodeError):
        render_page(article).decode()


def test_foreign_widget_stands_in_the_wrapper_of_the_post():
    article = by_slug("drone-export-rules-loosened")
    page = render_page(article).decode()
    wrapper = page[: page.index('data-source="current_page"')]
    assert wrapper.count('class="body js-expandable') == 2
    assert f'elid="{article.teasers[0].number}"' in wrapper


def test_templates_carry_no_comment_into_the_page():
    assert all(b"SEEN" not in render_page(article) for article in ARTICLES)
