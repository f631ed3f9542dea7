"""Pages that are walls, and pages that only look like one; each is read as in a crawl."""

from datetime import UTC, datetime

import pytest

from newsarchive import reading
from newsarchive.errors import NotAnArticle
from newsarchive.items import Article, Capture, Page
from newsarchive.judging import living, wording

CONSENT = """<html><head><title>The Gazette</title></head><body><main><h1>We value your privacy</h1>
<p>We and our 842 partners store and/or access information on a device, such as cookies, and process personal data.</p>
<p>You can change your consent at any time. Some partners rely on legitimate interest, and show personalised ads.</p>
<button>Accept all</button> <button>Manage options</button></main></body></html>"""
ABOUT_COOKIES = """<html><head><title>Regulator fines bakery over cookie banner | The Gazette</title>
<meta property="og:type" content="article"><meta property="article:published_time" content="2026-03-04T05:06:07Z">
</head><body><article><h1>Regulator fines bakery over cookie banner</h1><p>By Ada Lens</p>
<p>The data regulator fined a bakery in Ostrava because its banner offered a button called "Accept all" and none beside it.</p>
<p>The shop had told visitors that "we and our partners" process addresses under legitimate interest, which the office
rejected. The baker, who sells rolls and no advertisements, said that she had never asked for such a banner.</p></article></body></html>"""
PAGE_NOT_FOUND = """<html><head><title>Page not found | The Gazette</title>
<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"Page not found",
"datePublished":"2026-03-04T05:06:07Z","author":{"@type":"Person","name":"Ada Lens"}}</script></head>
<body><article><h1>Page not found</h1><p>The last leaf of the Horodok chronicle, torn out by a Swedish officer, was never found again.</p>
<p>A librarian has now looked for it in nine castles, and she tells why an empty place between two leaves is worth a journey
of three thousand miles, a fine for parking on a drawbridge and the enmity of two counts.</p></article></body></html>"""
SOFT_404 = """<html><head><title>Page not found - The Gazette</title><meta property="og:type" content="article"></head>
<body><article><h1>Page not found</h1><p>The address that you followed leads nowhere. Perhaps the article has been moved, or the link
has a mistake in it. Please look for it with the search above, or go on to the latest news from the region, where
there is always something to read for everybody who has lost the way on our pages.</p></article></body></html>"""
CHALLENGE = """<html><head><title>Just a moment...</title></head><body><h1>gazette.example</h1>
<p>Verifying you are human. This may take a few seconds.</p><div class="cf-turnstile"></div></body></html>"""
LIST = """<html><head><title>Politics</title></head><body><h1>Politics</h1><ul>LINKS</ul></body></html>""".replace(
    "LINKS",
    "".join(
        f'<li><a href="/2026/{number}">A headline about the {number}th of many votes in the assembly</a></li>'
        for number in range(30)
    ),
)


def read(html: str, *, content_type: str = "text/html; charset=utf-8") -> Article:
    captured_at = datetime(2026, 11, 25, tzinfo=UTC).isoformat()
    capture = Capture("https://gazette.example/2026/x", captured_at, "x", 0, 1, "<urn:uuid:1>", "response", "sha1:A")
    return reading.read(Page(capture, html.encode(), 200, None, content_type, None, None, None, None, None), None)


@pytest.mark.parametrize(
    ("html", "reason"),
    [(CONSENT, "consent_wall"), (SOFT_404, "soft_404"), (CHALLENGE, "challenge"), (LIST, "listing")],
)
def test_a_wall_is_named(html: str, reason: str):
    with pytest.raises(NotAnArticle) as raised:
        read(html)
    assert raised.value.what == reason


def test_a_short_article_about_cookies_is_no_wall():
    article = read(ABOUT_COOKIES)
    assert article.headline == "Regulator fines bakery over cookie banner"
    assert "rolls and no advertisements" in article.text


def test_a_consent_page_that_carries_the_day_of_an_article_is_kept_with_a_mark():
    dated = CONSENT.replace("<main>", "<main><article>").replace(
        "</head>",
        '<meta property="og:type" content="article"><meta property="article:published_time" content="2026-03-04T05:06:07Z"></head>',
    )
    assert "consent_wording" in read(dated).quality.flags


def test_an_article_of_that_title_is_no_apology():
    assert read(PAGE_NOT_FOUND).headline == "Page not found"


@pytest.mark.parametrize(
    "title",
    ["404", "Error 404 - not here", "Page not found", "Oops! Page not found", "Sorry, the page could not be found",
     "Seite nicht gefunden", "Page introuvable | Le Jour", "This article no longer exists", "Página no encontrada"],
)  # fmt: skip
def test_apologies_are_known_in_many_languages(title: str):
    assert wording.apologises([title])


@pytest.mark.parametrize(
    "title",
    ["Page not found in the chronicle after all", "404 Squadron returns home", "Story", "Found: the lost page",
     "A page that no longer exists haunts the court"],
)  # fmt: skip
def test_headlines_with_such_words_are_no_apologies(title: str):
    assert not wording.apologises([title])


@pytest.mark.parametrize(
    ("html", "is_live"),
    [
        (b'<body class="single live-blog has-sidebar">', True),
        (b'<article itemscope itemtype="https://schema.org/LiveBlogPosting">', True),
        (b'<main data-type="liveblog">', True),
        (b'<body class="liveblog has-related">', True),
        (b'<article class="story"><a class="live-blog" href="/x">Our live blog</a>', False),
        (b'<body class="has-live-blog-teaser">', False),
        (b'<aside><div class="liveblog">', False),
        (b'<article class="teaser" data-headline="Polls open" data-type="liveblog">', False),
    ],
)
def test_a_live_blog_is_marked_around_the_article(html: bytes, is_live: bool):
    assert living.is_live(html) is is_live
