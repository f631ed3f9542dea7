"""What counts as a reservation, over literals."""

import pytest

from newsarchive.politeness.reservations import (
    in_robots,
    in_robots_directives,
    in_tdm_reservation,
    in_tdmrep,
    reservation_of,
    robots_reserves,
    tdmrep_reserves,
    tdmrep_rule,
)
from newsarchive.politeness.robots import Rules

PAGE = "https://news.test/2026/a?x=1"


def told(signals) -> list[tuple[str, str, bool]]:
    return [(one.name, one.value, one.reserves) for one in signals]


def test_groups_of_known_agents_and_content_signals_are_found_in_robots_txt():
    rules = Rules(
        b"User-agent: *\nContent-Signal: search=yes, ai-train=no # see terms\nAllow: /\n\n"
        b"User-agent: GPTBot\nUser-agent: Google-Extended\nDisallow: /\n\nUser-agent: CCBot\nAllow: /\n"
    )
    assert told(in_robots(rules)) == [
        ("user-agent:ccbot", "named", False),
        ("user-agent:google-extended", "disallowed", True),
        ("user-agent:gptbot", "disallowed", True),
        ("content-signal", "search=yes, ai-train=no", True),
    ]
    assert robots_reserves(rules, PAGE) == "user-agent:google-extended"


@pytest.mark.parametrize(
    ("text", "reserved"),
    [
        ("", None),
        # What all crawlers may not is no word on models.
        ("User-agent: *\nDisallow: /", None),
        ("User-agent: gptbot\nDisallow: /video/", None),
        ("User-agent: gptbot\nDisallow: /2026/", "user-agent:gptbot"),
        ("User-agent: *\nContent-Signal: search=yes,ai-train=yes", None),
        ("User-agent: *\nContent-Signal: ai-input = no", "content-signal"),
        ("User-agent: *\nContent-Usage: train-ai=n", "content-usage"),
    ],
)
def test_when_robots_txt_reserves_a_page(text: str, reserved: str | None):
    assert robots_reserves(Rules(text.encode()), PAGE) == reserved


def test_directives_and_the_reservation_of_tdmrep():
    assert told(in_robots_directives("noarchive, NOAI; gptbot: noimageai", "x-robots-tag")) == [
        ("x-robots-tag", "noai", True), ("x-robots-tag", "noimageai", False), ("x-robots-tag", "noarchive", False),
    ]  # fmt: skip
    assert told(in_robots_directives("index, follow, max-snippet:-1", "robots")) == []
    assert told(in_tdm_reservation("1")) == [("tdm-reservation", "1", True)]
    assert told(in_tdm_reservation("0")) == [("tdm-reservation", "0", False)]
    assert told(in_tdm_reservation(None)) == []


@pytest.mark.parametrize(
    ("said", "value", "reserves"),
    [
        ("0, 1", "0, 1", True),
        ("1,0", "1, 0", True),
        ("0, 0", "0", False),
        ("0, 10, 01", "0, 10, 01", False),
        (" , ", None, None),
    ],
)
def test_a_reservation_counts_where_another_says_the_contrary(said: str, value: str | None, reserves: bool | None):
    assert told(in_tdm_reservation(said)) == ([("tdm-reservation", value, reserves)] if value else [])


@pytest.mark.parametrize(
    ("body", "reserved"),
    [
        ('[{"location": "/", "tdm-reservation": 1}]', "tdmrep:/"),
        ('[{"location": "/*", "tdm-reservation": 1}, {"location": "/2026/", "tdm-reservation": 0}]', None),
        ('[{"location": "/2026/", "tdm-reservation": 0}, {"location": "/2026/", "tdm-reservation": "1"}]', "tdmrep:/2026/"),
        ('[{"location": "/*/a?x=1$", "tdm-reservation": 1}]', "tdmrep:/*/a?x=1$"),
        ('[{"location": "/2026$", "tdm-reservation": 1}]', None),
        ('[{"location": 5}, 7, {"tdm-reservation": 1}]', None),
        ('{"location": "/", "tdm-reservation": 1}', "tdmrep:/"),
        ("<html>not found</html>", None),
        ("[" * 100_000, None),
        ("", None),
    ],
)  # fmt: skip
def test_when_tdmrep_json_reserves_a_page(body: str, reserved: str | None):
    rule = tdmrep_rule(body.encode(), PAGE) or {}
    assert tdmrep_reserves(rule.get("location"), reservation_of(rule)) == reserved


def test_the_rules_of_tdmrep_json_are_kept_as_they_stand():
    (one,) = in_tdmrep(b'[{"location": "/", "tdm-reservation": 1, "tdm-policy": "https://x.test/p"}]')
    assert one.value == '{"location": "/", "tdm-policy": "https://x.test/p", "tdm-reservation": 1}'
