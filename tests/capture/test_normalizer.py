"""Responses as Twisted's parser gets them, in pieces of any size; and the limits of a head."""

import time

import pytest
from scrapy.settings import Settings

from newsarchive.capture.normalizer import BadResponse, HeadLimits, Normalizer
from newsarchive.errors import SettingError
from tests.capture.cases import CASES, TEXT, chunked, chunks, head, length

ROOMY = HeadLimits(max_bytes=1 << 20, max_lines=20_000)


def fed(raw: bytes, step: int, *, method: str = "GET", limits: HeadLimits = ROOMY) -> bytes:
    """Return all that the parser reads."""
    normalizer = Normalizer(method, limits)
    return b"".join(b"".join(normalizer.feed(raw[at : at + step])) for at in range(0, len(raw), step))


def outcome(raw: bytes, step: int, method: str) -> tuple[str, bytes]:
    try:
        read = fed(raw, step, method=method)
    except BadResponse as error:
        return error.what, b""
    header, _, body = read.partition(b"\r\n\r\n")
    if b"Transfer-Encoding: chunked" in header and method != "HEAD":
        body = unchunked(body)
    return header.decode("latin-1"), body


def unchunked(body: bytes) -> bytes:
    data = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        data, body = data + body[: int(size, 16)], body[int(size, 16) + 2 :]
    return data


@pytest.mark.parametrize("case", [case for case in CASES if len(case.say) == 1], ids=lambda case: case.name)
def test_a_response_is_the_same_in_pieces_of_any_size(case):
    (raw,) = case.say
    raw = raw[:10_000]
    assert len({outcome(raw, step, case.method) for step in (1, 2, 7, 1 << 20)}) == 1


def test_the_parser_gets_one_plain_form():
    odd = head(
        b"X A: b", b"X-B : c", b"X-C: d\r\n e", b"connection: TE, Close", b"Transfer-Encoding: GZIP, chunked",
        first=b"\r\nhttp/1.1  200",
    )  # fmt: skip
    assert fed(odd + chunks(b"abc", 1, extension=b" ; x"), 1 << 20) == (
        b"HTTP/1.1 200 \r\nX-B: c\r\nX-C: d e\r\nconnection: TE, Close\r\nContent-Encoding: gzip\r\n"
        b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    )


@pytest.mark.parametrize(("raw", "has"), [(length(TEXT), False), (length(TEXT) + b"\n", True), (chunked(TEXT), False)])
def test_bytes_behind_a_response_are_noticed(raw, has):
    normalizer = Normalizer("GET", ROOMY)
    assert list(normalizer.feed(raw))
    assert normalizer.has_surplus is has


@pytest.mark.parametrize(
    ("name", "value", "raw"),
    [
        ("RESPONSE_HEAD_MAX_KB", 16, head(b"X: " + b"a" * 17_000)),
        ("RESPONSE_HEAD_MAX_LINES", 100, head(*(b"X: a",) * 100)),
        ("RESPONSE_MAX_INTERIM", 0, head(first=b"HTTP/1.1 100 Go") + head()),
        ("RESPONSE_STATUS_LINE_MAX_BYTES", 100, head(first=b"HTTP/1.1 200 " + b"a" * 100)),
    ],
)
def test_a_limit_is_that_of_its_setting(name, value, raw):
    assert fed(raw, 1000, limits=HeadLimits.of(Settings()))
    with pytest.raises(BadResponse):
        fed(raw, 1000, limits=HeadLimits.of(Settings({name: value})))


@pytest.mark.parametrize("value", [15, 1025])
def test_a_head_that_readers_of_the_archive_do_not_read_cannot_be_allowed(value):
    with pytest.raises(SettingError, match=r"RESPONSE_HEAD_MAX_KB: .* a whole number between 16 and 1024"):
        HeadLimits.of(Settings({"RESPONSE_HEAD_MAX_KB": value}))


@pytest.mark.parametrize("line", [b"X: " + b"a" * 100 + b"\r\n", b" " + b"f" * 30 + b"\r\n", b"a" * 4000])
def test_the_time_for_a_head_that_comes_byte_by_byte_grows_with_its_size(line):
    def seconds(size: int) -> float:
        raw = b"HTTP/1.1 200 OK\r\nX: a" + line * (size // len(line))
        before = time.process_time()
        fed(raw, 1)
        return time.process_time() - before

    assert seconds(120_000) < 12 * seconds(30_000) + 0.1
