"""One article under several addresses, and several articles under addresses that look like one."""

from pathlib import Path

import pytest

from newsarchive import outlets, urls
from newsarchive.items import Link
from newsarchive.parameters import Selection
from newsarchive.store.database import Database
from newsarchive.store.state import Named, State
from tests.conftest import PROJECT

ARTICLE = "https://a.example/news/bridge-opens"


@pytest.mark.parametrize(
    "variant",
    [
        f"{ARTICLE}/",
        "http://www.a.example/news/bridge-opens",
        "https://A.example:443/news//bridge-opens#top",
        # AMP, mobile and print.
        "https://a.example/amp/news/bridge-opens",
        f"{ARTICLE}/amp/",
        f"{ARTICLE}.amp",
        f"{ARTICLE}?outputType=amp",
        f"{ARTICLE}?amp",
        f"{ARTICLE}?amp=1",
        "https://amp.a.example/news/bridge-opens",
        "https://m.a.example/news/bridge-opens",
        "https://www.mobile.a.example/news/bridge-opens",
        "https://a-example.cdn.ampproject.org/c/s/a.example/news/bridge-opens",
        "https://cdn.ampproject.org/v/s/a.example/news/bridge-opens?amp_js_v=0.1&usqp=mq331AQIKAGwASA%3D",
        "https://www.google.com/amp/s/a.example/news/bridge-opens",
        "https://a.example/print/news/bridge-opens",
        f"{ARTICLE}/print/",
        f"{ARTICLE}?print=1",
        f"{ARTICLE}?view=print",
        # Where the reader came from.
        f"{ARTICLE}?utm_source=newsletter&utm_medium=email&fbclid=IwAR1",
        f"{ARTICLE}?UTM_Source=x&gclid=1&msclkid=2&dclid=3&twclid=4&yclid=5&wbraid=6",
        f"{ARTICLE}?at_medium=RSS&at_campaign=KARANGA&xtor=RSS-3208",
        f"{ARTICLE}?smid=tw-share&partner=rss&emc=rss&ito=1490&ncid=txt&ocid=socialflow&CMP=share_btn_tw",
        f"{ARTICLE}?mc_cid=1&mc_eid=2&mkt_tok=3&_hsenc=4&_ga=5&_gl=6&igshid=7",
        f"{ARTICLE}?ref=home&source=rss&referrer=x&campaign_id=5",
        f"{ARTICLE}?utm_source=a&amp;utm_medium=b",
        f"{ARTICLE}?find=&sort=",
        # Sessions.
        f"{ARTICLE};jsessionid=0A1B2C3D.node1",
        "https://a.example/(S(x3hqyz55))/news/bridge-opens",
        f"{ARTICLE}?PHPSESSID=1a2b3c",
        f"{ARTICLE}?sessionid=1&ASPSESSIONIDQQ=2&CFID=3&CFTOKEN=4",
    ],
)
def test_all_addresses_of_one_article_have_one_key(variant: str):
    assert urls.canonical(variant) == ARTICLE
    assert urls.key(variant) == urls.key(ARTICLE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/x?id=1", "/x?id=2"),
        ("/?p=123", "/?p=124"),
        ("/?p=123", "/"),
        ("/story?sid=1", "/story?sid=2"),
        ("/story?cid=1", "/story?cid=2"),
        ("/story?eid=1", "/story?eid=2"),
        ("/story?uid=1", "/story?uid=2"),
        ("/show?gallery=1", "/show?gallery=2"),
        ("/show?global=1", "/show?global=2"),
        ("/show?reference=1", "/show?reference=2"),
        ("/show?atlas=1", "/show?atlas=2"),
        ("/spip.php?article8532", "/spip.php?article8533"),
        ("/?the-bridge", "/?the-tunnel"),
        ("/read?id=abc==", "/read?id=abd=="),
        ("/search?view=list", "/search?view=grid"),
        ("/amp/", "/"),
        ("/print/", "/"),
        ("/ampere", "/ere"),
        ("/print-is-dead", "/-is-dead"),
        ("/prints/x", "/s/x"),
        ("/story;art123", "/story;art124"),
        ("/a(b)/x", "/a/x"),
        ("/A", "/a"),
        ("/x?url=https://b.example/y", "/x?url=https://b.example/z"),
    ],
)
def test_different_articles_have_different_keys(one: str, other: str):
    assert urls.key(f"https://a.example{one}") != urls.key(f"https://a.example{other}")


@pytest.mark.parametrize("other", ["https://b.example/x", "https://news.a.example/x", "https://a.example:8080/x"])
def test_another_host_is_another_article(other: str):
    assert urls.key(other) != urls.key("https://a.example/x")


def test_a_host_that_begins_like_a_mobile_one_keeps_its_name():
    assert urls.canonical("https://m.example/x") == "https://m.example/x"
    assert urls.canonical("https://www.amp.example/x") == "https://amp.example/x"


def test_the_keys_of_ordinary_addresses_are_those_of_all_earlier_archives():
    assert urls.key("https://www.a.example/2026/11/25/bridge-opens/") == (
        "sha256:77e170854c09613b2d1bd51c188d676e6f8683bb8ee85f2e5c9ed70c7adcf58e"
    )
    assert urls.canonical("https://a.example/x?b=2&a=1&c=%C3%A9") == "https://a.example/x?a=1&b=2&c=%C3%A9"
    assert urls.canonical("https://a.example/kyiv;art5,678") == "https://a.example/kyiv%3Bart5,678"


@pytest.mark.parametrize(
    ("printed", "fetched"),
    [
        ("https://a.example/x?id=3&utm_source=n#f", "https://a.example/x?id=3"),
        ("https://a.example/x?b=2&id=123&a=&c", "https://a.example/x?b=2&id=123&a=&c"),
        ("https://a.example/x?sid=9&cid=5&ref=7&source=8", "https://a.example/x?sid=9&cid=5&ref=7&source=8"),
        ("https://a.example/x;jsessionid=0A1B", "https://a.example/x;jsessionid=0A1B"),
        ("https://a.example/a//b/?q=a%20b+c", "https://a.example/a//b/?q=a%20b+c"),
        ("https://a.example/x?PHPSESSID=1", "https://a.example/x?PHPSESSID=1"),
        ("https://a.example/x?outputType=amp", "https://a.example/x?outputType=amp"),
        ("https://amp.a.example/x", "https://amp.a.example/x"),
        ("https://a.example/r?u=https://b.example/y", "https://a.example/r?u=https://b.example/y"),
        ("HTTPS://A.example:443?x=1", "https://a.example/?x=1"),
    ],
)
def test_only_what_surely_selects_nothing_is_not_asked_for(printed: str, fetched: str):
    assert urls.to_fetch(printed) == fetched


def test_an_outlet_says_which_parameters_select_its_articles():
    own = Selection(keep=frozenset({"source", "utm_id"}), drop=frozenset({"pos"}))
    assert urls.canonical("https://a.example/x?source=5&utm_id=6&pos=3&id=1", own) == (
        "https://a.example/x?id=1&source=5&utm_id=6"
    )
    assert urls.to_fetch("https://a.example/x?source=5&utm_id=6&pos=3&id=1", own) == (
        "https://a.example/x?source=5&utm_id=6&id=1"
    )


def test_the_parameters_of_a_yaml_reach_the_scope_and_the_state(tmp_path: Path):
    (tmp_path / "outlets").mkdir()
    (tmp_path / "defaults.yaml").write_text((PROJECT / "config" / "defaults.yaml").read_text())
    (tmp_path / "outlets" / "paper.yaml").write_text(
        "name: Paper\nhome: https://a.example/\nsources: [{feed: 'https://a.example/rss'}]\n"
        "articles: {allow: ['^/read\\?source=\\d+$'], keep_params: [source], drop_params: [pos]}\n"
    )
    paper = outlets.load(tmp_path, "paper")
    assert paper.is_article("https://a.example/read?source=5&pos=1")
    database = Database(tmp_path / "state")
    state = State(database)
    state.select_by("paper", paper.selection)
    links = [Link(f"https://a.example/read?source={one}&pos={place}", "", "feed") for one in "12" for place in "34"]
    assert [one.novelty for one in state.discover("paper", map(Named, links), now=5)] == [
        "new",
        "due",
        "new",
        "due",
    ]
    known = [state.page("paper", link.url).url for link in links[::2]]
    assert known == [f"https://a.example/read?source={one}" for one in "12"]
    database.close()


SESSIONS = ["9f86d081884c7d659a2feaa0c55ad015", "q3k9v1m2p8s7t4u5n6b0a1c2d3", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"]


@pytest.mark.parametrize("value", SESSIONS)
@pytest.mark.parametrize("name", ["sid", "SID", "osCsid"])
def test_a_session_of_random_letters_and_digits_selects_no_article(name: str, value: str):
    assert urls.key(f"https://a.example/story?id=7&{name}={value}") == urls.key("https://a.example/story?id=7")


@pytest.mark.parametrize(
    "value",
    [
        "123",
        "20261130123456789012",
        "bridge-opens-in-2026-after-11-years",
        "article20261130bridge",
        "harbourbridgeopens",
    ],
)
def test_a_number_or_a_slug_named_sid_selects_an_article(value: str):
    assert urls.key(f"https://a.example/story?sid={value}") != urls.key("https://a.example/story")
