"""Records judged by readers that share no code with the writer."""

import gzip
import hashlib
import io
import random
import resource
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest
from backports import zstd
from warcio.archiveiterator import ArchiveIterator

from newsarchive.errors import RecordError
from newsarchive.warc import records
from newsarchive.warc.exchange import Attempt, Exchange, Purpose
from newsarchive.warc.fields import Record, digest, warc_fields
from newsarchive.warc.frame import read_answer
from newsarchive.warc.packing import member
from newsarchive.warc.payload import decoded
from newsarchive.warc.reader import read_records
from newsarchive.warc.records import Earlier
from newsarchive.warc.writer import WarcWriter

START = datetime(2026, 11, 22, 4, 0, 0, 1, tzinfo=UTC)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
REQUEST = b"GET /search?q=news HTTP/1.1\r\nHost: news.example\r\n\r\n"


def exchange(response: bytes, **changes) -> Exchange:
    attempt = Attempt(
        changes.pop("request", REQUEST), response, START, "192.0.2.1", "tls/1.3", "TLS_AES_256_GCM_SHA384", 12
    )
    attempts = (attempt,) if response or changes.pop("asked", False) else ()
    facts = {"truncated": None, "error": None, **changes}
    return Exchange(
        "https://news.example/search?q=news", "GET", START, 34, attempts, Purpose("article", "a feed", "feed"), **facts
    )


def built(response: bytes, earlier: Earlier | None = None, **changes) -> records.Bundle:
    numbers = iter(range(1, 99))
    return records.bundle(
        exchange(response, **changes),
        earlier=earlier,
        warcinfo_id="<urn:uuid:0>",
        new_id=lambda: f"<urn:uuid:{next(numbers)}>",
    )


@pytest.mark.parametrize(
    ("raw", "entity", "framing", "complete", "surplus"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", b"abc", "length", True, 0),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef", b"abc", "length", True, 3),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", b"abc", "length", False, 0),
        (b"HTTP/1.1 200 OK\nContent-Length: 3\n\nabc", b"abc", "length", True, 0),
        (b"HTTP/1.0 200\r\n\r\nabc", b"abc", "close", True, 0),
        (b"HTTP/1.1 204 No\r\n\r\n", b"", "none", True, 0),
        (CHUNKED + b"3;x=1\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n", b"abcde", "chunked", True, 0),
        (CHUNKED + b"5\r\nab", b"ab", "chunked", False, 0),
        (CHUNKED + b"zz\r\nab", b"", "chunked", False, 0),
        (HINTS + b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", b"a", "length", True, 0),
        (b"HTTP/1.1 200 OK\r\nContent-Le", b"", "close", False, 0),
    ],
)  # fmt: skip
def test_an_answer_is_cut_out_of_the_bytes_of_a_connection(raw, entity, framing, complete, surplus):
    answer = read_answer(raw, method="GET")
    assert answer is not None
    assert (answer.entity, answer.framing, answer.complete, answer.surplus) == (entity, framing, complete, surplus)


def test_what_is_not_http_is_no_answer():
    assert read_answer(b"SSH-2.0-OpenSSH\r\n", method="GET") is None


def test_cutting_never_fails_on_any_bytes():
    chance = random.Random(7)
    whole = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    for _ in range(500):
        torn = bytearray(whole[: chance.randrange(len(whole) + 1)])
        if torn:
            torn[chance.randrange(len(torn))] = chance.randrange(256)
        answer = read_answer(bytes(torn), method="GET")
        if answer is not None:
            parts = (*answer.interim, answer.leading, answer.block)
            assert sum(map(len, parts)) + answer.surplus == len(torn)


def test_header_bytes_are_kept_as_they_came(tmp_path: Path):
    odd = b"sErVeR: x\r\nX-Fold: a\r\n b\r\nX-L: caf\xe9\r\nno colon here\r\n"
    head = b"HTTP/1.1 200 Fine By Me\r\n" + odd + b"Content-Length: 2\r\n\r\n"
    writer = WarcWriter(tmp_path / "a.warc.gz")
    writer.write(built(head + b"ok").records)
    response, request, metadata = list(read_records(writer.close()))
    assert response.block == head + b"ok"
    assert request.block == REQUEST
    assert metadata.block_fields()["role"] == "article"
    assert response.field("WARC-Target-URI") == "https://news.example/search?q=news"


def test_a_known_payload_becomes_a_revisit():
    body = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
    earlier = Earlier(
        "<urn:uuid:9>", "https://news.example/search?q=news", "2026-11-21T04:00:00.000000Z", digest(b"abc")
    )
    primary = built(body, earlier).primary
    assert primary is not None
    assert primary.kind == "revisit"
    assert ("WARC-Refers-To", "<urn:uuid:9>") in primary.fields
    assert b"abc" not in primary.block


def test_a_refusal_is_kept_whole_though_a_page_had_its_payload():
    earlier = Earlier("<urn:uuid:9>", "https://news.example/search?q=news", "2026-11-21T04:00:00Z", digest(b"abc"))
    primary = built(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nabc", earlier).primary
    assert primary is not None
    assert primary.kind == "response"


def test_a_304_becomes_a_revisit_of_what_it_stands_for():
    earlier = Earlier("<urn:uuid:9>", "https://news.example/search?q=news", "2026-11-21T04:00:00.000000Z", "sha1:X")
    answer, end = b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", b"\r\n\r\n"
    for field in (b"If-None-Match: x", b"if-modified-since : Sun, 06 Nov 1994 08:49:37 GMT"):
        primary = built(answer, earlier, request=REQUEST.removesuffix(end) + b"\r\n" + field + end).primary
        assert primary is not None
        assert ("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/server-not-modified") in primary.fields
        assert ("WARC-Payload-Digest", "sha1:X") in primary.fields
    for body in (b"", b"\r\nIf-None-Match: x"):
        primary = built(answer, earlier, request=REQUEST + body).primary
        assert primary is not None
        assert primary.kind == "response"


def test_a_truncated_answer_is_kept_and_marked_and_has_no_payload_digest():
    bundle = built(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", truncated="length")
    assert bundle.primary is not None
    assert ("WARC-Truncated", "length") in bundle.primary.fields
    assert bundle.payload_digest is None


def test_a_failure_without_an_answer_leaves_a_metadata_record():
    (only,) = built(b"", error="dns").records
    assert only.kind == "metadata"
    assert b"fetchError: dns" in only.block


def test_compressed_bodies_are_stored_and_every_member_is_plain_gzip():
    body = gzip.compress(random.Random(1).randbytes(200_000), mtime=0)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    record = built(head + body).primary
    assert record is not None
    packed = member(record)
    assert gzip.decompress(packed) == record.header() + record.block + b"\r\n\r\n"
    assert len(packed) < len(body) * 1.01
    assert [one.rec_type for one in ArchiveIterator(io.BytesIO(packed))] == ["response"]


def test_a_torn_file_is_read_up_to_where_it_is_torn(tmp_path: Path):
    writer = WarcWriter(tmp_path / "a.warc.gz")
    places = writer.write(built(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc").records)
    path = writer.close()
    path.write_bytes(path.read_bytes()[:-5])
    records_of = read_records(path)
    assert [next(records_of).kind, next(records_of).kind] == ["response", "request"]
    with pytest.raises(RecordError) as raised:
        next(records_of)
    assert raised.value.offset == places[2].offset


def test_an_older_file_is_never_appended_to(tmp_path: Path):
    WarcWriter(tmp_path / "a.warc.gz").close()
    with pytest.raises(FileExistsError):
        WarcWriter(tmp_path / "a.warc.gz")


def test_the_digest_of_the_writing_is_that_of_the_file_also_after_a_write_that_failed(tmp_path: Path):
    writer = WarcWriter(tmp_path / "a.warc.gz")
    bundle = built(b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n" + random.Random(1).randbytes(90_000)).records
    writer.write(bundle)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (writer.size + 50_000, limits[1]))
        with pytest.raises(OSError, match="large"):
            writer.write(bundle)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert (writer.records, writer.path.with_name("a.warc.gz.open").stat().st_size) == (3, writer.size)
    writer.write(bundle)
    digest, count = writer.digest, writer.records
    written = writer.close().read_bytes()
    assert digest == f"sha256:{hashlib.sha256(written).hexdigest()}"
    assert count == len(list(read_records(writer.path))) == 6


def test_a_line_end_in_a_value_forges_no_field():
    assert warc_fields((("via", "a\r\nrole: robots"),)) == b"via: a role: robots\r\n"


def test_content_codings_are_undone_within_a_limit():
    assert decoded(gzip.compress(b"abc"), "gzip") == b"abc"
    assert decoded(b"abc", None) == b"abc"
    # All members and frames, and nothing behind them.
    assert decoded(gzip.compress(b"abc") + gzip.compress(b"def") + b"\0", "gzip") == b"abcdef"
    assert decoded(zstd.compress(b"abc") + zstd.compress(b"def") + b"\0", "zstd") == b"abcdef"
    assert decoded(zstd.compress(gzip.compress(b"abc")), "gzip, zstd") == b"abc"
    for broken, coding in ((b"\0bc", "gzip"), (gzip.compress(b"abc")[:-9], "gzip"), (b"\0bc", "zstd"), (b"\0bc", "br")):
        with pytest.raises(ValueError, match=r".+"):
            decoded(broken, coding)
    with pytest.raises(ValueError, match="larger than"):
        decoded(gzip.compress(bytes(1_000_000)), "gzip", limit=1000)
    with pytest.raises(ValueError, match="larger than"):
        decoded(zstd.compress(bytes(1_000_000)), "zstd", limit=1000)
    with pytest.raises(ValueError, match="too early"):
        decoded(zstd.compress(b"abc")[:-2], "zstd")


def test_a_record_says_its_length():
    assert b"Content-Length: 3\r\n\r\n" in Record("metadata", "<urn:uuid:1>", (), b"abc").header()
