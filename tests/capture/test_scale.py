"""Many pages at once, and answers too long for memory."""

from collections import Counter
from pathlib import Path

import pytest

from tests.capture.crawling import Ask, Asking
from tests.capture.server import BIG_FRAMING, Server, big, page
from tests.warc import judges

pytestmark = pytest.mark.long

MB = 1024 * 1024


@pytest.mark.parametrize("pages", [300, pytest.param(3000, marks=pytest.mark.slow)])
def test_many_pages_at_concurrency_32_are_archived_to_the_byte(tmp_path: Path, pages: int):
    with Server() as server:
        asking = Asking(tmp_path / "project", server.connect_to)
        urls = {server.url("http" if number % 2 else "tls1.3", f"page/{number}"): number for number in range(pages)}
        done = asking.run(
            (Ask(url) for url in urls),
            CONCURRENT_REQUESTS=32, CONCURRENT_REQUESTS_PER_DOMAIN=32, WARC_MAX_MB=pages // 75,
        )  # fmt: skip
        assert done.code == 0, done.err
        read = Counter(one.request for one in server.log)
    assert len(asking.warcs()) >= 3
    kept, requests = {}, Counter()
    for record in asking.records():
        if record.kind == "response":
            kept[record.field("WARC-Target-URI")] = record.block
        elif record.kind == "request":
            requests[record.block] += 1
    assert kept.keys() == urls.keys()
    assert all(block == page(urls[url]) for url, block in kept.items())
    assert not read - requests


def test_an_answer_of_two_gigabytes_is_cut_at_the_limit_in_flat_memory(tmp_path: Path):
    with Server() as server:
        asking = Asking(tmp_path / "project", server.connect_to, DOWNLOAD_MAXSIZE=10 * MB, DOWNLOAD_WARNSIZE=0)
        asking.run([Ask(server.url("http", "page/1"))])
        small = asking.peak_mb()
        urls = [
            server.url(kind, f"big/{framing}/{2048 * MB}") for kind in ("http", "tls1.3") for framing in BIG_FRAMING
        ]
        done = asking.run(Ask(url) for url in urls)
        assert done.code == 0, done.err
    assert asking.peak_mb() < small + 60
    kept = {record.field("WARC-Target-URI"): record for record in asking.records() if record.kind == "response"}
    for url in urls:
        record = kept[url]
        assert record.field("WARC-Truncated") == "length"
        assert record.field("WARC-Payload-Digest") is None
        assert len(record.octets) > (10 * MB if "/length/" not in url else 0)
        framing, size = url.split("/")[-2:]
        assert record.octets[:] == first_bytes(framing, int(size), len(record.octets))


def test_a_long_answer_costs_no_more_memory_than_scrapy_itself_takes(tmp_path: Path):
    """Scrapy holds a whole body for its callback; the archive spools it, and holds none of it."""
    with Server() as server:
        url = server.url("http", f"big/chunked/{150 * MB}")
        settings = {"DOWNLOAD_MAXSIZE": 0, "DOWNLOAD_WARNSIZE": 0}
        bare = Asking(tmp_path / "bare", server.connect_to, CAPTURE_ENABLED=False, **settings)
        ours = Asking(tmp_path / "ours", server.connect_to, **settings)
        assert bare.run([Ask(url)]).code == ours.run([Ask(url)]).code == 0
    assert not bare.warcs()
    assert ours.peak_mb() < bare.peak_mb() + 40
    (record,) = [record for record in ours.records() if record.kind == "response"]
    assert record.field("WARC-Truncated") is None
    assert record.field("WARC-Payload-Digest") == judges.sha1(bytes(range(256)) * 256 * (150 * MB // 65536))


def test_an_answer_that_is_mostly_framing_is_cut(tmp_path: Path):
    """A body within the limit may be hidden in framing without end, or never begin behind interim answers."""
    with Server() as server:
        asking = Asking(tmp_path / "project", server.connect_to, DOWNLOAD_MAXSIZE=MB, DOWNLOAD_TIMEOUT=20)
        done = asking.run(Ask(server.url("http", name)) for name in ("endless-hints", "endless-extensions"))
        assert done.code == 0, done.err
        kept = {record.field("WARC-Target-URI"): record for record in asking.records() if record.kind == "response"}
        hints, extensions = (kept[server.url("http", name)] for name in ("endless-hints", "endless-extensions"))
    assert hints.field("WARC-Truncated") == extensions.field("WARC-Truncated") == "length"
    assert len(hints.octets) < MB
    assert MB < len(extensions.octets) < 8 * MB


def first_bytes(framing: str, size: int, count: int) -> bytes:
    found = bytearray()
    for piece in big(framing, size):
        found += piece
        if len(found) >= count:
            break
    return bytes(found[:count])
