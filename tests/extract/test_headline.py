import pytest

from newsarchive.extract import headline, labels, titles
from newsarchive.extract.document import Document
from newsarchive.extract.parts import Parts
from tests.extract.pages import json_ld, plain

URL = "https://times.example/story"


def found(body: str, head: str = "") -> str | None:
    document = Document(plain(body, head).replace("<title>A title</title>", ""), URL)
    return headline.find(document, Parts(), titles.site_names(document, None, "times.example")).text


@pytest.mark.parametrize(
    ("body", "head", "wanted"),
    [
        ("<h1>Harbour closes early</h1>", "", "Harbour closes early"),
        (
            "<h1>The Times</h1><h1>Harbour closes early</h1>",
            "<meta property=og:title content='Harbour closes early | Times'>",
            "Harbour closes early",
        ),
        (
            "<h1>Harbour closes early today</h1>",
            "<meta property=og:title content='Harbour closes early'>",
            "Harbour closes early today",
        ),
        ("<h1>Menu</h1>", "<meta property=og:title content='Harbour closes early - Times'>", "Harbour closes early"),
        ("", "<title>Times | Harbour closes early</title>", "Harbour closes early"),
        (
            "<h1><span>Trade</span> Harbour closes early</h1>",
            "<meta property=og:title content='Harbour closes early'>",
            "Harbour closes early",
        ),
        ("", json_ld(**{"@type": "NewsArticle", "headline": "Tom &amp; Ann&#39;s harbour"}), "Tom & Ann's harbour"),
        ("<h1>Don&#x27;t close it</h1>", "", "Don't close it"),
        # An h1 for search engines among the breadcrumbs; the one for readers follows.
        (
            (
                "<div class=crumbs><h1>Harbour of Tessaly closes</h1></div><h2><span class=kicker>Trade</span>"
                "<span>Why the harbour had to close</span></h2>"
            ),
            "<title>Harbour of Tessaly closes</title><meta property=og:title content='Why the harbour had to close'>",
            "Why the harbour had to close",
        ),
        (
            "<p><a href=/a>News</a><a href=/b>Trade</a><h1>Harbour of Tessaly closes</h1></p><h2>Harbour of Tessaly must close</h2>",
            "<meta property=og:title content='Harbour of Tessaly closes'>",
            "Harbour of Tessaly closes",
        ),
        # Nobody confirms it, but the reader sees it.
        (
            "<main><h1>The quiet quay</h1></main>",
            "<meta property=og:title content='Cranes sold, a harbour of Tessaly stands empty'>",
            "The quiet quay",
        ),
        (
            "<header><h1>A site for us all</h1></header>",
            "<meta property=og:title content='Harbour closes early'>",
            "Harbour closes early",
        ),
        # A kicker that the metadata part from the headline by a colon belongs to it.
        (
            "<h1><span class=kicker>Trade</span><span>Harbour closes early</span></h1>",
            "<meta property=og:title content='Trade: Harbour closes early'>",
            "Trade: Harbour closes early",
        ),
        (
            "<h1><span>Opinion</span> <span>Harbours should not close</span></h1>",
            "<meta property=og:title content='Opinion | Harbours should not close'>",
            "Harbours should not close",
        ),
        (
            "<h1><span class=topline>Trade</span> Harbours should not close</h1>",
            "<meta property=og:title content='Why harbours should not close'>",
            "Harbours should not close",
        ),
        (
            "<h1><a href=/>Four Years Left</a></h1><h2>A note on quays</h2>",
            "<title>Four Years Left » Archive » A note on quays</title>",
            "A note on quays",
        ),
        ("<div>A note on quays</div><p>x</p>", "<title>A note on quays ‹ Somebody's Pages</title>", "A note on quays"),
        ("", "", None),
    ],
)
def test_headline_is_the_printed_one_where_the_page_confirms_it(body: str, head: str, wanted: str | None) -> None:
    assert found(body, head) == wanted


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("Analysis | Europe", ("Analysis | Europe", "Analysis", "Europe")),
        ("Opinion", ("Opinion", None, "Opinion")),
        (None, (None, None, "Stated")),
    ],
)
def test_kicker_is_split_once_at_its_bar(printed: str | None, wanted: tuple[str | None, ...]) -> None:
    document = Document(plain("", "<meta property='article:section' content='Stated'>"), URL)
    assert labels.kicker(Parts(kicker=printed), document) == wanted


def test_tags_are_the_first_list_the_page_states() -> None:
    head = "<meta name=keywords content='a, b'><meta property=article:tag content=War><meta property=article:tag content=War>"
    assert labels.tags(Document(plain("", head), URL)) == ["War"]
    assert labels.tags(Document(plain("", "<meta name=keywords content='a, b,'>"), URL)) == ["a", "b"]
    assert labels.tags(Document(plain(""), URL)) == []


def test_a_description_is_no_dek() -> None:
    assert labels.dek(Parts(), "Headline") is None


def test_the_name_of_a_site_is_no_headline_because_it_is_printed() -> None:
    body = "<div>A Project</div><p>Harbour: closed early</p>"
    assert found(body, "<title>Harbour: closed early ‹ A Project</title>") == "Harbour: closed early"
    assert found("<div>A Project</div>", "<title>Harbour : closed early ‹ A Project</title>") == (
        "Harbour : closed early ‹ A Project"
    )


def test_a_title_that_poses_as_the_name_of_the_site_is_still_a_headline() -> None:
    title = "A harbour without cranes and how the town of Tessaly lives with it"
    head = f"<meta property=og:title content='{title} | Times'><meta property=og:site_name content='{title}'>"
    assert found(f"<h1>{title}</h1>", head) == title


def test_where_no_title_says_more_than_the_site_the_address_tells_the_heading() -> None:
    body = "<h1><a href=/>Times</a></h1><h2>Also of interest today</h2><h2>The harbour must close</h2>"
    document = Document(
        plain(body, "").replace("A title", "Times"), "https://times.example/2024/the-harbour-must-close/"
    )
    names = titles.site_names(document, None, "times.example")
    assert headline.find(document, Parts(), names).text == "The harbour must close"
