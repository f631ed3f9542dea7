"""Real crawls of sites whose content codings are not the stated ones, or expand to more than a page ever has."""

import gzip
import json
import zlib
from typing import Any

from tests.conftest import PROJECT, environment
from tests.middlewares.conftest import Outlets
from tests.middlewares.site import Says, Site
from tests.warc import bombs

Fields = tuple[tuple[str, str], ...]
GZIP = ("Content-Encoding", "gzip")
ROBOTS = b"User-agent: *\nDisallow: /a-no\n"
STORY = b"".join(
    b"<p>The council voted on bridge number %d, and the minister spoke about it.</p>" % n for n in range(30)
)


def page(host: str) -> bytes:
    return b"<!doctype html><title>Bridge</title><article><h1>Bridge of %b</h1>%b</article>" % (host.encode(), STORY)


def feed(host: str) -> bytes:
    links = "".join(f"<item><link>http://{host}/a-{name}</link></item>" for name in ("yes", "no"))
    return f"<?xml version='1.0'?><rss version='2.0'><channel>{links}</channel></rss>".encode()


def twice(body: bytes) -> bytes:
    return gzip.compress(gzip.compress(body))


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


KINDS: dict[str, tuple[Fields, Any]] = {
    "gzip-of-plain.test": ((GZIP,), bytes),
    "br-of-plain.test": ((("Content-Encoding", "br"),), bytes),
    "unknown-of-plain.test": ((("Content-Encoding", "UTF-9"),), bytes),
    "nothing-of-gzip.test": ((), gzip.compress),
    "br-of-gzip.test": ((("Content-Encoding", "br"),), gzip.compress),
    "two-fields-of-one.test": ((GZIP, GZIP), gzip.compress),
    "two-fields-of-two.test": ((GZIP, GZIP), twice),
    "list-of-one.test": ((("Content-Encoding", "gzip, gzip"),), gzip.compress),
    "raw-deflate.test": ((("Content-Encoding", "deflate"),), raw_deflate),
}


def say(site: Site, host: str, path: str, body: bytes, content_type: str, fields: Fields) -> None:
    site.say(host, path, Says(body=body, headers=(("Content-Type", content_type), *fields)))


def write_outlet(outlets: Outlets, hosts: list[str]) -> None:
    outlets.add("codings", *hosts)
    path = outlets.folder / "config" / "outlets" / "codings.yaml"
    facts = json.loads(path.read_text())
    path.write_text(json.dumps(facts | {"sources": [{"feed": f"http://{host}/feed"} for host in hosts]}))


def rows(outlets: Outlets, *, rejected: bool = False) -> dict[str, dict[str, Any]]:
    paths = (outlets.folder / "archive").rglob("*.jsonl.gz")
    lines = (line for path in paths if (".rejected" in path.name) == rejected for line in gzip.open(path))
    return {row["url"]: row for row in map(json.loads, lines)}


def test_the_bytes_decide_which_coding_robots_txt_feeds_and_pages_have(site: Site, outlets: Outlets):
    for host, (fields, pack) in KINDS.items():
        say(site, host, "/robots.txt", pack(ROBOTS), "text/plain", fields)
        say(site, host, "/feed", pack(feed(host)), "application/rss+xml", fields)
        say(site, host, "/a-yes", pack(page(host)), "text/html", fields)
    write_outlet(outlets, [*KINDS])
    done = outlets.command("crawl", "codings")
    assert set(rows(outlets)) == {f"http://{host}/a-yes" for host in KINDS}, done.out + done.err
    assert {row["headline"] for row in rows(outlets).values()} == {f"Bridge of {host}" for host in KINDS}
    assert [one.path for one in site.log if one.path == "/a-no"] == []


def test_payloads_that_expand_to_2_gb_are_refused_in_little_memory(site: Site, outlets: Outlets):
    packed, br = bombs.bomb("br"), (("Content-Encoding", "br"),)
    say(site, "bomb.test", "/robots.txt", gzip.compress(ROBOTS + b"#" * 20_000_000), "text/plain", (GZIP,))
    say(site, "bomb.test", "/feed", feed("bomb.test"), "application/rss+xml", ())
    say(site, "bomb.test", "/a-yes", packed, "text/html", br)
    say(site, "feed.test", "/feed", packed, "application/rss+xml", br)
    write_outlet(outlets, ["bomb.test", "feed.test"])
    options = [part for key, value in outlets.settings().items() for part in ("-s", f"{key}={value}")]
    command = ["-m", "scrapy.cmdline", "crawl", "codings", *options]
    done = bombs.run(*command, megabytes=600, cwd=PROJECT, env=environment())
    said = (done.stdout + done.stderr).decode()
    assert {url: row["reason"] for url, row in rows(outlets, rejected=True).items()} == {
        "http://bomb.test/a-yes": "too_large"
    }, said
    assert "http://feed.test/feed cannot be decoded: larger than" in said
    assert [one.path for one in site.log if one.path == "/a-no"] == []
    assert done.returncode == 1
