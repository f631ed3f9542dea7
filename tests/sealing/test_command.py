"""`scrapy snapshot` as a person and as a script see it."""

import hashlib
import itertools
import json
import os
import stat
import subprocess
from pathlib import Path

import pytest

from newsarchive.sealing import custody, names
from newsarchive.sealing.keys import read_signing_key
from tests.sealing.authority import Authority
from tests.sealing.command import snapshot
from tests.sealing.conftest import World
from tests.sealing.forging import members_of

KYIV = ("create", "--scope", "outlet=kyiv_independent")


def the_snapshot(folder: Path) -> Path:
    (path,) = folder.glob("*.wacz")
    return path


def test_from_a_key_to_a_verdict(crawled: Path, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NEWSARCHIVE_KEY_PASSPHRASE", "correct horse")
    key, out = tmp_path / "keys" / "ours.pem", tmp_path / "out"
    assert snapshot("keygen", key).code == 0
    with authority.served() as url:
        made = snapshot(*KYIV, "--key", key, "--out", out, "--tsa", url, archive=crawled)
    assert made.code == 0, made.err
    assert "signed by sha256:" in made.out
    assert "time stamps: 1 of 1" in made.out
    path, head = the_snapshot(out), snapshot("head", "--out", out).out.strip()
    assert f"head: {head}" in made.out
    demanded = ("--require-signature", "--require-timestamp", "--trusted-key", key.with_name("ours.pub.pem"),
                "--tsa-root", authority.root, "--expected-head", head, "--deep")  # fmt: skip
    page = tmp_path / "page.html"
    done = snapshot("verify", path, *demanded, "--html", page)
    assert done.code == 0, done.out
    assert done.out.endswith("nothing is wrong\n")
    html = page.read_text(encoding="utf-8")
    assert "All that was demanded holds" in html
    assert "What is not proven" in html
    assert f"the head {head}" in html
    assert "<script" not in html
    assert hashlib.sha256(members_of(path)[names.SEAL]).hexdigest() == head.partition(":")[2]


def test_what_an_authority_did_not_answer_waits_and_is_asked_again(crawled: Path, authority: Authority, tmp_path: Path):
    with authority.served() as url:
        pass
    made = snapshot(*KYIV, "--out", tmp_path, "--tsa", url, archive=crawled)
    assert made.code == 0
    assert "time stamps: 0 of 1; ask again with scrapy snapshot stamp" in made.out
    assert made.err.count("\n") == 1
    path = the_snapshot(tmp_path)
    (question,) = tmp_path.glob("*.tsq.1")
    assert snapshot("stamp", "--out", tmp_path).code == 1
    # Whoever has no network here carries the question to where there is one, as with any RFC 3161 client.
    note = question.with_name(question.name + ".json")
    with authority.served() as again:
        note.write_bytes(note.read_bytes().replace(url.encode(), again.encode()))
        done = snapshot("stamp", "--out", tmp_path, "--tsa", again)
    assert done.code == 0, done.err
    assert "2 time stamps" in done.out
    assert not list(tmp_path.glob("*.tsq*"))
    before = path.read_bytes()
    verified = snapshot("verify", path, "--require-timestamp", "--tsa-root", authority.root, "--json")
    assert verified.code == 0
    assert json.loads(verified.out)["levels"]["timestamp"]["state"] == "ok"
    assert path.read_bytes() == before


def test_an_answer_to_another_question_is_not_taken(crawled: Path, authority: Authority, tmp_path: Path):
    class Replaying(Authority):
        def answer(self, question: bytes) -> bytes:
            return kept

    kept = authority.stamp(b"other bytes")
    with Replaying(tmp_path / "authority", "Replaying").served() as url:
        made = snapshot(*KYIV, "--out", tmp_path / "out", "--tsa", url, archive=crawled)
    assert "nonce" in made.err
    assert not list((tmp_path / "out").glob("*.tsr*"))


def test_a_key_is_for_its_owner_alone_and_never_written_over(
    crawled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("NEWSARCHIVE_KEY_PASSPHRASE", "correct horse")
    key = tmp_path / "ours.pem"
    assert snapshot("keygen", key).code == 0
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_bytes()
    again = snapshot("keygen", key)
    assert (again.code, again.err.count("\n")) == (2, 1)
    assert key.read_bytes() == before
    assert read_signing_key(key, passphrase="correct horse")
    monkeypatch.delenv("NEWSARCHIVE_KEY_PASSPHRASE")
    refused = snapshot(*KYIV, "--key", key, "--out", tmp_path / "out", archive=crawled)
    assert refused.code == 2
    assert "needs its passphrase" in refused.err


def test_trust_in_the_first_key_is_enough_for_the_third(crawled: Path, tmp_path: Path):
    keys = [tmp_path / "keys" / f"{name}.pem" for name in ("first", "second", "third")]
    assert snapshot("keygen", keys[0]).code == 0
    for old, new in itertools.pairwise(keys):
        assert snapshot("keygen", new, "--previous", old).code == 0
    assert snapshot(*KYIV, "--key", keys[2], "--out", tmp_path / "out", archive=crawled).code == 0
    path = the_snapshot(tmp_path / "out")
    for key in keys:
        trusted = key.with_name(f"{key.stem}.pub.pem")
        assert snapshot("verify", path, "--trusted-key", trusted).code == 0
        done = subprocess.run(
            ["sh", tmp_path / "out" / "verify.sh", path, "--trusted-key", trusted], check=False, capture_output=True
        )
        assert done.returncode == 0, done.stdout
    assert snapshot("keygen", tmp_path / "other.pem").code == 0
    done = snapshot("verify", path, "--trusted-key", tmp_path / "other.pub.pem")
    assert done.code == 1
    assert "not a key that you trust" in done.out


def test_without_a_key_it_is_said_to_be_unsigned_and_does_not_pass_for_signed(crawled: Path, tmp_path: Path):
    made = snapshot(*KYIV, "--out", tmp_path, archive=crawled)
    assert "unsigned: anybody could have made it" in made.out
    path = the_snapshot(tmp_path)
    plain = snapshot("verify", path)
    assert plain.code == 0
    assert "signature   not checked  unsigned" in plain.out
    assert snapshot("verify", path, "--require-signature").code == 1


def test_the_list_tells_of_each_and_of_one_that_is_gone(crawled: Path, tmp_path: Path):
    for hour in (4, 5):
        snapshot(*KYIV, "--out", tmp_path, "--created", f"2026-11-22T0{hour}:00:00Z", archive=crawled)
    told = snapshot("list", "--out", tmp_path)
    assert told.code == 0
    assert told.out.count("unsigned") == 2
    next(tmp_path.glob("000001-*.wacz")).unlink()
    told = snapshot("list", "--out", tmp_path)
    assert told.code == 1
    assert "its file is not here" in told.out


def test_who_did_what_stands_in_the_custody_log(crawled: Path, tmp_path: Path):
    snapshot(*KYIV, "--out", tmp_path, "--actor", "Ada", "--reason", "case 12", archive=crawled)
    snapshot("verify", the_snapshot(tmp_path), "--log", "--actor", "Bob")
    log = list(custody.lines((tmp_path / custody.FILE).read_bytes(), "log"))
    assert [(one["actor"], one["action"], one["reason"], one["outcome"]) for one in log] == [
        ("Ada", "seal", "case 12", "ok"),
        ("Bob", "verify", None, "holds"),
    ]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("create",), "say what to seal"),
        (("create", "--scope", "planet=mars"), "planet=mars"),
        (("create", "--scope", "run=yesterday"), "20261122T040000Z"),
        (("create", "--scope", "date=2026-13-01"), "expected days"),
        (("create", "--scope", "date=2026-12-02..2026-12-01"), "comes after"),
        (("create", "--scope", "outlet=nobody"), "outlet=nobody: matches nothing"),
        (("create", "--scope", "outlet=kyiv_independent", "--created", "noon"), "expected a time"),
        (("create", "--scope", "outlet=kyiv_independent", "--key", "nowhere.pem"), "nowhere.pem"),
        (("keygen",), "where to write"),
        (("stamp", "nowhere.wacz"), "no such file"),
        (("head",), "holds no snapshot"),
        (("verify",), "which file"),
        (("verify", "nowhere.wacz"), "no such file"),
        (("verify", "nowhere.wacz", "--trusted-key", "nowhere.pem"), "nowhere.pem"),
        (("verify", "nowhere.wacz", "--expected-head", "one"), "SEQUENCE:SHA256"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(crawled: Path, tmp_path: Path, words: tuple[str, ...], says: str):
    done = snapshot(*words, "--out", tmp_path / "out", archive=crawled)
    assert (done.code, done.err.count("\n")) == (2, 1), done.err
    assert says in done.err
    assert not list((tmp_path / "out").glob("*.wacz*"))


@pytest.mark.parametrize(
    "words",
    [
        ("create", "--scope", "outlet=kyiv_independent"),
        ("create", "--scope", "outlet=kyiv_independent", "--plan", "--out", "out"),
        ("create", "--supersedes", "1"),
        ("stamp",),
        ("head",),
        ("list",),
    ],
)
@pytest.mark.parametrize("nothing", [None, ""])
def test_outside_of_a_project_what_is_missing_is_said_in_one_line(words: tuple[str, ...], nothing: str | None):
    done = snapshot(*words, ARCHIVE_DIR=nothing, CONFIG_DIR=nothing)
    assert (done.code, done.err.count("\n")) == (2, 1), done.err
    assert "ARCHIVE_DIR" in done.err


def test_a_folder_that_cannot_be_written_is_said_in_one_line(crawled: Path, tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    done = snapshot(*KYIV, "--out", tmp_path / "file" / "out", archive=crawled)
    assert (done.code, done.err.count("\n")) == (2, 1), done.err
    assert "cannot be written" in done.err


def test_numbers_beyond_all_numbers_are_refused_in_one_line(world: World):
    for option, said in (("--expected-head", f"{'9' * 5000}:{'0' * 64}"), ("--stamped-within", "9" * 5000)):
        done = snapshot("verify", world.path(1), option, said)
        assert (done.code, done.err.count("\n")) == (2, 1), done.err


def test_a_file_whose_name_is_no_text_has_a_page_of_its_own(world: World, tmp_path: Path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.wacz"))
    path.write_bytes(world.path(1).read_bytes())
    assert snapshot("verify", path, "--html", tmp_path / "page.html").code == 0
    assert snapshot("bag", path, "--out", tmp_path / "bag").code == 2


def test_one_is_told_in_the_singular(crawled: Path, tmp_path: Path):
    made = snapshot(*KYIV, "--out", tmp_path, archive=crawled)
    assert "  1 pair, " in made.out
    planned = snapshot(*KYIV, "--plan", "--out", tmp_path, archive=crawled)
    assert planned.out.endswith("bytes in 1 pair\n")


def test_a_limit_for_time_stamps_is_a_number_of_minutes(world: World):
    path, root = world.path(1), world.authority.root
    for said in ("ten", "-1", "1.5", ""):
        done = snapshot("verify", path, f"--stamped-within={said}")
        assert (done.code, "such as 10" in done.err) == (2, True)
    # It was dated some days before it was stamped.
    done = snapshot("verify", path, "--stamped-within", "10", "--tsa-root", root)
    assert (done.code, "where 10 minutes are allowed" in done.out) == (1, True)
    assert snapshot("verify", path, "--stamped-within", "99000000", "--tsa-root", root).code == 0
