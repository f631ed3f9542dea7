"""What goes into a snapshot, that nothing else decides its bytes, and when there is none."""

import gzip
import hashlib
import json
import re
import shutil
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
import rfc8785
from warcio.archiveiterator import ArchiveIterator

from newsarchive.archiving.files import WarcFiles
from newsarchive.archiving.identity import new_record_id
from newsarchive.errors import SnapshotError
from newsarchive.sealing import names
from newsarchive.sealing.chain import Chain
from newsarchive.sealing.choosing import choose
from newsarchive.sealing.creating import Made, Order, create
from newsarchive.sealing.documents import parsed
from newsarchive.sealing.indexing import Meter
from newsarchive.sealing.keys import SigningKey
from newsarchive.sealing.scope import read_scope
from newsarchive.sealing.verifying import Demands, verify
from newsarchive.sealing.words import Words, words_of
from newsarchive.store.rules import RuleBook
from newsarchive.warc.exchange import Attempt, Exchange, Purpose
from newsarchive.warc.reader import read_records
from newsarchive.warc.records import bundle
from tests.conftest import PROJECT
from tests.sealing.attacks import packed_rows
from tests.sealing.command import snapshot
from tests.sealing.conftest import DAY
from tests.sealing.forging import members_of


def sealed(archive: Path, folder: Path, *words: str, key: SigningKey | None = None, hours: int = 0) -> Made:
    scope = read_scope(words or ["outlet=kyiv_independent"])
    return create(Order(archive, scope, DAY + timedelta(hours=hours), config=PROJECT / "config", key=key), folder)


@pytest.fixture
def archive(crawled: Path, tmp_path: Path) -> Path:
    """One that a test may change."""
    return shutil.copytree(crawled, tmp_path / "archive")


def test_the_same_archive_and_time_give_the_same_bytes(archive: Path, tmp_path: Path):
    key = SigningKey.new()
    one = sealed(archive, tmp_path / "one", "date=2026-01-01..", key=key)
    for file in archive.rglob("*"):
        file.touch()
    other = sealed(archive, tmp_path / "other", "date=2026-01-01..", key=key)
    assert one.path.read_bytes() == other.path.read_bytes()
    assert one.path.name == other.path.name


def test_every_file_of_a_pair_is_in_it_as_it_was(crawled: Path, tmp_path: Path):
    members = members_of(sealed(crawled, tmp_path).path)
    for file in (crawled / "kyiv_independent").rglob("NA-*"):
        if file.suffix in (".html", ".txt", ".cdxj"):
            continue
        folder = names.ARCHIVE if file.name.endswith(".warc.gz") else names.COMPLIANCE
        assert members[folder + file.name] == file.read_bytes(), file.name


def test_the_rules_that_its_rows_name_are_in_it(crawled: Path, tmp_path: Path):
    members = members_of(sealed(crawled, tmp_path).path)
    rules = list((crawled / "kyiv_independent" / "rules").glob("*.json"))
    assert rules
    for file in rules:
        assert members[f"{names.COMPLIANCE}rules-{file.name}"] == file.read_bytes()


def test_the_index_names_each_capture_with_the_digest_of_its_bytes(crawled: Path, tmp_path: Path):
    members = members_of(sealed(crawled, tmp_path, "date=2026-01-01..").path)
    lines = members[names.INDEX].splitlines()
    assert lines == sorted(lines)
    beside = [line for file in crawled.rglob("*.cdxj") for line in file.read_bytes().splitlines()]
    assert len(lines) == len(beside) > 20
    for line in lines:
        facts = json.loads(line.split(b" ", 2)[2])
        start = int(facts["offset"])
        record = members[names.ARCHIVE + facts["filename"]][start : start + int(facts["length"])]
        assert facts["recordDigest"] == f"sha256:{hashlib.sha256(record).hexdigest()}"
        assert b"WARC/1.1\r\n" in gzip.decompress(record)[:16]


def test_a_pages_line_is_an_article(crawled: Path, tmp_path: Path):
    header, *pages = members_of(sealed(crawled, tmp_path).path)[names.PAGES].splitlines()
    assert json.loads(header)["format"] == "json-pages-1.0"
    rows = [
        json.loads(line)
        for file in sorted((crawled / "kyiv_independent").rglob("*.jsonl.gz"))
        if ".rejected." not in file.name
        for line in gzip.decompress(file.read_bytes()).splitlines()
    ]
    assert [json.loads(page)["text"] for page in pages] == [row["text"] for row in rows]
    assert [json.loads(page)["title"] for page in pages] == [row["headline"] for row in rows]


def test_the_answers_of_robots_txt_can_be_read(crawled: Path, tmp_path: Path):
    members = members_of(sealed(crawled, tmp_path).path)
    told = [json.loads(line) for line in members[names.TERMS].splitlines()]
    robots = next(one for one in told if one["url"] == "https://kyivindependent.com/robots.txt")
    assert "Disallow: /ghost/" in robots["body"]
    record = members[names.ARCHIVE + robots["warc"]["filename"]][robots["warc"]["offset"] :]
    assert robots["warc"]["record_id"].encode() in gzip.decompress(record[: robots["warc"]["length"]])


def test_other_programs_read_it(crawled: Path, tmp_path: Path):
    made = sealed(crawled, tmp_path)
    with zipfile.ZipFile(made.path) as zipped:
        assert zipped.testzip() is None
        assert {info.compress_type for info in zipped.infolist()} == {zipfile.ZIP_STORED}
        (name,) = [name for name in zipped.namelist() if name.startswith(names.ARCHIVE)]
        with zipped.open(name) as warc:
            kinds = [record.rec_type for record in ArchiveIterator(warc)]
    assert kinds.count("response") > 5


@pytest.mark.parametrize(
    "ending", [".warc.gz.open", ".jsonl.open", ".rejected.jsonl.open", ".cdxj.part", ".manifest.json.open"]
)
def test_an_open_pair_is_refused_and_nothing_is_left_behind(archive: Path, tmp_path: Path, ending: str):
    warc = next(archive.rglob("NA-kyiv*.warc.gz"))
    unfinished = warc.with_name(warc.name.removesuffix(".warc.gz") + ending)
    if ending == ".warc.gz.open":
        warc.rename(unfinished)
    else:
        unfinished.write_bytes(b"")
    with pytest.raises(SnapshotError, match="still being written"):
        sealed(archive, tmp_path / "out")
    assert not list((tmp_path / "out").glob("*.wacz*"))
    assert sealed(archive, tmp_path / "out", "outlet=responsible_statecraft").seal.sequence == 1


def test_a_pair_without_rows_is_refused(archive: Path, tmp_path: Path):
    next(file for file in archive.rglob("NA-kyiv*.jsonl.gz") if ".rejected." not in file.name).unlink()
    with pytest.raises(SnapshotError, match="whole or not at all"):
        sealed(archive, tmp_path / "out")


def test_an_index_that_does_not_fit_is_refused(archive: Path, tmp_path: Path):
    index = next(archive.rglob("NA-kyiv*.cdxj"))
    lines = index.read_text().splitlines(keepends=True)
    index.write_text("".join(lines).replace('"offset": "', '"offset": "1', 1))
    with pytest.raises(SnapshotError, match="index"):
        sealed(archive, tmp_path / "out")
    assert not list((tmp_path / "out").glob("*.wacz*"))


def test_a_lost_index_is_read_from_the_records(archive: Path, tmp_path: Path):
    whole = sealed(archive, tmp_path / "one")
    next(archive.rglob("NA-kyiv*.cdxj")).unlink()
    again = sealed(archive, tmp_path / "other")
    assert members_of(again.path)[names.INDEX] == members_of(whole.path)[names.INDEX]


@pytest.mark.parametrize(
    ("words", "outlets"),
    [
        (["outlet=kyiv_independent", "outlet=responsible_statecraft"], 2),
        (["outlet=kyiv_independent date=2026-01-01.."], 1),
        (["url=https://responsiblestatecraft.org/"], 1),
        (["date=..2026-01-01"], 0),
        (["outlet=kyiv_independent url=https://responsiblestatecraft.org/"], 0),
    ],
)
def test_a_scope_takes_whole_pairs(crawled: Path, tmp_path: Path, words: list[str], outlets: int):
    if outlets == 0:
        with pytest.raises(SnapshotError, match="nothing that the scope asks for"):
            sealed(crawled, tmp_path, *words)
        return
    seal = sealed(crawled, tmp_path, *words).seal
    assert len(seal.facts["outlets"]) == outlets
    assert seal.facts["counts"]["pairs"] == outlets


def test_a_run_is_a_scope(crawled: Path, tmp_path: Path):
    warc = next(crawled.rglob("NA-kyiv*.warc.gz"))
    run = warc.name.removeprefix("NA-kyiv_independent-").partition("-")[0]
    seal = sealed(crawled, tmp_path, f"run={run} outlet=kyiv_independent").seal
    assert [fact.path for fact in seal.files if fact.path.startswith(names.ARCHIVE)] == [names.ARCHIVE + warc.name]
    with pytest.raises(SnapshotError, match="nothing that the scope asks for"):
        sealed(crawled, tmp_path, "run=20200101T000000Z")


def test_each_seal_names_the_one_before(crawled: Path, tmp_path: Path):
    made = [sealed(crawled, tmp_path, hours=hours) for hours in range(3)]
    assert [one.seal.sequence for one in made] == [1, 2, 3]
    assert [one.seal.prev_seal for one in made] == [None, made[0].seal.digest, made[1].seal.digest]
    head = Chain(tmp_path).head()
    assert head
    assert head.head == made[2].seal.head == (tmp_path / "HEAD").read_text().strip()


def test_a_seal_cannot_be_older_than_the_one_before(crawled: Path, tmp_path: Path):
    sealed(crawled, tmp_path, hours=2)
    with pytest.raises(SnapshotError, match="lies before"):
        sealed(crawled, tmp_path, hours=1)


def test_what_a_killed_process_left_is_put_right(crawled: Path, tmp_path: Path):
    first, second = sealed(crawled, tmp_path), sealed(crawled, tmp_path, hours=1)
    # Killed after the file was there and before the chain was.
    (tmp_path / "chain" / "00000002.json").unlink()
    (tmp_path / "HEAD").write_text(first.seal.head + "\n")
    (tmp_path / "000003-x.wacz.part").write_bytes(b"half")
    (tmp_path / ".making-x").mkdir()
    third = sealed(crawled, tmp_path, hours=2)
    assert third.seal.prev_seal == second.seal.digest
    assert not [file for file in tmp_path.iterdir() if ".part" in file.name or ".making" in file.name]
    # Killed between a seal of the chain and the head.
    (tmp_path / "HEAD").write_text(second.seal.head + "\n")
    assert sealed(crawled, tmp_path, hours=3).seal.prev_seal == third.seal.digest
    assert all(verify(path, Demands(deep=True)).holds for path in tmp_path.glob("*.wacz"))


def test_a_file_that_grows_while_it_is_sealed_is_refused(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    whole = Meter.pieces

    def growing(meter: Meter) -> object:
        yield from whole(meter)
        yield b"more"

    monkeypatch.setattr(Meter, "pieces", growing)
    with pytest.raises(SnapshotError, match="it changes"):
        sealed(archive, tmp_path / "out")
    assert not list((tmp_path / "out").glob("*.wacz*"))


def test_a_crawl_that_found_nothing_new_is_as_good_as_any(archive: Path, tmp_path: Path):
    files = WarcFiles(
        archive / "times", collection="times", started_at=DAY, max_bytes=1 << 30, max_seconds=1 << 30, about={}
    )
    asked, answered = b"GET /robots.txt HTTP/1.1\r\nHost: times.example\r\n\r\n", b"HTTP/1.1 204 No Content\r\n\r\n"
    attempt = Attempt(asked, answered, DAY, "192.0.2.1", None, None, first_byte_ms=1)
    exchange = Exchange("http://times.example/robots.txt", "GET", DAY, 1, (attempt,), Purpose("robots"))
    current = files.writable()
    made_records = bundle(exchange, earlier=None, warcinfo_id=current.warcinfo_id, new_id=new_record_id).records
    current.write(made_records, method="GET")
    _, index = files.close()
    index.with_suffix(".jsonl.gz").write_bytes(packed_rows([]))
    made = sealed(archive, tmp_path / "out", "outlet=times")
    judgement = verify(made.path, Demands(deep=True))
    assert made.seal.facts["counts"]["articles"] == 0
    assert judgement.holds, judgement.as_text()


def test_the_seal_says_what_it_does_not_prove(crawled: Path, tmp_path: Path):
    members = members_of(sealed(crawled, tmp_path).path)
    assert "What the publisher's server sent to others" in parsed(members[names.SEAL], "seal")["not_proven"]


def test_each_row_names_the_robots_txt_that_allowed_its_page_and_the_snapshot_holds_it(crawled: Path, tmp_path: Path):
    made = sealed(crawled, tmp_path, "date=2026-01-01..")
    assert made.terms_elsewhere == 0
    members = members_of(made.path)
    terms = [json.loads(line) for line in members[names.TERMS].splitlines()]
    answers = {one["warc"]["record_id"]: one for one in terms}
    rows = [
        json.loads(line)
        for name, octets in members.items()
        if name.endswith(".jsonl.gz") and ".rejected" not in name
        for line in gzip.decompress(octets).splitlines()
    ]
    assert len(rows) > 30
    for row in rows:
        rights, (home, _) = row["rights"], row["url"].split("/", 3)[2:]
        by_robots, by_file = answers[rights["robots_txt"]["record_id"]], answers[rights["tdmrep"]["record_id"]]
        assert by_robots["url"] == f"https://{home}/robots.txt"
        assert by_file["url"] == f"https://{home}/.well-known/tdmrep.json"
        assert by_robots["captured_at"] < row["provenance"]["captured_at"]
        rule = rights["robots_txt"]["rule"]
        assert rule is None or rule in by_robots["body"].splitlines()
        assert (rights["robots_txt"]["means"], rights["reserved_by"]) == ("read", [])
    (refused,) = (
        about
        for warc in (crawled / "responsible_statecraft").rglob("*.warc.gz")
        for record in read_records(warc)
        if record.kind == "metadata" and "fetchError" in (about := record.block_fields())
    )
    assert (refused["fetchError"], refused["robots"]) == ("robots", "disallowed")
    assert refused["robotsRule"] in answers[refused["robotsRecord"]]["body"].splitlines()
    assert {row["rights"]["paywall"] and row["rights"]["paywall"]["source"] for row in rows} == {None, "json-ld"}


@pytest.mark.parametrize(
    ("words", "outlets"),
    [
        ("query=FERRY", {"kyiv_independent"}),
        ("query=ferry stepova outlet=kyiv_independent", {"kyiv_independent"}),
        ("query=ferry url=https://kyivindependent.com/", {"kyiv_independent"}),
        ("query=fer", set()),
        ("query=ferry radar", set()),
        ("query=ferry outlet=responsible_statecraft", set()),
        ("query=ferry date=..2001-01-01", set()),
        ("query=ferry query=radar", {"kyiv_independent", "responsible_statecraft"}),
    ],
)
def test_words_choose_pairs_by_their_articles(crawled: Path, words: str, outlets: set[str]):
    scope = read_scope([words])
    if outlets:
        assert {pair.outlet for pair in choose(crawled, scope).pairs} == outlets
    else:
        with pytest.raises(SnapshotError, match="nothing that the scope asks for"):
            choose(crawled, scope)


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("straße", "Die STRASSE war leer.", True),
        ("e\u0301lan", "\u00c9LAN vital", True),
        ("don't", "Don\u2019t ask", True),
        ("Київ", "У КИЄВІ тихо", False),
        ("київ", "КИЇВ: тихо", True),
        ("東京", "今日は東京の天気", True),
        ("a", "A-level", True),
        ("bc", "abc", False),
        (".*", None, False),
    ],
)
def test_words_are_whole_words_in_any_case_and_spelling(query: str, text: str | None, found: bool):
    words = words_of(query)
    assert (bool(words) and Words(words).are_in("A headline", text)) == found


def reserve(archive: Path, outlet: str) -> None:
    """As if one article of an outlet were reserved, and one had given no line for that reason."""
    (rows,) = (path for path in (archive / outlet).rglob("*.jsonl.gz") if ".rejected" not in path.name)
    told = [json.loads(line) for line in gzip.decompress(rows.read_bytes()).splitlines()]
    told[0]["rights"]["reserved_by"] = ["tdmrep:/"]
    for name in ("robots_txt", "tdmrep", "reserved_by"):
        told[1]["rights"].pop(name)
    told[1]["rights"]["x_robots_tag"] = "noai"
    rows.write_bytes(packed_rows(told))
    (rejected,) = (archive / outlet).rglob("*.rejected.jsonl.gz")
    told = [json.loads(line) for line in gzip.decompress(rejected.read_bytes()).splitlines()]
    rejected.write_bytes(packed_rows([told[0] | {"reason": "rights_reserved"}, *told[1:]]))


def test_a_pair_with_something_reserved_is_left_out_whole_where_that_is_asked_for(archive: Path, tmp_path: Path):
    reserve(archive, "kyiv_independent")
    both = sealed(archive, tmp_path / "both", "date=2026-01-01..")
    assert (both.seal.facts["outlets"], both.left_out) == (["kyiv_independent", "responsible_statecraft"], [])
    done = snapshot(
        "create", "--scope", "date=2026-01-01..", "--leave-out-reserved", "--out", tmp_path / "out", archive=archive
    )
    assert done.code == 0, done.err
    assert "3 reserved, and with them 15 articles not reserved" in done.out
    (path,) = (tmp_path / "out").glob("*.wacz")
    seal = json.loads(members_of(path)[names.SEAL])
    assert (seal["outlets"], seal["scope"]["leaves_out_reserved"]) == (["responsible_statecraft"], True)
    assert verify(path, Demands()).holds
    done = snapshot(
        "create", "--scope", "outlet=kyiv_independent", "--leave-out-reserved", "--out", tmp_path, archive=archive
    )
    assert (done.code, "something reserved in all of the pairs" in done.err) == (2, True)


def test_a_plan_names_what_would_go_in_and_makes_nothing(archive: Path, tmp_path: Path):
    reserve(archive, "kyiv_independent")
    done = snapshot(
        "create", "--scope", "date=2026-01-01..", "--plan", "--leave-out-reserved", "--json", archive=archive
    )
    planned = json.loads(done.out)
    (pair,), (left_out,) = planned["pairs"], planned["left_out"]
    assert (archive / pair["file"]).is_file()
    assert left_out.pop("file").startswith("kyiv_independent/")
    assert left_out == {"reserved": 3, "others": 15}
    done = snapshot("create", "--scope", "query=ferry", "--plan", archive=archive)
    assert done.out.count("\n") == 2
    assert "bytes in 1 pair" in done.out
    assert not (archive.parent / "snapshots").exists()
    assert snapshot("create", "--scope", "query=unheard", "--plan", archive=archive).code == 2


def test_terms_that_an_earlier_crawl_asked_for_are_told_and_those_that_cannot_be_found_are_counted(
    archive: Path, tmp_path: Path
):
    """As if the crawl had come before that whose files are sealed."""
    earlier = archive / "kyiv_independent"
    (rows,) = (path for path in earlier.rglob("*.jsonl.gz") if ".rejected" not in path.name)
    told = [json.loads(line) for line in gzip.decompress(rows.read_bytes()).splitlines()]
    by_robots, by_file = (told[0]["rights"][name]["record_id"] for name in ("robots_txt", "tdmrep"))
    lost = [told[1] | {"rights": told[1]["rights"] | {"robots_txt": {"record_id": "<urn:uuid:lost>"}}}]
    run = re.search(r"\d{8}T\d{6}Z", rows.name)
    assert run
    name = rows.name.replace(run[0], "20270101T000000Z")
    rows.with_name(name).write_bytes(packed_rows([told[0], *lost]))
    warc = rows.with_name(name.replace(".jsonl", ".warc"))
    shutil.copy(seeds_of(rows, tmp_path), warc)
    done = snapshot("create", "--scope", "run=20270101T000000Z", "--out", tmp_path / "out", archive=archive)
    assert done.code == 0, done.err
    assert "terms: 1 record that its articles name could not be found" in done.out
    (path,) = (tmp_path / "out").glob("*.wacz")
    terms = [json.loads(line) for line in members_of(path)[names.TERMS].splitlines()]
    assert {one["warc"]["record_id"] for one in terms} == {by_robots, by_file}
    assert {one["warc"]["filename"] for one in terms} == {rows.name.replace(".jsonl", ".warc")}
    judgement = verify(path, Demands(deep=True))
    assert "not checked: 2 answers" in judgement.levels["index"].notes[-1], judgement.as_text()
    assert judgement.levels["index"].state == "ok"


def test_articles_of_another_version_are_not_called_checked_for_those_that_are(crawled: Path, tmp_path: Path):
    archive = shutil.copytree(crawled, tmp_path / "archive")
    rows = min(path for path in archive.rglob("kyiv*/*/*/*/*.jsonl.gz") if ".rejected" not in path.name)
    first, *others = map(json.loads, gzip.decompress(rows.read_bytes()).splitlines())
    extraction = first["provenance"]["extraction"]
    book = RuleBook(archive / "kyiv_independent/rules")
    then = book.identity(extraction["id"])
    extraction["id"] = book.keep(rfc8785.dumps(then | {"libraries": then["libraries"] | {"selectolax": "0.0.1"}}))
    named = [first["url"], first["provenance"]["warc"]["payload_digest"], extraction["id"]]
    first["id"] = "sha256:" + hashlib.sha256(rfc8785.dumps(named)).hexdigest()
    rows.write_bytes(packed_rows([first, *others]))
    made = create(Order(archive, read_scope(["outlet=kyiv_independent"]), DAY), tmp_path / "snapshots")
    judgement = verify(made.path, Demands(deep=True, readers=1))
    derivation = judgement.levels["derivation"]
    assert derivation.state == "not checked", judgement.as_text()
    assert "lines of other versions, not comparable: selectolax 0.0.1" in derivation.notes[-1]
    assert judgement.holds


def seeds_of(rows: Path, work: Path) -> Path:
    """The WARC file beside the rows, from its first page on: without what was asked before."""
    octets = rows.with_name(rows.name.replace(".jsonl", ".warc")).read_bytes()
    told = json.loads(gzip.decompress(rows.read_bytes()).splitlines()[0])
    cut = work / "cut.warc.gz"
    cut.write_bytes(octets[told["provenance"]["warc"]["offset"] :])
    return cut
