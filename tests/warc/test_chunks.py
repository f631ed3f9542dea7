"""Chunked bodies that browsers accept, in pieces of any size (RFC 9112, section 7.1)."""

import pytest

from newsarchive.warc.chunks import Chunks, MalformedChunks
from newsarchive.warc.frame import read_answer

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
ACCEPTED = {
    "plain": b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
    "padded": b"3  \r\nabc\r\n 2\t\r\nde\r\n0   \r\n\r\n",
    "leading zeros": b"0000000000000000000003\r\nabc\r\n02\r\nde\r\n000\r\n\r\n",
    "extensions": b'3;x="a; b"\r\nabc\r\n2 ; \x01y\r\nde\r\n0;z\r\n\r\n',
    "bare line feeds": b"3\nabc\n2\nde\n0\n\n",
    "no line end behind the data": b"3\r\nabc2\r\nde0\r\n\r\n",
    "trailers": b"5\r\nabcde\r\n0\r\nX: y\r\nZ: w\r\n\r\n",
}
REFUSED = {
    "no size": b"\r\nabc",
    "no hexadecimal": b"xyz\r\nabc",
    "prefix": b"0x3\r\nabc",
    "sign": b"-3\r\nabc",
    "words behind the size": b"3 abc\r\nabc",
    "size without end": b"5;" + b"x" * 17_000,
    "too many digits": b"1" * 17 + b"\r\n",
    "trailers without end": b"0\r\n" + b"X: y\r\n" * 20_000,
}


def data_of(chunks: Chunks, body: bytes, step: int) -> bytes:
    found = b""
    for position in range(0, len(body), step):
        piece = body[position : position + step]
        found += b"".join(piece[start:stop] for start, stop in chunks.feed(piece))
    return found


@pytest.mark.parametrize("step", [1, 2, 3, 100])
@pytest.mark.parametrize("name", list(ACCEPTED))
def test_chunks_that_browsers_accept(name, step):
    chunks = Chunks()
    assert data_of(chunks, ACCEPTED[name], step) == b"abcde"
    assert chunks.is_done


@pytest.mark.parametrize("step", [1, 4096, 1 << 20])
@pytest.mark.parametrize("name", list(REFUSED))
def test_chunks_that_cannot_be_read(name, step):
    with pytest.raises(MalformedChunks):
        data_of(Chunks(), REFUSED[name], step)


def test_bytes_behind_the_body_are_left():
    chunks = Chunks()
    assert list(chunks.feed(b"1\r\na\r\n0\r\n\r\nHTTP/1.1")) == [(3, 4)]
    assert chunks.consumed == len(b"1\r\na\r\n0\r\n\r\n")


@pytest.mark.parametrize("name", list(REFUSED))
def test_a_body_that_cannot_be_read_is_kept_to_its_last_byte(name):
    raw = HEAD + b"2\r\nab\r\n" + REFUSED[name]
    answer = read_answer(raw, method="GET")
    assert answer is not None
    assert (answer.complete, answer.block, answer.surplus) == (False, raw, 0)


@pytest.mark.parametrize(
    ("end", "is_whole"), [(b"0\r\n", True), (b"0\n", True), (b"0\r\nX: y\r\n", True), (b"0", False), (b"", False)]
)
def test_a_body_is_whole_once_its_last_chunk_has_come(end: bytes, is_whole: bool):
    answer = read_answer(HEAD + b"3\r\nabc\r\n" + end, method="GET")
    assert answer is not None
    assert (answer.complete, answer.entity, answer.surplus) == (is_whole, b"abc", 0)
