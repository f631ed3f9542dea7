"""Response heads that browsers accept, and the body that they delimit (RFC 9112, sections 2 to 6)."""

import gzip
import time

import pytest

from newsarchive.warc import head as heads
from newsarchive.warc.frame import Answer, read_answer

TEXT = b"<p>Some text of a page.</p>" * 20
PACKED = gzip.compress(TEXT, mtime=0)


def read(raw: bytes, method: str = "GET") -> Answer:
    answer = read_answer(raw, method=method)
    assert answer is not None
    return answer


def response(*fields: bytes, body: bytes = b"abc", first: bytes = b"HTTP/1.1 200 OK") -> bytes:
    return b"\r\n".join((first, *fields, b"", body))


@pytest.mark.parametrize(
    ("line", "version", "status"),
    [
        (b"HTTP/1.1 200 OK", "1.1", 200),
        (b"http/1.1 200 ok", "1.1", 200),
        (b"HTTP/1.1 200", "1.1", 200),
        (b"HTTP/1.1\t404  Not here", "1.1", 404),
        (b"HTTP/1.0 200 OK", "1.0", 200),
        (b"HTTP/2 200", "1.1", 200),
        (b"HTTP/2.0 200 OK", "1.1", 200),
        (b"HTTP 200 OK", "1.0", 200),
        (b"ICY 200 OK", "1.0", 200),
        (b"HTTP/1.1 503No", "1.1", 503),
    ],
)
def test_status_lines_that_browsers_accept(line, version, status):
    head = heads.read_head(line + b"\r\n\r\n")
    assert head is not None
    assert (head.version, head.status) == (version, status)
    assert heads.is_status_line(line)


@pytest.mark.parametrize(
    "line", [b"SSH-2.0-x", b"HTTP/1.1", b"HTTP/1.1 OK", b"HTTP/1.1 2000 OK", b"HTTP/1.1 20", b"<html>", b"HTTPS 200"]
)
def test_lines_that_begin_no_response(line):
    assert not heads.is_status_line(line)
    assert read_answer(line + b"\r\n\r\n", method="GET") is None


def test_field_lines_are_read_as_browsers_read_them():
    raw = response(
        b" X-Behind-Status: continues nothing", b"X Powered By: x", "‘a’: *".encode(), b"X-Cache : HIT", b": no name",
        b"no colon", b"X-Folded: one\r\n\ttwo\r\n  three", b"X-Latin: caf\xe9", b"X-Control: a\0b\rc", b"X-Empty:",
        b"X-Nbsp: \xa0x",
    )  # fmt: skip
    assert read(raw).headers == (
        ("X-Cache", "HIT"), ("X-Folded", "one two three"), ("X-Latin", "caf\xe9"), ("X-Control", "a b c"),
        ("X-Empty", ""), ("X-Nbsp", "\xa0x"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "framing", "entity"),
    [
        ((b"Content-Length: 2",), "length", b"ab"),
        ((b"Content-Length: 2", b"Content-Length: 2"), "length", b"ab"),
        ((b"Content-Length: 2, 002",), "length", b"ab"),
        ((b"Content-Length: 1", b"Content-Length: 2"), "conflict", b"abc"),
        ((b"Content-Length: 1, 2",), "conflict", b"abc"),
        ((b"Content-Length: 2", b"Content-Length: x"), "conflict", b"abc"),
        ((b"Content-Length: x",), "close", b"abc"),
        ((b"Content-Length: -1",), "close", b"abc"),
        ((b"Content-Length: " + b"9" * 5000,), "close", b"abc"),
        ((b"Transfer-Encoding: identity",), "close", b"abc"),
        ((b"Transfer-Encoding: identity", b"Content-Length: 2"), "length", b"ab"),
        ((b"Transfer-Encoding: gzip", b"Content-Length: 2"), "close", b"abc"),
    ],
)
def test_the_end_of_a_body_without_chunks(fields, framing, entity):
    answer = read(response(*fields))
    assert (answer.framing, answer.entity, answer.complete) == (framing, entity, framing != "conflict")


@pytest.mark.parametrize(
    "fields",
    [
        (b"Transfer-Encoding: chunked",),
        (b"transfer-encoding:CHUNKED",),
        (b"Transfer-Encoding: chunked", b"Content-Length: 2"),
        (b"Content-Length: 2", b"Content-Length: 7", b"Transfer-Encoding: chunked"),
        (b"Transfer-Encoding: chunked, chunked",),
        (b"Transfer-Encoding: identity, chunked",),
    ],
)
def test_chunked_overrides_every_length(fields):
    answer = read(response(*fields, body=b"3\r\nabc\r\n0\r\n\r\n"))
    assert (answer.framing, answer.entity, answer.complete, answer.surplus) == ("chunked", b"abc", True, 0)


def test_a_compression_as_a_transfer_coding_is_the_outermost_content_coding():
    fields = (b"Content-Encoding: br", b"Transfer-Encoding: gzip, chunked")
    answer = read(response(*fields, body=b"%x\r\n" % len(PACKED) + PACKED + b"\r\n0\r\n\r\n"))
    assert (answer.content_coding, answer.entity) == ("br, gzip", PACKED)


@pytest.mark.parametrize("status", [204, 304])
def test_statuses_without_a_body(status):
    answer = read(response(b"Content-Length: 3", first=b"HTTP/1.1 %d X" % status))
    assert (answer.framing, answer.entity, answer.surplus) == ("none", b"", 3)


def test_a_205_has_the_body_that_it_states():
    assert read(response(b"Content-Length: 3", first=b"HTTP/1.1 205 Reset")).entity == b"abc"


def test_blank_lines_before_a_status_line_are_kept_apart():
    interim = b"\r\nHTTP/1.1 103 Early Hints\r\n\r\n"
    final = response(b"Content-Length: 3")
    answer = read(interim + b"\n\r\n" + final)
    assert (answer.interim, answer.leading, answer.block) == ((interim,), b"\n\r\n", final)


@pytest.mark.parametrize(
    ("body", "length", "coding", "is_whole"),
    [
        (PACKED, len(TEXT), b"gzip", True),
        (PACKED, len(TEXT) + 1, b"gzip", False),
        (PACKED[:-9], len(TEXT), b"gzip", False),
        (TEXT[:-5], len(TEXT), b"gzip", False),
        (TEXT[:-5], len(TEXT), b"identity", False),
        (PACKED, 10**12, b"gzip", False),
    ],
)
def test_a_body_whose_length_is_stated_before_compression_is_whole(body, length, coding, is_whole):
    fields = (b"Content-Encoding: " + coding, b"Content-Length: %d" % length)
    assert read(response(*fields, body=body)).complete is is_whole


def test_a_head_beyond_the_limits_is_not_read():
    assert read_answer(response(b"X: " + b"a" * heads.MAX_BYTES), method="GET") is None
    assert read_answer(response(*(b"X: a",) * (heads.MAX_LINES + 1)), method="GET") is None
    assert read_answer(b"\n" * (heads.MAX_LEADING_BYTES + 1) + response(), method="GET") is None
    assert read_answer(response(first=b"HTTP/1.1 100 Go") * 40_000, method="GET") is None


@pytest.mark.parametrize("line", [b"X: a\r\n", b" folded\r\n", b"\tx\n", b":\n", b"x" * 40 + b"\n"])
def test_the_time_for_a_head_grows_with_its_size(line):
    def seconds(size: int) -> float:
        head = b"HTTP/1.1 200 OK\r\nX: a\r\n" + line * (size // len(line)) + b"\r\n"
        before = time.process_time()
        heads.read_fields(head)
        return time.process_time() - before

    assert seconds(4_000_000) < 12 * seconds(1_000_000) + 0.1
