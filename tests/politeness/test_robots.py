"""RFC 9309 over literals."""

import random

import pytest

from newsarchive.politeness import robots
from newsarchive.politeness.robots import (
    FRESH_SECONDS,
    Applied,
    Kept,
    Rules,
    after,
    due_at,
    meaning,
    product_token,
    usable,
)

US = "newsarchive"


@pytest.mark.parametrize(
    ("agent", "token"),
    [("newsarchive/0.1 (+https://x)", US), ("Mozilla/5.0 (compatible)", "mozilla"), ("My-Bot_x", "my-bot_x"), ("", "")],
)
def test_the_product_token_is_the_first_word_of_the_user_agent(agent: str, token: str):
    assert product_token(agent) == token


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: NEWSARCHIVE\nDisallow: /", False),
        ("User-agent: newsarchive/2.0 (any)\nDisallow: /", False),
        ("User-agent: news\nDisallow: /", True),
        ("User-agent: newsarchive-images\nDisallow: /", True),
        ("User-agent: archive\nDisallow: /", True),
        ("User-agent: *\nDisallow: /\nUser-agent: newsarchive\nAllow: /", True),
        ("User-agent: *\nDisallow: /\nUser-agent: newsarchive\nDisallow:", True),
        # Groups of one name are one group, wherever they stand.
        ("User-agent: newsarchive\nDisallow: /x\nUser-agent: b\nDisallow: /\nUser-agent: newsarchive\nDisallow: /a", False),
        # Records of others between the names of one group.
        ("User-agent: newsarchive\nSitemap: https://x/s\nContent-Signal: ai-train=no\nUser-agent: b\nDisallow: /", False),
        ("User-agent: *\nDisallow: /\nAllow: /a", True),
        ("User-agent: *\nDisallow: /a/b\nAllow: /a/b", True),
        ("User-agent: *\nDisallow: /*b$", False),
        ("User-agent: *\nDisallow: /%61/b", False),
        ("Disallow: /", True),
        ("<html><p>User-agents: Disallow</html>", True),
    ],
)  # fmt: skip
def test_which_group_and_which_rule_count(text: str, allowed: bool):
    assert Rules(text.encode()).allows("https://x.test/a/b", US) is allowed


@pytest.mark.parametrize(
    ("text", "agent", "rule"),
    [
        ("", None, None),
        ("User-agent: other\nDisallow: /", None, None),
        ("User-agent: *\nDisallow: /x", "*", None),
        ("User-agent: *\nDisallow: /  # all of it\nDisallow: /a", "*", "Disallow: /a"),
        ("User-agent: *\nDisallow: /\nAllow:   /a/", "*", "Allow: /a/"),
        ("User-agent: b\nUser-agent: NewsArchive\n\nSitemap: https://x/s\ndisalow: /*b$\nAllow: /c", US, "disalow: /*b$"),
        ("User-agent: newsarchive\nCrawl-delay: 1\nUser-agent: *\nDisallow: /", US, None),
        ("User-agent: newsarchive\nDisallow: /x\nUser-agent: b\nDisallow: /\nUser-agent: newsarchive\nDisallow /a", US, "Disallow /a"),
        ("User-agent: *\nDisallow: /%61/\nDisallow: /a%2Fb-and-more\nDisallow: /a%2fb", "*", "Disallow: /%61/"),
    ],
)  # fmt: skip
def test_the_line_that_decided_is_told(text: str, agent: str | None, rule: str | None):
    assert Rules(text.encode()).applied("https://x.test/a/b", US) == Applied(
        rule is None or rule.startswith("Allow"), agent, rule
    )


def test_the_line_that_is_told_says_what_the_whole_file_says():
    chance = random.Random(9)
    paths = ["/", "/a", "/a/b", "/*b", "/a$", "/*?x=1", "/%61/b", "/a/b$", "/ö", "", "/*/"]
    urls = ["https://x.test" + path for path in ("/", "/a", "/a/b", "/a/b?x=1", "/%C3%B6", "/c")]
    starts = ["User-agent: *", "User-agent: newsarchive", "User-agent: b", "", "Crawl-delay: 3", "# nothing"]
    for _ in range(1000):
        lines = [
            chance.choice(
                [chance.choice(starts), f"Allow: {chance.choice(paths)}", f"Disallow: {chance.choice(paths)}"]
            )
            for _ in range(9)
        ]
        rules = Rules("\n".join(lines).encode())
        for url in urls:
            rule = rules.applied(url, US).rule
            assert rule is None or rule in lines
            assert rules.allows(url, US) == (rule is None or rule.startswith("Allow")), (lines, url)


def test_a_group_that_is_addressed_to_thousands_takes_no_more_room_than_its_lines():
    text = "".join(f"User-agent: a{number}\n" for number in range(1000)) + "Disallow: /x\n" * 2
    assert len({id(group) for groups in Rules(text.encode())._groups.values() for group in groups}) == 1


def test_robots_txt_itself_is_always_allowed():
    assert Rules(b"User-agent: *\nDisallow: /").allows("https://x.test/robots.txt", US)


def test_crawl_delay_is_that_of_our_group():
    rules = Rules(b"User-agent: *\nCrawl-delay: 3\n\nUser-agent: newsarchive\nCrawl-delay: 1.5\n")
    assert (rules.crawl_delay(US), rules.crawl_delay("other")) == (1.5, 3.0)
    assert Rules(b"User-agent: *\nCrawl-delay: soon\n").crawl_delay(US) is None


@pytest.mark.parametrize(
    ("status", "said"),
    [(200, "read"), (301, "unavailable"), (404, "unavailable"), (403, "unavailable"), (401, "unavailable"),
     (429, "unreachable"), (500, "unreachable"), (503, "unreachable"), (None, "unreachable")],
)  # fmt: skip
def test_what_an_answer_means(status: int | None, said: str):
    assert meaning(status) == said
    assert meaning(403, obey_barred=True) == "unreachable"


def test_a_copy_serves_a_day_and_longer_only_while_there_is_no_other():
    good = after(None, means="read", body=b"x", now=1000.0, record_id="<r>")
    assert due_at(good, retry=60) == 1000.0 + FRESH_SECONDS
    lost = after(good, means="unreachable", body=b"", now=90_000.0, why="timeout")
    assert (lost.body, lost.good_at, lost.record_id, due_at(lost, retry=60)) == (b"x", 1000.0, "<r>", 90_060.0)
    assert usable(lost, now=101_000.0, last_good=100_000.0)
    assert not usable(lost, now=101_001.0, last_good=100_000.0)
    assert not usable(after(None, means="unreachable", body=b"", now=1.0), now=1.0, last_good=1e9)
    assert usable(after(lost, means="unavailable", body=b"", now=2e6), now=2e6, last_good=1.0)
    assert due_at(None, retry=60) == 0.0


def test_no_more_is_read_than_the_standard_asks_for_and_no_half_line():
    line = b"Disallow: /a-long-way\n"
    body = b"User-agent: *\n" + line * (robots.MAX_BYTES // len(line) + 1)
    text = robots.text_of(body)
    assert len(text) <= robots.MAX_BYTES
    assert text.endswith("Disallow: /a-long-way\n")
    assert len(after(None, means="read", body=body * 2, now=0.0).body) == robots.MAX_BYTES + 1
    assert isinstance(after(None, means="read", body=body, now=0.0), Kept)
