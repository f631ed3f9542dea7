"""The state of a front end as evidence, and as the body's source where the page itself prints none of it.

Known in each skeleton: how the system keeps its state (the id of the script, the name that is assigned, the form of the
JSON). Inferred: the keys of an article, which every newsroom names for itself; only ANS and Portable Text are published.
"""

import json
import time
from typing import Any

import pytest

from newsarchive.errors import NotAnArticle
from newsarchive.extract import scripts, stories, written
from newsarchive.extract.scripts import Script
from tests.extract import pages

URL = "https://times.example/2026/11/harbour-without-cranes"
HEADLINE = "Harbour without cranes closes its gates"
SHELL = "<div id='root'></div><p>You need to enable JavaScript to run this app.</p>"
STORY = [
    *pages.PROSE,
    "The port authority wrote in a letter, which this newspaper has seen, that it had never owned any of the cranes.",
]
HTML = pages.paragraphs(STORY)
ANS = {
    "headlines": {"basic": HEADLINE},
    "canonical_url": "/2026/11/harbour-without-cranes",
    "credits": {"by": [{"type": "author", "name": "Ada Lens"}, {"type": "author", "name": "Bo Crane"}]},
    "first_publish_date": "2026-11-20T08:30:05.123Z",
    "last_updated_date": "2026-11-21T06:00:00Z",
    "taxonomy": {"primary_section": {"name": "Europe"}, "tags": [{"text": "Ports"}, {"text": "Cranes"}]},
    "content_elements": [
        *({"type": "text", "content": one} for one in STORY[:2]),
        {"type": "image", "caption": "The quay. A long caption that nobody should take for a part of the article."},
        {"type": "interstitial_link", "content": "Read this instead: the new lighthouse will be painted by hand"},
        *({"type": "text", "content": one} for one in STORY[2:]),
    ],
}
PORTABLE = [
    {"_type": "block", "style": "normal", "children": [{"_type": "span", "text": one[:20]}, {"_type": "span", "text": one[20:]}]}
    for one in STORY
]  # fmt: skip
DRAFT = {"nodeType": "document", "content": [
    {"nodeType": "paragraph", "content": [{"nodeType": "text", "value": one, "marks": []}]} for one in STORY
]}  # fmt: skip


def next_app(article: Any) -> str:
    state = json.dumps({"props": {"pageProps": {"article": article}}, "page": "/[...slug]"})
    return f'<script id="__NEXT_DATA__" type="application/json">{state}</script>'


def quoted(value: Any) -> str:
    return json.dumps(json.dumps(value))


def in_single_quotes(value: Any) -> str:
    return "'" + json.dumps(value).replace("\\", "\\\\").replace("'", "\\'") + "'"


def nuxt_3(article: dict[str, Any]) -> str:
    """The flat form: containers hold places in one list."""
    flat: list[Any] = []

    def put(value: Any) -> int:
        flat.append(None)
        place = len(flat) - 1
        if isinstance(value, dict):
            flat[place] = {key: put(one) for key, one in value.items()}
        elif isinstance(value, list):
            flat[place] = [put(one) for one in value]
        else:
            flat[place] = value
        return place

    flat.append(["ShallowReactive", 1])
    put({"data": article})
    return f'<script type="application/json" id="__NUXT_DATA__">{json.dumps(flat)}</script>'


KEPT = {
    "next": next_app({"title": HEADLINE, "body": HTML}),
    "next, blocks of rich text": next_app({"title": HEADLINE, "body": DRAFT}),
    "next, portable text": next_app({"title": HEADLINE, "content": PORTABLE}),
    "next, headline beside the text": next_app(
        {"meta": {"title": HEADLINE}, "elements": [{"type": "textBlock", "htmlText": f"<p>{one}</p>"} for one in STORY]}
    ),
    "arc": f"<script>window.Fusion=window.Fusion||{{}};Fusion.globalContent={json.dumps(ANS)};Fusion.x={{a:1}};</script>",
    "preloaded": f'<script>window.__PRELOADED_STATE__ = {{"a":undefined,"b":{json.dumps({"headline": HEADLINE, "body": HTML})}}};</script>',
    "apollo, a text of its own": f"<script>window.__APOLLO_STATE__ = {quoted({'ROOT': {'title': HEADLINE, 'text': HTML}})};</script>",
    "parsed": f"<script>window._preloads = JSON.parse({quoted({'post': {'title': HEADLINE, 'body_html': HTML}})})</script>",
    "parsed, in single quotes": f"<script>x = JSON.parse({in_single_quotes({'title': HEADLINE, 'body': HTML})})</script>",
    "nuxt": nuxt_3({"title": HEADLINE, "paragraphs": STORY}),
    "text of several lines": next_app({"title": HEADLINE, "text": "\n\n".join(STORY)}),
    "rendered": next_app({"title": {"rendered": HEADLINE}, "content": {"rendered": HTML}}),
}


def shell(state: str, *, title: str = f"{HEADLINE} | The Times", body: str = SHELL, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}{state}</body></html>"


@pytest.mark.parametrize("name", KEPT)
def test_page_that_only_the_browser_draws_is_read_from_its_state(name: str) -> None:
    article = pages.read(shell(KEPT[name]), url=URL)
    assert article.body() == STORY
    assert article.headline == HEADLINE
    assert article.provenance is not None
    assert article.provenance.extraction.engine == "state"
    assert "broken_state" not in article.quality.flags


def test_state_tells_authors_days_section_and_tags_where_nothing_else_does() -> None:
    article = pages.read(shell(KEPT["arc"]), url=URL)
    assert [person.name for person in article.authors] == ["Ada Lens", "Bo Crane"]
    assert article.published_at is not None
    assert (article.published_at.value, article.published_at.precision) == ("2026-11-20T08:30:05+00:00", "second")
    assert article.updated_at is not None
    assert article.updated_at.value == "2026-11-21T06:00:00+00:00"
    assert (article.section, article.tags) == ("Europe", ["Ports", "Cranes"])


def test_json_ld_is_believed_before_the_state() -> None:
    said = pages.json_ld(**{
        "@type": "NewsArticle", "headline": HEADLINE, "author": {"@type": "Person", "name": "Eve Quay"},
        "datePublished": "2026-11-19T10:00:00+01:00", "articleSection": "Ports", "keywords": ["Harbours"],
    })  # fmt: skip
    article = pages.read(shell(KEPT["arc"], head=said), url=URL)
    assert [person.name for person in article.authors] == ["Eve Quay"]
    assert article.published_at is not None
    assert article.published_at.value == "2026-11-19T10:00:00+01:00"
    assert (article.section, article.tags) == ("Ports", ["Harbours"])


def test_what_the_page_prints_is_its_body_whatever_the_state_holds() -> None:
    """An older version in the state, of which the page shows the first words."""
    state = next_app({"title": HEADLINE, "body": pages.paragraphs([*STORY[:1], *(one.upper() for one in STORY * 3)])})
    article = pages.read(shell(state, body=f"<h1>{HEADLINE}</h1>{HTML}"), url=URL)
    assert article.body() == STORY
    assert article.provenance is not None
    assert article.provenance.extraction.engine == "generic/blocks"


def test_article_of_another_page_in_the_state_is_not_taken() -> None:
    state = next_app({"title": "The lighthouse is to be painted by hand", "url": "/2026/11/lighthouse", "body": HTML})
    with pytest.raises(NotAnArticle, match=r"no_body|empty"):
        pages.read(shell(state), url=URL)


def test_object_at_the_page_s_address_is_its_article_under_any_title() -> None:
    state = next_app({"title": HEADLINE, "url": "https://cms.example/2026/11/harbour-without-cranes/", "body": HTML})
    assert pages.read(shell(state, title="The Times"), url=URL).body() == STORY


def test_broken_state_is_reported_and_not_raised() -> None:
    printed = f"<h1>{HEADLINE}</h1>{HTML}"
    cut = next_app(ANS)[:900] + "</script>"
    article = pages.read(shell(cut, body=printed), url=URL)
    assert article.body() == STORY
    assert "broken_state" in article.quality.flags


def test_template_for_the_browser_is_neither_state_nor_broken() -> None:
    template = '<a class="entry" title="{{ data.title }}" data-kinds={"a": {{ data.kinds }}}>' * 20
    assert scripts.read([Script("text/html", "tmpl-entry", template)]) == scripts.Kept()


def test_text_in_single_quotes_may_escape_every_quote() -> None:
    state = json.dumps({"headline": HEADLINE, "body": f'<a href="/quay">{STORY[0]} {STORY[1]}</a>'})
    written_by_server = state.replace("\\", "\\\\").replace('"', '\\"').replace("/", "\\/")
    kept = scripts.read([Script(None, None, f"const STATE = Object.freeze(JSON.parse('{written_by_server}'));")])
    assert (kept.broken, kept.values) == (False, (json.loads(state),))


def test_script_that_is_no_json_is_not_broken() -> None:
    script = '<script>var a = {"title": function() { return 1 }};' + "/* headline */ " * 50 + "</script>"
    assert not scripts.read([Script(None, None, script)]).broken


@pytest.mark.parametrize(
    "text",
    [
        '={"title":' * 100_000,
        '={"a":["title",' + "[" * 200_000,
        '={"title":"' + "x" * 2_000_000,
        "=" + " " * 500_000 + '{"title',
        "=JSON.parse('" + "\\'" * 500_000 + "title",
        '={"title":' + "9" * 50_000 + "}",
        '={"title":1};' * 100_000,
    ],
    ids=["begun again and again", "deep", "unfinished text", "blanks", "escapes", "long number", "many"],
)
def test_hostile_scripts_are_read_in_linear_time(text: str) -> None:
    started = time.process_time()
    kept = scripts.read([Script(None, None, text), Script("application/json", "__NUXT_DATA__", text)])
    stories.find(kept.values, [HEADLINE], URL)
    assert time.process_time() - started < 2


def test_huge_state_is_searched_up_to_a_bound() -> None:
    value = {
        "items": [{"title": HEADLINE, "body": [{"text": "a b c " * 3}] * 50}] * 5000
        + [{"x": {}} for _ in range(300_000)]
    }
    started = time.process_time()
    story = stories.find([value], [HEADLINE], URL)
    assert len(written.paragraphs(story.bodies)) == 50
    assert time.process_time() - started < 2


def test_an_address_that_is_not_a_url_costs_no_story() -> None:
    values = [{"title": "A word", "url": "http://["}, {"title": HEADLINE, "url": "http://[", "body": STORY[0]}]
    assert STORY[0] in stories.find(values, [HEADLINE], URL).bodies


def test_state_that_holds_itself_is_walked_once() -> None:
    own: dict[str, Any] = {"title": HEADLINE, "body": []}
    own["body"] = [own, {"type": "paragraph", "text": STORY[0]}, [own]]
    own["self"] = own
    story = stories.find([own], [HEADLINE], URL)
    assert STORY[0] in [one.text for one in written.paragraphs(story.bodies)]


def test_flat_state_with_circles_and_wrong_places_is_read() -> None:
    flat = [["Reactive", 1], {"title": 2, "loop": 1, "gone": 99, "wrapped": 3}, "Title " * 50, ["Ref", 3]]
    (value,) = scripts.read([Script("application/json", "__NUXT_DATA__", json.dumps(flat))]).values
    assert value[1]["title"] == "Title " * 50
    assert value[1]["loop"] is value[1]
    assert (value[1]["gone"], value[1]["wrapped"]) == (None, None)


@pytest.mark.parametrize(
    ("stated", "moment"),
    [
        (1_795_250_000, "2026-11-21T08:33:20+00:00"),
        (1_795_250_000_000, "2026-11-21T08:33:20+00:00"),
        (17, None),
        (True, None),
    ],
)
def test_counts_of_seconds_are_moments(stated: object, moment: str | None) -> None:
    story = stories.find([{"title": HEADLINE, "publishedAt": stated}], [HEADLINE], URL)
    assert story.facts.get("datePublished") == moment


def test_markup_and_entities_within_kept_text_are_undone() -> None:
    kept = [
        {"type": "text", "content": "Tom &amp; <b>Ada</b> went to <a href='/x'>the quay</a>."},
        {"text": "A &lt; B &amp; C"},
    ]
    assert [one.text for one in written.paragraphs([kept])] == ["Tom & Ada went to the quay.", "A < B & C"]
