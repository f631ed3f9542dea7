"""Patterns of article addresses, generalised from addresses as outlets form them."""

import re

import pytest

from newsarchive.scouting.addresses import scope

HOST = "https://times.example"
WORDS = (
    "harbour-is-closed",
    "mayor-resigns-after-vote",
    "storm-cuts-power",
    "why-bees-return",
    "night-train-runs",
    "ferry-late",
)
NAV = ["/", "/about/", "/contact/", "/politics/", "/sport/", "/tag/war/", "/author/jane-doe/", "/privacy-policy/"]


def many(form: str) -> list[str]:
    sections = ("politics", "sport", "world")
    return [
        HOST
        + form.format(n=1000000 + 17 * k, d=10 + k, slug=slug, section=sections[k % 3], word=slug.partition("-")[0])
        for k, slug in enumerate(WORDS)
    ]


@pytest.mark.parametrize(
    ("form", "pattern"),
    [
        ("/2026/11/{d}/{slug}/", r"^/\d{4}/\d{1,2}/\d{1,2}/[^/]+/?$"),
        ("/{section}/2026/nov/{d}/{slug}", r"^/[^/]+/\d{4}/[a-z]{3}/\d{1,2}/[^/]+/?$"),
        ("/{slug}-{n}", r"^/[^/]*\d{5,}/?$"),
        ("/{section}/{slug}-{n}.html", r"^/[^/]+/[^/]*\d{5,}\.html$"),
        ("/{section}/{slug}", r"^/[^/]+/[^/]+[-_][^/]+/?$"),
        ("/news/{section}/{n}", r"^/news/[^/]+/\d+/?$"),
        ("/article/{n}", r"^/article/\d+/?$"),
        ("/{slug}/", r"^/[^/]+[-_][^/]+/?$"),
        ("/doc/{n}", r"^/doc/\d+/?$"),
        ("/view.php?id={n}", r"^/view\.php/?\?(?:.*&)?id=[^&]+"),
        ("/{section}/2026-11-{d}/{word}.html", r"^/[^/]+/\d{4}-\d{1,2}-\d{1,2}/[^/]+\.html$"),
    ],
)
def test_a_form_is_generalised_covers_its_articles_and_keeps_sections_out(form: str, pattern: str):
    articles = many(form)
    found = scope(articles, [HOST + path for path in NAV])
    assert found.allow == (pattern,)
    assert (found.covered, found.let_in) == (len(articles), 0)


def test_a_section_that_looks_like_an_article_is_denied_by_its_own_address():
    found = scope(many("/{slug}/"), [f"{HOST}/privacy-policy/", f"{HOST}/middle-east/", f"{HOST}/tag/long-read/"])
    assert found.deny == ("^/(middle-east|privacy-policy)/?$",)
    assert found.let_in == 0


def test_folders_of_lists_are_denied_as_such():
    found = scope(many("/{section}/{slug}"), [f"{HOST}/tag/long-read", f"{HOST}/author/jane-doe"])
    assert found.deny == ("^/(author|tag)(/|$)",)


def test_no_denial_hits_an_article_that_a_source_names():
    articles = many("/video/{slug}")
    found = scope(articles, [f"{HOST}/video/all-of-them"])
    assert found.covered == len(articles)
    assert not any(re.search(pattern, "/video/ferry-late") for pattern in found.deny)


def test_two_forms_are_kept_and_a_stray_one_is_not():
    articles = [f"{HOST}/2026/11/0{k}/slug-{k}" for k in range(1, 10)] * 1 + [
        f"{HOST}/live/{k}000001" for k in range(1, 10)
    ]
    articles += [f"{HOST}/special/offer-of-the-day.html"]
    # One of twenty may stray.
    articles += [f"{HOST}/2026/12/01/last"]
    found = scope(articles, [])
    assert len(found.allow) == 2
    assert found.covered == 19


def test_letters_of_any_script_are_no_obstacle():
    articles = [f"{HOST}/%D7%97%D7%93%D7%A9%D7%95%D7%AA/article-{n}" for n in range(1900001, 1900012)]
    assert scope(articles, []).covered == 11
