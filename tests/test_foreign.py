"""WARC files that others wrote: the pages in them, however the files are packed or broken."""

import gzip
import io
import tracemalloc
from pathlib import Path

import pytest
from backports import zstd

from newsarchive import foreign
from newsarchive.errors import RecordError
from newsarchive.items import Link

SITE = "https://news.example"
DATE = "2026-11-20T10:11:12Z"
LIMIT = 10_000_000


def warc(*pages: tuple[str, str, str], packed: bool = True, body: bytes = b"<html>x</html>") -> bytes:
    """As CC-NEWS has it: warcinfo, then a request, a response and a metadata record for each page."""
    records = [_record("warcinfo", None, b"software: news-crawl\r\n")]
    for url, status, content_type in pages:
        records.append(_record("request", url, f"GET {url} HTTP/1.1\r\n\r\n".encode()))
        records.append(
            _record("response", url, f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\n\r\n".encode() + body)
        )
        records.append(_record("metadata", url, b"fetchTimeMs: 5\r\n"))
    return b"".join(gzip.compress(record) if packed else record for record in records)


def _record(kind: str, url: str | None, block: bytes) -> bytes:
    target = f"WARC-Target-URI: {url}\r\n" if url else ""
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\n{target}WARC-Date: {DATE}\r\nContent-Length: {len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


def found(payload: bytes) -> list[Link]:
    return list(foreign.links(io.BytesIO(payload), via="news.warc.gz", limit=LIMIT))


PAGES = (
    (f"{SITE}/bridge", "200 OK", "text/html; charset=utf-8"),
    (f"{SITE}/gone", "404 Not Found", "text/html"),
    (f"{SITE}/moved", "301 Moved", "text/html"),
    (f"{SITE}/a.jpg", "200 OK", "image/jpeg"),
    (f"{SITE}/tunnel?id=1", "226 IM Used", "application/xhtml+xml"),
    ("dns:news.example", "200 OK", "text/html"),
)


@pytest.mark.parametrize("packed", [True, False])
def test_pages_are_found_with_the_moment_of_their_capture(packed: bool):
    links = found(warc(*PAGES, packed=packed))
    assert [link.url for link in links] == [f"{SITE}/bridge", f"{SITE}/tunnel?id=1"]
    assert {(link.kind, link.via, link.archived_raw, link.published_raw) for link in links} == {
        ("warc", "news.warc.gz", DATE, None)
    }


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("compress", [gzip.compress, zstd.compress])
def test_a_content_coding_around_a_file_is_undone(packed: bool, compress):
    links = found(compress(warc(*PAGES, packed=packed)))
    assert [link.url for link in links] == [f"{SITE}/bridge", f"{SITE}/tunnel?id=1"]


def test_a_content_coding_is_undone_up_to_the_limit():
    whole = gzip.compress(warc(*PAGES[:1] * 20_000))
    with pytest.raises(RecordError, match="larger than 100000 bytes without its content coding"):
        list(foreign.links(io.BytesIO(whole), via="news.warc.gz", limit=100_000))


@pytest.mark.parametrize("cut", [30, 200])
def test_a_cut_content_coding_is_reported(cut: int):
    with pytest.raises(RecordError, match="the file ends inside a record"):
        found(gzip.compress(warc(*PAGES))[:cut])


@pytest.mark.parametrize("payload", [b"", warc()])
def test_a_file_without_pages_names_none(payload: bytes):
    assert found(payload) == []


def test_what_stands_before_a_break_is_found_and_the_place_is_told():
    whole, links = warc(*PAGES[:1] * 50), []

    def read() -> None:
        links.extend(
            link for link in foreign.links(io.BytesIO(whole[: len(whole) // 2]), via="news.warc.gz", limit=LIMIT)
        )

    with pytest.raises(RecordError, match="offset") as error:
        read()
    assert 20 < len(links) < 30
    assert 0 < error.value.offset < len(whole) // 2


@pytest.mark.parametrize(
    "payload", [b"<html>no WARC</html>", b"\x1f\x8bbroken", b"WARC/1.0\r\nContent-Length: -5\r\n\r\n"]
)
def test_what_is_no_warc_file_is_told(payload: bytes):
    with pytest.raises(RecordError):
        found(payload)


def test_memory_does_not_grow_with_the_file(tmp_path: Path):
    def peak(pages: int) -> int:
        path = tmp_path / f"{pages}.warc.gz"
        path.write_bytes(
            warc(*[(f"{SITE}/{number}", "200 OK", "text/html") for number in range(pages)], body=bytes(200_000))
        )
        tracemalloc.start()
        with path.open("rb") as stream:
            assert sum(1 for _ in foreign.links(stream, via="x", limit=LIMIT)) == pages
        high = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return high

    # A chunk of the file holds the first hundred pages.
    assert peak(400) < 1.2 * peak(100)


def test_files_are_named_by_path_or_pattern(tmp_path: Path):
    (tmp_path / "cc").mkdir()
    for name in ("b.warc.gz", "a.warc.gz", "c.txt"):
        (tmp_path / "cc" / name).touch()
    expected = [tmp_path / "cc" / "a.warc.gz", tmp_path / "cc" / "b.warc.gz"]
    assert foreign.files("cc/*.warc.gz", tmp_path) == expected
    assert foreign.files(str(tmp_path / "cc" / "*.warc.gz"), Path("/nowhere")) == expected
    assert foreign.files("cc/a.warc.gz", tmp_path) == expected[:1]
    assert foreign.files("cc", tmp_path) == foreign.files("no/such.warc.gz", tmp_path) == []
