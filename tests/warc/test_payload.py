"""Content codings: one limit for all decoders, in little memory, and the bytes decide which codings there are."""

import gzip
import zlib

import brotli
import pytest
from backports import zstd

from newsarchive.warc import payload
from newsarchive.warc.payload import MAX_CODINGS, TooLarge, decoded, front, undone
from tests.warc import bombs

TEXT = b"<!doctype html><title>Harbour</title><p>The council voted."
DECODE = """
import sys
from newsarchive.warc.payload import TooLarge, decoded, front
packed, coding = sys.stdin.buffer.read(), sys.argv[1]
try:
    decoded(packed, coding)
except TooLarge as error:
    print(error, len(front([packed], coding, most=1000)))
"""
PACKERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


@pytest.mark.parametrize("coding", bombs.CODINGS)
def test_a_payload_that_expands_to_2_gb_is_refused_in_little_memory(coding: str):
    packed = bombs.bomb(coding)
    done = bombs.run("-c", DECODE, coding, megabytes=300, stdin=packed, cwd=bombs.PROJECT)
    assert done.stdout.decode() == f"larger than {payload.MAX_BYTES} bytes when unpacked 1000\n", done.stderr.decode()
    assert len(packed) < 3_000_000


@pytest.mark.parametrize("stated", [*PACKERS, "identity", "unheard-of", "gzip, br"])
def test_text_is_read_as_it_is_whatever_coding_is_stated(stated: str):
    for text in (TEXT, b"User-agent: *\n", b"a", "<rss>Ж</rss>".encode("utf-16"), '{"items": []}'.encode("utf-16-le")):
        assert decoded(text, stated) == undone(text, stated) == front([text], stated, most=100) == text


@pytest.mark.parametrize("stated", [None, *PACKERS, "unheard-of", "gzip, gzip"])
@pytest.mark.parametrize("real", ["gzip", "zstd"])
def test_gzip_and_zstd_are_decoded_whatever_coding_is_stated(real: str, stated: str | None):
    packed = PACKERS[real](TEXT)
    assert decoded(packed, stated) == TEXT
    assert front([packed], stated, most=1000) == TEXT
    assert decoded(PACKERS[real](packed), stated) == TEXT


@pytest.mark.parametrize("coding", PACKERS)
def test_a_stated_coding_is_undone(coding: str):
    packed = PACKERS[coding](TEXT * 2000)
    assert decoded(packed, coding.upper()) == undone(packed, coding) == TEXT * 2000
    assert decoded(gzip.compress(packed), f"{coding}, gzip") == TEXT * 2000


@pytest.mark.parametrize("coding", PACKERS)
def test_a_coding_that_is_broken_is_no_text(coding: str):
    packed = PACKERS[coding](TEXT * 2000)
    for broken in (packed[:-9], packed[: len(packed) // 2], b"\0\1\2\3" + packed):
        with pytest.raises(ValueError, match="content coding"):
            decoded(broken, coding)


@pytest.mark.parametrize("header", [b"", b"\x04\x02\x00ab", b"\x08page\0", b"\x1fname"])
def test_a_gzip_stream_is_whole_without_its_trailer_or_with_a_false_one(header: bytes):
    text = TEXT * 2000
    packed = gzip.compress(text, mtime=0)
    if header == b"\x1fname":
        # All optional fields: text, header checksum, extra, name, comment.
        packed = packed[:3] + header[:1] + packed[4:10] + b"\x01\x00xname\0comment\0cc" + packed[10:]
    elif header:
        packed = packed[:3] + header[:1] + packed[4:10] + header[1:] + packed[10:]
    for sent in (packed, packed[:-8], packed[:-3], packed[:-8] + bytes(8), packed[:-8] + bytes(8) + packed):
        whole = text * (2 if len(sent) > len(packed) else 1)
        assert decoded(sent, "gzip") == undone(sent, "x-gzip") == decoded(sent, None) == whole
    with pytest.raises(TooLarge):
        decoded(packed[:-8], "gzip", limit=len(text) - 1)


def test_a_zlib_stream_is_whole_without_its_checksum():
    packed = zlib.compress(TEXT * 2000)
    for sent in (packed[:-4], packed[:-1], packed[:-4] + bytes(4)):
        assert decoded(sent, "deflate") == TEXT * 2000


@pytest.mark.parametrize("length", range(1, 12))
def test_a_cut_gzip_header_is_no_text(length: int):
    with pytest.raises(ValueError, match="content coding"):
        undone(gzip.compress(TEXT)[:length], "gzip")


def test_a_packed_file_is_not_unpacked_with_its_codings():
    file = gzip.compress(TEXT)
    assert undone(file, None) == undone(gzip.compress(file), "gzip") == file


def test_more_than_five_codings_are_refused():
    packed = TEXT
    for _ in range(MAX_CODINGS):
        packed = gzip.compress(packed)
    stated = ", ".join(["gzip"] * MAX_CODINGS)
    assert decoded(packed, None) == decoded(packed, "gzip") == decoded(packed, stated) == TEXT
    for entity, coding in ((gzip.compress(packed), None), (packed, f"{stated}, gzip"), (TEXT, f"br, {stated}")):
        with pytest.raises(ValueError, match="more than 5 content codings"):
            decoded(entity, coding)


def test_the_limit_is_that_of_the_decoded_payload_and_holds_for_plain_text_too():
    assert decoded(gzip.compress(bytes(1000)), "gzip", limit=1000) == bytes(1000)
    for entity, coding in ((gzip.compress(bytes(1001)), "gzip"), (b"a" * 1001, None), (b"a" * 1001, "br")):
        with pytest.raises(TooLarge):
            decoded(entity, coding, limit=1000)


@pytest.mark.parametrize("member", [gzip.compress(b"", mtime=0), zstd.compress(b"")], ids=["gzip", "zstd"])
def test_the_bytes_that_are_copied_grow_with_the_number_of_members(member: bytes):
    """A decoder that is given all that is left copies it at the end of each member."""

    class Counted(bytes):
        copied = 0

        def __getitem__(self, span: slice) -> bytes:
            part = bytes(self)[span]
            Counted.copied += len(part)
            return part

    def copied(members: int) -> int:
        Counted.copied = 0
        entity = Counted(member * members)
        name = "gzip" if member.startswith(b"\x1f") else "zstd"
        assert b"".join(payload._DECODERS[name](entity, 1 << 16)) == b""
        return Counted.copied

    assert 0 < copied(8000) < 5 * copied(2000)
