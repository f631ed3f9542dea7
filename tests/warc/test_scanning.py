import gzip
import io
import random
import struct
from pathlib import Path

import pytest
from backports import zstd

from newsarchive.errors import RecordError
from newsarchive.warc.problem import Problem
from newsarchive.warc.reader import StoredRecord, read_records
from newsarchive.warc.scanning import scan

HERE = Path("x.warc.gz")


def record(number: int, *, body: bytes = b"", end: bytes = b"\r\n", behind: bytes = b"\r\n\r\n") -> bytes:
    body = body or b"%d" % number * 50
    head = (
        b"WARC/1.0",
        b"WARC-Type: resource",
        b"WARC-Record-ID: <urn:x:%d>" % number,
        b"Content-Length: %d" % len(body),
    )
    return end.join((*head, b"", b"")) + body + behind


def read(octets: bytes) -> tuple[list[str], list[int]]:
    """Ids of what was read, and the offsets of the problems."""
    found = list(scan(io.BytesIO(octets), HERE, size=len(octets)))
    ids = [one.field("WARC-Record-ID") or "" for one in found if isinstance(one, StoredRecord)]
    return ids, [one.offset for one in found if isinstance(one, Problem)]


ALL = [f"<urn:x:{number}>" for number in range(4)]
RECORDS = [record(number) for number in range(4)]


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"".join(map(gzip.compress, RECORDS)), id="a member each"),
        pytest.param(gzip.compress(b"".join(RECORDS)), id="one member for all"),
        pytest.param(gzip.compress(b"".join(RECORDS[:2])) + gzip.compress(b"".join(RECORDS[2:])), id="two in each"),
        pytest.param(b"".join(gzip.compress(bytes([one])) for one in b"".join(RECORDS)), id="a member for each byte"),
        pytest.param(b"".join(map(zstd.compress, RECORDS)), id="zstd"),
        pytest.param(b"".join(RECORDS), id="plain"),
        pytest.param(b"".join(record(n, end=b"\n", behind=b"\n\n") for n in range(4)), id="line feeds"),
        pytest.param(b"".join(record(n, behind=b"\r\n") for n in range(4)), id="one line end behind"),
        pytest.param(b"".join(record(n, behind=b"") for n in range(4)), id="none behind"),
        pytest.param(b"".join(gzip.compress(record(n, behind=b"")) for n in range(4)), id="none behind, packed"),
        pytest.param(b"".join(record(n, behind=b"\r\n" * 5) for n in range(4)), id="five behind"),
    ],
)
def test_records_are_read_however_they_are_put_into_a_file(octets: bytes):
    assert read(octets) == (ALL, [])


def packed(*records: bytes) -> tuple[bytes, list[int]]:
    members = [gzip.compress(one) for one in records]
    return b"".join(members), [sum(map(len, members[:number])) for number in range(len(members))]


def test_what_is_damaged_is_told_and_the_next_is_found():
    octets, places = packed(*RECORDS)
    flipped = bytearray(octets)
    flipped[places[1] + 30] ^= 0xFF
    assert read(bytes(flipped)) == ([ALL[0], *ALL[2:]], [places[1]])
    torn = octets[: places[1] + 20] + octets[places[2] :]
    assert read(torn) == ([ALL[0], *ALL[2:]], [places[1]])
    assert read(octets[: places[3] + 9]) == (ALL[:3], [places[3]])
    junk = octets[: places[2]] + b"\0" * 100_000 + octets[places[2] :]
    assert read(junk) == (ALL, [places[2]])


def test_a_length_that_is_wrong_costs_one_record():
    wrong = RECORDS[1].replace(b"Content-Length: 50", b"Content-Length: 90")
    octets, places = packed(RECORDS[0], wrong, *RECORDS[2:])
    assert read(octets) == ([ALL[0], *ALL[2:]], [places[1]])
    far = RECORDS[1].replace(b"Content-Length: 50", b"Content-Length: 999999999")
    none = RECORDS[2].replace(b"Content-Length: 50", b"Content-Length: many")
    plain = RECORDS[0] + far + none + RECORDS[3]
    assert read(plain) == ([ALL[0], ALL[3]], [len(RECORDS[0])])
    short = RECORDS[1].replace(b"Content-Length: 50", b"Content-Length: 20")
    # What was left over is no record.
    assert read(RECORDS[0] + short + RECORDS[2]) == (ALL[:3], [len(RECORDS[0]) + len(short) - 34])


def test_what_is_no_warc_file_is_one_problem():
    assert read(b"<html>" * 50_000) == ([], [0])
    assert read(gzip.compress(b"<html>" * 50_000)) == ([], [0])
    assert read(b"") == ([], [])
    assert read(b"WARC/1.1\r\n" * 50_000) == ([], [0])


def test_a_long_block_lies_in_a_file_of_its_own_and_of_one_too_long_the_beginning_is_kept(
    monkeypatch: pytest.MonkeyPatch,
):
    long = record(1, body=random.Random(1).randbytes(3_000_000))
    octets = gzip.compress(RECORDS[0]) + gzip.compress(long, 1) + gzip.compress(RECORDS[2])
    found = [one for one in scan(io.BytesIO(octets), HERE) if isinstance(one, StoredRecord)]
    assert found[1].block == long[-3_000_004:-4]
    monkeypatch.setattr("newsarchive.warc.scanning.LARGEST", 1000)
    cut = [one for one in scan(io.BytesIO(octets), HERE) if isinstance(one, StoredRecord)]
    assert [one.is_whole for one in cut] == [True, False, True]
    assert long[-3_000_004:].startswith(cut[1].block)
    assert 1000 < len(cut[1].block) < 1_000_000


def test_single_flips_are_survived_and_never_cost_more_than_the_records_they_touch():
    octets, _ = packed(*(record(n, body=random.Random(n).randbytes(300)) for n in range(40)))
    rng = random.Random(7)
    for _ in range(150):
        at, bit = rng.randrange(len(octets)), 1 << rng.randrange(8)
        flipped = bytearray(octets)
        flipped[at] ^= bit
        ids, problems = read(bytes(flipped))
        assert len(ids) >= 39
        assert len(ids) == 40 or problems


SAMPLES = [record(number, body=b"%d A bridge of rope. " % number * 20) for number in range(200)]


@pytest.mark.parametrize("is_packed", [False, True])
def test_frames_are_unpacked_by_the_dictionary_that_their_file_begins_with(is_packed: bool, tmp_path: Path):
    dictionary = zstd.train_dict(SAMPLES, 2000)
    held = zstd.compress(dictionary.dict_content) if is_packed else dictionary.dict_content
    frames = b"".join(zstd.compress(one, zstd_dict=dictionary) for one in RECORDS)
    octets = struct.pack("<II", 0x184D2A5D, len(held)) + held + frames
    assert read(octets) == (ALL, [])
    found = [one for one in scan(io.BytesIO(octets), HERE) if isinstance(one, StoredRecord)]
    (tmp_path / "x.warc.zst").write_bytes(octets)
    assert list(read_records(tmp_path / "x.warc.zst")) == found
    behind = found[2].offset
    again = next(scan(io.BytesIO(octets[behind:]), HERE, start=behind, dictionary=dictionary))
    assert isinstance(again, StoredRecord)
    assert (again.offset, again.fields) == (behind, found[2].fields)
    # A broken one is told, and no record is made of its bytes.
    assert read(octets[:20] + bytes(40) + octets[60:])[0] == []
    # Other frames that are skipped hold nothing.
    assert read(struct.pack("<II4s", 0x184D2A50, 4, b"none") + zstd.compress(RECORDS[0])) == (ALL[:1], [])


def test_records_that_share_a_member_have_no_length():
    octets = gzip.compress(b"".join(RECORDS[:3])) + gzip.compress(RECORDS[3])
    found = [one for one in scan(io.BytesIO(octets), HERE) if isinstance(one, StoredRecord)]
    assert [one.length for one in found][:3] == [0, 0, 0]
    assert found[3].offset + found[3].length == len(octets)


def test_an_arc_file_is_called_one(tmp_path: Path):
    octets = gzip.compress(b"filedesc://x.arc 0.0.0.0 20260101000000 text/plain 8\n1 0 Some\n\n")
    (problem,) = scan(io.BytesIO(octets), HERE)
    assert isinstance(problem, Problem)
    assert problem.what.startswith("an ARC file")
    (tmp_path / "x.arc.gz").write_bytes(octets)
    with pytest.raises(RecordError, match="an ARC file"):
        list(read_records(tmp_path / "x.arc.gz"))
