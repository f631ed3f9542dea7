"""Invented articles in the skeletons of publishing systems.

In each skeleton the generator or the address of the style sheet, the element around the article's text and the class of
the box below it are known from the system; the elements between them and the site's own boxes are inferred.
"""

from dataclasses import dataclass
from typing import get_args

import pytest

from newsarchive.extract.document import Document
from newsarchive.extract.engine import bounds
from newsarchive.extract.engine.bounds import Bounds
from newsarchive.extract.engine.walk import walk
from newsarchive.extract.platforms import PROFILES, profile
from newsarchive.outlets import Outlet
from tests.extract import pages

URL = "https://times.example/2026/11/harbour"
STORY = [
    *pages.PROSE,
    "The port authority wrote in a letter, which this newspaper has seen, that it had never owned any of the cranes.",
    "“We were told to wait, and so we waited,” said Ada Lens, who has worked on the quay for thirty years.",
]
OTHER = (
    "The new lighthouse on the cape will be painted by hand, the island's council decided after a long evening of talk.",
    "Its keeper said that red would be seen from farther away, but that nobody had asked her, and nobody would.",
)
STYLE = '<link rel="stylesheet" href="{}">'
GENERATOR = '<meta name="generator" content="{}">'


@dataclass(frozen=True)
class Skeleton:
    head: str
    around: str
    """`{text}` for the article's, `{box}` for furniture."""
    box: str


SKELETONS = {
    "wordpress": Skeleton(
        GENERATOR.format("WordPress 6.7"),
        '<article class="post-7 post type-post hentry"><div class="entry-content">{text}{box}</div></article>',
        "wp-block-newspack-blocks-homepage-articles",
    ),
    "drupal": Skeleton(
        GENERATOR.format("Drupal 10 (https://www.drupal.org)"),
        '<article class="node node--type-article"><div class="node__content"><div class="clearfix field'
        ' field--name-body field--type-text-with-summary">{text}</div>{box}</div></article>',
        "field--name-field-related-articles",
    ),
    "arc": Skeleton(
        STYLE.format("https://times.example/pf/resources/css/site.css?d=42"),
        '<main class="b-right-rail__main"><article class="b-article-body article-body-wrapper">{text}{box}</article></main>',
        "b-results-list",
    ),
    "substack": Skeleton(
        STYLE.format("https://substackcdn.com/bundle/static/css/main.css"),
        '<article class="newsletter-post post"><div class="available-content"><div dir="auto" class="body markup">'
        "{text}{box}</div></div></article>",
        "digest-post-embed",
    ),
    "webflow": Skeleton(
        GENERATOR.format("Webflow"),
        '<div class="section"><div class="rich-text-block w-richtext">{text}</div>{box}</div>',
        "w-form",
    ),
    "squarespace": Skeleton(
        STYLE.format("https://static1.squarespace.com/static/versioned-site-css/site.css"),
        '<article class="h-entry"><div class="blog-item-content e-content"><div class="sqs-layout">{text}{box}</div></div></article>',
        "sqs-block-summary-v2",
    ),
    "hubspot": Skeleton(
        GENERATOR.format("HubSpot"),
        '<article class="blog-post"><div class="blog-post__body">{text}{box}</div></article>',
        "hs-cta-wrapper",
    ),
    "blogger": Skeleton(
        GENERATOR.format("blogger"),
        '<div class="post hentry"><div class="post-body entry-content">{text}</div>{box}</div>',
        "post-footer",
    ),
}


def page(name: str, text: list[str], *, box: tuple[str, ...] = OTHER, after: str = "") -> str:
    skeleton = SKELETONS[name]
    furniture = f'<div class="{skeleton.box}">{pages.paragraphs(box)}</div>'
    around = skeleton.around.format(text=pages.paragraphs(text), box=furniture)
    head = f"{skeleton.head}<title>Harbour without cranes</title><meta property='og:type' content='article'>"
    return f"<!DOCTYPE html><html><head>{head}</head><body><h1>Harbour without cranes</h1>{around}{after}</body></html>"


def test_every_profile_may_be_named_in_an_outlet_s_facts() -> None:
    literal = next(one for one in get_args(Outlet.model_fields["platform"].annotation) if one is not type(None))
    assert {one.name for one in PROFILES} == set(get_args(literal))
    assert {one.name for one in PROFILES} == {*SKELETONS, "rebelmouse", "ghost"}


@pytest.mark.parametrize("name", SKELETONS)
def test_platform_is_known_and_its_own_boxes_are_no_part_of_the_article(name: str) -> None:
    article = pages.read(page(name, STORY), url=URL)
    assert article.body() == STORY
    assert article.provenance is not None
    assert article.provenance.extraction.engine == "generic/blocks"
    assert [rule.name for rule in article.provenance.extraction.rules] == [f"platform/{name}"]


@pytest.mark.parametrize("name", SKELETONS)
def test_what_follows_the_body_of_the_platform_is_none_of_it(name: str) -> None:
    """Prose of the site's own below the article."""
    article = pages.read(page(name, STORY, after=f"<div>{pages.paragraphs(OTHER)}</div>"), url=URL)
    assert article.body() == STORY


@pytest.mark.parametrize("name", SKELETONS)
def test_body_of_the_platform_that_holds_only_a_beginning_leaves_the_reading_to_the_engine(name: str) -> None:
    """A front end of its own for the long read, the old template for the summary."""
    rest = f"<div class='story'>{pages.paragraphs(STORY[1:])}</div>"
    article = pages.read(page(name, STORY[:1], box=(), after=rest), url=URL)
    assert set(STORY[1:]) <= set(article.body())


def test_what_a_page_embeds_of_a_platform_does_not_make_it_one() -> None:
    embedded = "<img src='https://other.example/wp-content/uploads/quay.jpg'><div class='wp-block-quote'>A quay.</div>"
    assert profile(Document(pages.plain(embedded), URL), None) is None


def found(html: str, limits: Bounds) -> dict[str, str]:
    """What becomes of blocks that the engine would keep."""
    seen = walk(Document(pages.plain(html), URL))
    return dict(zip(seen.blocks.texts, bounds.within(seen, ["kept"] * len(seen.blocks.texts), limits), strict=True))


def test_bounds_drop_what_stands_outside_and_what_is_furniture() -> None:
    html = f"<div class='text x'><p>{'a' * 50}</p><div class='box'><p>b b</p></div></div><p>c c</p>"
    told = found(html, Bounds(body=("text",), furniture=frozenset({"box"})))
    assert told == {"a" * 50: "kept", "b b": bounds.FURNITURE, "c c": bounds.OUTSIDE}


def test_bounds_that_would_drop_most_are_passed_over() -> None:
    html = f"<div class='text'><p>a a</p></div><div class='box'><p>{'b' * 50}</p></div>"
    assert set(found(html, Bounds(("text",), frozenset({"box"}))).values()) == {"kept"}


def test_first_name_that_fits_the_page_is_its_body() -> None:
    html = f"<div class='outer'><p>a a</p><div class='inner'><p>{'b' * 50}</p></div></div>"
    assert found(html, Bounds(("gone", "inner", "outer")))["a a"] == bounds.OUTSIDE


def test_dek_above_the_article_is_told_as_such_where_none_was_found() -> None:
    html = f"<h3 class='subtitle'>a a</h3><div class='text'><p>{'b' * 50}</p></div><h3 class='subtitle'>c c</h3>"
    told = found(html, Bounds(("text",), dek=frozenset({"subtitle"})))
    assert told == {"a a": "dek", "b" * 50: "kept", "c c": bounds.OUTSIDE}


def test_names_are_whole_words_of_a_class() -> None:
    assert set(found("<div class='text-wrap'><p>a a</p></div><p>b b</p>", Bounds(("text",))).values()) == {"kept"}


def test_several_bodies_count_together_and_one_within_another_once() -> None:
    html = "<div class='t'><p>a a</p><div class='t'><p>b b</p></div></div><p>c</p><div class='t'><p>d d</p></div>"
    told = found(html, Bounds(("t",)))
    assert [text for text, reason in told.items() if reason == "kept"] == ["a a", "b b", "d d"]
