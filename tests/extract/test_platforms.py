import pytest

from newsarchive.errors import NotAnArticle
from tests.extract import pages

RS_URL = f"{pages.RS}/tessaly-harbour/"
KI_URL = f"{pages.KI}/tessaly-harbour/"
FOREIGN = (
    "A foreign paragraph about another story that must never be told here.",
    "And a second one of the same kind.",
)


def rs(**facts: str) -> str:
    given = {
        "headline": "Harbour without cranes",
        "dek": "Who sold them & why?",
        "kicker": "Reporting | Europe",
        "body": pages.paragraphs(pages.PROSE),
        "credit": "Top Image Credit: A. Lens/Agency",
        "alt": "Crane",
    }
    return pages.rs_page(**(given | facts))  # type: ignore[arg-type]


FOREIGN_POST = pages.rs_teaser(2669000009, "Another story", "Top image credit: Foreign Lens", FOREIGN, FOREIGN)


def test_rebelmouse_reads_its_own_post_only() -> None:
    article = pages.read(rs(teasers=FOREIGN_POST), url=RS_URL)
    assert article.body() == list(pages.PROSE)
    assert (article.dek, article.kicker) == ("Who sold them & why?", "Reporting | Europe")
    assert [(one.credit, one.alt, one.lead) for one in article.images] == [("A. Lens/Agency", "Crane", True)]


def test_rebelmouse_passes_over_a_foreign_post_in_its_own_block() -> None:
    article = pages.read(rs(foreign=FOREIGN_POST), url=RS_URL)
    assert article.body() == list(pages.PROSE)
    assert article.images[0].credit == "A. Lens/Agency"


def test_rebelmouse_knows_the_owner_by_its_post_id_where_blocks_are_not_marked() -> None:
    article = pages.read(rs(blocks="", teasers=FOREIGN_POST), url=RS_URL)
    assert (article.body(), article.headline) == (list(pages.PROSE), "Harbour without cranes")


def test_rebelmouse_knows_the_owner_by_its_headline_as_a_last_resort() -> None:
    page = rs(blocks="", teasers=FOREIGN_POST).replace('elid="2669000001"', "").replace('"post":', '"gone":')
    assert pages.read(page, url=RS_URL).body() == list(pages.PROSE)


def test_rebelmouse_post_without_text_is_no_article() -> None:
    with pytest.raises(NotAnArticle, match="no_body"):
        pages.read(rs(body="<iframe src='https://video.example/'></iframe>", teasers=FOREIGN_POST), url=RS_URL)


def test_captions_leave_the_body_for_the_images() -> None:
    picture = """<p class="shortcode-media"><img src="/media-library/in.jpg" alt="Quay">
<small class="image-media media-caption">The quay.</small><small class="image-media media-photo-credit">B. Crane</small></p>"""
    article = pages.read(rs(body=pages.paragraphs(pages.PROSE) + picture), url=RS_URL)
    assert article.body() == list(pages.PROSE)
    assert (article.images[1].caption, article.images[1].credit) == ("The quay.", "B. Crane")


def ki(byline: str, body: str = "", head: str = "") -> str:
    return pages.ki_page(
        headline="Harbour without cranes",
        byline=byline,
        caption="The quay. (B. Crane / Agency)",
        body=pages.paragraphs(pages.PROSE) + body,
        head=head,
    )


@pytest.mark.parametrize("by", ["kyiv_independent", None])
@pytest.mark.parametrize(
    "byline",
    [
        """<p>by <a href="/author/ada/">Ada Lens</a>, <a href="/author/bo/">Bo Crane</a> <time>November 15, 2024 4:09 PM</time> 2 min read</p>""",
        "<p>by Ada Lens, Bo Crane November 15, 2024 4:09 PM 2 min read</p>",
        """<div><time>November 15, 2024 4:09 PM</time> 2 min read</div><div class="c-byline"><a href="/author/ada/">Ada Lens</a></div>
<span>Reporter</span><div class="c-byline"><a href="/author/bo/">Bo Crane</a></div>""",
    ],
    ids=["links", "text", "opinion"],
)
def test_ghost_reads_each_form_of_byline(byline: str, by: str | None) -> None:
    article = pages.read(ki(byline), url=KI_URL, captured_at=pages.IN_LAYOUT_B, by=by)
    assert [person.name for person in article.authors] == ["Ada Lens", "Bo Crane"]
    assert article.published_at is not None
    zone = "+02:00" if by else ""
    assert article.published_at.value == f"2024-11-15T16:09:00{zone}"


def test_ghost_drops_cards_and_pitches_and_keeps_the_editor_s_note() -> None:
    furniture = """<figure class="kg-card kg-bookmark-card"><a href="/x"><div>Read this: another story</div></a></figure>
<a class="shortcodePatreonLight" href="/membership/"><div>Support us</div></a><div class="shortcodePatreon__wrapper"><p>Become a member</p></div>
<div class="kg-card kg-signup-card"><p>Sign up</p></div><div class="kg-card kg-product-card"><p>Buy a mug</p></div>
<figure class="kg-card kg-image-card"><img src="/in.jpg"><figcaption>A card. (C. Quay)</figcaption></figure>
<p>Hi, this is Ada Lens, cheers for reading this article. Please join us.</p><p>Editor's note: All names are invented.</p>"""
    article = pages.read(ki("", furniture), url=KI_URL, by="kyiv_independent", captured_at=pages.IN_LAYOUT_B)
    assert article.body() == [*pages.PROSE, "Editor's note: All names are invented."]
    assert [(one.caption, one.credit) for one in article.images] == [
        ("The quay.", "B. Crane / Agency"),
        ("A card.", "C. Quay"),
    ]


@pytest.mark.parametrize("name", ["ArticleBody_root__x7Kq2", "Story_text__0aB1c"])
def test_ghost_behind_css_modules_takes_neither_feed_nor_biography(name: str) -> None:
    feed = f"<div class='NewsFeed_item__x'>{pages.paragraphs(FOREIGN * 5)}</div>"
    page = pages.ki_c_page(
        headline="Harbour without cranes",
        body=f'<article class="{name}">{pages.paragraphs(pages.PROSE)}</article>',
        after=feed,
    )
    article = pages.read(page, url=KI_URL, by="kyiv_independent")
    assert article.body() == list(pages.PROSE)
    assert (article.headline, article.kicker, article.section) == ("Harbour without cranes", "News Feed", "News Feed")
    (lead,) = article.images
    assert lead.url == "https://assets.kyivindependent.com/lead.jpg"
    assert (lead.caption, lead.credit) == ("Cranes on the quay.", "A. Lens (left) / Agency")


@pytest.mark.parametrize("name", ["gh-content gh-canvas", "post-content", "post-full-content"])
def test_ghost_standard_themes_are_known(name: str) -> None:
    page = f"""<html lang=de>{pages.ghost_head("Harbour without cranes")}<body><article><header class="gh-article-header">
<a class="gh-article-tag" href="/tag/ports/">Ports</a><h1 class="gh-article-title">Harbour without cranes</h1><p class="gh-article-excerpt">Why?</p>
</header><section class="{name}">{pages.paragraphs(pages.PROSE)}</section></article><p>{FOREIGN[0]}</p></body></html>"""
    article = pages.read(page, url="https://blog.example/harbour/")
    assert (article.body(), article.dek, article.kicker) == (list(pages.PROSE), "Why?", "Ports")
    assert article.language.declared == "de"
