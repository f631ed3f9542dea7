"""Where else the text of an article stands: however a page, a feed or a sitemap writes it."""

import gzip
import hashlib
import html
import json
import zlib
from pathlib import Path

import brotli
import pytest

from newsarchive.keeping.mentions import Needles, learned_with, mentions
from newsarchive.warc import fields
from newsarchive.warc.packing import PACKINGS

HEADLINE = "Порт «Ахтиар» без ледокола — зима"
PARAGRAPH = 'The pilot\'s "last" word: at 5 < 6 degrees, Étienne said no ship would leave before noon on Monday.'
URL = "https://www.harbour.example/2026/pilots-last-word/"
WHOLE = "<html><body><p>{}</p></body></html>"


def response(payload: bytes, *headers: str, chunked: bool = False) -> fields.Record:
    if chunked:
        halves = payload[: len(payload) // 2], payload[len(payload) // 2 :]
        payload = b"".join(b"%x\r\n%b\r\n" % (len(half), half) for half in (*halves, b""))
        headers = (*headers, "Transfer-Encoding: chunked")
    block = "\r\n".join(["HTTP/1.1 200 OK", *headers, "", ""]).encode() + payload
    named = (("WARC-Target-URI", "https://harbour.example/feed"), ("WARC-Date", "2026-11-28T00:00:00Z"))
    return fields.record("response", "<urn:uuid:1>", named, "application/http;msgtype=response", block)


def found(folder: Path, record: fields.Record, **looked_for: list[str]) -> list[str]:
    needles = Needles(**({"headlines": [HEADLINE], "paragraphs": [PARAGRAPH]} | looked_for))
    folder.mkdir(exist_ok=True)
    (folder / "NA-harbour.warc.gz").write_bytes(b"".join(PACKINGS["gzip"].pack(record)))
    return [one.why for one in mentions(folder, needles, frozenset())]


def broken(payload: bytes) -> bytes:
    """Packed, and cut off."""
    noise = b"".join(hashlib.sha256(bytes([number])).hexdigest().encode() for number in range(200))
    return gzip.compress(payload + noise)[:-2000]


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (response(f"<rss><title><![CDATA[{HEADLINE}]]></title></rss>".encode()), "headline"),
        (response(f"<description><![CDATA[{PARAGRAPH}<br>]]></description>".encode()), "text"),
        (response(f"<description>{html.escape(f'<p>{PARAGRAPH}</p>')}</description>".encode()), "text"),
        (response(f"<a title='{html.escape(HEADLINE)}' href='/x'>more</a>".encode()), "headline"),
        (response(f"<script>{json.dumps({'text': PARAGRAPH})}</script>".encode()), "text"),
        (response(WHOLE.format(PARAGRAPH.replace("word: ", "word:<br>")).encode()), "text"),
        (response(WHOLE.format(PARAGRAPH.replace("leave", "le\u00adave")).encode()), "text"),
        (response(WHOLE.format(PARAGRAPH.replace("É", "E\u0301").replace("'", "\u2019")).encode()), "text"),
        (response(WHOLE.format(HEADLINE.upper()).encode()), "headline"),
        (
            response(WHOLE.format(HEADLINE).encode("cp1251"), "Content-Type: text/html; charset=windows-1251"),
            "headline",
        ),
        (response(f'<?xml version="1.0" encoding="windows-1251"?><r>{HEADLINE}</r>'.encode("cp1251")), "headline"),
        (response(f"\ufeff{HEADLINE}".encode("utf-16-le")), "headline"),
        (response(brotli.compress(HEADLINE.encode()), "Content-Encoding: br"), "headline"),
        (response(zlib.compress(HEADLINE.encode()), "Content-Encoding: deflate"), "headline"),
        (response(gzip.compress(HEADLINE.encode()), "Content-Encoding: gzip", chunked=True), "headline"),
        (response(broken(HEADLINE.encode()), "Content-Encoding: gzip"), "headline"),
        (response(gzip.compress(f"<news:title>{HEADLINE}</news:title>".encode())), "headline"),
        (response(gzip.compress(HEADLINE.encode()), "Content-Encoding: gzip, unknown"), "headline"),
        (response(WHOLE.format("The pilot's last word was that no ship would leave.").encode()), None),
    ],
)
def test_text_is_found_however_it_is_written(tmp_path: Path, record: fields.Record, why: str | None):
    assert found(tmp_path, record) == ([why] if why else [])


@pytest.mark.parametrize("headline", ["港のパイロットの最後の言葉", "Pilots, a last word and no ship"])
def test_a_headline_is_long_enough_to_be_found_in_any_script(tmp_path: Path, headline: str):
    record = response(WHOLE.format(headline).encode())
    assert found(tmp_path, record, headlines=[headline]) == ["headline"]
    assert found(tmp_path, record, headlines=[headline[:6]], paragraphs=[]) == []


@pytest.mark.parametrize(
    ("link", "is_named"),
    [
        ("//harbour.example/2026/pilots-last-word", True),
        ("/2026/pilots-last-word/", True),
        ("/2026/pilots-last-word/amp?x=1", True),
        (r"https:\/\/harbour.example\/2026\/pilots-last-word\/", True),
        ("https://share.example/?u=https%3A%2F%2Fwww.harbour.example%2F2026%2Fpilots-last-word%2F", True),
        ("/2026/pilots-last-word-2/", False),
        ("https://other.example/2026/pilots-last-word/", False),
    ],
)
def test_an_address_is_found_as_pages_link_to_it(tmp_path: Path, link: str, is_named: bool):
    record = response(f'<a href="{link}">more</a>'.encode())
    assert found(tmp_path, record, addresses=[URL]) == (["address"] if is_named else [])
    assert found(tmp_path, response(b"HTTP", f"Location: {link}"), addresses=[URL]) == (["address"] if is_named else [])


def test_the_end_of_an_element_is_no_address(tmp_path: Path):
    assert found(tmp_path, response(b"<a>more</a>"), addresses=["https://harbour.example/a"]) == []


def test_a_learned_table_with_the_text_is_found(tmp_path: Path):
    (tmp_path / "rules").mkdir()
    table = tmp_path / "rules" / "x.json"
    needles = Needles(headlines=[], paragraphs=[PARAGRAPH])
    table.write_text(json.dumps({"blocks": [{"text": PARAGRAPH.lower().replace("5", "#").replace("6", "#")}]}))
    assert learned_with(tmp_path, needles) == [table]
    table.write_text(json.dumps({"blocks": [{"text": "subscribe to our letter, which comes on mondays"}]}))
    assert learned_with(tmp_path, needles) == []
