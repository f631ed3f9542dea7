"""Pages in files that other programs wrote, by other people's writers where there are any."""

import gzip
import io
import shutil
import subprocess
import threading
import tracemalloc
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import brotli
import pytest
from backports import zstd
from fastwarc.warc import WarcRecord, WarcRecordType
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newsarchive import deriving
from newsarchive.demoweb.trap_pages import article, prose
from newsarchive.items import Article, Rejection
from newsarchive.warc.payload import MAX_BYTES
from newsarchive.warc.problem import Problem
from newsarchive.warc.reader import StoredRecord
from newsarchive.warc.scanning import scan

URL = "http://times.example/2026/bridge"
HTML = article("A bridge of nothing but rope", prose("rope")).encode()
TEXT = "rope"


def derived(octets: bytes, **known: object) -> list:
    records = scan(io.BytesIO(octets), Path("x.warc.gz"))
    return list(deriving.derive(records, filename="x.warc.gz", outlet_of=lambda _, __: None, **known))


def warc(head: str, block: bytes, *, version: str = "1.0", kind: str = "response", **fields: str) -> bytes:
    named = {
        "WARC-Type": kind, "WARC-Record-ID": "<urn:uuid:00000000-0000-4000-8000-000000000001>",
        "WARC-Date": "2026-11-22T04:00:00Z", "WARC-Target-URI": URL, "Content-Type": "application/http; msgtype=response",
    } | {name.replace("_", "-"): value for name, value in fields.items()}  # fmt: skip
    message = head.replace("\n", "\r\n").encode() + (b"\r\n\r\n" if head else b"") + block
    lines = (
        f"WARC/{version}",
        *(f"{name}: {value}" for name, value in named.items()),
        f"Content-Length: {len(message)}",
    )
    return gzip.compress("\r\n".join((*lines, "", "")).encode() + message + b"\r\n\r\n")


OK = "HTTP/1.1 200 OK\nContent-Type: text/html; charset=utf-8"
CHUNKED = b"%x\r\n%b\r\n0\r\n\r\n" % (len(HTML), HTML)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (OK, HTML),
        (f"{OK}\nContent-Encoding: gzip", gzip.compress(HTML)),
        (f"{OK}\nContent-Encoding: br", brotli.compress(HTML)),
        pytest.param(f"{OK}\nContent-Encoding: gzip\nContent-Length: 999", HTML, id="decoded, and the header left"),
        pytest.param(f"{OK}\nContent-Encoding: br", HTML, id="brotli undone, and the header left"),
        pytest.param(f"{OK}\nX-Crawler-Content-Encoding: br\nContent-Length: {len(HTML)}", HTML, id="common crawl"),
        (f"{OK}\nContent-Encoding: zstd", zstd.compress(HTML)),
        pytest.param(
            f"{OK}\nContent-Encoding: gzip\nContent-Encoding: br",
            brotli.compress(gzip.compress(HTML)),
            id="two headers",
        ),
        pytest.param(f"{OK}\nContent-Encoding: gzip\nContent-Encoding: gzip", gzip.compress(HTML), id="one, twice"),
        (f"{OK}\nTransfer-Encoding: chunked", CHUNKED),
        pytest.param(f"{OK}\nTransfer-Encoding: chunked", HTML, id="chunks undone, and the header left"),
        pytest.param("HTTP/2 200\ncontent-type: text/html", HTML, id="a version without a point"),
        pytest.param("HTTP/1.1 299 Fine\nContent-Type: text/html", HTML, id="an unknown status of success"),
        pytest.param("HTTP/1.1 200\nno colon here\n folded\nContent-Type: text/html", HTML, id="a broken head"),
        pytest.param("HTTP/1.1 200 OK\nContent-Type: text/html, text/html", HTML, id="a type that is joined of two"),
        pytest.param("HTTP/1.1 200 OK", HTML, id="no type"),
        pytest.param("HTTP/1.1 200 OK\nContent-Type: application/octet-stream", HTML, id="a type that says nothing"),
    ],
)
def test_a_page_is_read_in_whatever_state_it_was_kept(head: str, body: bytes):
    (row,) = derived(warc(head, body))
    assert isinstance(row, Article)
    assert (row.headline, row.url, row.outlet) == ("A bridge of nothing but rope", URL, None)
    assert row.provenance
    assert row.provenance.captured_at == "2026-11-22T04:00:00.000000Z"
    assert row.provenance.warc
    assert (row.provenance.warc.offset, row.provenance.warc.length) == (0, len(warc(head, body)))


@pytest.mark.parametrize(
    ("head", "fields"),
    [
        (OK.replace("200", "404"), {}),
        (OK.replace("text/html", "image/png"), {}),
        ("HTTP/1.1 200 OK\nContent-Type: text/plain", {}),
        (OK, {"kind": "request"}),
        (OK, {"kind": "conversion"}),
        (OK, {"WARC_Target_URI": "ftp://times.example/x"}),
        (OK, {"WARC_Target_URI": "dns:times.example"}),
    ],
)
def test_what_holds_no_page_gives_nothing(head: str, fields: dict):
    assert derived(warc(head, HTML, **fields)) == []


@pytest.mark.parametrize(
    ("fields", "url", "captured_at"),
    [
        ({"WARC_Target_URI": "HTTPS://TIMES.example/x"}, "HTTPS://TIMES.example/x", "2026-11-22T04:00:00.000000Z"),
        ({"kind": "Response"}, URL, "2026-11-22T04:00:00.000000Z"),
        ({"WARC_Date": "2026-11"}, URL, "2026-11-01T00:00:00.000000Z"),
        ({"WARC_Date": "2026"}, URL, "2026-01-01T00:00:00.000000Z"),
    ],
)
def test_a_record_is_read_in_whatever_way_it_is_described(fields: dict, url: str, captured_at: str):
    (row,) = derived(warc(OK, HTML, **fields))
    assert isinstance(row, Article)
    assert row.provenance
    assert (row.url, row.provenance.captured_at) == (url, captured_at)


@pytest.mark.parametrize(
    ("head", "large"), [(OK, MAX_BYTES + 1), (f"{OK}\nTransfer-Encoding: chunked", MAX_BYTES + 1), (OK, 0)]
)
def test_a_page_that_is_longer_than_any_is_not_held_in_memory(
    head: str, large: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Nor is one of which only the beginning was read."""
    monkeypatch.setattr("newsarchive.warc.scanning.LARGEST", 1 << 30 if large else 1000)
    body = HTML + bytes(large or 1_000_000)
    message = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if "chunked" in head else body
    (tmp_path / "x.warc.gz").write_bytes(warc(head, message))
    del body, message
    tracemalloc.start()
    with (tmp_path / "x.warc.gz").open("rb") as stream:
        records = scan(stream, Path("x.warc.gz"))
        (row,) = deriving.derive(records, filename="x.warc.gz", outlet_of=lambda _, __: None)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(row, Rejection)
    assert row.reason == "too_large"
    assert most < 10 << 20


@pytest.mark.parametrize("fields", [{"WARC_Truncated": "length"}, {"WARC_Segment_Number": "1", "version": "1.1"}])
def test_what_is_cut_says_so(fields: dict):
    (row,) = derived(warc(OK, HTML[:2000], **fields))
    assert isinstance(row, Rejection)
    assert (row.url, row.reason, row.offset) == (URL, "truncated", 0)


def test_what_cannot_be_understood_is_a_problem_with_its_place():
    whole = warc(OK, HTML)
    found = derived(whole + warc("", b"<html>no message") + warc(OK, HTML, WARC_Date="yesterday") + whole)
    assert [type(one) for one in found] == [Article, Problem, Problem, Article]
    assert str(found[1]) == f"x.warc.gz: offset {len(whole)}: the block of a response record is no HTTP answer"
    assert found[2].what == "a response record whose WARC-Date is no time: 'yesterday'"
    (dateless,) = derived(warc(OK, HTML, WARC_Date=""))
    assert dateless.what == "a response record without WARC-Date"


@pytest.mark.parametrize("address", ["", "times.example/2026", "http://[::1/2026", "http://a:b/x"])
def test_a_page_without_an_address_is_a_problem(address: str):
    (problem,) = derived(warc(OK, HTML, WARC_Target_URI=address))
    assert problem == Problem(Path("x.warc.gz"), 0, "a response record whose WARC-Target-URI is none")


def test_brackets_of_the_old_grammar_are_no_part_of_an_address():
    (row,) = derived(warc(OK, HTML, WARC_Target_URI=f"<{URL}>"))
    assert row.url == URL


def test_a_page_that_was_kept_without_its_message_has_no_status():
    (row,) = derived(warc("", HTML, kind="resource", Content_Type="text/html", version="1.1"))
    assert (row.headline, row.provenance.http.status) == ("A bridge of nothing but rope", None)
    assert row.provenance.warc.record_type == "resource"


def test_a_revisit_has_a_line_only_under_another_address():
    other = "http://times.example/2026/rope"
    held = next(one for one in scan(io.BytesIO(warc(OK, HTML)), Path("x")) if isinstance(one, StoredRecord))

    def revisit(**fields: str) -> bytes:
        profile = "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"
        return warc(OK, b"", kind="revisit", WARC_Profile=profile, **fields)

    assert derived(revisit(WARC_Refers_To_Target_URI=URL)) == []
    assert derived(revisit()) == []
    moved = revisit(WARC_Target_URI=other, WARC_Refers_To_Target_URI=URL)
    (row,) = derived(moved, resolve=lambda _: held)
    assert (row.url, row.headline) == (other, "A bridge of nothing but rope")
    assert (row.provenance.warc.record_type, row.provenance.warc.offset) == ("revisit", 0)
    (problem,) = derived(moved)
    assert problem.what == f"a revisit of {URL}, which is not in the files given"


# Its writer leaves a temporary file to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_warcio_writes_is_read():
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=True)
    writer.write_record(writer.create_warcinfo_record("x.warc.gz", {"software": "warcio"}))
    for name in ("one", "two"):
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        url = f"http://times.example/{name}"
        answer = writer.create_warc_record(url, "response", payload=io.BytesIO(HTML), http_headers=head)
        asked = StatusAndHeaders(f"GET /{name} HTTP/1.1", [("Host", "times.example")], is_http_request=True)
        writer.write_request_response_pair(
            writer.create_warc_record(url, "request", http_headers=asked), answer
        )  # fmt: skip
    assert [row.url for row in derived(buffer.getvalue())] == ["http://times.example/one", "http://times.example/two"]


def test_what_fastwarc_writes_is_read():
    record = WarcRecord()
    record.init_headers(WarcRecordType.response)
    record.headers["WARC-Target-URI"] = URL
    record.set_bytes_content(OK.replace("\n", "\r\n").encode() + b"\r\n\r\n" + HTML)
    record.is_http = True
    buffer = io.BytesIO()
    record.write(buffer, checksum_data=True)
    (row,) = derived(buffer.getvalue())
    assert row.headline == "A bridge of nothing but rope"


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")
def test_what_wget_writes_is_read(tmp_path: Path):
    (tmp_path / "bridge.html").write_bytes(HTML)
    serve = partial(QuietFiles, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/bridge.html"
        command = ["wget", "-q", "--no-config", "--no-proxy", "--warc-file=x", "-O", "/dev/null", url]
        subprocess.run(command, cwd=tmp_path, check=True, timeout=60)
        server.shutdown()
    (row,) = derived((tmp_path / "x.warc.gz").read_bytes())
    assert (row.url, row.headline) == (url, "A bridge of nothing but rope")


class QuietFiles(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing to say."""


def test_a_record_of_ours_whose_date_is_damaged_is_a_problem():
    told = b"software: newsarchive/1\r\nisPartOf: times\r\noutletDigest: sha256:0\r\n"
    asked = warc("", b"role: article\r\n", kind="metadata", WARC_Concurrent_To="<urn:x:1>", WARC_Record_ID="<urn:x:2>")
    named = {"WARC_Record_ID": "<urn:x:1>"}
    whole = warc("", told, kind="warcinfo") + warc(OK, HTML, **named) + asked
    assert [type(one) for one in derived(whole)] == [Article]
    broken = warc("", told, kind="warcinfo") + warc(OK, HTML, WARC_Date="2O26", **named) + asked
    (problem,) = derived(broken)
    assert problem.what == "a response record whose WARC-Date is no time"
