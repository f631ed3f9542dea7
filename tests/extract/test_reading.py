import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newsarchive import text
from newsarchive.errors import NotAnArticle
from newsarchive.extract import extract, identity
from newsarchive.items import Paywall
from newsarchive.outlets import Layout
from tests.extract import pages
from tests.extract.pages import PROSE, json_ld, plain

URL = "https://times.example/harbour-without-cranes"
HEAD = "<meta property=og:type content=article>"
LONG = [f"{sentence} This is paragraph {number} of the story." for number, sentence in enumerate(PROSE * 2)]
STORY = f"<article><h1>Harbour without cranes</h1>{pages.paragraphs(LONG)}</article>"


def test_a_page_of_an_unknown_system_is_read_without_rules() -> None:
    article = pages.read(plain(STORY, HEAD), url=URL)
    assert article.body() == LONG
    assert article.headline == "Harbour without cranes"
    assert article.provenance is not None
    assert article.provenance.extraction.engine == "generic/blocks"
    assert article.quality.flags == ["generic"]


def test_headline_is_not_repeated_before_the_body() -> None:
    page = plain(STORY.replace("</h1>", "</h1><p>Harbour without cranes</p>"), HEAD)
    assert pages.read(page, url=URL).body()[0] == LONG[0]


def test_spans_text_and_fingerprints_belong_together() -> None:
    article = pages.read(plain(STORY, HEAD), url=URL)
    assert article.text == text.join(article.body())
    assert article.text_sha256.startswith("sha256:")
    assert len(article.simhash) == 16
    assert article.quality.paragraphs == len(LONG)


def test_outlet_rules_come_before_the_platform_s() -> None:
    layout = Layout(
        body="div.story",
        drop=(".promo",),
        headline="h2.title",
        dek=".dek",
        kicker=".kicker",
        byline=".by",
        byline_pattern=r"^Text: (?P<authors>.+) \((?P<date>.+)\)$",
        lead_image="img.top",
    )
    outlet = pages.outlet("kyiv_independent").model_copy(update={"layouts": (layout,), "paywall": ".locked"})
    page = f"""<html>{pages.ghost_head("Other")}<body><h2 class=title>Own headline</h2><p class=dek>Own dek</p><p class=kicker>News | Ports</p>
<p class=by>Text: Ada Lens and Bo Crane (November 15, 2024 4:09 PM)</p><img class=top src=/top.jpg>
<div class=story>{pages.paragraphs(LONG)}<p class=promo>Buy</p><figure class=kg-bookmark-card><p>Card</p></figure></div>
<div class="gh-content"><p>other</p></div><div class=locked></div></body></html>"""
    article = extract(
        page.encode(), content_type="text/html", url=pages.KI + "/own/", captured_at=pages.CAPTURED, outlet=outlet
    )
    assert article.provenance is not None
    assert article.provenance.extraction.engine == "layout"
    assert [rule.name for rule in article.provenance.extraction.rules] == ["outlet/kyiv_independent", "platform/ghost"]
    assert article.body() == LONG
    assert (article.headline, article.dek, article.article_type, article.section) == (
        "Own headline",
        "Own dek",
        "News",
        "Ports",
    )
    assert [person.name for person in article.authors] == ["Ada Lens", "Bo Crane"]
    assert article.published_at is not None
    assert article.published_at.value == "2024-11-15T16:09:00+02:00"
    assert article.images[0].url == "https://kyivindependent.com/top.jpg"
    assert (article.is_free, article.quality.flags) == (False, ["paywalled"])


def test_a_rule_that_finds_nothing_is_flagged() -> None:
    page = plain(STORY, HEAD)
    article = pages.read(page, url=pages.KI + "/story/", captured_at=pages.IN_LAYOUT_B, by="kyiv_independent")
    assert "rule_miss" in article.quality.flags


@pytest.mark.parametrize(
    ("payload", "content_type", "reason"),
    [
        (b"", None, "empty"),
        (b"  \n\x00 ", "text/html", "empty"),
        (b"<html><body></body></html>", "text/html", "empty"),
        (b"%PDF-1.4 <x>", "text/html", "not_html"),
        (b"{}", "application/json", "not_html"),
        (b"no tags at all", None, "not_html"),
        (b"<html><body><h1>404</h1><p>Gone fishing, sorry.</p></body></html>", "text/html", "soft_404"),
        (b"<html><body><h1>Hello you</h1><p>Short.</p></body></html>", "text/html", "no_body"),
        (plain("", HEAD).encode(), "text/html", "no_body"),
        (
            plain(STORY.replace("Harbour without cranes", ""), HEAD).replace("A title", "").encode(),
            "text/html",
            "no_headline",
        ),
        ((plain(f"<h1>News</h1>{'<p><a href=/a>' + PROSE[0] + '</a></p>'}" * 9)).encode(), "text/html", "listing"),
    ],
)
def test_what_is_no_article_says_why(payload: bytes, content_type: str | None, reason: str) -> None:
    with pytest.raises(NotAnArticle) as caught:
        extract(payload, content_type=content_type, url=URL, captured_at=pages.CAPTURED)
    assert (caught.value.what, caught.value.url) == (reason, URL)


def test_rights_publisher_and_flags_are_what_the_page_states() -> None:
    stated = json_ld(
        **{
            "@type": "LiveBlogPosting",
            "isAccessibleForFree": "False",
            "license": "https://license.example/by/",
            "publisher": {"name": "The Times", "url": "https://times.example/"},
        }
    )
    head = (
        HEAD
        + stated
        + "<meta name=robots content='noindex, max-snippet:-1'><script type=application/ld+json>{broken</script>"
    )
    article = pages.read(plain(STORY, head), url=URL)
    assert article.rights.meta_robots == "noindex, max-snippet:-1"
    assert article.rights.license == "https://license.example/by/"
    assert (article.publisher.name, article.publisher.url) == ("The Times", "https://times.example/")
    assert article.is_free is False
    assert article.quality.flags == ["broken_json_ld", "generic", "live_blog", "paywalled"]


@pytest.mark.parametrize(
    ("metas", "told"),
    [
        ("<META NAME=ROBOTS CONTENT='NoIndex,NOAI'><meta name=robots content=noarchive>", "NoIndex,NOAI, noarchive"),
        ("<meta name=googlebot content=noindex><meta name=robots content=noai>", "noai, googlebot: noindex"),
        ("<meta name='Googlebot-News' content='noindex, nosnippet'>", "googlebot-news: noindex, nosnippet"),
        (
            "<meta name=newsarchive content=noarchive><meta name=GPTBot content=noai>",
            "newsarchive: noarchive, gptbot: noai",
        ),
        ("<meta name=robot content=noai>", "robot: noai"),
        ("<meta name=audience content=all><meta name=robots content=''><meta name=robots-policy content=x>", None),
    ],
)
def test_robots_metas_are_told_to_whomever_they_are_addressed(metas: str, told: str | None) -> None:
    assert pages.read(plain(STORY, HEAD + metas), url=URL).rights.meta_robots == told


def test_rights_are_told_with_all_licences_whose_it_is_and_what_says_that_it_is_not_free() -> None:
    stated = json_ld(
        **{
            "@type": "NewsArticle",
            "license": ["https://license.example/by/", {"@id": "https://license.example/nc/"}],
            "copyrightHolder": {"@type": "Organization", "name": "A Press Agency"},
        }
    )
    metas = (
        "<meta name=tdm-reservation content=1><meta name=tdm-policy content='https://times.example/tdm.json'>"
        "<meta property='article:content_tier' content=locked><link rel='License author' href='/terms'>"
    )
    story = STORY + '<footer><a rel="license" href="https://license.example/by/">CC</a></footer>'
    rights = pages.read(plain(story, HEAD + metas + stated), url=URL).rights
    licenses = ["https://times.example/terms", "https://license.example/by/", "https://license.example/nc/"]
    assert (rights.license, rights.license_links) == (licenses[0], licenses)
    assert (rights.tdm_reservation, rights.tdm_policy) == ("1", "https://times.example/tdm.json")
    assert rights.copyright_holder == "A Press Agency"
    assert rights.paywall == Paywall(is_free=False, source="meta")
    said_twice = json_ld(**{"@type": "NewsArticle", "isAccessibleForFree": True})
    rights = pages.read(plain(STORY, HEAD + metas + said_twice), url=URL).rights
    assert (rights.paywall, rights.copyright_holder) == (Paywall(is_free=True, source="json-ld"), None)
    rights = pages.read(plain(STORY, HEAD), url=URL).rights
    assert (rights.paywall, rights.license, rights.license_links) == (None, None, [])


@pytest.mark.parametrize(
    ("href", "wanted"),
    [
        ("/harbour?a=1", "https://times.example/harbour?a=1"),
        ("https://www.times.example/harbour", "https://www.times.example/harbour"),
        ("https://other.example/harbour", None),
        ("https://times.example/", None),
        ("javascript:void(0)", None),
    ],
)
def test_a_canonical_url_is_of_this_site_and_not_its_home_page(href: str, wanted: str | None) -> None:
    article = pages.read(plain(STORY, f"{HEAD}<link rel=canonical href='{href}'>"), url=URL)
    assert article.canonical_url == wanted


def test_links_are_absolute_and_those_of_the_body() -> None:
    body = (
        STORY.replace("The harbour", '<a href="/harbour#top">The harbour</a>', 1) + "<footer><a href=/x>x</a></footer>"
    )
    article = pages.read(plain(body, HEAD), url=URL)
    assert article.links == ["https://times.example/harbour"]
    assert article.quality.link_density > 0


def test_identity_depends_on_rules_and_on_nothing_else() -> None:
    outlet = pages.outlet("kyiv_independent")
    one = identity.extraction("layout", outlet, "ghost")
    assert one == identity.extraction("layout", outlet, "ghost")
    assert one.id != identity.extraction("layout", None, "ghost").id
    changed = outlet.model_copy(update={"digest": "sha256:other"})
    assert one.id != identity.extraction("layout", changed, "ghost").id
    assert replace(one, engine="generic").id == one.id


SCRIPT = """
import json, sys
from datetime import UTC, datetime
from newsarchive.extract import extract
for line in sys.stdin:
    page = json.loads(line)
    article = extract(page.encode(), content_type=None, url="https://kyivindependent.com/a-b/", captured_at=datetime(2026, 11, 22, tzinfo=UTC))
    print(json.dumps(article.to_record(), sort_keys=True))
"""


def test_the_same_bytes_give_the_same_record_in_every_process() -> None:
    ghost = pages.ki_page(
        headline="Harbour",
        byline="<p>by Ada Lens November 15, 2024 4:09 PM 2 min read</p>",
        caption="A (B)",
        body=pages.paragraphs(PROSE),
    )
    given = "".join(json.dumps(page) + "\n" for page in (plain(STORY, HEAD), ghost, plain(STORY, HEAD)))
    runs = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            input=given,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Pacific/Auckland"))
    ]
    assert runs[0] == runs[1]
    first, _, third = runs[0].splitlines()
    assert first == third


def test_capture_time_stands_in_provenance_only() -> None:
    captured = datetime(2026, 11, 22, 4, 5, 6, tzinfo=UTC)
    article = pages.read(plain(STORY, HEAD), url=URL, captured_at=captured)
    assert (article.published_at, article.updated_at) == (None, None)
    assert article.provenance is not None
    assert article.provenance.captured_at == "2026-11-22T04:05:06.000000Z"
    assert article.provenance.http.charset_source == "utf-8"
