"""Reserved rights in real crawls: always recorded, and skipped or kept out of exports where the YAML says so."""

import gzip
import json
from pathlib import Path

import pytest

from newsarchive import urls
from newsarchive.warc.reader import read_records
from tests.middlewares.conftest import Outlets
from tests.middlewares.site import HTML, Says, Site

WORDS = "The council voted on Tuesday to keep the harbour open through the winter, as its members had promised. " * 8
TDMREP = "/.well-known/tdmrep.json"
TDMREP_BODY = b'[{"location": "/a-file", "tdm-reservation": 1, "tdm-policy": "https://news.test/tdm"}]'


def article(name: str, head: str = "", *headers: tuple[str, str]) -> Says:
    body = (
        f"<html><head><title>Harbour {name} stays open</title>{head}</head>"
        f"<body><article><h1>Harbour {name} stays open</h1><p>{WORDS}</p><p>{WORDS}</p></article></body></html>"
    )
    return Says(body=body.encode(), headers=(*HTML, *headers))


PAGES = {
    "/a-plain": article("one"),
    "/a-header": article("two", "", ("X-Robots-Tag", "noai, noarchive")),
    "/a-meta": article("three", '<meta name="tdm-reservation" content="1"><meta name="robots" content="noimageai">'),
    "/a-agent": article("eight", '<meta name="GPTBot" content="noai"><meta name="googlebot" content="noindex">'),
    "/a-tdm": article("four", "", ("TDM-Reservation", "1")),
    "/a-both": article("nine", '<meta name="tdm-reservation" content="1">', ("TDM-Reservation", "0")),
    "/a-metas": article("ten", "".join(f'<meta name="tdm-reservation" content="{said}">' for said in (0, 1, 0))),
    "/a-agents": article("five"),
    "/a-file": article("six", '<link rel="canonical" href="http://news.test/a-six">'),
    "/a-closed": article("seven"),
}
FETCHED = set(PAGES) - {"/a-closed"}


@pytest.fixture
def reserving(site: Site) -> Site:
    site.robots(
        "news.test",
        "User-agent: GPTBot\nDisallow: /a-agents\n\nUser-agent: *\nContent-Signal: search=yes\n"
        "Disallow: /x\nAllow: /a-\nDisallow: /a-closed\n",
    )
    site.say("news.test", TDMREP, Says(body=TDMREP_BODY))
    for path, says in PAGES.items():
        site.say("news.test", path, says)
    return site


def crawl(outlets: Outlets, policy: str) -> str:
    """What it logs."""
    outlets.add("paper", "news.test", reserved=policy)
    urls = [f"http://news.test{path}" for path in PAGES]
    done = outlets.crawl("paper", urls, TDMREP_ENABLED=True, LOG_LEVEL="INFO")
    # Most pages are reserved: an outlet that loses them from its first day on is reported.
    assert done.code == (1 if policy == "skip" else 0), done.err
    return done.err


def lines(outlets: Outlets, suffix: str = ".jsonl.gz") -> dict[str, dict]:
    files = [
        path
        for path in (outlets.folder / "archive").rglob(f"*{suffix}")
        if (".rejected" in path.name) == ("rejected" in suffix)
    ]
    rows = [json.loads(line) for path in files for line in gzip.open(path)]
    return {row["url"].removeprefix("http://news.test"): row for row in rows}


def test_what_a_publisher_says_is_recorded_with_the_record_in_which_it_stands(reserving: Site, outlets: Outlets):
    crawl(outlets, "record")
    said = {
        (one.url.removeprefix("http://news.test"), one.place, one.name, one.value): one
        for one in outlets.signals.signals()
    }
    assert set(said) == {
        ("/robots.txt", "robots.txt", "user-agent:gptbot", "named"),
        ("/robots.txt", "robots.txt", "content-signal", "search=yes"),
        (TDMREP, "tdmrep.json", "tdmrep", '{"location": "/a-file", "tdm-policy": "https://news.test/tdm", "tdm-reservation": 1}'),
        ("/a-header", "header", "x-robots-tag", "noai"),
        ("/a-header", "header", "x-robots-tag", "noarchive"),
        ("/a-meta", "page", "tdm-reservation", "1"),
        ("/a-meta", "page", "robots", "noimageai"),
        ("/a-agent", "page", "robots", "noai"),
        ("/a-agent", "page", "robots", "noindex"),
        ("/a-tdm", "header", "tdm-reservation", "1"),
        ("/a-both", "header", "tdm-reservation", "0"),
        ("/a-both", "page", "tdm-reservation", "0, 1"),
        ("/a-metas", "page", "tdm-reservation", "0, 1"),
    }  # fmt: skip
    (warc,) = (outlets.folder / "archive").rglob("*.warc.gz")
    uris = {record.field("WARC-Record-ID"): record.field("WARC-Target-URI") for record in read_records(Path(warc))}
    assert all(uris[one.first_record] == one.url for one in said.values())
    told = lines(outlets)
    assert set(told) == FETCHED
    assert told["/a-meta"]["rights"]["tdm_reservation"] == "1"
    assert told["/a-tdm"]["rights"]["tdm_reservation"] == "1"
    for row in told.values():
        by_robots, by_file = row["rights"].pop("robots_txt"), row["rights"].pop("tdmrep")
        assert uris[by_robots.pop("record_id")] == "http://news.test/robots.txt"
        assert uris[by_file.pop("record_id")] == f"http://news.test{TDMREP}"
        reserves = "user-agent:gptbot" if row["url"].endswith("/a-agents") else None
        assert by_robots == {"means": "read", "agent": "*", "rule": "Allow: /a-", "reserves": reserves}
        policy = "https://news.test/tdm"
        about = {"location": "/a-file", "reservation": "1", "policy": policy} if row["url"].endswith("/a-file") else {}
        assert by_file == {"location": None, "reservation": None, "policy": None} | about
    assert {path: row["rights"]["reserved_by"] for path, row in told.items()} == {
        "/a-plain": [],
        "/a-header": ["x-robots-tag:noai"],
        "/a-meta": ["tdm-reservation:1"],
        "/a-agent": ["robots:noai"],
        "/a-tdm": ["tdm-reservation:1"],
        "/a-both": ["tdm-reservation:0, 1"],
        "/a-metas": ["tdm-reservation:0, 1"],
        "/a-agents": ["user-agent:gptbot"],
        "/a-file": ["tdmrep:/a-file"],
    }
    # Read again from the records, the rows say the same.
    verified = outlets.command("verify", str(outlets.folder / "archive"), "--deep")
    assert verified.code == 0, verified.out
    assert f"{len(told)} ok" in next(line for line in verified.out.splitlines() if "derivation" in line)
    outlets.crawl("paper", ["http://news.test/a-again"], TDMREP_ENABLED=True)
    assert site_paths(reserving).count(TDMREP) == 1


def site_paths(site: Site) -> list[str]:
    return site.paths("news.test")


def test_skip_fetches_nothing_that_the_site_reserves_and_tells_nothing_that_the_page_does(
    reserving: Site, outlets: Outlets
):
    logged = crawl(outlets, "skip")
    for why in (
        "user-agent:gptbot): {}/a-agents",
        "tdmrep:/a-file): {}/a-file",
        "robots.txt, *: Disallow: /a-closed): {}/a-closed",
    ):
        assert f"not asked for ({why.format('http://news.test')}" in logged
    assert not {"/a-agents", "/a-file"} & set(site_paths(reserving))
    assert set(lines(outlets)) == {"/a-plain"}
    by_page = ("/a-header", "/a-meta", "/a-agent", "/a-tdm", "/a-both", "/a-metas")
    rejected = {url: row["reason"] for url, row in lines(outlets, ".rejected.jsonl.gz").items()}
    assert rejected == dict.fromkeys(by_page, "rights_reserved")
    page = outlets.state.page("paper", "http://news.test/a-agents")
    assert page.standing == "pending"
    assert refusals(outlets) == {
        "/a-agents": ("rights_reserved", "allowed", "user-agent:gptbot", None),
        "/a-file": ("rights_reserved", "allowed", None, "/a-file"),
        "/a-closed": ("robots", "disallowed", None, None),
    }


def refusals(outlets: Outlets) -> dict[str, tuple]:
    """Of the metadata records without an answer: why, and by what."""
    (warc,) = (outlets.folder / "archive").rglob("*.warc.gz")
    abouts = {
        record.field("WARC-Target-URI"): record.block_fields()
        for record in read_records(warc)
        if record.kind == "metadata"
    }
    return {
        url.removeprefix("http://news.test"): (
            about["fetchError"], about["robots"], about.get("robotsReserves"), about.get("tdmrepLocation")
        )
        for url, about in abouts.items()
        if "fetchError" in about
    }  # fmt: skip


def test_exclude_from_export_tells_everything_and_marks_what_no_export_may_hold(reserving: Site, outlets: Outlets):
    crawl(outlets, "exclude-from-export")
    told = lines(outlets)
    assert set(told) == FETCHED
    withheld = {path for path, row in told.items() if outlets.signals.is_withheld("paper", row["article_key"])}
    assert withheld == FETCHED - {"/a-plain"}
    assert outlets.signals.is_withheld("paper", urls.key("http://news.test/a-file"))
    assert told["/a-file"]["article_key"] == urls.key("http://news.test/a-six")


def test_a_tdmrep_json_that_cannot_be_had_stops_no_page(site: Site, outlets: Outlets):
    site.say("news.test", TDMREP, Says(500, b""))
    outlets.add("paper", "news.test", reserved="skip")
    outlets.crawl("paper", ["http://news.test/a-1"], TDMREP_ENABLED=True)
    assert site.paths("news.test") == ["/robots.txt", TDMREP, "/a-1"]
