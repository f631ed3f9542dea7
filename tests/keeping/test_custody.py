"""The custody log: what is written, what is shown, and which harm is found."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from newsarchive.errors import SnapshotError
from newsarchive.keeping import placing
from newsarchive.keeping.scope import Scope
from newsarchive.sealing import custody as log
from newsarchive.sealing.chain import Chain
from newsarchive.sealing.container import FileFact
from newsarchive.sealing.scope import Scope as SealedScope
from newsarchive.sealing.seal import read_seal, write_seal
from newsarchive.store import chain, manifests
from tests.conftest import PROJECT
from tests.deriving.test_foreign import HTML, OK, warc
from tests.keeping.command import custody, hold, verify


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A log of six lines, with a hold."""
    folder = tmp_path / "snapshots"
    placing.add(folder, "case-12", Scope(outlets=("times",)), actor="Ada", reason="letter")
    for number in range(1, 5):
        said = ("--actor", "Bob" if number % 2 else "Ada", "--reason", f"asked {number}")
        assert custody("note", "access", "--object", f"article {number}", *said, "--out", folder).code == 0
    placing.release(folder, "case-12", actor="Ada", reason="settled")
    return folder


def lines(folder: Path) -> list[bytes]:
    return (folder / log.FILE).read_bytes().splitlines(keepends=True)


def write(folder: Path, kept: list[bytes]) -> None:
    (folder / log.FILE).write_bytes(b"".join(kept))


def test_lines_are_shown_by_object_action_actor_and_day(folder: Path):
    def shown(*words: str) -> list[int]:
        done = custody("show", "--json", *words, "--out", folder)
        assert done.code == 0
        return [json.loads(line)["sequence"] for line in done.out.splitlines()]

    assert shown() == [1, 2, 3, 4, 5, 6]
    assert shown("--object", "H-") == [1, 6]
    assert shown("--action", "access", "--actor", "Bob") == [2, 4]
    assert shown("--since", "2999-01-01") == []
    text = custody("show", "--object", "article 3", "--out", folder).out
    assert "  Bob  access  article 3  (asked 3)\n" in text


def test_an_intact_log_is_right_and_tells_its_head(folder: Path):
    head = custody("head", "--out", folder).out.strip()
    assert head == f"6:{hashlib.sha256(lines(folder)[-1]).hexdigest()}"
    done = custody("verify", "--expected-head", head, "--out", folder)
    assert done.code == 0, done.out
    assert f"head: {head}" in done.out
    custody("note", "export", "--object", "list", "--reason", "x", "--out", folder)
    assert custody("verify", "--expected-head", head, "--out", folder).code == 0


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda kept: [*kept[:2], kept[3], kept[2], *kept[4:]], "lines: {log}: line 3 does not follow"),
        (lambda kept: [*kept[:2], *kept[3:]], "lines: {log}: line 3 does not follow"),
        (lambda kept: [*kept[:4], kept[4].replace(b"Ada", b"Eve"), kept[5]], "lines: {log}: line 6 does not follow"),
        (lambda kept: [*kept[:4], kept[4][:-9], kept[5]], "lines: {log}: line 5 is no line"),
        (lambda kept: kept[1:], "lines: {log}: line 1 does not follow"),
        (lambda kept: [*kept[:3], kept[2], *kept[3:]], "lines: {log}: line 4 does not follow"),
        (lambda kept: [*kept, b"\n"], "lines: {log}: line 7 is no line"),
        (lambda kept: kept[:-2], "head: line 6 is not there: the log was cut"),
        (lambda kept: kept[:-2], "was released, and the custody log does not"),
    ],
)
def test_every_harm_is_found_and_the_first_line_that_does_not_follow_is_told(
    folder: Path, harm: Callable[[list[bytes]], list[bytes]], says: str
):
    head = custody("head", "--out", folder).out.strip()
    write(folder, harm(lines(folder)))
    done = custody("verify", "--expected-head", head, "--out", folder)
    assert done.code == 1
    assert says.format(log=folder / log.FILE) in done.out
    # Nobody is to publish the head of a log that is broken before it.
    assert ("publish it" in done.out) == (not says.startswith("lines"))


def test_a_log_that_was_written_anew_is_found_by_a_head_from_elsewhere(folder: Path):
    head = custody("head", "--out", folder).out.strip()
    told = [json.loads(line) for line in lines(folder)]
    (folder / log.FILE).unlink()
    for line in told:
        actor = "Eve" if line["sequence"] == 3 else line["actor"]
        log.append(folder, line["action"], line["object"], actor=actor, reason=line["reason"], outcome=line["outcome"])
    assert custody("verify", "--out", folder).code == 0
    done = custody("verify", "--expected-head", head, "--out", folder)
    assert done.code == 1
    assert "line 6 is another one: the log was written anew" in done.out


def sealed(folder: Path) -> None:
    """Put a seal into the chain that names the log as it is now."""
    octets = (folder / log.FILE).read_bytes()
    fact = FileFact("compliance/custody.jsonl", len(octets), hashlib.sha256(octets).hexdigest())
    seal = write_seal(
        created="2026-11-22T04:00:00Z", sequence=1, prev_seal=None, key=None, software="x", scope=SealedScope().as_json(),
        counts=dict.fromkeys(("pairs", "captures", "articles", "rejections", "files", "bytes"), 0),
        captured=(None, None), outlets=[], files=[fact],
    )  # fmt: skip
    Chain(folder).append(read_seal(seal, "seal"))


def test_a_log_that_was_cut_is_found_by_the_seals_beside_it(folder: Path):
    sealed(folder)
    custody("note", "access", "--object", "later", "--reason", "x", "--out", folder)
    assert custody("verify", "--out", folder).code == 0
    write(folder, lines(folder)[:6])
    assert custody("verify", "--out", folder).code == 0
    write(folder, lines(folder)[:5])
    done = custody("verify", "--out", folder)
    assert done.code == 1
    assert "seals: seal 1 names" in done.out


def test_captures_are_noted_once_and_a_manifest_that_was_changed_is_found(folder: Path, tmp_path: Path):
    archive = tmp_path / "archive"
    for name in ("post", "times"):
        collection = archive / name
        path = collection / "2026/11/22/NA.manifest.json"
        path.parent.mkdir(parents=True)
        path.write_bytes(manifest(name))
        chain.advance(collection, path, manifests.read(path).digest, since=None)
    assert custody("note", "capture", "--out", folder, archive=archive).out == "2 outlets noted\n"
    assert custody("note", "capture", "--out", folder, archive=archive).out == "0 outlets noted\n"
    done = custody("verify", "--out", folder, archive=archive)
    assert (done.code, "captures   2 ok" in done.out) == (0, True)
    path.write_bytes(manifest("another"))
    done = custody("verify", "--out", folder, archive=archive)
    assert done.code == 1
    assert "captures: line 8 names a manifest" in done.out


def manifest(name: str) -> bytes:
    return manifests.Manifest(
        kind="crawl", collection=name, run="NA", started_at="2026-11-22T04:00:00Z", ended_at=None, reason="finished",
        version="x", environment={}, config={}, extractions={}, inputs=(), outputs=(), previous=None,
    ).to_json()  # fmt: skip


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("verify", "--expected-head", "one"), "SEQUENCE:SHA256"),
        (("note",), "access, export or capture"),
        (("note", "access", "--reason", "x"), "--object NAME"),
        (("note", "access", "--object", "x"), "--reason TEXT"),
        (("note", "seal", "--object", "x", "--reason", "x"), "access, export or capture"),
        (("show", "it"), "options only"),
        (("show", "--since", "May"), "a day such as 2026-11-22"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(folder: Path, words: tuple[str, ...], says: str):
    before = lines(folder)
    done = custody(*words, "--out", folder)
    assert (done.code, done.err.count("\n")) == (2, 1), done.err
    assert says in done.err
    assert lines(folder) == before


def test_without_a_log_there_is_nothing_to_check(tmp_path: Path):
    line = f"scrapy: {tmp_path / log.FILE}: there is no custody log yet\n"
    for words in ("show", "head", "verify"):
        done = custody(words, "--out", tmp_path)
        assert (done.code, done.out, done.err) == (2, "", line)


def test_a_log_that_is_gone_is_found_by_what_it_told_of(folder: Path):
    (folder / log.FILE).unlink()
    done = custody("verify", "--out", folder)
    assert (done.code, f"lines: {folder / log.FILE}: is missing" in done.out) == (1, True)


def test_words_that_are_no_text_and_lines_without_end_are_not_written(folder: Path):
    before = lines(folder)
    for word in ("\udcff", "x" * 70_000):
        with pytest.raises(SnapshotError):
            log.append(folder, "access", word)
    assert lines(folder) == before


def test_a_line_that_a_loss_of_power_tore_is_put_aside_and_only_that(folder: Path):
    before = lines(folder)
    write(folder, [*before, before[0][:40]])
    done = custody("note", "access", "--object", "x", "--reason", "x", "--out", folder)
    assert (done.code, "scrapy custody mend" in done.err) == (2, True)
    assert custody("mend", "--reason", "power was lost", "--out", folder).code == 0
    assert lines(folder)[:-1] == before
    assert json.loads(lines(folder)[-1])["action"] == "mend"
    (aside,) = folder.glob("custody.torn-*")
    assert aside.read_bytes() == before[0][:40]
    assert custody("verify", "--out", folder).code == 0
    after = lines(folder)
    assert custody("mend", "--reason", "again", "--out", folder).out == "no line is torn\n"
    assert lines(folder) == after
    write(folder, [*before[:3], b"x\n"])
    custody("mend", "--reason", "an edit is no tear", "--out", folder)
    assert custody("verify", "--out", folder).code == 1


def test_a_verification_stands_in_the_log_where_it_is_asked_for(folder: Path, tmp_path: Path):
    (archive := tmp_path / "archive").mkdir()
    assert verify(archive, "--log", "--out", folder).code == 2, "there is nothing to verify"
    (archive / "x.warc.gz").write_bytes(warc(OK, HTML))
    assert verify(archive, "--out", folder).code == 0
    assert len(lines(folder)) == 6
    assert verify(archive, "--log", "--actor", "Ada", "--reason", "monthly", "--out", folder).code == 0
    (archive / "torn.warc.gz").write_bytes(b"x")
    assert verify(archive, "--log", "--out", folder).code == 1
    told = [json.loads(line) for line in lines(folder)[6:]]
    assert [(one["action"], one["object"], one["outcome"]) for one in told] == [
        ("verify", str(archive), "nothing is wrong"),
        ("verify", str(archive), "1 findings"),
    ]
    assert told[0]["reason"] == "monthly"


def test_a_log_in_pieces_is_the_same_log(folder: Path):
    whole = b"".join(lines(folder))
    pieces = [whole[at : at + 100] for at in range(0, len(whole), 100)]
    assert list(log.lines_in(pieces, "log")) == list(log.lines(whole, "log"))
    for harm in ([*pieces, b"x"], pieces[1:], [b"x" * 100] * 1000):
        with pytest.raises(SnapshotError):
            list(log.lines_in(harm, "log"))


@pytest.mark.parametrize("words", [(custody, "head"), (hold, "list"), (verify, PROJECT / "README.md", "--log")])
def test_where_nobody_says_where_the_folder_is_that_is_told_in_one_line(words: tuple):
    command, *said = words
    done = command(*said, ARCHIVE_DIR=None)
    assert (done.code, done.err.count("\n")) == (2, 1), done.err
    assert "ARCHIVE_DIR" in done.err


def test_a_log_is_judged_without_an_archive(folder: Path):
    assert custody("verify", "--out", folder, ARCHIVE_DIR=None).code == 0
