"""Following links ends, whatever a site is built like."""

import pytest

from newsarchive.discovery.scope import Bounds, Trail, repeats, shape

SITE = "https://news.example"
HOSTS = frozenset({"news.example"})


def trail(*within: str, pages: int = 100, of_one_shape: int = 10) -> Trail:
    return Trail(Bounds(pages, of_one_shape), hosts=HOSTS, within=within, is_article=lambda url: "/story/" in url)


@pytest.mark.parametrize(
    ("path", "refusal"),
    [
        ("/politics/", None),
        ("/politics/?page=2", None),
        ("/tag/bridges/", None),
        ("/2026/11/", None),
        ("/story/bridge", "article"),
        ("/files/report.pdf", "file"),
        ("/wp-json/wp/v2/posts", "file"),
        ("/politics/feed/", "file"),
        ("/login/?next=/", "file"),
        ("/politics/?replytocom=5", "query"),
        ("/shop?size=1&colour=2&price=3", "query"),
        ("/shop?filter[size]=1", "query"),
        ("/a/b/a/b/", "repeats"),
        ("/a/a/a/", "repeats"),
        ("/" + "/".join("abcdefghijklmn"), "repeats"),
    ],
)
def test_a_page_is_followed_unless_there_is_a_reason(path: str, refusal: str | None):
    assert trail().admit(SITE + path) == refusal


def test_other_hosts_are_not_followed():
    assert trail().admit("https://elsewhere.example/politics/") == "elsewhere"
    assert trail().admit("https://www.news.example/politics/") is None


def test_patterns_bound_the_part_of_the_site():
    only = trail("^/politics/", "page=")
    assert [only.admit(SITE + path) for path in ("/politics/eu/", "/sport/", "/sport/?page=2")] == [
        None,
        "outside",
        None,
    ]


def test_each_page_is_followed_once():
    once = trail()
    assert [once.admit(f"{SITE}{path}") for path in ("/politics", "/politics/", "/politics/?utm_source=x")] == [
        None, "again", "again",
    ]  # fmt: skip


def test_an_endless_calendar_ends_and_leaves_the_rest_its_room():
    bounded = trail()
    days = [bounded.admit(f"{SITE}/events/{year}/{month}/") for year in range(2026, 2126) for month in range(1, 13)]
    assert days.count(None) == 10
    assert set(days[10:]) == {"shape"}
    assert bounded.admit(f"{SITE}/politics/") is None


def test_endless_facets_end():
    bounded = trail()
    assert [bounded.admit(f"{SITE}/list?c={number}&d={number}") for number in range(50)].count(None) == 10


def test_all_together_are_bounded():
    bounded = trail(pages=5)
    found = [bounded.admit(f"{SITE}/{'x' * number}/") for number in range(1, 9)]
    assert found == [None] * 5 + ["pages"] * 3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/2026/11/25/", "/1999/1/1/"),
        ("/tag/war", "/tag/peace/"),
        ("/list?b=1&a=2", "/list?a=5&b=6"),
        ("/world/", "/sport/"),
    ],
)
def test_pages_of_one_list_have_one_shape(one: str, other: str):
    assert shape(SITE + one) == shape(SITE + other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("/tag/war", "/author/war"), ("/a/b", "/a/b/c"), ("/list", "/list?page=2"), ("/2026/", "/world/")],
)
def test_other_lists_have_another_shape(one: str, other: str):
    assert shape(SITE + one) != shape(SITE + other)


@pytest.mark.parametrize("path", ["/2026/2026/11/11/", "/news/news/", "/a/b/c/a/d/"])
def test_a_word_may_stand_twice(path: str):
    assert not repeats(path)
