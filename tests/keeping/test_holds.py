"""Legal holds: what they cover, that nothing of them is lost, and that a damaged file holds everything."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsarchive.errors import HeldError, SettingError
from newsarchive.keeping import holds, placing
from newsarchive.keeping.scope import Scope, read_scope
from newsarchive.sealing import custody
from tests.conftest import PROJECT
from tests.keeping.command import hold

H = f"H-{datetime.now(UTC).year}"
URL = "https://www.times.example/2026/a-story"


def covers(words: str, *, url: str | None = URL, day: int | None = 22, snapshot: int | None = None) -> bool:
    moment = datetime(2026, 11, day, 23, 59, tzinfo=UTC) if day else None
    return read_scope([words]).covers(outlet="times", url=url, captured_at=moment, snapshot=snapshot)


@pytest.mark.parametrize(
    ("words", "is_meant"),
    [
        ("everything", True),
        ("outlet=times", True),
        ("outlet=post", False),
        ("outlet=post outlet=times", True),
        ("url=https://www.times.example/2026/", True),
        ("url=http://times.example/2026/", True),
        ("url=https://times.example", True),
        ("url=https://times.exam", False),
        ("url=https://times.example/2026/a-story#top", True),
        ("url=https://times.example/2025/", False),
        ("page=https://times.example/2026/a-story/", True),
        ("page=https://m.times.example/2026/a-story?utm_source=x", True),
        ("page=https://times.example/2026/a-story-of-another", False),
        ("date=2026-11-22", True),
        ("date=..2026-11-22", True),
        ("date=2026-11-23..", False),
        ("outlet=times date=2026-11-01..2026-11-21", False),
        ("outlet=times url=https://times.example/2026/ date=2026-11-22", True),
        ("snapshot=3", False),
    ],
)
def test_a_hold_means_what_its_words_say(words: str, is_meant: bool):
    assert covers(words) is is_meant
    assert read_scope([str(read_scope([words]))]) == read_scope([words])


@pytest.mark.parametrize("written", ["https://times.example/новини/", "https://times.example/%d0%bd%D0%BE"])
def test_an_address_is_meant_however_it_is_escaped(written: str):
    captured = "https://times.example/%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B8/a"
    assert covers(f"url={written}", url=captured)


def test_what_is_not_known_of_a_capture_may_be_what_is_meant():
    assert covers("url=https://times.example/2026/", url=None)
    assert covers("date=2020-01-01", day=None)
    assert not covers("outlet=post", url=None, day=None)


def test_a_hold_of_a_snapshot_means_what_lies_in_it():
    assert covers("snapshot=3 outlet=times", snapshot=3)
    assert not covers("snapshot=3", snapshot=4)
    assert covers("outlet=times", snapshot=4)


@pytest.mark.parametrize(
    "words", ["", "planet=mars", "url=times", "date=soon", "date=2026-12-02..2026-12-01", "date=..", "snapshot=0"]
)
def test_words_that_mean_nothing_are_refused(words: str):
    with pytest.raises(SettingError):
        read_scope([words])


def test_a_hold_is_placed_told_and_released_and_nothing_is_forgotten(tmp_path: Path):
    said = ("--reason", "letter of 12 May", "--actor", "Ada", "--out", tmp_path)
    assert hold("add", "case-12", "--scope", f"url={URL}", "--future", *said).code == 0
    assert hold("add", "case-12", "--scope", "outlet=post date=2026-11-01..", "--future", *said).code == 0
    asked = hold("check", URL, "--outlet", "times", "--day", "2026-11-22", "--out", tmp_path)
    assert (asked.code, asked.out.splitlines()[0]) == (1, f"{H}-001  case-12  url={URL}")
    assert hold("check", URL + "/", "--outlet", "times", "--out", tmp_path).code == 1
    assert hold("check", "https://times.example/", "--outlet", "times", "--future", "--out", tmp_path).code == 0
    assert hold("release", f"{H}-001", "--reason", "settled", "--actor", "Bob", "--out", tmp_path).code == 0
    assert hold("check", URL, "--outlet", "times", "--future", "--out", tmp_path).code == 0
    assert f"{H}-001" not in hold("list", "--out", tmp_path).out
    everything = json.loads(hold("list", "--all", "--json", "--out", tmp_path).out)
    assert [one["released"] and one["released"]["actor"] for one in everything] == ["Bob", None]
    assert hold("release", "case-12", "--reason", "settled", "--out", tmp_path).code == 0
    told = [(one["action"], one["object"]) for one in log_of(tmp_path)]
    assert told == [
        ("hold", f"{H}-001"),
        ("hold", f"{H}-002"),
        ("release", f"{H}-001"),
        ("release", f"{H}-002"),
    ]
    assert log_of(tmp_path)[1]["outcome"] == "case-12: outlet=post date=2026-11-01.."
    assert hold("check", "--out", tmp_path).out.startswith("0 holds in force")


def log_of(folder: Path) -> list[dict]:
    return list(custody.lines((folder / custody.FILE).read_bytes(), "log"))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("add",), "one matter"),
        (("add", "case 12", "--scope", "outlet=times", "--reason", "x"), "without spaces"),
        (("add", "case-12", "--scope", "outlet=times"), "--reason TEXT"),
        (("add", "case-12", "--reason", "x"), "outlet=NAME"),
        (("release", "case-12", "--reason", "x"), "scrapy hold list"),
        (("check", URL), "--outlet NAME"),
        (("check", "--outlet", "times", "--day", "noon"), "--day"),
        (("check", "--snapshot", "99"), "--outlet NAME"),
        (("check", "--day", "2026-11-22"), "--outlet NAME"),
        (("check", "--outlet", ""), "--outlet NAME"),
        (("check", "--outlet", "times", "--snapshot", "0"), "a number from 1 on"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(tmp_path: Path, words: tuple[str, ...], says: str):
    done = hold(*words, "--out", tmp_path)
    assert (done.code, done.err.count("\n")) == (2, 1), done.err
    assert says in done.err
    assert not (tmp_path / holds.FILE).exists()


def edited(old: str, new: str) -> Callable[[Path], object]:
    def edit(folder: Path) -> None:
        path = folder / holds.FILE
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    return edit


def make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


_RELEASED = '"released":{"actor":"Ada","at":"2026-11-22T04:00:00.000000Z","reason":"x"}'


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda folder: (folder / holds.FILE).unlink(), "does not name the hold H-"),
        (lambda folder: (folder / holds.FILE).write_bytes(b""), "no JSON document"),
        (lambda folder: (folder / holds.FILE).write_bytes(b'{"form":"legal-holds/1","holds":[]}'), "does not name"),
        (edited('"outlets"', '"outletz"'), "not of the form"),
        (edited('"times"', '"post"'), "what the custody log does not"),
        (edited('"released":null', _RELEASED), "was released, and the custody log does not"),
        (edited("{", "{ "), "canonical form"),
        (lambda folder: (folder / custody.FILE).write_bytes(b"x\n"), "line 1"),
        (lambda folder: make_folder(folder / holds.FILE), "cannot be read"),
    ],
)
def test_what_is_damaged_holds_everything(tmp_path: Path, damage: Callable[[Path], object], says: str):
    placing.add(tmp_path, "case-12", Scope(outlets=("times",)), actor=None, reason="x")
    damage(tmp_path)
    with pytest.raises(HeldError, match=says) as error:
        holds.of(tmp_path)
    assert "everything is held" in str(error.value)
    for words in (("check",), ("add", "case-13", "--scope", "everything", "--reason", "x")):
        done = hold(*words, "--out", tmp_path)
        assert (done.code, done.err.count("\n")) == (1, 1)


def test_without_a_file_and_a_log_nothing_is_held(tmp_path: Path):
    assert holds.of(tmp_path).on(outlet="times", url=URL, captured_at=None) is None


def test_holds_that_many_place_at_once_are_all_there(tmp_path: Path):
    run_all([placer(tmp_path, f"case-{number}") for number in range(4)])
    assert sorted(one.matter for one in holds.of(tmp_path).all) == [f"case-{number}" for number in range(4)]
    assert [one.id for one in holds.of(tmp_path).all] == [f"{H}-{number:03d}" for number in range(1, 5)]


_PLACE = """
import sys
from pathlib import Path
from newsarchive.keeping import placing
from newsarchive.keeping.scope import Scope
placing.add(Path(sys.argv[1]), sys.argv[2], Scope(outlets=("times",)), actor="Ada", reason="x")
"""


def placer(folder: Path, matter: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", _PLACE, folder, matter], cwd=PROJECT)


def run_all(processes: list[subprocess.Popen]) -> None:
    assert [process.wait(60) for process in processes] == [0] * len(processes)


_DIE = """
import os, signal, sys
from pathlib import Path
from newsarchive import durable
from newsarchive.keeping import placing
from newsarchive.keeping.scope import Scope
from newsarchive.sealing import custody
folder, left = Path(sys.argv[1]), int(sys.argv[3])
real = os.fsync
def fsync(descriptor):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    real(descriptor)
os.fsync = fsync
if sys.argv[2] == "add":
    placing.add(folder, "case-13", Scope(outlets=("post",)), actor="Ada", reason="x")
else:
    placing.release(folder, "case-12", actor="Bob", reason="y")
"""


@pytest.mark.parametrize("act", ["add", "release"])
@pytest.mark.parametrize("moment", [0, 1, 2])
def test_a_command_that_is_killed_leaves_old_or_new_and_the_next_one_finishes(tmp_path: Path, act: str, moment: int):
    placing.add(tmp_path, "case-12", Scope(outlets=("times",)), actor="Ada", reason="x")
    done = subprocess.run([sys.executable, "-c", _DIE, tmp_path, act, str(moment)], cwd=PROJECT, check=False)
    assert done.returncode == -signal.SIGKILL
    known = holds.of(tmp_path)
    assert [one.matter for one in known.all][:1] == ["case-12"]
    placing.add(tmp_path, "case-14", Scope(outlets=("late",)), actor="Ada", reason="z")
    after, logged = holds.of(tmp_path), holds.read_log(tmp_path)
    assert {one.id for one in after.all} == set(logged.placed)
    assert {one.id for one in after.all if one.released} == set(logged.released)
    assert not list(tmp_path.glob("*.part"))
