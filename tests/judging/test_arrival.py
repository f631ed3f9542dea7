"""Where redirects lead, with literals."""

import pytest

from newsarchive.judging import arrival
from newsarchive.outlets import Outlet

OUTLET = Outlet.model_validate(
    {
        "id": "a", "name": "A", "home": "https://a.example/", "language": "en", "timezone": "UTC",
        "sources": ({"feed": "https://a.example/rss"},), "articles": {"allow": (r"^/\d{4}/", r"^/story\?id="), "hosts": ("b.example",)},
        "crawl": {"delay": 1.0, "concurrency": 1, "section_pages": 1, "feed_pages": 1, "recapture": (), "poll": ("5m", "12h"), "poll_worth": "2m", "live": "10m", "backfill_older": "14d", "backfill_per_day": 500},
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://a.example/2026/x", None),
        ("https://www.a.example/2026/x", None),
        ("https://m.a.example/2026/x", None),
        ("https://b.example/2026/x", None),
        ("https://a.example/story?id=4", None),
        # An article about consent is none of it.
        ("https://a.example/2026/consent/", None),
        ("https://consent.a.example/collect?to=x", "consent_wall"),
        ("https://consent.elsewhere.example/v2/collectConsent", "consent_wall"),
        ("https://cdn.privacy-mgmt.com/index.html", "consent_wall"),
        ("https://a.example/cookie-consent/?next=x", "consent_wall"),
        ("https://a.example/login?next=/2026/x", "login_wall"),
        ("https://a.example/", "redirected_home"),
        ("https://a.example", "redirected_home"),
        ("https://a.example/index.html", "redirected_home"),
        ("https://a.example/en/", "redirected_home"),
        ("https://a.example/politics/", "redirected_section"),
        ("https://parked.example/2026/x", "redirected_away"),
        ("https://nota.example/2026/x", "redirected_away"),
    ],
)
def test_where_a_redirect_ends_says_whether_an_article_can_be_there(url: str, reason: str | None):
    assert arrival.astray(url, OUTLET) == reason


def test_an_outlet_may_have_any_name():
    named = OUTLET.model_copy(update={"home": "https://cookies.example/"})
    assert arrival.astray("https://cookies.example/2026/x", named) is None


def test_a_redirect_is_followed_through_a_section_but_never_in_a_circle():
    asked = "https://a.example/2026/x"
    assert arrival.unfollowed("https://a.example/go/17", OUTLET) is None
    assert arrival.unfollowed("https://a.example/", OUTLET) == "redirected_home"
    assert arrival.is_circle(f"{asked}#top", {asked})
    assert not arrival.is_circle("https://a.example/go/17", {asked})


def test_a_move_is_to_another_article_and_not_to_another_spelling():
    assert arrival.has_moved("https://a.example/2026/x", "https://a.example/2026/y")
    assert not arrival.has_moved("http://www.a.example/2026/x/?utm_source=n", "https://a.example/2026/x")
