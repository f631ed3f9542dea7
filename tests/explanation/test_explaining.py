"""What is said of each block is what the reading did."""

from datetime import timedelta

import pytest

from newsarchive import learned
from newsarchive.demoweb.articles import DemoArticle
from newsarchive.demoweb.library import load_articles
from newsarchive.demoweb.pages import content_type, render_page
from newsarchive.explanation.explaining import REASONS, Explanation, explain
from newsarchive.learned import Recurring
from newsarchive.outlets import Layout, Outlet
from tests.extract import pages
from tests.extract.pages import PROSE
from tests.extract.test_demo_pages import LAYOUT_C

URL = "https://times.example/harbour"
HEAD = '<meta property="og:type" content="article"><meta property="og:title" content="A harbour is closed">'
CALL = "Join the 25,000 readers who think that this paper is worth a coffee a week."
HTML = "text/html"


def of_demo(demo: DemoArticle, outlet: Outlet | None) -> Explanation:
    captured_at = LAYOUT_C if demo.layout == "ghost_c" else demo.touched_at + timedelta(days=1)
    kind = content_type(demo)
    return explain(render_page(demo), content_type=kind, url=demo.url, captured_at=captured_at, outlet=outlet)


def of_page(body: str, outlet: Outlet | None = None) -> Explanation:
    html = pages.plain(body, HEAD).encode()
    return explain(html, content_type=HTML, url=URL, captured_at=pages.CAPTURED, outlet=outlet)


def reasons(explanation: Explanation) -> dict[str, str]:
    return {block.text: block.reason for block in explanation.blocks}


@pytest.mark.parametrize("with_rules", [True, False], ids=["rules", "no rules"])
@pytest.mark.parametrize("demo", load_articles(), ids=lambda demo: demo.slug)
def test_what_is_kept_is_the_article_and_no_block_is_without_a_reason(demo: DemoArticle, with_rules: bool):
    told = of_demo(demo, pages.outlet(demo.outlet) if with_rules else None)
    kept = [block.text for block in told.blocks if block.kept]
    if told.article:
        assert sorted(kept) == sorted(told.article.body())
    else:
        assert told.rejected
        assert kept == []
    assert all(block.reason in REASONS for block in told.blocks)
    assert sum(count for _, count in told.counts) == len(told.blocks)


def test_blocks_stand_in_the_order_of_the_page():
    told = of_page(
        f"<nav>Home</nav><article><h1>A harbour is closed</h1>{pages.paragraphs(PROSE)}</article><footer>Imprint</footer>"
    )
    assert [block.text for block in told.blocks] == ["Home", "A harbour is closed", *PROSE, "Imprint"]
    assert [block.reason for block in told.blocks] == ["navigation", "headline", *["kept"] * len(PROSE), "footer"]


def test_learned_furniture_is_named_as_such():
    call = Recurring(40, 2, "article.story>p", learned.fold(CALL))
    outlet = pages.outlet("kyiv_independent").model_copy(
        update={"layouts": (), "platform": None, "learned": learned.learned("kyiv_independent", 50, [call])}
    )
    body = f"<article class='story'><h1>A harbour is closed</h1>{pages.paragraphs((*PROSE, CALL))}</article>"
    assert reasons(of_page(body))[CALL] == "kept"
    assert reasons(of_page(body, outlet))[CALL] == "furniture"


def test_of_a_text_that_stands_twice_the_one_in_the_body_is_kept():
    teaser = f"<div class='teaser' hidden><p>{PROSE[0]}</p></div>"
    told = of_page(f"{teaser}<article><h1>A harbour is closed</h1>{pages.paragraphs(PROSE)}</article>")
    twice = [block for block in told.blocks if block.text == PROSE[0]]
    assert [(block.kept, block.place) for block in twice] == [(False, "div.teaser>p"), (True, "article>p")]


def test_what_a_layout_drops_was_left_out_by_a_rule():
    layout = Layout(body=".copy", drop=(".promo",))
    outlet = pages.outlet("kyiv_independent").model_copy(update={"layouts": (layout,), "platform": None})
    promo = f"<div class='promo'><p>{CALL}</p></div>"
    outside = "The paper is printed on the island of Tessaly, and flown to the mainland whenever the wind allows it."
    told = reasons(
        of_page(
            f"<h1>A harbour is closed</h1><div class='copy'>{pages.paragraphs(PROSE)}{promo}</div><p>{outside}</p>",
            outlet,
        )
    )
    assert told[CALL] == "rule"
    assert told[outside] == "outside"
    assert all(told[line] == "kept" for line in PROSE)


@pytest.mark.parametrize("payload", [b"", b"   ", b"%PDF-1.7 x", b"<div>" * 100_000])
def test_what_is_no_page_has_no_blocks_but_a_reason(payload: bytes):
    told = explain(payload, content_type=HTML, url=URL, captured_at=pages.CAPTURED)
    assert told.rejected in ("empty", "not_html", "too_complex")
    assert told.blocks == ()
