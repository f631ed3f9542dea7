"""A scope whose words match nothing is refused: a mistyped hold would hold nothing, and nobody would notice."""

import json
from pathlib import Path

import pytest

from newsarchive.keeping import takedowns
from tests.keeping.command import hold, retention, takedown
from tests.keeping.conftest import ARTICLE, OUTLET, World
from tests.sealing.command import snapshot

WHY = ("--code", "privacy", "--authority", "a court", "--reason", "letter")


def holds_of(world: World) -> list[str]:
    return [one["id"] for one in json.loads(hold("list", "--json", archive=world.archive).out)]


@pytest.mark.parametrize(
    ("words", "wrong", "hint"),
    [
        ("outlet=responsible_statekraft", "outlet=responsible_statekraft", f"did you mean outlet={OUTLET}?"),
        (f"outlet={OUTLET} outlet=typo", "outlet=typo", ""),
        ("url=https://responsiblestatecarft.org/", "url=", "did you mean the host responsiblestatecraft.org?"),
        ("url=https://responsiblestatecraft.org/sholz-putin", "url=", "did you mean url=https://"),
        (f"page={ARTICLE} page={ARTICLE.replace('scholz', 'sholz')}", "sholz", f"did you mean page={ARTICLE}?"),
        ("date=2019-01-01..2019-01-31", "date=2019-01-01..2019-01-31", "captures here: 20"),
        ("snapshot=7", "snapshot=7", ""),
        (f"outlet={OUTLET} date=..2019-01-31", "date=..2019-01-31", "captures here: 20"),
    ],
)
def test_a_hold_that_matches_nothing_is_refused(world: World, words: str, wrong: str, hint: str):
    done = hold("add", "case-7", "--scope", words, "--reason", "letter", archive=world.archive)
    assert (done.code, done.err.count("\n")) == (2, 1), done.err
    assert wrong in done.err
    assert hint in done.err
    assert "--future" in done.err
    assert holds_of(world) == []
    placed = hold("add", "case-7", "--scope", words, "--future", "--reason", "letter", archive=world.archive)
    assert placed.code == 0, placed.err
    assert len(holds_of(world)) == 1


@pytest.mark.parametrize(
    "words",
    ["everything", f"outlet={OUTLET}", f"page={ARTICLE}", "page=https://m.responsiblestatecraft.org/scholz-putin-call/",
     "url=http://www.responsiblestatecraft.org/", f"outlet={OUTLET} date=2020-01-01.."],
)  # fmt: skip
def test_a_hold_that_matches_something_needs_no_confirmation(world: World, words: str):
    done = hold("add", "case-7", "--scope", words, "--reason", "letter", archive=world.archive)
    assert done.code == 0, done.err


def test_words_that_match_only_by_themselves_are_refused(world: World, tmp_path: Path):
    made = snapshot("create", "--scope", f"outlet={OUTLET}", archive=world.archive)
    assert made.code == 0, made.err
    words = f"snapshot=1 url={ARTICLE} date=2020-01-01.."
    assert hold("add", "case-7", "--scope", words, "--reason", "letter", archive=world.archive).code == 0
    (world.archive / "other").mkdir()
    apart = f"outlet={OUTLET} snapshot=1 snapshot=2"
    done = hold("add", "case-7", "--scope", apart, "--reason", "letter", archive=world.archive)
    assert (done.code, "snapshot=2" in done.err, "snapshots here: 1 to 1" in done.err) == (2, True, True)


def test_a_check_for_holds_of_what_is_not_archived_is_refused(world: World):
    assert snapshot("create", "--scope", f"outlet={OUTLET}", archive=world.archive).code == 0
    cases = [
        ((ARTICLE, "--outlet", "responsible_statekraft"), f"did you mean outlet={OUTLET}?"),
        (("--outlet", "responsible_statekraft"), f"did you mean outlet={OUTLET}?"),
        (("--outlet", OUTLET.title()), f"did you mean outlet={OUTLET}?"),
        ((ARTICLE, "--outlet", OUTLET, "--snapshot", "99"), "snapshots here: 1 to 1"),
    ]
    for words, hint in cases:
        done = hold("check", *words, archive=world.archive)
        assert (done.code, done.err.count("\n"), hint in done.err) == (2, 1, True), (words, done)
        assert hold("check", *words, "--future", archive=world.archive).code == 0
    assert hold("check", "--outlet", OUTLET, "--snapshot", "1", archive=world.archive).code == 0
    later = ("--scope", "outlet=tomorrow", "--future", "--reason", "letter")
    assert hold("add", "case-8", *later, archive=world.archive).code == 0
    assert hold("check", "--outlet", "tomorrow", archive=world.archive).code == 1


@pytest.mark.parametrize("level", ["hide", "withhold", "erase"])
@pytest.mark.parametrize(
    "words",
    [
        ("--url", ARTICLE.replace("scholz", "sholz")),
        ("--url", ARTICLE, "--url", "https://responsiblestatecraft.org/nothing/"),
        ("--prefix", "https://responsiblestatecarft.org/"),
        ("--url", ARTICLE, "--outlet", "responsible_statekraft"),
        ("--url", ARTICLE, "--until", "2019-01-31"),
        ("--record", "urn:uuid:00000000-0000-0000-0000-000000000000"),
    ],
)
def test_a_takedown_that_matches_nothing_is_refused(world: World, level: str, words: tuple[str, ...]):
    for yes in ((), ("--yes",)):
        done = takedown(level, *words, *WHY, *yes, archive=world.archive)
        assert (done.code, done.err.count("\n")) == (2, 1), done.err
    assert takedowns.read_all(world.folder) == []
    if level != "erase":
        assert takedown(level, *words, *WHY, "--future", "--yes", archive=world.archive).code == 0
        assert len(takedowns.read_all(world.folder)) == 1


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (f"outlet={OUTLET} outlet=responsible_statekraft", f"did you mean {OUTLET}?"),
        (f"outlet={OUTLET} run=20010101T000000Z", ""),
        (f"outlet={OUTLET} url={ARTICLE} url=https://typo.example/", ""),
    ],
)
def test_a_snapshot_of_words_that_match_nothing_is_refused(world: World, words: str, hint: str):
    done = snapshot("create", "--scope", words, archive=world.archive)
    assert (done.code, done.err.count("\n")) == (2, 1), done.err
    assert "matches nothing in the archive" in done.err
    assert hint in done.err
    assert not list(world.folder.glob("*.wacz"))


def test_retention_of_an_outlet_that_is_mistyped_is_refused(world: World):
    done = retention("plan", "--outlet", "responsible_statekraft", archive=world.archive)
    assert (done.code, f"did you mean {OUTLET}?" in done.err) == (2, True), done.err
