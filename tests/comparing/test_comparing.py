"""Which rows belong together, and what is said of them."""

from pathlib import Path

import pytest

from newsarchive.comparing import as_json, compare
from newsarchive.comparing.fields import changes, known
from newsarchive.errors import ArchiveError, LineError
from tests.comparing.making import refusal, row, write


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return tmp_path / "old"


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return tmp_path / "new"


def test_rows_of_one_archive_are_equal_wherever_their_files_lie(old: Path, new: Path):
    write(old / "2026/x.jsonl.gz", row(1), row(2))
    write(new / "elsewhere/x.jsonl", row(1), row(2))
    told = compare(old, new)
    assert told.is_unchanged
    assert (told.files, told.equal, told.both) == (1, 2, 2)


def test_another_extraction_that_says_the_same_is_no_change(old: Path, new: Path):
    rules = [{"name": "outlet/times", "digest": "sha256:a"}]
    write(old / "x.jsonl.gz", row(1, extraction={"rules": rules}), row(2))
    write(
        new / "x.jsonl.gz",
        row(1, extraction={"id": "sha256:e2", "rules": [{"name": "outlet/times", "digest": "sha256:b"}]}),
        row(2, extraction={"id": "sha256:e3"}),
    )
    told = compare(old, new)
    assert told.is_unchanged
    assert (told.equal, told.but_for_identity) == (0, 2)
    assert told.versions.rules == {("outlet/times", "sha256:a", "sha256:b"): 1}
    assert told.versions.unnamed == 1


def test_changes_are_counted_by_field_outlet_engine_and_language(old: Path, new: Path):
    stated = {"value": "2026-01-01", "precision": "day"}
    write(old / "x.jsonl.gz", row(1), row(2), row(3))
    write(
        new / "x.jsonl.gz",
        row(1, "One.\n\nTwo or three.", headline="Other"),
        row(2, published_at=stated, extraction={"engine": "layout"}),
        row(3),
    )
    told = compare(old, new)
    assert told.by_field == {"text": 1, "headline": 1, "published_at.value": 1, "published_at.precision": 1}
    assert (told.equal, told.changed) == (1, 2)
    assert told.tallies["outlet"]["times"].changed == 2
    assert told.tallies["engine"]["generic/blocks → layout"].fields == {
        "published_at.value": 1,
        "published_at.precision": 1,
    }
    assert told.tallies["language"]["en"].both == 3
    assert (told.wording.changed, told.wording.words, told.wording.gained, told.wording.lost) == (1, 6, 3, 1)


def test_a_row_that_vanished_is_told_with_its_reason_from_the_other_side(old: Path, new: Path):
    write(old / "x.jsonl.gz", row(1), row(2), row(3))
    write(new / "x.jsonl.gz", row(1), row(4))
    write(new / "x.rejected.jsonl.gz", refusal(2, "no_body"))
    write(old / "x.rejected.jsonl.gz", refusal(4, "listing"))
    told = compare(old, new)
    assert told.only_old == {"no_body": 1, "": 1}
    assert told.only_new == {"listing": 1}
    assert told.tallies["outlet"]["times"].only_old == 2


def test_rows_are_matched_by_record_over_files_of_other_names_and_without_order(old: Path, new: Path):
    write(old / "a.jsonl.gz", row(1), row(2))
    write(old / "b.jsonl.gz", row(3), row(4))
    write(new / "all.jsonl", row(4), row(2), row(3, headline="Other"), row(1))
    told = compare(old, new)
    assert (told.equal, told.changed, told.both) == (3, 1, 4)
    assert told.old_files == (str(old / "a.jsonl.gz"), str(old / "b.jsonl.gz"))
    assert compare(new, old).by_field == {"headline": 1}


def test_rows_without_a_record_are_matched_by_address_and_time(old: Path, new: Path):
    write(old / "a.jsonl", row(1, warc=None), row(2, warc=None), row(2, "Again.", warc=None))
    write(new / "b.jsonl", row(2, warc=None), row(1), row(2, "Again.", warc=None))
    told = compare(old, new)
    assert (told.both, told.equal, told.only_old, told.only_new) == (3, 2, {}, {})
    assert set(told.by_field) == {"provenance.warc.filename", "provenance.warc.offset", "provenance.warc.record_id"}


def test_one_offset_with_another_record_is_another_capture(old: Path, new: Path):
    write(old / "x.jsonl.gz", row(1))
    other = row(1) | {"url": "https://times.example/other"}
    other["provenance"]["warc"]["record_id"] = "<urn:uuid:other>"
    write(new / "x.jsonl.gz", other)
    told = compare(old, new)
    assert (told.both, told.only_old.total(), told.only_new.total()) == (0, 1, 1)


def test_only_chosen_fields_are_compared(old: Path, new: Path):
    write(old / "x.jsonl.gz", row(1), row(2))
    write(new / "x.jsonl.gz", row(1, "Other."), row(2, language={"code": "de", "declared": "de"}))
    told = compare(old, new, fields=["language"])
    assert told.by_field == {"language.code": 1, "language.declared": 1}
    assert (told.equal, told.changed) == (1, 1)
    assert compare(old, new, fields=["headline"]).is_unchanged
    assert {"text", "published_at", "published_at.value", "provenance.extraction.id", "quality.flags"} <= known()


def test_the_biggest_changes_are_shown_first_and_always_the_same(old: Path, new: Path):
    write(old / "x.jsonl.gz", *(row(n, "Word.") for n in range(1, 8)))
    write(new / "x.jsonl.gz", *(row(n, "Word. " + "more " * (n % 4)) for n in range(1, 8)))
    shown = [one.url.rpartition("/")[2] for one in compare(old, new, samples=3).samples["text"].biggest_first()]
    assert shown == ["3", "7", "2"]
    assert as_json(compare(old, new)) == as_json(compare(old, new))


def test_a_torn_last_line_of_an_open_file_is_left_out(old: Path, new: Path):
    path = write(old / "x.jsonl.open", row(2), row(1))
    path.write_bytes(path.read_bytes() + b'{"schema": "news-')
    write(new / "x.jsonl.gz", row(1), row(2))
    assert compare(old, new).equal == 2


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        (b"{}\n", 1),
        (b"\n[1]\n", 2),
        (b'{"schema": "news-article/1", "url": 3}\n', 1),
        (b'{"schema": "news-article/1", "url": "\\ud800"}\n', 1),
        (b"\xff\n", 1),
        (b"[" * 100_000 + b"\n", 1),
        (b'{"schema": "news-', 1),
    ],
)
def test_what_is_no_row_is_told_with_file_and_line(old: Path, new: Path, broken: bytes, line: int):
    write(old / "x.jsonl", row(1))
    path = write(new / "x.jsonl")
    path.write_bytes(broken)
    with pytest.raises(LineError) as error:
        compare(old, new)
    assert str(error.value).startswith(f"{path}: line {line}: ")


def test_a_packed_file_that_is_cut_is_told(old: Path, new: Path):
    write(old / "x.jsonl.gz", row(1))
    path = write(new / "x.jsonl.gz", row(1), row(2))
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(LineError):
        compare(old, new)


def test_a_folder_without_rows_is_an_error(old: Path, tmp_path: Path):
    write(old / "x.jsonl.gz", row(1))
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", tmp_path / "nowhere"):
        with pytest.raises(ArchiveError):
            compare(old, path)


def test_an_object_that_is_missing_has_no_values():
    assert changes({"a": None}, {"a": {"b": 1}}) == {"a.b": (None, 1)}
    assert changes({"a": None}, {"a": {}}) == {"a": (None, {})}
    assert changes({"metadata": {"a": 1}}, {"metadata": {"a": 2}}) == {"metadata": ({"a": 1}, {"a": 2})}
