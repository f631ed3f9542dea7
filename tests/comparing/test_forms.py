"""A comparison as a person reads it."""

import re
from pathlib import Path

import pytest

from newsarchive.comparing import Comparison, as_html, as_json, as_text, compare
from tests.comparing.making import refusal, row, write

HOSTILE = "<script>alert(1)</script> \x1b[31mred & more words than that stand here"


@pytest.fixture
def told(tmp_path: Path) -> Comparison:
    old, new = tmp_path / "old", tmp_path / "new"
    write(
        old / "x.jsonl.gz",
        row(1, "First.\n\nThe ferry leaves at nine."),
        row(2, HOSTILE),
        row(3, authors=[{"name": "A"}]),
    )
    write(
        new / "x.jsonl.gz",
        row(1, "First.\n\nThe ferry leaves at ten."),
        row(3, authors=[{"name": "A"}, {"name": "B"}], headline=None, extraction={"id": "sha256:e2", "version": "1.1"}),
    )
    write(new / "x.rejected.jsonl.gz", refusal(2, "paywall"))
    return compare(old, new)


def test_the_terminal_shows_figures_and_words(told: Comparison):
    text = as_text(told, width=80, colour=False)
    for line in (
        "rows only in OLD           1  (in NEW: 1 paywall)",
        "  project 1.0 → 1.1: 1 row",
        "    ~ The ferry leaves at [-nine.-] {+ten.+}",
        '    + {"name": "B"}',
        "    - Headline 3",
        "    + nothing",
    ):
        assert line in text.splitlines()
    assert "\x1b" not in text
    assert "\x1b[1m" in as_text(told, width=80, colour=True)


def test_the_page_escapes_what_came_from_outside_and_needs_nothing_but_itself(told: Comparison):
    page = as_html(told)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "<del>nine.</del> <ins>ten.</ins>" in re.sub(r"\s+", " ", page)
    assert not re.search(r"(src|href)=\"(?!data:)", page)


def test_the_json_has_whole_values(told: Comparison):
    found = as_json(told)
    fields = {one["field"]: one for one in found["fields"]}
    assert fields["authors"]["samples"][0]["new"] == [{"name": "A"}, {"name": "B"}]
    assert fields["text"]["per_mille"] == 500
    assert found["only_old"]["samples"][0]["old"] == HOSTILE
    assert found["by"]["outlet"]["times"] == {
        "both": 2, "changed": 2, "only_old": 1, "only_new": 0, "fields": {"authors": 1, "headline": 1, "text": 1},
    }  # fmt: skip
    assert found["rows"] == {
        "both": 2, "equal": 0, "equal_but_extraction": 0, "changed": 2, "only_old": 1, "only_new": 0,
    }  # fmt: skip
