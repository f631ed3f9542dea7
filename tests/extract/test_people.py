import pytest

from newsarchive.extract import headline, people, surroundings
from newsarchive.extract.document import Document
from newsarchive.extract.parts import Parts
from tests.extract.pages import json_ld, plain

URL = "https://times.example/story"


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("by Ada Lens, Bo Crane and Cy Quay", ["Ada Lens", "Bo Crane", "Cy Quay"]),
        ("By The Kyiv Independent news desk", ["The Kyiv Independent news desk"]),
        ("The Arts and Culture Desk", ["The Arts and Culture Desk"]),
        ("Ada Lens, Senior Reporter", ["Ada Lens"]),
        ("Martin King, Jr.", ["Martin King, Jr."]),
        ("https://www.facebook.com/times", []),
        ("ada@times.example", []),
        ("November 15, 2024", []),
        ("Updated Monday", []),
        ("admin", []),
        ("Reporter", []),
        ("Olena O'Neil-Šević", ["Olena O'Neil-Šević"]),
        ("", []),
    ],
)
def test_names_are_people_or_desks(printed: str, wanted: list[str]) -> None:
    assert people.names(printed) == wanted


def authors(head: str = "", body: str = "", parts: Parts | None = None) -> list[tuple[str, str | None]]:
    found = people.authors(Document(plain(body, head), URL), parts or Parts(), ["The Times"])
    return [(person.name, person.url) for person in found]


def test_json_ld_names_authors_first() -> None:
    stated = json_ld(**{"@type": "Article", "author": [{"name": "Ada Lens", "url": "/author/ada"}, "Bo Crane"]})
    meta = "<meta name=author content='Cy Quay'>"
    assert authors(stated + meta) == [("Ada Lens", "https://times.example/author/ada"), ("Bo Crane", None)]


def test_the_site_is_its_own_author_only_where_nobody_else_is_named() -> None:
    stated = json_ld(**{"@type": "Article", "author": {"@type": "Organization", "name": "The Times"}})
    assert authors(stated + "<meta name=author content='Cy Quay'>") == [("Cy Quay", None)]
    assert authors(stated) == [("The Times", None)]


def test_twitter_label_says_whether_it_names_an_author() -> None:
    pair = "<meta name=twitter:label1 content='{}'><meta name=twitter:data1 content='Ada Lens'>"
    assert authors(pair.format("Written by")) == [("Ada Lens", None)]
    assert authors(pair.format("Reading time")) == []


def test_an_address_in_article_author_is_no_name() -> None:
    assert authors("<meta property=article:author content='https://www.facebook.com/times'>") == []


def test_marked_bylines_are_read_without_rules() -> None:
    assert authors(body="<a rel=author href=/ada>Ada Lens</a>") == [("Ada Lens", "https://times.example/ada")]
    assert authors(body="<p class=byline>By Ada Lens and Bo Crane</p>") == [("Ada Lens", None), ("Bo Crane", None)]
    assert authors(body="<p class=byline>Harbours of the world</p>") == []


def test_json_ld_comes_in_all_forms() -> None:
    lists = {
        "@type": "Article",
        "author": [{"@type": "Person", "name": ["Ada Lens", "Bo Crane"]}, [{"name": "Cy Quay"}]],
    }
    assert [name for name, _ in authors(json_ld(**lists))] == ["Ada Lens", "Bo Crane", "Cy Quay"]


@pytest.mark.parametrize("author", [{"@type": "Organization", "name": "Harbour News"}, {"name": ", Harbour News"}])
def test_a_printed_name_comes_before_a_house(author: dict[str, str]) -> None:
    stated = json_ld(**{"@type": "Article", "author": author})
    body = "<main><h1>Harbour closes early</h1><p>3 May 2024 | By Ada Lens</p></main>"
    assert printed(stated, body) == ["Ada Lens"]
    assert printed(stated, "<main><h1>Harbour closes early</h1></main>") == ["Harbour News"]


@pytest.mark.parametrize(
    "body",
    [
        "<h1>Harbour closes early</h1><div>By</div><div>Ada Lens</div>",
        "<h1>Harbour closes early</h1><div class=x><a href=/author/ada-lens/>Ada Lens</a> - 3 May 2024</div>",
        "<h1>Harbour closes early</h1><span class=article-author><a href=/staff/1>Ada Lens</a> The Times</span>",
        "<h1>Harbour closes early</h1><span itemprop=author><meta itemprop=name content='Ada Lens'></span>",
        "<p>Von Ada Lens</p><h1>Harbour closes early</h1>",
        "<h1>Harbour closes early</h1><p>Text</p><div class=box><span itemprop=author>Ada Lens</span></div>",
    ],
)
def test_authors_are_found_near_the_headline_however_they_are_printed(body: str) -> None:
    assert printed("", f"<main>{body}</main>") == ["Ada Lens"]


def test_who_comments_is_no_author() -> None:
    body = "<main><h1>Harbour closes early</h1><p>Text</p><ul class=comments><li><span itemprop=author>Bo Crane</span></ul></main>"
    assert printed("", body) == []


def printed(head: str, body: str) -> list[str]:
    document = Document(plain(body, head), URL)
    found = headline.find(document, Parts(), ["The Times"])
    around = surroundings.read(found.node)
    return [one.name for one in people.authors(document, Parts(), ["The Times"], around, found.node)]
