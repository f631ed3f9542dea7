"""`scrapy outlet check --all`: all YAML, and where there is a network all sources, over real sockets."""

import json
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from newsarchive.demoweb import Answer, DemoWeb
from tests.conftest import PROJECT, Crawler, Ran

DEMO = ("kyiv_independent", "responsible_statecraft")
KI = "https://kyivindependent.com"


@pytest.fixture
def demo_config(tmp_path: Path) -> Path:
    """The demo's outlets alone."""
    config = tmp_path / "demo-config"
    (config / "outlets").mkdir(parents=True)
    for name in ("defaults.yaml", *(f"outlets/{one}.yaml" for one in DEMO)):
        (config / name).write_text((PROJECT / "config" / name).read_text().replace("delay: 2.0", "delay: 0"))
    return config


@pytest.fixture
def check(crawler: Crawler, demo_config: Path):
    def run(*arguments: str, **settings: object) -> Ran:
        done = crawler.run("outlet", "check", "--all", *arguments, CONFIG_DIR=demo_config, **settings)
        assert "Traceback" not in done.err
        return done

    return run


def other(config: Path, name: str, text: str) -> None:
    (config / "outlets" / f"{name}.yaml").write_text(text)


def test_each_outlet_is_one_line(check, web: DemoWeb, crawler: Crawler):
    done = check()
    assert (done.code, done.err) == (0, "")
    *lines, last = done.out.splitlines()
    assert sorted(line.partition(":")[0] for line in lines) == [f"ok    {name}" for name in DEMO]
    assert all("3 of 3 sources, in scope feed " in line and "; the newest " in line for line in lines)
    assert last == "2 outlets, none wrong"
    asked = [exchange.target for exchange in web.log if exchange.host == "kyivindependent.com"]
    # Each source once, and of an index of sitemaps one child.
    assert [target for target in asked if target != "/robots.txt"] == [
        "/news-archive/rss/", "/sitemap.xml", "/sitemap-posts.xml", "/news-archive/",
    ]  # fmt: skip
    assert not crawler.archive.exists()


def test_mistakes_of_all_files_and_silent_sources_are_told_and_exit_with_1(check, web: DemoWeb, demo_config: Path):
    other(demo_config, "broken", "name: [")
    other(demo_config, "twice_wrong", "name: 5\nhome: nowhere\nsources: []\n")
    other(demo_config, "Bad-Name", "name: x")
    home = f"name: Another\nhome: {KI}/\n"
    other(
        demo_config, "elsewhere", f"{home}sources: [{{feed: {KI}/news-archive/rss/}}]\narticles: {{allow: ['^/x/']}}\n"
    )
    other(demo_config, "no_feed", f"{home}sources: [{{feed: {KI}/about/}}, {{feed: {KI}/rss/}}]\n")
    web.answer(f"{KI}/rss/", Answer(status=404))
    done = check()
    assert done.code == 1
    lines = {line[6:].partition(":")[0]: line for line in done.out.splitlines()}
    assert "broken.yaml: line" in lines["broken"]
    assert all(key in lines["twice_wrong"] for key in ("name: found 5", "home: found 'nowhere'", "sources: found"))
    assert "expected a name of small letters, digits and _" in lines["Bad-Name"]
    assert "none of its 16 links is in scope" in lines["elsewhere"]
    assert f"feed {KI}/about/: an HTML page instead of a feed" in lines["no_feed"]
    assert f"feed {KI}/rss/: answers 404" in lines["no_feed"]
    assert lines["kyiv_independent"].startswith("ok")
    assert done.out.splitlines()[-1] == "7 outlets, 5 wrong"


def test_robots_txt_is_obeyed(check, web: DemoWeb):
    rules = Answer(headers=(("Content-Type", "text/plain"),), body=b"User-agent: *\nDisallow: /\n")
    web.answer(f"{KI}/robots.txt", rules)
    assert "0 of 3 sources; feed" in check().out
    assert {one.target for one in web.log if one.host == "kyivindependent.com"} == {"/robots.txt"}


def test_outlets_on_one_host_share_the_longest_delay(check, web: DemoWeb, demo_config: Path):
    feed = f"{KI}/news-archive/rss/"
    for n in range(3):
        other(demo_config, f"a{n}", f"name: A\nhome: {KI}/\nsources: [{{feed: {feed}}}]\ncrawl: {{delay: 0.{n}}}\n")
    assert check(RANDOMIZE_DOWNLOAD_DELAY=False).code == 0
    moments = [one.started for one in web.log if one.target == "/news-archive/rss/"]
    assert len(moments) == 4
    # Of the longest delay, 0.2 s, whatever the load of the machine may add or take.
    assert min(b - a for a, b in pairwise(moments)) > 0.1


def test_without_a_network_only_the_yaml_is_checked(check, web: DemoWeb, demo_config: Path):
    settings = {"CONNECT_TO": "", "DNS_SERVERS": "127.0.0.1:9", "DNS_TIMEOUT": 1, "CONTACT": "desk@times.example"}
    done = check(**settings)
    assert done.code == 0
    assert done.out.splitlines() == [
        "no network: no host is known by name, so no source was asked and only the YAML was checked",
        "2 outlets, none wrong",
    ]
    other(demo_config, "broken", "name: [")
    assert check(**settings).code == 1


def test_without_a_contact_no_real_host_is_asked(check):
    done = check(CONNECT_TO="", CONTACT="")
    assert done.code == 2
    assert "scrapy: CONTACT: found" in done.err


def test_json_is_one_object_a_line(check):
    rows = [json.loads(line) for line in check("--json").out.splitlines()]
    assert sorted(row["outlet"] for row in rows) == list(DEMO)
    newest = [source["newest"] for row in rows for source in row["sources"] if source["newest"]]
    assert all(datetime.fromisoformat(moment).tzinfo for moment in newest)
    assert all(row["good"] and [source["kind"] for source in row["sources"]] for row in rows)


def test_all_and_a_name_are_too_much(check):
    assert check("kyiv_independent").code == 2
