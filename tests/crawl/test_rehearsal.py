"""A small rehearsal; `make rehearsal` plays the whole, fifty outlets over three months."""

import json
import subprocess
import sys

import pytest

from tests.conftest import PROJECT, environment


@pytest.fixture(scope="module")
def verdict() -> dict:
    done = subprocess.run(
        [sys.executable, "-m", "tests.crawl.rehearsal", "--outlets", "4", "--days", "2", "--share", "0.3", "--json"],
        cwd=PROJECT, capture_output=True, text=True, timeout=600, check=False, env=environment(),
    )  # fmt: skip
    assert done.stdout.startswith("{"), done.stderr
    return json.loads(done.stdout)


def test_every_article_that_was_published_is_captured_once_and_as_it_was(verdict):
    assert verdict["published"] > 5
    assert (verdict["missed"], verdict["wrong"], verdict["twice"]) == ([], [], 0)


def test_every_edit_is_captured_within_its_ladder(verdict):
    assert verdict["edits"] > 0
    assert verdict["late"] == []


def test_a_person_would_have_had_nothing_to_see(verdict):
    assert verdict["problems"] == {}


def test_nothing_is_fetched_but_news_changes_polls_and_looks(verdict):
    requests = verdict["requests"]
    assert requests["article"] + requests["other"] <= 1.3 * (verdict["new"] + verdict["changed"])
