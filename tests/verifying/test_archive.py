"""Whole archives: what an intact one is told, and what only a second reading shows."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import rfc8785

from newsarchive.commands.verify import as_text
from newsarchive.store.manifests import digest_of
from newsarchive.store.rules import RuleBook
from newsarchive.verifying import archive as verifying
from newsarchive.verifying import derivation, processes, reextractions
from newsarchive.verifying.families import Family, gather
from newsarchive.warc.verdict import Verdict
from tests.conftest import Crawler
from tests.deriving.test_foreign import HTML, OK, warc
from tests.verifying.mutations import _gzipped, _lines, judged


def rows_of(archive: Path) -> Path:
    """The file with the lines of the first run."""
    return min(path for path in archive.rglob("*.jsonl.gz") if ".rejected" not in path.name)


def rewritten(archive: Path, change: Callable[[dict], None]) -> None:
    """Change the third line, and pack all as they are packed."""
    path = rows_of(archive)
    lines = _lines(path)
    row = json.loads(lines[2])
    change(row)
    path.write_bytes(_gzipped(b"".join([*lines[:2], rfc8785.dumps(row) + b"\n", *lines[3:]])))


def without_manifests(archive: Path) -> Path:
    """As archives were before there were manifests and rules."""
    for path in [*archive.rglob("*manifest.json")]:
        path.unlink()
    for folder in archive.rglob("rules"):
        shutil.rmtree(folder)
    return archive


def derived(archive: Path) -> Verdict:
    verdict, known = Verdict(), {}
    for family in gather([archive]):
        if run := reextractions.around(family.stem, known):
            run.claim(family)
        verdict.add(derivation.judge(family))
    return verdict


def test_an_intact_archive_is_right_at_every_level(crawled: Path):
    code, findings = judged(crawled, deep=True)
    assert (code, findings) == (0, [])
    verdict = verifying.verify([crawled], workers=1)
    assert not any(tally.not_checked for tally in verdict.levels.values())
    assert all(verdict.levels[level].right for level in ("rows", "pointers", "manifest", "derivation"))


def test_an_archive_of_an_older_version_is_clean_and_not_called_checked(archive: Path):
    verdict = verifying.verify([without_manifests(archive)])
    assert verdict.is_clean
    assert verdict.levels["manifest"].right == 0
    assert verdict.levels["manifest"].not_checked
    assert derived(archive).levels["derivation"].not_checked["lines whose rules are not kept"]


def test_a_file_alone_is_judged_with_its_neighbours(archive: Path):
    for path in (path for path in archive.rglob("NA-*") if "reports" not in path.parts):
        assert verifying.verify([path]).is_clean, path
    rewritten(archive, lambda row: row.update(headline="Another"))
    warc = rows_of(archive).with_name(rows_of(archive).name.replace(".jsonl.gz", ".warc.gz"))
    assert {(one.file, one.level) for one in verifying.verify([warc]).findings} == {(rows_of(archive), "manifest")}


def test_an_edited_line_is_found_by_reading_its_capture_again(archive: Path):
    rewritten(without_rules_of_time(archive), lambda row: row.update(headline="Another", dek="Another"))
    (wrong,) = derived(archive).findings
    assert (wrong.file, wrong.level) == (rows_of(archive), "derivation")
    assert wrong.what == "line 3 is otherwise read: dek, headline"


def without_rules_of_time(archive: Path) -> Path:
    """Without manifests, but with rules."""
    for path in [*archive.rglob("*manifest.json")]:
        path.unlink()
    return archive


def test_a_lost_line_is_found_without_a_manifest(archive: Path):
    path = rows_of(without_manifests(archive))
    lines = _lines(path)
    path.write_bytes(_gzipped(b"".join([*lines[:2], *lines[3:]])))
    (wrong,) = verifying.verify([archive]).findings
    assert (wrong.file, wrong.offset, wrong.level) == (path, sum(map(len, lines[:2])), "rows")


def test_a_line_of_another_version_is_not_compared_and_both_versions_are_told(archive: Path):
    def change(row: dict) -> None:
        extraction = row["provenance"]["extraction"]
        book = RuleBook(next(archive.rglob("rules")))
        then = book.identity(extraction["id"])
        then["libraries"] |= {"selectolax": "0.0.1"}
        extraction["id"] = book.keep(rfc8785.dumps(then))
        row["id"] = digest_of(
            rfc8785.dumps([row["url"], row["provenance"]["warc"]["payload_digest"], extraction["id"]])
        )
        row["headline"] = "Another"

    rewritten(archive, change)
    verdict = derived(archive)
    assert verdict.is_clean
    (reason,) = verdict.levels["derivation"].not_checked
    assert "not comparable: selectolax 0.0.1, here " in reason


def test_lines_beside_no_warc_file_are_judged_by_themselves(archive: Path):
    for path in [*without_manifests(archive).rglob("*.warc.gz")]:
        path.unlink()
    verdict = verifying.verify([archive])
    assert verdict.is_clean
    assert verdict.levels["rows"].right
    assert set(verdict.levels["pointers"].not_checked) == {"without the WARC file"}


class Deadly(Family):
    """Kills the process that it is sent to."""

    def __reduce__(self) -> tuple:
        return os._exit, (1,)


def test_a_file_that_kills_its_reader_is_told_and_takes_no_other_with_it(archive: Path):
    families = gather([archive])
    deadly = Deadly(families[0].stem, families[0].parts)
    verdicts = {id(family): verdict for family, verdict in processes.derived([deadly, *families], workers=1)}
    (wrong,) = verdicts[id(deadly)].findings
    assert wrong.what == "cannot be derived: no process survives a reading of its pages"
    assert all(verdicts[id(family)].is_clean for family in families)
    assert verdicts[id(families[0])].levels["derivation"].right


@pytest.mark.parametrize("name", ["\x1b[31mred.warc.gz", os.fsdecode(b"\xff.warc.gz")])
def test_names_that_a_terminal_would_obey_are_told_in_plain_letters(tmp_path: Path, name: str):
    (tmp_path / name).write_bytes(b"x")
    said = as_text(verifying.verify([tmp_path]))
    assert said.replace("\n", "").isprintable()
    assert "members: not a WARC record" in said


def test_lines_of_a_reextraction_are_judged_beside_the_files_that_were_read(archive: Path, tmp_path: Path):
    out = tmp_path / "again"
    reextracted(archive, out)
    verdict = verifying.verify([out])
    verdict.add(derived(out))
    assert verdict.is_clean, as_text(verdict)
    assert all(verdict.levels[level].right for level in ("rows", "pointers", "manifest", "derivation"))
    (out / "notes.txt").touch()
    rewritten(out, lambda row: row.update(headline="Another"))
    wrong = {(one.file, one.level) for one in [*verifying.verify([out]).findings, *derived(out).findings]}
    assert wrong == {(out / "notes.txt", "manifest"), (rows_of(out), "manifest"), (rows_of(out), "derivation")}


def reextracted(archive: Path, out: Path) -> None:
    done = Crawler(archive, []).run("reextract", str(archive), "--out", str(out), "--workers", "1")
    assert done.code == 0, done.err


@pytest.mark.parametrize("kind", ["pipe", "folder"])
def test_what_is_no_file_is_found_and_not_waited_for(archive: Path, kind: str):
    (collection,) = (path.parent for path in archive.rglob("last-manifest.json"))
    changed = [rows_of(archive), next(iter((collection / "rules").iterdir())), collection / "last-manifest.json"]
    for path in changed:
        path.unlink()
        path.mkdir() if kind == "folder" else os.mkfifo(path)
    code, findings = judged(archive)
    assert code == 1
    assert {str(path) for path in changed} <= {one["file"] for one in findings}


def test_files_whose_names_are_not_utf_8_are_judged(tmp_path: Path):
    named = tmp_path / os.fsdecode(b"\xff.warc.gz")
    named.write_bytes(warc(OK, HTML) + warc(OK, HTML, kind="revisit", WARC_Record_ID="<urn:x:2>"))
    code, findings = judged(tmp_path)
    assert code == 1
    assert [(one["file"], one["level"], one["what"]) for one in findings] == [
        (str(named), "syntax", "a revisit lacks WARC-Profile")
    ]
