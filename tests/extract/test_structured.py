import pytest

from newsarchive.extract import structured


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "NewsArticle", "headline": "A"}',
        '[{"@type": "NewsArticle", "headline": "A"}]',
        '{"@graph": [{"@type": ["Thing", "https://schema.org/NewsArticle"], "headline": "A"}]}',
        '<!-- {"@type": "NewsArticle", "headline": "A"} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "headline": "A"}\n//]]>',
        '/*<![CDATA[*/{"@type": "NewsArticle", "headline": "A"}/*]]>*/',
        '{"@type": "NewsArticle", "headline": "A", "keywords": ["x",],}',
        '{"@type": "NewsArticle", // a comment\n "headline": "A", /* another */ "url": "https://a.example/"}',
        '{"@type": "NewsArticle", "headline": "A", "description": "two\nlines\tand a tab"}',
        '{"@type": "WebPage", "mainEntity": {"@type": "NewsArticle", "headline": "A"}}',
    ],
)
def test_article_is_found_however_it_is_wrapped(script: str) -> None:
    graph = structured.read([script])
    assert [node["headline"] for node in graph.articles()] == ["A"]
    assert not graph.broken


@pytest.mark.parametrize("script", ["{not json", "[" * 100_000, '{"a": 1' + "1" * 5000, "{" * 50_000])
def test_unreadable_script_is_left_out_and_remembered(script: str) -> None:
    graph = structured.read([script, '{"@type": "Report"}'])
    assert graph.broken
    assert len(graph.articles()) == 1


def test_references_lead_to_their_object() -> None:
    graph = structured.read(
        [
            '{"@graph": [{"@type": "Article", "author": {"@id": "#ada"}}, {"@type": "Person", "@id": "#ada", "name": "Ada"}]}'
        ]
    )
    (article,) = graph.articles()
    assert [one["name"] for one in graph.objects(article["author"])] == ["Ada"]


def test_strings_are_freed_of_entities_tags_and_surrogates() -> None:
    assert structured.string("Tom &amp;amp; <i>Ann</i>&#39;s \ud800 day") == "Tom & Ann's day"
    assert structured.string(["", "second"]) == "second"
    assert structured.string(7) is None


@pytest.mark.parametrize(
    ("value", "wanted"), [(False, False), ("False", False), ("https://schema.org/True", True), (0, None), (None, None)]
)
def test_booleans_come_in_many_forms(value: object, wanted: bool | None) -> None:
    assert structured.truth(value) is wanted


def test_an_article_within_a_list_item_is_not_this_article() -> None:
    graph = structured.read(['{"@type": "ItemList", "itemListElement": [{"item": {"@type": "NewsArticle"}}]}'])
    assert graph.articles() == []
    assert graph.has_list()
