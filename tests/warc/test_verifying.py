"""Verification finds whatever is wrong, says where, and raises no false alarm."""

import gzip
import io
import random
import re
import shutil
import subprocess
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newsarchive.archiving.files import WarcFiles
from newsarchive.archiving.identity import new_record_id
from newsarchive.warc import cdxj, records
from newsarchive.warc.exchange import Attempt, Exchange, Purpose
from newsarchive.warc.fields import digest
from newsarchive.warc.packing import PACKINGS, member
from newsarchive.warc.reader import read_records
from newsarchive.warc.records import Earlier
from newsarchive.warc.tombstones import Erasure, tombstone
from newsarchive.warc.verdict import Verdict
from newsarchive.warc.verifying import verify
from tests.capture.cases import CASES, MAXSIZE
from tests.capture.server import Server

START = datetime(2026, 11, 22, 4, 0, 0, 1, tzinfo=UTC)
WHOLE = [
    case for case in CASES if case.kept == "whole" and case.name not in ("surplus", "garbage") and case.attempts == 1
]
PLAIN = next(case for case in CASES if case.name == "plain")


def exchange(url: str, said: bytes, *, method: str = "GET", truncated: str | None = None, more: str = "") -> Exchange:
    attempt = Attempt(
        f"{method} /x HTTP/1.1\r\nHost: a\r\n{more}\r\n".encode(), said, START, "192.0.2.1", None, None, 1
    )
    return Exchange(url, method, START, 1, (attempt,), Purpose("other"), truncated=truncated)


def written(folder: Path, packing: str = "gzip") -> Path:
    """A file with all whole cases, one cut, one revisit and one 304."""
    files = WarcFiles(
        folder, collection="c", started_at=START, max_bytes=10**9, max_seconds=10**9, about={"software": "newsarchive/0.1"},
        packing=PACKINGS[packing],
    )  # fmt: skip
    current = files.writable()

    def keep(one: Exchange, earlier: Earlier | None = None) -> str:
        bundle = records.bundle(one, earlier=earlier, warcinfo_id=current.warcinfo_id, new_id=new_record_id)
        current.write(bundle.records, method=one.method)
        return bundle.primary.record_id

    ids = {}
    for case in WHOLE:
        said = b"".join(piece for piece in case.say if isinstance(piece, bytes))
        ids[case.name] = keep(exchange(f"https://a.example/{case.name}", said, method=case.method))
    keep(exchange("https://a.example/cut", PLAIN.say[0][:MAXSIZE][:-100], truncated="length"))
    earlier = Earlier(ids["plain"], "https://a.example/plain", "2026-11-22T04:00:00.000001Z", digest(PLAIN.entity))
    keep(exchange("https://a.example/plain", PLAIN.say[0]), earlier)
    keep(
        exchange("https://a.example/plain", b"HTTP/1.1 304 Not Modified\r\n\r\n", more='If-None-Match: "x"\r\n'),
        earlier,
    )
    return files.close()[0]


@pytest.mark.parametrize("packing", list(PACKINGS))
def test_our_files_are_clean_whatever_was_answered(tmp_path: Path, packing: str):
    warc = written(tmp_path, packing)
    verdict = verify([warc])
    assert verdict.is_clean, [str(one) for one in verdict.findings]
    assert verdict.levels["payloads"].right == len(WHOLE)
    assert verdict.levels["payloads"].not_checked == Counter({"truncated": 1})
    assert verdict.levels["revisits"].right == 2
    assert verdict.levels["pairs"].right == verdict.levels["index"].right == len(WHOLE) + 3


def test_what_was_not_checked_is_not_called_ok(tmp_path: Path):
    warc = written(tmp_path)
    cdxj.index_path(warc).unlink()
    verdict = verify([warc])
    assert verdict.levels["index"].right == 0
    assert verdict.levels["index"].not_checked == Counter({"without an index": 1})


def mutated(warc: Path, change, *, compress: bool = True) -> Verdict:
    """The verdict on a file whose records were changed, as plain bytes one for each."""
    with warc.open("rb") as file:
        whole, places = file.read(), [(one.offset, one.length) for one in read_records(warc)]
    members = [gzip.decompress(whole[start : start + length]) for start, length in places]
    changed = change(members)
    warc.write_bytes(b"".join(gzip.compress(member) for member in changed) if compress else b"".join(changed))
    cdxj.index_path(warc).unlink(missing_ok=True)
    return verify([warc])


def index_of(members: list[bytes], kind: bytes, nth: int = 0) -> int:
    return [number for number, member in enumerate(members) if b"WARC-Type: " + kind in member][nth]


def replaced(kind: bytes, old: bytes, new: bytes):
    def change(members: list[bytes]) -> list[bytes]:
        number = index_of(members, kind)
        assert old in members[number]
        return [*members[:number], members[number].replace(old, new, 1), *members[number + 1 :]]

    return change


def without(kind: bytes):
    def change(members: list[bytes]) -> list[bytes]:
        number = index_of(members, kind)
        return members[:number] + members[number + 1 :]

    return change


@pytest.mark.parametrize(
    ("change", "level", "word"),
    [
        (replaced(b"response", b"nobody wrote", b"nobody rote."), "blocks", "block is not that"),
        (replaced(b"request", b"Host: a", b"Host: b"), "blocks", "block is not that"),
        (replaced(b"response", b"WARC-Payload-Digest: sha1:", b"WARC-Payload-Digest: sha1:A"), "payloads", "not that of"),
        (replaced(b"request", b"WARC-Record-ID: <", b"WARC-Record-ID: "), "syntax", "no URI"),
        (replaced(b"response", b"WARC-Date: 2026", b"WARC-Date: 2O26"), "syntax", "no time"),
        (replaced(b"response", b"WARC-Target-URI", b"X-Target-URI"), "syntax", "lacks WARC-Target-URI"),
        (replaced(b"metadata", b"Content-Length: ", b"Content-Length: 1"), "members", "not as long"),
        (without(b"request"), "pairs", "no request"),
        (lambda members: [*members, members[3]], "syntax", "same WARC-Record-ID"),
        (lambda members: [*members, b"not a record\r\n\r\n"], "members", "not a WARC record"),
        (lambda members: [members[0] + members[1], *members[2:]], "members", "more than one record"),
    ],
)  # fmt: skip
def test_a_change_is_found_at_its_level(tmp_path: Path, change, level: str, word: str):
    verdict = mutated(written(tmp_path), change)
    assert [one for one in verdict.findings if one.level == level and word in one.what], verdict.findings


def test_a_revisit_of_another_payload_is_found(tmp_path: Path):
    def change(members: list[bytes]) -> list[bytes]:
        number = index_of(members, b"revisit")
        return [
            *members[:number],
            members[number].replace(digest(PLAIN.entity).encode(), digest(b"x").encode()),
            *members[number + 1 :],
        ]

    assert [one.level for one in mutated(written(tmp_path), change).findings] == ["revisits"]


def test_a_revisit_of_a_record_elsewhere_is_not_checked(tmp_path: Path):
    verdict = mutated(written(tmp_path), without(b"response"))
    assert verdict.levels["revisits"].not_checked == Counter({"of records in other files": 2})
    assert not verdict.levels["originals"].wrong


def test_in_a_whole_collection_a_revisit_without_its_original_is_found(tmp_path: Path):
    warc = written(tmp_path)
    mutated(warc, without(b"response"))
    verdict = verify([warc], is_whole=warc.__eq__)
    assert [(one.level, one.file) for one in verdict.findings] == [("originals", warc)] * 2
    assert "is in no file of its collection" in verdict.findings[0].what


def test_a_revisit_of_a_record_that_was_erased_is_no_finding(tmp_path: Path):
    warc = written(tmp_path)
    erased = next(one for one in read_records(warc) if one.kind == "response")
    act = Erasure("T-2026-001", "2026-11-23T00:00:00Z", "privacy", "GDPR Art. 17")
    stone = gzip.decompress(member(tombstone(erased, act)))
    mutated(warc, lambda members: [*members[: (at := index_of(members, b"response"))], stone, *members[at + 1 :]])
    verdict = verify([warc], is_whole=warc.__eq__)
    assert verdict.levels["originals"].not_checked == Counter({"of records that were erased": 2})
    assert not [one for one in verdict.findings if one.level == "originals"]


@pytest.mark.parametrize(
    ("said", "word"), [(PLAIN.say[0][:-9], "not whole"), (PLAIN.say[0] + b"more", "follow the end")]
)
def test_an_answer_of_the_wrong_length_that_is_not_marked_is_found(tmp_path: Path, said: bytes, word: str):
    def change(members: list[bytes]) -> list[bytes]:
        head, _, _ = members[index_of(members, b"response")].partition(b"\r\n\r\n")
        kept = [
            line
            for line in head.split(b"\r\n")
            if not line.startswith((b"WARC-Block", b"WARC-Payload", b"Content-Length"))
        ]
        member = b"\r\n".join([*kept, b"Content-Length: %d" % len(said), b"", said]) + b"\r\n\r\n"
        return [member]

    verdict = mutated(written(tmp_path), change)
    assert any(word in one.what for one in verdict.findings if one.level == "payloads"), verdict.findings


def test_a_torn_file_is_told_with_its_offset(tmp_path: Path):
    warc = written(tmp_path)
    last = list(read_records(warc))[-1]
    warc.write_bytes(warc.read_bytes()[:-3])
    (torn,) = [one for one in verify([warc]).findings if one.level == "members"]
    assert torn.offset == last.offset


def test_an_edited_index_is_found(tmp_path: Path):
    warc = written(tmp_path)
    index = cdxj.index_path(warc)
    lines = index.read_text().splitlines()
    for edited in (lines[1:], [*lines, lines[0].replace('"200"', '"404"')], lines[::-1]):
        index.write_text("\n".join(edited) + "\n")
        assert {one.level for one in verify([warc]).findings} == {"index"}


def test_every_single_changed_byte_is_found_unless_it_means_nothing(tmp_path: Path):
    warc = written(tmp_path)
    whole, chance = warc.read_bytes(), random.Random(3)
    records = gzip.decompress(whole)
    for _ in range(150):
        position = chance.randrange(len(whole))
        changed = bytearray(whole)
        changed[position] ^= 1 << chance.randrange(8)
        warc.write_bytes(changed)
        # Bits that no record is made of: time and system of a gzip header (RFC 1952, 2.3), padding (RFC 1951, 3.2.4).
        assert not verify([warc]).is_clean or gzip.decompress(changed) == records, position


# warcio leaves its temporary files to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_files_of_others_are_judged(tmp_path: Path):
    theirs = tmp_path / "warcio.warc.gz"
    body = b"5\r\nhello\r\n0\r\n\r\n"
    with theirs.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        writer.write_record(writer.create_warcinfo_record("x.warc.gz", {"software": "warcio"}))
        for number, framing in enumerate((("Content-Length", str(len(body))), ("Transfer-Encoding", "chunked"))):
            headers = StatusAndHeaders("200 OK", [framing], protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(
                    f"http://a.example/{number}", "response", io.BytesIO(body), http_headers=headers
                )
            )
    verdict = verify([theirs])
    assert [(one.level, "chunk framing" in one.what) for one in verdict.findings] == [("payloads", True)]
    assert verdict.levels["pairs"].not_checked == Counter({"in files that keep no requests": 2})


def test_a_missing_request_is_not_checked_in_files_of_other_programs(tmp_path: Path):
    def change(members: list[bytes]) -> list[bytes]:
        members[0] = members[0].replace(b"newsarchive/", b"otherarchive", 1)
        del members[index_of(members, b"request")]
        # The warcinfo record has another block now.
        members[0] = re.sub(rb"WARC-Block-Digest: .*\r\n", b"", members[0])
        return members

    verdict = mutated(written(tmp_path), change)
    assert verdict.is_clean, verdict.findings
    assert verdict.levels["pairs"].not_checked == Counter({"without a request, in files of other programs": 1})
    assert verdict.levels["pairs"].right == len(WHOLE) + 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Content-Length", "7"),
        ("WARC-Record-ID", "<urn:uuid:00000000-0000-4000-8000-000000000001>"),
        ("warc-target-uri", "http://b.example/"),
        ("WARC-Date", "2010-01-01T00:00:00Z"),
        ("WARC-Payload-Digest", "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"),
    ],
)
def test_a_second_value_of_a_named_field_is_found(tmp_path: Path, name: str, value: str):
    more = f"\r\n{name}: {value}\r\n\r\n".encode()
    verdict = mutated(written(tmp_path), replaced(b"response", b"\r\n\r\n", more))
    assert [one.what for one in verdict.findings] == [f"has more than one {name.lower()} (WARC 1.1, 5.1)"]


@pytest.mark.parametrize("name", ["WARC-Concurrent-To", "WARC-Protocol"])
def test_fields_that_may_be_repeated_are_accepted(tmp_path: Path, name: str):
    more = b"\r\n" + f"{name}: <urn:x:1>\r\n{name}: <urn:x:2>\r\n\r\n".encode()
    verdict = mutated(written(tmp_path), replaced(b"metadata", b"\r\n\r\n", more))
    assert verdict.is_clean, verdict.findings


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("said", [b"", b"name=value"])
def test_the_payload_of_a_request_is_its_body(tmp_path: Path, said: bytes):
    theirs = tmp_path / "warcio.warc.gz"
    asking = StatusAndHeaders("POST / HTTP/1.1", [("Host", "a.example")], is_http_request=True)
    with theirs.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        writer.write_record(
            writer.create_warc_record("http://a.example/", "request", io.BytesIO(said), http_headers=asking)
        )
    verdict = verify([theirs])
    assert verdict.is_clean
    assert verdict.levels["payloads"].right == 1


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")
def test_files_of_wget_are_judged(tmp_path: Path):
    with Server() as server:
        urls = [f"http://127.0.0.1:{server.ports['http']}/{name}" for name in ("plain", "gzip", "chunked", "page/1")]
        subprocess.run(
            ["wget", "-q", "--delete-after", "--no-warc-keep-log", f"--warc-file={tmp_path}/wget", *urls],
            cwd=tmp_path,
            check=False,
        )
    verdict = verify([tmp_path / "wget.warc.gz"])
    assert verdict.levels["members"].right >= 9
    assert {one.level for one in verdict.findings} == {"payloads"}
    assert all("chunk framing" in one.what for one in verdict.findings)
