"""What was erased is nowhere any more: in no file, index, cache or database page; and nothing else is lost."""

import gzip
import html
import io
import json
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from backports import zstd
from filelock import FileLock
from warcio.archiveiterator import ArchiveIterator

from newsarchive import schemas
from newsarchive.commands.verify import as_text
from newsarchive.comparing import compare
from newsarchive.keeping import rewriting, superseding, takedowns
from newsarchive.store import manifests
from newsarchive.store.manifests import file_facts
from newsarchive.verifying import archive as verifying
from newsarchive.warc.frame import read_answer
from newsarchive.warc.packing import PACKINGS
from newsarchive.warc.payload import decoded
from newsarchive.warc.reader import read_records
from newsarchive.warc.tombstones import Erasure, is_tombstone
from tests.capture.replay import Replay, wayback
from tests.crawl.test_manifests import dying, leave_open
from tests.keeping.command import hold, takedown
from tests.keeping.conftest import ARTICLE, OLD, World
from tests.keeping.test_superseding import forge
from tests.verifying import mutations
from tests.verifying.mutations import judged
from tests.warc import judges

WHY = ("--code", "privacy", "--authority", "GDPR Art. 17", "--reason", "a person asked", "--actor", "keeper")


def take(world: World, level: str, *words: object) -> dict:
    """Do it; the act."""
    done = takedown(level, *words, *WHY, "--yes", "--json", archive=world.archive)
    assert done.code == 0, done.err
    told: dict = json.loads(done.out)
    return told


def rows(archive: Path) -> list[dict]:
    paths = sorted(path for path in archive.rglob("*.jsonl.gz") if ".rejected" not in path.name)
    return [json.loads(line) for path in paths for line in gzip.open(path)]


def texts(archive: Path, url: str) -> list[str]:
    """Headline and paragraphs of an article, as far as nothing else has them by chance."""
    (row,) = [row for row in rows(archive) if row["url"] == url and row["text"]]
    return [row["headline"], *(row["text"][start:end] for start, end in row["paragraphs"] if end - start > 40)]


def octets(folder: Path) -> Iterator[tuple[str, bytes]]:
    """All that files hold: as they lie there, unpacked, and payloads with their codings undone."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        yield str(path), content
        if path.name.endswith((".gz", ".gz.part")):
            yield f"{path} unpacked", b"".join(members(content))
        if path.name.endswith(".warc.gz"):
            for record in read_records(path):
                answer = read_answer(record.octets, method="GET") if record.kind == "response" else None
                if answer and answer.header("content-encoding"):
                    yield f"{path} {record.offset}", decoded(answer.entity, answer.header("content-encoding"))


def members(content: bytes) -> Iterator[bytes]:
    while content:
        unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
        yield unpacker.decompress(content)
        content = unpacker.unused_data


def evidence(archive: Path) -> dict[str, bytes]:
    """All but the state, which changes when it is opened, and where the keepers' folder is."""
    own = ("state.sqlite", "keepers.json")
    return {path: content for path, content in octets(archive) if not any(name in path for name in own)}


def changed(folder: Path) -> dict[Path, int]:
    """When each file was changed."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def places(folder: Path, needles: list[str]) -> list[str]:
    """Where any of it stands, as any page writes it."""
    ways = {needle[:60] for needle in needles}
    ways |= {html.escape(way, quote=quote) for way in ways for quote in (True, False)}
    ways |= {json.dumps(way)[1:-1] for way in ways}
    return [place for place, content in octets(folder) if any(way.encode() in content for way in ways)]


def test_nothing_is_left_of_an_erased_article(untouched: World, world: World):
    needles = texts(world.archive, ARTICLE)
    assert len(needles) > 5
    assert places(world.archive, needles)
    # What its list said of it stood in the state, and is free space by now.
    with sqlite3.connect(world.archive / "state.sqlite") as database:
        database.execute("PRAGMA secure_delete = OFF")
        known = database.execute("UPDATE page SET headline = ? WHERE url IN (?, ?)", (needles[0], ARTICLE, OLD))
        assert known.rowcount == 1
        database.execute("INSERT INTO doubt VALUES ('o', x'00', 'r', ?, ?, 1)", (ARTICLE, needles[1]))
        database.commit()
        database.execute("DELETE FROM doubt")
    database.close()
    assert str(world.archive / "state.sqlite") in places(world.archive, needles)
    left = next(world.collection.rglob("NA-*.warc.gz"))
    left.with_name("NA-x.jsonl.gz.part").write_bytes(gzip.compress(needles[1].encode()))
    before = world.collection.rglob("NA-*.warc.gz")
    captures = sum(record.kind in ("response", "revisit") for warc in before for record in read_records(warc))

    act = take(world, "erase", "--url", ARTICLE, "--mentions", "all")

    assert act["id"].startswith("T-20")
    assert {OLD, ARTICLE} <= {one["url"] for one in act["records"]}
    assert {"response", "request", "revisit"} <= {one["kind"] for one in act["records"]}
    assert places(world.archive, needles) == []
    assert not [path for path in world.archive.rglob("*") if path.name.endswith((".part", ".open", "-wal"))]
    verdict = verifying.verify([world.archive])
    assert verdict.is_clean, as_text(verdict)
    assert verdict.acts[act["id"]]["records"] == len(act["records"])
    assert f"erased under {act['id']}: {len(act['records'])} records" in as_text(verdict)
    assert judged(world.archive, deep=True) == (0, [])
    # Nothing else went.
    gone = sum(one["kind"] in ("response", "revisit") for one in act["records"])
    after = [record for warc in world.collection.rglob("NA-*.warc.gz") for record in read_records(warc)]
    assert sum(record.kind in ("response", "revisit") for record in after) == captures - gone
    kept = {row["id"]: row["text"] for row in rows(world.archive) if row["text"]}
    erased_ids = {row["id"] for row in rows(world.archive) if not row["text"]}
    assert kept == {row["id"]: row["text"] for row in rows(untouched.archive) if row["id"] not in erased_ids}


def test_a_tombstone_says_what_was_there_and_why_in_records_and_lines(untouched: World, world: World):
    (was,) = [row for row in rows(untouched.archive) if row["url"] == ARTICLE]
    act = take(world, "erase", "--url", ARTICLE)
    (row,) = [row for row in rows(world.archive) if row["schema"] == "news-tombstone/1"]
    jsonschema.validate(row, schemas.erased_article())
    assert (row["id"], row["url"], row["status"], row["text"]) == (was["id"], ARTICLE, "tombstone", None)
    assert row["tombstone"]["act"] == act["id"]
    assert (row["tombstone"]["reason"], row["tombstone"]["authority"]) == ("privacy", "GDPR Art. 17")
    warc = next(world.collection.rglob(row["provenance"]["warc"]["filename"]))
    pointer = row["provenance"]["warc"]
    # Readers of others.
    with warc.open("rb") as stream:
        stream.seek(pointer["offset"])
        member = io.BytesIO(stream.read(pointer["length"]))
    (theirs,) = ArchiveIterator(member)
    assert (theirs.rec_type, theirs.rec_headers["WARC-Target-URI"]) == ("metadata", ARTICLE)
    assert theirs.rec_headers["WARC-Date"] == was["provenance"]["captured_at"]
    assert theirs.rec_headers["WARC-Refers-To"] == was["provenance"]["warc"]["record_id"]
    assert judges.fastwarc_complaints(warc) == set()
    fields = next(read_records(warc.parent / warc.name)).block_fields()
    assert fields["software"].startswith("newsarchive/")
    (told,) = [one.block_fields() for one in read_records(warc) if one.offset == pointer["offset"]]
    assert told["erasedPayloadDigest"] == was["provenance"]["warc"]["payload_digest"]
    assert told["erasedType"] == "response"
    assert int(told["erasedLength"]) > 1000


def test_without_digests_nothing_can_be_guessed(untouched: World, world: World):
    (was,) = [row for row in rows(untouched.archive) if row["url"] == ARTICLE]
    take(world, "erase", "--url", ARTICLE, "--drop-digests")
    digests = [was["id"], was["provenance"]["warc"]["payload_digest"], was["text_sha256"], was["simhash"]]
    assert places(untouched.archive, digests)
    assert places(world.collection, digests) == []
    assert places(world.archive, digests) == []
    assert judged(world.archive, deep=True) == (0, [])


def test_where_the_text_was_left_can_still_be_erased_afterwards(world: World):
    done = takedown("erase", "--url", ARTICLE, *WHY, "--yes", archive=world.archive)
    left = [line.split() for line in done.out.splitlines() if "cannot be searched for any more" in line]
    ids = [line[line.index("--record") + 1] for line in left]
    assert ids
    act = take(world, "erase", *(word for one in ids for word in ("--record", one)))
    assert set(ids) <= {one["record_id"].strip("<>") for one in act["records"]}
    assert verifying.verify([world.archive]).is_clean


def test_without_yes_nothing_is_done(world: World):
    before, moments = dict(octets(world.archive)), changed(world.archive)
    kept = sorted(world.folder.iterdir())
    told = takedown("erase", "--url", ARTICLE, *WHY, archive=world.archive)
    assert told.code == 0
    assert "its headline stands, and stays without --mentions all, in" in told.out
    assert f"capture {rows(world.archive)[0]['provenance']['captured_at']} {ARTICLE}" in told.out
    assert "nothing is done" in told.out
    assert (dict(octets(world.archive)), changed(world.archive)) == (before, moments)
    assert sorted(world.folder.iterdir()) == kept


@pytest.mark.parametrize("words", [["--url", OLD], ["--prefix", "http://responsiblestatecraft.org/scholz-putin"]])
def test_an_article_is_found_by_any_of_its_addresses(untouched: World, words: list[str]):
    told = json.loads(takedown("erase", *words, *WHY, "--json", archive=untouched.archive).out)
    assert {one["url"] for one in told["records"]} == {ARTICLE, OLD, OLD.replace("http:", "https:")}
    assert told["rows"] == 1


def test_an_address_a_time_and_a_record_can_be_meant_alone(untouched: World):
    def found(*words: object) -> list[dict]:
        done = takedown("erase", *words, *WHY, "--json", archive=untouched.archive)
        return list(json.loads(done.out)["records"])

    assert {one["url"] for one in found("--url", OLD, "--exact")} == {OLD}
    assert found("--url", ARTICLE, "--until", "2020-01-01", "--future") == []
    (row,) = [row for row in rows(untouched.archive) if row["url"] == ARTICLE]
    by_id = found("--record", row["provenance"]["warc"]["record_id"])
    # What repeats the record goes with it: it could not be shown any more.
    assert [(one["kind"], one["why"]) for one in by_id][:2] == [("response", "selected"), ("request", "selected")]
    assert {one["why"] for one in by_id if one["kind"] == "revisit"} == {"revisit"}


def test_a_hold_stands_in_the_way(world: World):
    assert (
        hold("add", "case-1", "--scope", f"page={ARTICLE}", "--reason", "a court asked", archive=world.archive).code
        == 0
    )
    before = evidence(world.archive)
    told = takedown("erase", "--url", ARTICLE, *WHY, archive=world.archive)
    assert (told.code, "a hold stands in the way" in told.out) == (1, True)
    done = takedown("erase", "--url", ARTICLE, *WHY, "--yes", archive=world.archive)
    assert done.code == 1
    assert "case-1" in done.err
    assert evidence(world.archive) == before
    log = (world.folder / "custody.jsonl").read_text().splitlines()
    (line,) = [json.loads(line) for line in log if '"erase"' in line]
    assert line["outcome"].startswith("refused: H-")
    # It keeps, and shows nothing to anybody.
    assert takedown("hide", "--url", ARTICLE, *WHY, "--yes", archive=world.archive).code == 0


def test_reextraction_and_diff_know_tombstones(untouched: World, world: World, tmp_path: Path):
    act = take(world, "erase", "--url", ARTICLE)
    done = world.crawler.run("reextract", world.archive, "--out", tmp_path / "again", "--workers", "1")
    assert "1 erased by takedowns" in done.out, done.out + done.err
    again = {path.name: gzip.decompress(path.read_bytes()) for path in (tmp_path / "again").rglob("*.jsonl.gz")}
    here = {path.name: gzip.decompress(path.read_bytes()) for path in world.archive.rglob("*.jsonl.gz")}
    assert again == here
    assert judged(tmp_path / "again") == (0, [])
    told = compare(untouched.archive, world.archive)
    assert told.only_old == {f"erased_{act['id']}": 1}
    assert not told.only_new


def test_what_was_taken_down_is_not_asked_for_again(world: World, tmp_path: Path):
    take(world, "erase", "--url", ARTICLE)
    asked = len(world.web.log)
    for name, words in (("old", (f"seeds={tmp_path / 'old.txt'}",)), ("all", ())):
        (tmp_path / "old.txt").write_text(f"{OLD}\n{ARTICLE}\n")
        done = world.crawler.run("crawl", "responsible_statecraft", *(part for word in words for part in ("-a", word)))
        assert done.code in (0, 1), done.err
        assert name
    assert len(world.web.log) > asked
    assert not [one for one in world.web.log[asked:] if "scholz-putin-call" in str(one)]
    report = json.loads(max((world.collection / "reports").glob("*.json")).read_text())
    assert report["dropped"]["taken_down"] == 1
    with sqlite3.connect(world.archive / "state.sqlite") as database:
        assert database.execute("SELECT count(*) FROM page WHERE url IN (?, ?)", (OLD, ARTICLE)).fetchone() == (0,)
    database.close()
    verdict = verifying.verify([world.archive])
    assert verdict.is_clean, as_text(verdict)


@pytest.mark.skipif(wayback() is None, reason="pywb is not installed: make replay")
def test_pywb_shows_everything_else(world: World, tmp_path: Path):
    take(world, "erase", "--url", ARTICLE)
    other = next(row for row in rows(world.archive) if row["text"])
    folder = tmp_path / "flat"
    folder.mkdir()
    for path in world.collection.rglob("NA-*"):
        if path.name.endswith((".warc.gz", ".cdxj")):
            (folder / path.name).write_bytes(path.read_bytes())
    with Replay(folder, tmp_path / "pywb", acl=world.folder / "access.aclj") as replay:
        assert other["headline"].encode()[:20] in replay.get(other["url"], as_archived=False).body
        # There is nothing that could be blocked.
        assert [replay.get(url).status for url in (ARTICLE, OLD)] == [404, 404]


def test_what_a_dead_crawl_left_open_is_finished_and_erased(world: World):
    needles = texts(world.archive, ARTICLE)[1:]
    first, *others = sorted(world.collection.rglob("NA-*.manifest.json"))
    for manifest in others:
        for path in world.collection.rglob(f"{manifest.name.removesuffix('.manifest.json')[:-9]}*"):
            path.unlink()
    dying(world.collection)
    warc = next(world.collection.rglob("NA-*.warc.gz"))
    for path in [*world.collection.rglob("NA-*.jsonl.gz")]:
        leave_open(path)
    warc.with_name(warc.name.replace(".warc.gz", ".cdxj")).unlink()
    warc.rename(warc.with_name(warc.name + ".open"))
    assert not first.exists()

    act = take(world, "erase", "--url", ARTICLE)

    assert len(act["records"]) >= 4
    assert places(world.archive, needles) == []
    assert not list(world.archive.rglob("*.open"))
    assert judged(world.archive, deep=True) == (0, [])


def test_an_outlet_that_is_being_crawled_is_not_touched(world: World):
    before = evidence(world.archive)
    with FileLock(world.collection / ".lock"):
        done = takedown("erase", "--url", ARTICLE, *WHY, "--yes", archive=world.archive)
    assert (done.code, "a crawl of this outlet is running" in done.err) == (2, True)
    assert evidence(world.archive) == before
    assert takedowns.read_all(world.folder) == []


@pytest.mark.parametrize("compression", ["zstd", "none"])
def test_files_of_every_compression_are_written_anew(untouched: World, tmp_path: Path, compression: str):
    source = min(untouched.collection.rglob("NA-*.warc.gz"))
    stem, packing = source.name.removesuffix(".warc.gz"), PACKINGS[compression]
    warc = tmp_path / f"{stem}{packing.suffix}"
    with warc.open("wb") as file:
        for member in members(source.read_bytes()):
            file.write(zstd.compress(member) if compression == "zstd" else member)
    for ending in (".jsonl.gz", ".rejected.jsonl.gz"):
        if (beside := source.with_name(stem + ending)).exists():
            (tmp_path / beside.name).write_bytes(beside.read_bytes())
    (tmp_path / f"{stem}.cdxj").touch()
    (row,) = [json.loads(line) for line in gzip.open(tmp_path / f"{stem}.jsonl.gz")]
    ids = {
        record.field("WARC-Record-ID") for record in read_records(warc) if record.field("WARC-Target-URI") == row["url"]
    }
    kept = [record.fields for record in read_records(warc) if record.field("WARC-Record-ID") not in ids]
    erasure = Erasure("T-2026-001", "2026-11-28T00:00:00Z", "other", "somebody")

    rewriting.rewrite(warc, dict.fromkeys(ids, erasure))
    once = warc.read_bytes()
    rewriting.rewrite(warc, dict.fromkeys(ids, erasure))

    assert warc.read_bytes() == once
    verdict = verifying.verify([warc])
    assert verdict.is_clean, as_text(verdict)
    assert verdict.acts == {"T-2026-001": {"records": len(ids)}}
    assert verdict.levels["index"].right > 0
    assert [record.fields for record in read_records(warc) if not is_tombstone(record)] == kept


def test_no_more_can_be_taken_away_under_an_act_than_it_names(world: World, tmp_path: Path):
    act = take(world, "erase", "--url", ARTICLE)
    intact = world.archive
    (tmp_path / "work").mkdir()
    outcome = mutations.run(intact, count=len(mutations.KINDS), seed=3, work=tmp_path / "work")
    assert outcome.is_good, outcome.as_text()
    own = world.collection / "acts" / f"{act['id']}.manifest.json"
    warc = max(world.collection.rglob("NA-*.warc.gz"))
    victim = next(record for record in read_records(warc) if record.kind == "response")

    # Another record goes under the same act, with all that follows from it; only the act itself cannot be changed.
    before = superseding.file_of(warc, folder=own.parent)
    erasure = Erasure(act["id"], act["at"], "privacy", "GDPR Art. 17")
    rewriting.rewrite(warc, {victim.field("WARC-Record-ID") or "": erasure})
    after = superseding.file_of(warc, folder=own.parent)
    forge(
        own,
        lambda told: told.update(
            inputs=[*told["inputs"], file_facts(before)], outputs=[*told["outputs"], file_facts(after)]
        ),
    )
    told = json.dumps({"path": f"acts/{own.name}", "digest": manifests.read(own).digest}, sort_keys=True)
    (world.collection / "last-manifest.json").write_text(told + "\n")
    found = [one.what for one in verifying.verify([intact]).findings]
    assert any(f"erased under {act['id']}, which does not name them" in what for what in found), found

    # Or it is simply left out.
    forge(own, lambda told: told["outputs"][-1].update(records=after.records - 1))
    found = [one.what for one in verifying.verify([intact]).findings]
    assert any("and had another number" in what for what in found), found


def test_the_address_can_go_too(world: World, tmp_path: Path):
    needles = [*texts(world.archive, ARTICLE), "scholz-putin-call"]
    assert len(places(world.archive, needles[-1:])) > 5
    take(world, "erase", "--url", ARTICLE, "--with-address", "--mentions", "all")
    assert places(world.archive, needles) == []
    assert places(world.folder, ["scholz-putin-call"]) == []
    verdict = verifying.verify([world.archive])
    assert verdict.is_clean, as_text(verdict)
    assert judged(world.archive, deep=True) == (0, [])
    assert {"url": None, "article_key": None}.items() <= next(
        row for row in rows(world.archive) if not row["text"]
    ).items()
    # It is known by its hash, and not asked for again.
    asked = len(world.web.log)
    (tmp_path / "old.txt").write_text(f"{OLD}\n")
    assert world.crawler.run("crawl", "responsible_statecraft", "-a", f"seeds={tmp_path / 'old.txt'}").code == 0
    assert not [one for one in world.web.log[asked:] if "scholz-putin-call" in str(one)]


def test_the_address_of_a_record_goes_wherever_it_led(world: World):
    (row,) = [row for row in rows(world.archive) if row["url"] == ARTICLE]
    with sqlite3.connect(world.archive / "state.sqlite") as database:
        database.execute("UPDATE page SET via = ?, announced_by = ? WHERE url NOT IN (?, ?)", (ARTICLE,) * 3 + (OLD,))
        database.execute("UPDATE page SET url = ? WHERE url = ?", (ARTICLE, OLD))
        database.execute(
            "INSERT INTO lead (outlet, url, kind, via, due) VALUES ('o', 'https://x/', 'feed', ?, 1)", (ARTICLE,)
        )
    database.close()
    assert str(world.archive / "state.sqlite") in places(world.archive, [ARTICLE])
    record = row["provenance"]["warc"]["record_id"]
    take(world, "erase", "--record", record, "--with-address", "--mentions", "all")
    assert str(world.archive / "state.sqlite") not in places(world.archive, [ARTICLE])
    assert not list(world.archive.glob("state.sqlite-*"))
