"""Verification of segmented records (WARC 1.1, 7), and of digests in the forms that other programs write."""

import base64
import hashlib
from collections import Counter
from pathlib import Path

import pytest

from newsarchive.warc import segments
from newsarchive.warc.verifying import verify

BODY = b"0123456789" * 300
CHUNKED = b"".join(b"%x\r\n%s\r\n" % (len(BODY[at : at + 700]), BODY[at : at + 700]) for at in range(0, 3000, 700))
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
PLAIN = HEAD + b"Content-Length: 3000\r\n\r\n" + BODY
FRAMED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKED + b"0\r\n\r\n"


def sha1(octets: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(octets).digest()).decode()


def record(kind: str, number: int, block: bytes, **fields: str) -> bytes:
    """One record; `Payload_Digest` becomes WARC-Payload-Digest."""
    named = {
        "Type": kind, "Record-ID": f"<urn:uuid:00000000-0000-0000-0000-{number:012d}>",
        "Date": "2026-11-22T04:00:00Z", "Block-Digest": sha1(block),
    }  # fmt: skip
    named |= {name.replace("_", "-"): value for name, value in fields.items()}
    lines = [f"WARC-{name}: {value}" for name, value in named.items()]
    lines += ["Content-Type: application/http; msgtype=response"] * (kind == "response")
    head = "\r\n".join(["WARC/1.1", *lines, f"Content-Length: {len(block)}"])
    return head.encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def segmented(whole: bytes, *, payload: bytes = BODY, cuts: tuple[int, ...] = (100, 1500), kind: str = "response"):
    """The segments of a record, cut at these places."""
    starts, ends = (0, *cuts), (*cuts, len(whole))
    first, *others = [whole[start:end] for start, end in zip(starts, ends, strict=True)]
    fields = {"Target_URI": "http://a.example/", "Payload_Digest": sha1(payload), "Segment_Number": "1"}
    made = [record(kind, 1, first, **fields)]
    for number, block in enumerate(others, start=2):
        more = {"Segment_Number": str(number), "Segment_Origin_ID": "<urn:uuid:00000000-0000-0000-0000-000000000001>"}
        if number == len(others) + 1:
            more["Segment_Total_Length"] = str(len(whole))
        made.append(record("continuation", number, block, **more))
    return made


def verified(folder: Path, *files: list[bytes]):
    for number, records in enumerate(files):
        (folder / f"{number}.warc").write_bytes(b"".join(records))
    return verify([folder / f"{number}.warc" for number in range(len(files))], spool=folder)


@pytest.mark.parametrize("whole", [PLAIN, FRAMED])
@pytest.mark.parametrize("cuts", [(len(HEAD) + 40,), (100, 1500), (10, 20, 30, 2999)])
def test_a_segmented_response_has_the_payload_of_all_segments(tmp_path: Path, whole: bytes, cuts: tuple[int, ...]):
    verdict = verified(tmp_path, segmented(whole, cuts=cuts))
    assert verdict.is_clean, [str(one) for one in verdict.findings]
    assert verdict.levels["payloads"].right == 1
    assert verdict.levels["blocks"].right == len(cuts) + 1


def test_a_segmented_resource_has_the_payload_of_all_segments(tmp_path: Path):
    verdict = verified(tmp_path, segmented(BODY, kind="resource"))
    assert verdict.is_clean, [str(one) for one in verdict.findings]
    assert verdict.levels["payloads"].right == 1


def test_segments_may_lie_in_several_files(tmp_path: Path):
    first, second, third = segmented(PLAIN)
    verdict = verified(tmp_path, [first], [second], [third])
    assert verdict.is_clean, [str(one) for one in verdict.findings]
    assert verdict.levels["payloads"].right == 1


def test_segments_that_lie_elsewhere_are_not_checked(tmp_path: Path):
    for left in ((0, 1), (0, 2), (1, 2)):
        records = segmented(PLAIN)
        verdict = verified(tmp_path, [records[number] for number in left])
        assert verdict.is_clean, [str(one) for one in verdict.findings]
        assert verdict.levels["payloads"].right == 0
        assert set(verdict.levels["payloads"].not_checked) == {"in segments, of which not all were found"}


def test_a_changed_segment_is_found_though_its_block_digest_was_made_anew(tmp_path: Path):
    records = segmented(PLAIN.replace(b"0123456789", b"0123456798", 1))
    (finding,) = verified(tmp_path, [records[0]], records[1:]).findings
    assert (finding.level, finding.file.name, finding.offset) == ("payloads", "0.warc", 0)
    assert "not that of sha1:" in finding.what


@pytest.mark.parametrize(
    ("old", "new", "level", "words"),
    [
        (b"WARC-Segment-Total-Length: 3", b"WARC-Segment-Total-Length: 4", "payloads", "Total-Length"),
        (b"WARC-Segment-Number: 3", b"WARC-Segment-Number: 2", "payloads", "occurs twice"),
        (b"WARC-Segment-Number: 3", b"WARC-Segment-Number: x", "syntax", "not a number from 2 on"),
        (b"WARC-Segment-Number: 2\r\n", b"", "syntax", "lacks WARC-Segment-Number"),
        (b"WARC-Segment-Number: 1", b"WARC-Segment-Number: 7", "syntax", "is not 1"),
    ],
)
def test_segments_that_do_not_fit_are_found(tmp_path: Path, old: bytes, new: bytes, level: str, words: str):
    octets = b"".join(segmented(PLAIN))
    assert octets.count(old) == 1
    findings = verified(tmp_path, [octets.replace(old, new)]).findings
    assert [one for one in findings if one.level == level and words in one.what], findings


def test_no_more_segmented_records_are_put_together_than_the_limit(tmp_path: Path):
    many = [
        part.replace(b"-000000000001>", b"-%012d>" % (1000 + number))
        for number in range(segments.MOST_OPEN + 5)
        for part in segmented(PLAIN)[:1]
    ]
    verdict = verified(tmp_path, many)
    assert verdict.levels["payloads"].not_checked == Counter(
        {"in segments, of which not all were found": segments.MOST_OPEN + 5}
    )


@pytest.mark.parametrize(
    "encode",
    [
        lambda value: base64.b64encode(value).decode(),
        lambda value: base64.b64encode(value).decode().rstrip("="),
        lambda value: base64.urlsafe_b64encode(value).decode(),
        lambda value: value.hex().upper(),
    ],
)
@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384"])
def test_digests_in_base64_and_hexadecimal_are_right(tmp_path: Path, encode, algorithm: str):
    def stated(octets: bytes) -> str:
        return f"{algorithm}:{encode(hashlib.new(algorithm, octets).digest())}"

    fields = {"Target_URI": "http://a.example/", "Payload_Digest": stated(BODY), "Block_Digest": stated(PLAIN)}
    right = verified(tmp_path, [record("response", 1, PLAIN, **fields)])
    assert right.is_clean, [str(one) for one in right.findings]
    assert (right.levels["blocks"].right, right.levels["payloads"].right) == (1, 1)
    wrong = verified(tmp_path, [record("response", 1, PLAIN, **fields | {"Payload_Digest": stated(b"x")})])
    assert [one.level for one in wrong.findings] == ["payloads"]


def test_a_payload_digest_of_an_unknown_algorithm_is_not_checked(tmp_path: Path):
    fields = {"Target_URI": "http://a.example/", "Payload_Digest": "crc32:01020304"}
    verdict = verified(tmp_path, [record("response", 1, PLAIN, **fields), record("resource", 2, BODY, **fields)])
    assert verdict.is_clean, [str(one) for one in verdict.findings]
    assert verdict.levels["payloads"].not_checked == Counter({"with a digest of an unknown kind": 2})
