"""What the engine makes of whole pages; the texts are invented, the skeletons are those of real sites."""

import os
import subprocess
import sys
import time

import pytest

from newsarchive.extract import engine
from newsarchive.extract.document import Document
from tests.extract.pages import PROSE, paragraphs

TITLE = "Harbour of Tessaly closed without cranes"
HEAD = f'<title>{TITLE} - The Times</title><meta property="og:title" content="{TITLE}">'
MORE = (
    "The cranes had stood on the quay for ninety years, and painters came each summer to draw them at dusk.",
    "In a letter to the council, the buyer wrote that the cranes were “old, but honest,” and would be cared for.",
    "The council will meet again next week, when it expects to hear from the captain of the port and from the bank.",
)
STORY = (*PROSE, *MORE)
MENU = "".join(f'<li><a href="/{name}">{name.title()}</a></li>' for name in ("news", "sport", "opinion", "weather"))
CARDS = "".join(
    f'<div class="card"><a href="/{number}"><h3>Ferry number {number} sails again after the winter</h3></a></div>'
    for number in range(6)
)


def page(body: str, *, before: str = "", after: str = "", head: str = HEAD) -> str:
    return f"""<!DOCTYPE html><html lang="en"><head>{head}</head><body class="single has-sidebar comments-open">
<header class="site-header"><ul class="menu">{MENU}</ul></header>
<main id="main"><article class="post"><header class="entry-header"><h1 class="entry-title">{TITLE}</h1>
<div class="byline">By <a href="/author/ada">Ada Lens</a></div><time>2 May 2026</time>{before}</header>
<div class="entry-content">{body}</div></article>{after}</main>
<footer class="site-footer"><p>© 2026 The Times. All rights reserved.</p></footer></body></html>"""


def read(html: str) -> list[str]:
    return [one.text for one in engine.read(Document(html, "https://times.example/harbour")).paragraphs]


def reasons(html: str) -> dict[str, str]:
    return {block.text: block.reason for block in engine.explain(Document(html, "https://times.example/harbour"))}


def test_a_plain_story_is_read_whole_and_clean() -> None:
    assert read(page(paragraphs(STORY))) == list(STORY)


@pytest.mark.parametrize(
    ("furniture", "wanted"),
    [
        ('<nav><a href="/">Home</a></nav>', "navigation"),
        ("<figure><img src=/a.jpg><figcaption>The quay at dusk.</figcaption></figure>", "caption"),
        ('<div id="comments"><p>I never liked those cranes, and I said so to all who asked.</p></div>', "comment"),
        ('<div class="cookie-banner"><p>We use cookies, and so do our 214 partners, to know you.</p></div>', "consent"),
        ('<p style="display:none">Seen by nobody, though it reads like any other sentence here.</p>', "hidden"),
        ('<div id="sidebar"><p>Most of what stands here is about boats, and none of it is news.</p></div>', "sidebar"),
        ('<div class="taboola"><p>Doctors are astonished by what this sailor eats for breakfast.</p></div>', "related"),
    ],
)
def test_furniture_is_dropped_with_its_reason(furniture: str, wanted: str) -> None:
    html = page(paragraphs(STORY[:3]) + furniture + paragraphs(STORY[3:]))
    assert read(html) == list(STORY)
    assert wanted in {reason for reason in reasons(html).values() if reason != "kept"}
    assert [text for text, reason in reasons(html).items() if reason == "kept"] == list(STORY)


def test_the_reading_is_what_explain_keeps() -> None:
    html = page(paragraphs(STORY), before='<p class="standfirst">Three ministers smile.</p>', after=CARDS)
    document = Document(html, "https://times.example/harbour")
    explained = engine.explain(document)
    assert [one.paragraph for one in explained if one.kept] == engine.read(document).paragraphs
    assert all(one.reason and one.node.tag for one in explained)


def test_related_cards_after_the_story_are_none_of_it() -> None:
    html = page(paragraphs(STORY), after=f'<section class="related-posts"><h2>Related stories</h2>{CARDS}</section>')
    assert read(html) == list(STORY)


def test_the_next_article_of_an_endless_page_is_another_article() -> None:
    following = f"""<article class="post"><header><h1 class="entry-title">Ferries sail again after the winter</h1></header>
<div class="entry-content">{paragraphs(one.replace("harbour", "ferry") for one in STORY * 2)}</div></article>"""
    html = page(paragraphs(STORY), after=following)
    assert read(html) == list(STORY)
    assert "next article" in reasons(html).values()


def test_the_article_once_more_in_one_piece_is_for_machines() -> None:
    sheet = f'<div itemprop="articleBody">{" ".join(STORY * 2)}</div>'
    html = page(paragraphs(STORY), after=sheet)
    assert read(html) == list(STORY)
    assert "duplicate" in reasons(html).values()


def test_a_body_that_only_scripts_show_is_still_the_body() -> None:
    hidden = f'<div style="display:none">{paragraphs(STORY[1:])}</div>'
    assert read(page(paragraphs(STORY[:1]) + hidden)) == list(STORY)


def test_the_dek_stands_apart_from_the_body() -> None:
    dek = "Three ministers were seen to smile, but none of them has signed."
    html = page(paragraphs(STORY), before=f'<p class="standfirst">{dek}</p>')
    found = engine.read(Document(html, "https://times.example/harbour"))
    assert found.dek == dek
    assert [one.text for one in found.paragraphs] == list(STORY)


def test_a_lede_in_the_running_text_is_no_dek() -> None:
    head = f'{HEAD}<meta name="description" content="{STORY[0]}">'
    found = engine.read(Document(page(paragraphs(STORY), head=head), "https://times.example/harbour"))
    assert found.dek is None
    assert [one.text for one in found.paragraphs] == list(STORY)


def test_a_quoted_post_stands_in_its_place() -> None:
    post = '<blockquote class="twitter-tweet"><p>The cranes are gone.</p>— Ada Lens (@ada) May 2, 2026</blockquote>'
    kept = read(page(paragraphs(STORY[:3]) + post + paragraphs(STORY[3:])))
    assert kept == [*STORY[:3], "The cranes are gone.", "— Ada Lens (@ada) May 2, 2026", *STORY[3:]]


def test_subheads_lists_and_quotes_keep_their_order() -> None:
    listed = ["A crane of oak, sold to the neighbour for a song.", "A crane of iron, sold to the same for two songs."]
    body = (
        paragraphs(STORY[:2])
        + "<h2>What was sold</h2><ul>"
        + "".join(f"<li>{one}</li>" for one in listed)
        + f"</ul>{paragraphs(STORY[2:4])}<blockquote><p>{STORY[4]}</p></blockquote>{paragraphs(STORY[5:])}"
    )
    assert read(page(body)) == [*STORY[:2], "What was sold", *listed, *STORY[2:]]


@pytest.mark.parametrize("html", ["", "<p>", "<body hidden>", "<nav>menu</nav>", "<p>* * *</p>"])
def test_a_page_without_text_has_no_body(html: str) -> None:
    found = engine.read(Document(html, "https://times.example/harbour"))
    assert (found.paragraphs, found.dek) == ([], None)


SCRIPT = """
import sys
import time
from newsarchive.extract import engine
from newsarchive.extract.document import Document
document = Document(sys.stdin.read(), "https://times.example/harbour")
print([(one.text, one.reason, one.score) for one in engine.explain(document)])
"""


def test_no_hash_order_enters_a_reading() -> None:
    html = page(paragraphs(STORY), before='<p class="standfirst">Three ministers smile.</p>', after=CARDS)
    runs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            input=html,
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(runs) == 1


@pytest.mark.parametrize(
    "html",
    [
        paragraphs(STORY) * 3000,
        f"<p>{' '.join(STORY) * 3000}</p>",
        "".join(f"<div class=c{number}><p>Row {number} of many.</p></div>" for number in range(20_000)),
        f"<div class='{'x-y ' * 250_000}'>{paragraphs(STORY)}</div>",
        "<table>" + "<tr><td>a<td>b" * 20_000,
        f"<p>{'a<br><br>' * 20_000}</p>",
        "".join(f"<div><h1>Headline number {number} of them all</h1></div>" for number in range(20_000)),
        "<nav>menu</nav>" * 20_000 + paragraphs(STORY),
    ],
    ids=["paragraphs", "one", "classes", "class", "table", "breaks", "headlines", "menus"],
)
def test_work_grows_with_the_page_alone(html: str) -> None:
    started = time.process_time()
    engine.explain(Document(html, "https://times.example/harbour"))
    assert time.process_time() - started < 10


def test_a_quoted_post_is_kept_with_its_signature() -> None:
    post = (
        '<blockquote class="twitter-tweet"><p>I never liked those cranes.</p><p>But I shall miss them.</p>'
        "<p>So will the gulls.</p><p>And the painters.</p>— Ada Lens (@adalens) <a href=/1>May 2, 2026</a></blockquote>"
    )
    assert read(page(paragraphs(STORY) + post))[-1] == "— Ada Lens (@adalens) May 2, 2026"


def test_a_line_that_parts_sections_stays_between_them() -> None:
    texts = [*STORY[:3], "___", *STORY[3:]]
    assert read(page(paragraphs(texts))) == texts
