"""Furniture that was learned: what is dropped by it, and what must not be."""

from dataclasses import replace

import pytest

from newsarchive import learned
from newsarchive.errors import NotAnArticle
from newsarchive.extract import extract, furniture
from newsarchive.extract.document import Document
from newsarchive.items import Article
from newsarchive.learned import Recurring
from tests.extract import pages
from tests.extract.pages import PROSE

URL = "https://times.example/harbour"
HEAD = '<meta property="og:type" content="article"><meta property="og:title" content="A harbour is closed">'
CALL = "Join the 25,000 readers who think that this paper is worth a coffee a week, and keep the harbour news coming."
LEDE = PROSE[0]


def page(*lines: str, before: str = "", after: str = "") -> str:
    body = f"<article class='story'><h1>A harbour is closed</h1>{pages.paragraphs(lines)}</article>"
    return pages.plain(before + body + after, HEAD)


def read(html: str, *blocks: Recurring) -> Article:
    outlet = pages.outlet("kyiv_independent").model_copy(
        update={"layouts": (), "platform": None, "learned": learned.learned("kyiv_independent", 50, blocks)}
    )
    return extract(html.encode(), content_type="text/html", url=URL, captured_at=pages.CAPTURED, outlet=outlet)


def block(text: str, place: str = "article.story>p", *, pages: int = 40) -> Recurring:
    return Recurring(pages, 3, place, learned.fold(text))


def test_a_paragraph_that_is_known_to_recur_is_dropped_and_nothing_else():
    html = page(*PROSE[:2], CALL, *PROSE[2:])
    assert CALL in read(html).text
    assert read(html, block(CALL)).body() == list(PROSE)


def test_numbers_and_capitals_make_no_difference():
    html = page(*PROSE, CALL.replace("25,000", "31,500").upper())
    assert read(html, block(CALL)).body() == list(PROSE)


def test_the_first_sentence_of_an_article_stands_as_a_teaser_elsewhere_and_is_kept_where_it_is_at_home():
    teaser = block(LEDE, "li.card>p")
    html = page(*PROSE, after=f"<ul class='more'><li class='card'><p>{LEDE}</p></li></ul>")
    assert read(html, teaser).body() == list(PROSE)
    assert read(html, teaser, block(LEDE)).body() == list(PROSE[1:])


def test_an_article_that_follows_on_many_pages_is_kept_at_home():
    html = page(*PROSE, CALL)
    followers = [block(line, pages=10) for line in PROSE]
    assert read(html, *followers).body() == [*PROSE, CALL]
    assert read(html, *followers, block(CALL)).body() == list(PROSE)
    assert read(html, block(CALL, pages=10), block(PROSE[0], pages=10)).body() == list(PROSE[1:])


def test_what_the_page_gives_as_its_description_is_its_own():
    lede = block(LEDE, pages=10)
    html = page(*PROSE).replace("</head>", f'<meta property="og:description" content="{LEDE[:80]}…"></head>')
    assert read(html, lede).body() == list(PROSE)
    assert read(page(*PROSE), lede).body() == list(PROSE[1:])
    assert read(html, block(LEDE, pages=25)).body() == list(PROSE[1:])


def test_a_body_that_is_furniture_alone_is_no_article():
    html = page(CALL)
    with pytest.raises(NotAnArticle) as caught:
        read(html, block(CALL))
    assert caught.value.what == "no_body"


def test_the_reading_names_its_table_and_depends_on_it():
    html = page(*PROSE)
    outlet = pages.outlet("kyiv_independent")
    one, other = (
        outlet.model_copy(update={"learned": learned.learned("kyiv_independent", 50, blocks)})
        for blocks in ([block(CALL)], [block(LEDE, "li>p")])
    )
    readings = [
        extract(html.encode(), content_type="text/html", url=URL, captured_at=pages.CAPTURED, outlet=by).provenance
        for by in (outlet, one, other, replace_counts(one))
    ]
    ids = [found.extraction.id for found in readings if found]
    assert len(set(ids)) == 3
    assert ids[1] == ids[3]
    assert readings[1]
    assert [rule.digest for rule in readings[1].extraction.rules if rule.name == "learned/kyiv_independent"] == [
        one.learned.digest
    ]


def replace_counts(outlet):
    blocks = [replace(block, pages=block.pages + 1) for block in outlet.learned.blocks]
    return outlet.model_copy(update={"learned": learned.learned(outlet.id, 60, blocks)})


def test_a_place_has_no_numbers_and_no_marks_of_a_build():
    html = pages.plain('<div class="post-123 Card_root__x7Kq2 wide"><p class="p1 lead">One line of text.</p></div>')
    assert furniture.places(Document(html, URL)) == {"one line of text.": {"div.Card_root.wide>p.lead"}}
