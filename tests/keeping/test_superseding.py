"""An act that takes files away or replaces them is told of, and whatever only claims to be one is found."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import rfc8785

from newsarchive.demoweb import DemoWeb
from newsarchive.errors import ArchiveError
from newsarchive.keeping import superseding
from newsarchive.keeping.superseding import Act
from newsarchive.store import chain, manifests
from newsarchive.verifying import archive as verifying
from newsarchive.warc.verdict import Verdict
from tests.conftest import Crawler
from tests.keeping.conftest import World
from tests.verifying import mutations
from tests.verifying.mutations import judged

ACT = Act("D-2026-001", "disposal", rfc8785.dumps({"id": "D-2026-001", "why": "a trial"}))


@pytest.fixture
def archive(world: World) -> Path:
    return world.archive


def collection(archive: Path) -> Path:
    return archive / "responsible_statecraft"


def pair(archive: Path) -> list[Path]:
    """All files of the first pair."""
    warc = min(archive.rglob("*.warc.gz"))
    stem = warc.name.removesuffix(".warc.gz")
    return [path for path in warc.parent.glob(f"{stem}.*") if not path.name.endswith(".json")]


def disposed(archive: Path, act: Act = ACT, files: list[Path] | None = None) -> list[Path]:
    files = pair(archive) if files is None else files
    superseding.begin(collection(archive), act, files)
    for file in files:
        file.unlink()
    superseding.finish(collection(archive), act)
    return files


def wrongs(archive: Path) -> list[str]:
    return [f"{one.file.name}: {one.what}" for one in verifying.verify([archive]).findings]


def test_files_that_went_by_an_act_are_not_called_missing(archive: Path):
    gone = disposed(archive)
    verdict = verifying.verify([archive])
    assert verdict.is_clean, verdict.findings
    assert verdict.told_of_acts() == [f"disposed under D-2026-001: {len(gone)} files"]
    assert verdict.as_json()["acts"] == {"D-2026-001": {"files": len(gone)}}
    # The parts of it, and the next crawl's place in the chain.
    for part in (gone[0].parent, collection(archive) / "acts", collection(archive) / "acts/D-2026-001.manifest.json"):
        assert verifying.verify([part]).is_clean, part
    head = chain.head(collection(archive))
    assert head
    assert head["path"] == "acts/D-2026-001.manifest.json"


def test_the_newest_manifest_is_found_when_the_head_is_lost(archive: Path):
    disposed(archive)
    told = chain.head(collection(archive))
    (collection(archive) / chain.HEAD).unlink()
    assert chain.head(collection(archive)) == told


def test_a_second_act_begins_where_the_first_has_ended(archive: Path):
    rows = next(path for path in pair(archive) if path.name.endswith(".cdxj"))
    first = Act("T-2026-001", "takedown", rfc8785.dumps({"id": "T-2026-001"}))
    superseding.begin(collection(archive), first, [rows])
    rows.write_bytes(rows.read_bytes().replace(b"statecraft", b"statecreft"))
    superseding.finish(collection(archive), first)
    told = verifying.verify([archive])
    assert told.acts["T-2026-001"] == {"files rewritten": 1}
    assert {one.level for one in told.findings} == {"index"}
    disposed(archive)
    assert verifying.verify([archive]).is_clean
    with pytest.raises(ArchiveError, match="has ended"):
        superseding.begin(collection(archive), first, [])


def test_an_act_that_was_killed_goes_on_and_is_told_until_then(archive: Path):
    files = pair(archive)
    superseding.begin(collection(archive), ACT, files)
    (unended,) = verifying.verify([archive]).findings
    assert "has not ended" in unended.what
    files[0].unlink()
    assert len(verifying.verify([archive]).findings) == 1
    assert superseding.unended(collection(archive)) == ["D-2026-001"]
    # The next one finds what was there before.
    assert set(superseding.begin(collection(archive), ACT, [])) == set(files)
    before = superseding.before(collection(archive), ACT.id)
    for file in files[1:]:
        file.unlink()
    superseding.finish(collection(archive), ACT)
    assert verifying.verify([archive]).is_clean
    assert set(before) == set(files)


def forge(path: Path, change: Callable[[dict], None]) -> None:
    """Change a manifest, and give it its digest again."""
    told = json.loads(path.read_bytes())
    change(told)
    told = {name: value for name, value in told.items() if name not in ("form", "counts", "digest")}
    told |= {name: tuple(manifests.File(**one) for one in told[name]) for name in ("inputs", "outputs")}
    told["previous"] = manifests.Previous(**told["previous"]) if told["previous"] else None
    path.write_bytes(manifests.Manifest(**told).to_json())


def headed(archive: Path, path: Path) -> None:
    """Let the head name a manifest as it is now."""
    told = {"path": path.relative_to(collection(archive)).as_posix(), "digest": manifests.read(path).digest}
    (collection(archive) / chain.HEAD).write_text(json.dumps(told, sort_keys=True) + "\n")


def test_every_false_claim_is_found(archive: Path, tmp_path: Path):
    intact = archive
    disposed(intact)

    def tried(change: Callable[[Path], None]) -> str:
        copy = Path(shutil.copytree(intact, tmp_path / "copy"))
        change(copy)
        found = wrongs(copy)
        shutil.rmtree(copy)
        return "\n".join(found)

    def own(copy: Path) -> Path:
        return collection(copy) / "acts" / "D-2026-001.manifest.json"

    last = max(path.name for path in intact.rglob("*.warc.gz"))
    assert "D-2026-001.json: is missing" in tried(lambda copy: own(copy).with_name("D-2026-001.json").unlink())
    assert "is another file" in tried(lambda copy: own(copy).with_name("D-2026-001.json").write_bytes(b"{}"))
    assert "is missing; a manifest lists it" in tried(lambda copy: own(copy).unlink())
    assert f"{last}: is missing" in tried(lambda copy: next(copy.rglob(last)).unlink())
    assert "is in no manifest" in tried(lambda copy: own(copy).with_name("X.json").write_bytes(b"{}"))

    def restored(copy: Path) -> None:
        gone = json.loads(own(copy).read_bytes())["inputs"][0]["path"]
        (own(copy).parent / gone).write_bytes(b"back")

    assert "is there, though D-2026-001 took it away" in tried(restored)

    def another_before(copy: Path) -> None:
        forge(own(copy), lambda told: told["inputs"][0].update(sha256="sha256:" + "0" * 64))
        headed(copy, own(copy))

    assert "says of" in tried(another_before)

    def never_there(copy: Path) -> None:
        forge(own(copy), lambda told: told["inputs"][0].update(path="../2026/01/01/NA-x-20260101T000000Z-00000-h.cdxj"))
        headed(copy, own(copy))

    assert "which no run has written" in tried(never_there)

    def unchained(copy: Path) -> None:
        (path,) = [own(copy)]
        told = manifests.read(path)
        victim = next(copy.rglob(last))
        fact = superseding.file_of(victim, folder=path.parent)
        octets = rfc8785.dumps({"id": "D-2026-002"})
        path.with_name("D-2026-002.json").write_bytes(octets)
        path.with_name("D-2026-002.manifest.json").write_bytes(path.read_bytes())
        forge(
            path.with_name("D-2026-002.manifest.json"),
            lambda one: one.update(
                run="D-2026-002",
                inputs=[manifests.file_facts(fact)],
                outputs=[],
                config={"act": manifests.digest_of(octets)},
                previous={"path": path.name, "digest": told.digest},
            ),
        )
        victim.unlink()

    assert "which is not the last" in tried(unchained)

    def first_of_its_own(copy: Path) -> None:
        unchained(copy)
        forge(own(copy).with_name("D-2026-002.manifest.json"), lambda told: told.update(previous=None))

    assert "names no manifest before it, and is not the first" in tried(first_of_its_own)

    def excused(copy: Path) -> None:
        """A journal is no excuse for what is lost."""
        victim = next(copy.rglob(last))
        own(copy).with_name("D-2026-002.json").write_bytes(b"{}")
        superseding.begin(collection(copy), Act("D-2026-002", "disposal", b"{}"), [victim])
        victim.unlink()

    assert "D-2026-002 has not ended" in tried(excused)
    assert wrongs(intact) == []


def test_every_change_to_an_archive_with_an_act_is_found(archive: Path, tmp_path: Path):
    disposed(archive)
    assert judged(archive) == (0, [])
    work = tmp_path / "work"
    work.mkdir()
    outcome = mutations.run(archive, count=len(mutations.KINDS), seed=11, work=work)
    assert outcome.is_good, outcome.as_text()


def test_a_verdict_is_the_sum_of_others():
    one, other = Verdict(), Verdict()
    for verdict in (one, other):
        verdict.under("T-2026-004", "records")
    one.add(other)
    assert one.told_of_acts() == ["erased under T-2026-004: 2 records"]


def test_an_act_that_was_killed_outlives_the_next_crawl_and_goes_on_behind_it(archive: Path):
    files = pair(archive)
    superseding.begin(collection(archive), ACT, files)
    files[0].unlink()
    with DemoWeb() as web:
        done = Crawler(archive, web.connect_to).run("crawl", "responsible_statecraft", "-a", "limit=1")
    assert done.code in (0, 1), done.err
    assert superseding.unended(collection(archive)) == [ACT.id]
    for file in files[1:]:
        file.unlink()
    superseding.finish(collection(archive), ACT)
    assert not wrongs(archive)


def test_an_act_that_was_killed_behind_its_manifest_is_not_told_twice(archive: Path):
    files = pair(archive)
    superseding.begin(collection(archive), ACT, files)
    journal = superseding.journal_of(collection(archive), ACT.id)
    begun = journal.read_bytes()
    for file in files:
        file.unlink()
    first = superseding.finish(collection(archive), ACT).read_bytes()
    disposed(archive, Act("D-2026-002", "disposal", b"{}"), [min(archive.rglob("*.warc.gz"))])
    journal.write_bytes(begun)
    assert superseding.finish(collection(archive), ACT).read_bytes() == first
    assert not wrongs(archive)
