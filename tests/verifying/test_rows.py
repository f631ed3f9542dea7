"""One line by itself."""

import gzip
import hashlib
import json
import random
from pathlib import Path

import jsonschema
import pytest
import rfc8785

from newsarchive import schemas
from newsarchive.verifying import lines, rows
from tests.verifying.mutations import _edit, _gzipped, _of


@pytest.fixture
def line(crawled: Path) -> bytes:
    return max((one.octets for path in written(crawled) for one in lines.read(path)), key=len)


def written(archive: Path) -> list[Path]:
    return [path for path in _of(sorted(archive.rglob("*")), ".jsonl.gz") if ".rejected" not in path.name]


def test_the_schema_is_judged_as_by_its_reference_implementation(line: bytes):
    judge, chance = jsonschema.Draft202012Validator(schemas.news_article()), random.Random(5)
    verdicts = []
    for _ in range(400):
        row = json.loads(line)
        for _ in range(chance.randrange(1, 4)):
            _edit(row, chance)
        if chance.random() < 0.3:
            del row[chance.choice(sorted(row))]
        if chance.random() < 0.3:
            row[chance.choice([*row, "other"])] = chance.choice([None, [], {}, "", 0, "x", [[0, 1]], [None]])
        try:
            rows.article(rfc8785.dumps(row))
            is_valid = True
        except rows.LineError as error:
            is_valid = "after its schema" not in str(error)
        verdicts.append((is_valid, judge.is_valid(row)))
    assert all(ours == theirs for ours, theirs in verdicts)
    assert {theirs for _, theirs in verdicts} == {True, False}


@pytest.mark.parametrize(
    ("octets", "word"),
    [
        (b"", "not JSON"),
        (b"[]", "not a JSON object"),
        (b"\xe9", "not UTF-8"),
        (b"[" * 100_000, "not JSON"),
        (b'{"a":' + b"9" * 5000 + b"}", "not JSON"),
        (b'{"a":NaN}', "no whole number"),
        (b'{"a":1.0}', "no whole number"),
        (b'{"a":"\\ud800"}', "canonical"),
        (b'{"b":1,"a":1}', "canonical"),
        (b'{"a":1,"a":1}', "canonical"),
        (b'{"a": 1}', "canonical"),
        (b'{"a":1}', "schema"),
    ],
)
def test_what_is_no_line_is_told_in_words(octets: bytes, word: str):
    for form in (rows.article, rows.rejection):
        with pytest.raises(rows.LineError, match=word):
            form(octets)


def test_names_that_are_free_are_sorted_as_the_standard_says(line: bytes):
    # By UTF-16 the second comes first; by Unicode the first.
    row = json.loads(line) | {"metadata": {"\uff5e": 1, "\U0001f600": 2}}
    canonical = rfc8785.dumps(row)
    assert rows.article(canonical)["metadata"] == row["metadata"]
    by_unicode = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(rows.LineError, match="canonical"):
        rows.article(by_unicode)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("text_sha256", lambda row: row.update(text=row["text"] + "!")),
        ("paragraphs", lambda row: row["paragraphs"].pop()),
        ("quality.words", lambda row: row["quality"].update(words=1)),
        ("simhash", lambda row: row.update(simhash="0" * 16)),
        ("id", lambda row: row.update(url=row["url"] + "x")),
        ("no capture", lambda row: row["provenance"].update(warc=None)),
    ],
)
def test_what_follows_from_the_line_is_counted_again(line: bytes, name: str, change):
    row = json.loads(line)
    change(row)
    with pytest.raises(rows.LineError, match=name):
        rows.article(rfc8785.dumps(row))


def test_counts_of_another_reading_are_not_checked(line: bytes):
    row = json.loads(line)
    row["provenance"]["extraction"]["version"] = "0.0.9"
    assert rows.is_counted_here(rows.article(rfc8785.dumps(row)))
    extraction_id = row["provenance"]["extraction"]["id"] = "sha256:" + "0" * 64
    parts = [row["url"], row["provenance"]["warc"]["payload_digest"], extraction_id]
    row["id"] = "sha256:" + hashlib.sha256(rfc8785.dumps(parts)).hexdigest()
    row["simhash"] = "0" * 16
    assert not rows.is_counted_here(rows.article(rfc8785.dumps(row)))


def test_a_line_without_bound_is_not_read_to_its_end(tmp_path: Path):
    path = tmp_path / "x.jsonl.gz"
    path.write_bytes(_gzipped(b"ab\n" + b"a" * 5_000_000))
    read = lines.read(path, longest=1_000_000)
    assert next(read) == lines.Line(1, 0, b"ab")
    with pytest.raises(lines.RecordError, match="line 2 is longer than any page"):
        next(read)


def test_lines_that_another_program_packed_are_read_before_that_is_told(tmp_path: Path):
    path = tmp_path / "x.jsonl.gz"
    path.write_bytes(gzip.compress(b"ab\ncd\n", mtime=7))
    read = lines.read(path)
    assert [next(read).octets, next(read).octets] == [b"ab", b"cd"]
    with pytest.raises(lines.RecordError, match="does not begin as"):
        next(read)
