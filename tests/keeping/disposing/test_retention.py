"""Retention: what is past its time, what stays nevertheless, and what is left of what went."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
import rfc8785
from filelock import FileLock

from newsarchive.demoweb import DemoWeb
from newsarchive.keeping import certificates, inventory, references, superseding
from newsarchive.outlets import Retention
from newsarchive.sealing import custody as log
from newsarchive.store import manifests
from newsarchive.store.database import Database
from newsarchive.verifying import archive as verifying
from newsarchive.warc import fields, packing
from newsarchive.warc.reader import read_records
from tests.conftest import PROJECT, Crawler, Ran
from tests.keeping.command import custody, hold, retention
from tests.keeping.disposing.conftest import OUTLETS, Place
from tests.keeping.disposing.killing import killed
from tests.linking import moved
from tests.sealing.command import snapshot

pytestmark = pytest.mark.long

KYIV, RESPONSIBLE = OUTLETS


def run(place: Place, *words: object) -> Ran:
    return retention(*words, "--out", place.folder, archive=place.archive, CONFIG_DIR=str(place.config))


def planned(place: Place) -> dict:
    done = run(place, "plan", "--json")
    assert done.code == 0, done.err
    return json.loads(done.out)


def held(place: Place, scope: str) -> str:
    words = ("add", "case-12", "--scope", scope, "--future", "--reason", "letter", "--json")
    done = hold(*words, "--out", place.folder)
    return json.loads(done.out)[0]["id"]


def verified(place: Place) -> list[str]:
    """What is wrong with the archive and with the custody log."""
    wrong = [str(one) for one in verifying.verify([place.archive]).findings]
    done = custody("verify", "--out", place.folder, archive=place.archive)
    return [*wrong, *([] if done.code == 0 else [done.out])]


@pytest.mark.usefixtures("later")
def test_without_a_policy_everything_is_kept_for_ever(place: Place):
    assert "articles for ever" in run(place, "show").out
    done = run(place, "dispose", "--yes")
    assert (done.code, done.out) == (0, "nothing was disposed of\n")
    assert not (place.archive / KYIV / "acts").exists()


@pytest.mark.usefixtures("later")
def test_what_is_past_its_time_goes_and_is_told_of(place: Place):
    place.keep(KYIV, articles="30d", reports="99d")
    place.keep(RESPONSIBLE, articles="400d", discovery="30d")
    before = place.files(KYIV)
    # The year lies on another disk.
    year = moved(place.archive / KYIV, place.archive.parent / "disk")
    assert "\n4 past their time: 4 to go (" in run(place, "plan").out
    assert place.files(KYIV) == before
    digests = {path.name: manifests.digest_of(path.read_bytes()) for path in before}
    done = run(place, "dispose", "--yes", "--actor", "Ada", "--reason", "policy of 2026")
    assert done.code == 0, done.err
    assert [path.name for path in place.files(KYIV)] == [path.name for path in before if path.name.endswith(".json")]
    assert not list(year.rglob("*.warc.gz"))
    assert not list((place.archive / KYIV / "reports").iterdir())
    assert len(place.files(RESPONSIBLE, ".warc.gz")) == 2
    (told,) = certificates.read(place.folder)
    assert (told["outlet"], told["actor"], told["reason"]) == (KYIV, "Ada", "policy of 2026")
    files = {Path(one["path"]).name: one["sha256"] for item in told["disposed"] for one in item["files"]}
    gone = {name: digest for name, digest in digests.items() if not name.endswith(".json")}
    assert {name: digest for name, digest in files.items() if not name.endswith((".json", ".html", ".txt"))} == gone
    assert {item["class"] for item in told["disposed"]} == {"articles", "reports"}
    _, line = log.read(place.folder / log.FILE)
    assert (line["action"], line["object"], line["actor"]) == ("dispose", told["id"], "Ada")
    assert not verified(place)
    assert f"disposed under {told['id']}: {len(gone)} files" in verifying.verify([place.archive]).told_of_acts()
    assert run(place, "dispose", "--yes").out == "nothing was disposed of\n"


@pytest.mark.usefixtures("later")
def test_a_hold_keeps_a_pair_and_what_it_refers_to_until_it_is_released(place: Place):
    place.keep(KYIV, articles="30d")
    place.keep(RESPONSIBLE, articles="30d")
    first, second = (stem.name for stem in stems(place, KYIV))
    name = held(place, f"url={articles_in(place, KYIV)[-1]}")
    told = {Path(one["name"]).name: one for one in planned(place)["held_back"]}
    assert told[second]["holds"] == [name]
    assert told[first]["referred_by"] == second
    done = run(place, "dispose", "--yes")
    assert f"held by {name} (case-12): " in done.out
    assert len(place.files(KYIV, ".warc.gz")) == 2
    assert not place.files(RESPONSIBLE, ".warc.gz")
    assert f"held back: 1 items, by {name}" in custody("show", "--out", place.folder).out
    assert not verified(place)
    hold("release", name, "--reason", "settled", "--out", place.folder)
    assert run(place, "dispose", "--yes").code == 0
    assert not place.files(KYIV, ".warc.gz")
    assert not verified(place)


@pytest.mark.usefixtures("later")
def test_a_hold_that_comes_in_the_middle_keeps_what_it_refers_to(place: Place):
    place.keep(KYIV, articles="30d")
    moment = next(step for step in range(9, 60) if is_under_way(place, step))
    assert len(place.files(KYIV, ".warc.gz")) == 2, moment
    name = held(place, f"url={articles_in(place, KYIV)[-1]}")
    assert run(place, "dispose", "--yes").code == 0
    assert len(place.files(KYIV, ".warc.gz")) == 2
    assert not verified(place)
    hold("release", name, "--reason", "settled", "--out", place.folder)
    assert run(place, "dispose", "--yes").code == 0
    assert not place.files(KYIV, ".warc.gz")
    assert not verified(place)


def is_under_way(place: Place, step: int) -> bool:
    """A disposal that is killed before this step has begun with the outlet."""
    killed(lambda: run(place, "dispose", "--yes"), before=step)
    return bool(superseding.unended(place.archive / KYIV))


def stems(place: Place, outlet: str) -> list[Path]:
    return [path.with_name(path.name.removesuffix(".warc.gz")) for path in place.files(outlet, ".warc.gz")]


def articles_in(place: Place, outlet: str) -> list[str]:
    """Their addresses, pair by pair."""
    return [json.loads(row)["url"] for stem in stems(place, outlet) for row in gzip.open(f"{stem}.jsonl.gz")]


def test_it_is_told_how_much_a_hold_covers_and_that_one_covers_nothing(place: Place):
    article = articles_in(place, KYIV)[0]
    names = [held(place, words) for words in (f"outlet={KYIV} page={article}", "everything", "outlet=kyiv")]
    told = [hold("check", name, "--json", "--out", place.folder, archive=place.archive) for name in [*names, "case-12"]]
    assert [one.code for one in told] == [0, 0, 1, 1]
    counts = [one for done in told[:3] for one in json.loads(done.out).values()]
    lines = sum(len(path.read_bytes().splitlines()) for outlet in OUTLETS for path in place.files(outlet, ".cdxj"))
    assert counts[1:] == [{"captures": lines, "pairs": 4, "snapshots": 0}, {"captures": 0, "pairs": 0, "snapshots": 0}]
    assert (1 <= counts[0]["captures"] <= 3, counts[0]["pairs"]) == (True, 1)


@pytest.mark.usefixtures("later")
def test_where_holds_cannot_be_read_nothing_goes(place: Place):
    place.keep(KYIV, articles="30d")
    held(place, "outlet=nobody")
    (place.folder / "holds.json").write_bytes(b"{}")
    for words in (("plan",), ("dispose", "--yes")):
        done = run(place, *words)
        assert (done.code, done.err.count("\n")) == (1, 1)
        assert "everything is held" in done.err
    assert len(place.files(KYIV, ".warc.gz")) == 2


@pytest.mark.usefixtures("later")
def test_while_a_crawl_runs_or_a_pair_is_open_an_outlet_is_left_alone_and_the_others_are_not(place: Place):
    place.keep(KYIV, articles="30d")
    place.keep(RESPONSIBLE, articles="30d")
    with FileLock(place.archive / KYIV / ".lock"):
        done = run(place, "dispose", "--yes")
    assert done.code == 1
    assert "a crawl of this outlet is running" in done.err
    assert len(place.files(KYIV, ".warc.gz")) == 2
    assert not place.files(RESPONSIBLE, ".warc.gz")
    (open_file := place.files(KYIV, ".warc.gz")[0].with_name("NA-x.warc.gz.open")).touch()
    done = run(place, "dispose", "--yes")
    assert (done.code, str(open_file) in done.err) == (1, True)
    assert len(place.files(KYIV, ".warc.gz")) == 2


@pytest.mark.usefixtures("later")
def test_one_broken_yaml_fails_its_outlet_alone_in_one_line_for_each_mistake(place: Place):
    place.keep(KYIV, articles="soon", feeds="1d", reports="0d")
    place.keep(RESPONSIBLE, articles="30d")
    for words in (("show",), ("plan",), ("dispose", "--yes")):
        done = run(place, *words)
        assert (done.code, done.err.count("\n")) == (1, 3), done.err
        assert "retention.articles: found 'soon', expected for ever, or at least one day, such as 400d" in done.err
        assert "retention.feeds: found '1d', expected no such key; known are articles, discovery, " in done.err
    assert len(place.files(KYIV, ".warc.gz")) == 2
    assert not place.files(RESPONSIBLE, ".warc.gz")


def test_a_mistake_is_one_line_and_exit_code_2(place: Place):
    assert run(place, "dispose").code == 2
    assert run(place, "plan", "--outlet", "nobody").code == 2


@pytest.mark.usefixtures("later")
def test_one_outlet_can_be_asked_about(place: Place):
    place.keep(KYIV, articles="30d")
    place.keep(RESPONSIBLE, articles="soon")
    done = run(place, "dispose", "--yes", "--outlet", KYIV)
    assert (done.code, done.err) == (0, "")
    assert not place.files(KYIV, ".warc.gz")


@pytest.mark.usefixtures("later")
def test_a_pair_is_of_the_class_of_the_most_that_it_holds(place: Place):
    second = place.files(RESPONSIBLE, ".warc.gz")[1]
    stem = second.name.removesuffix(".warc.gz")
    (rows,) = place.files(RESPONSIBLE, f"{stem}.jsonl.gz")
    rejected = rows.with_name(f"{stem}.rejected.jsonl.gz")
    rejected.write_bytes(gzip.compress(b"{}\n"))
    assert class_of(place, second) == "articles"
    rows.write_bytes(gzip.compress(b""))
    assert class_of(place, second) == "rejected"
    rejected.unlink()
    assert class_of(place, second) == "discovery"
    rows.write_bytes(b"no gzip")
    place.keep(RESPONSIBLE, articles="30d")
    done = run(place, "plan")
    assert (done.code, done.err.count("\n")) == (1, 2)
    assert f"{rows}: cannot be read" in done.err
    assert "it may refer to anything, so no pair goes" in done.err
    assert "0 to go" in done.out


def test_an_article_that_was_the_same_when_it_was_captured_again_is_an_article(place: Place):
    second = place.files(RESPONSIBLE, ".warc.gz")[1]
    rows = second.with_name(second.name.replace(".warc.gz", ".jsonl.gz"))
    rows.write_bytes(gzip.compress(b""))
    refers = (("WARC-Target-URI", "https://responsiblestatecraft.org/x/"), ("WARC-Date", "2026-11-28T12:00:00Z"))
    again = fields.record("revisit", "<urn:uuid:1>", refers, "application/http", b"HTTP/1.1 304 Not Modified\r\n\r\n")
    about = (*refers, ("WARC-Concurrent-To", "<urn:uuid:1>"))
    role = fields.record("metadata", "<urn:uuid:2>", about, fields.WARC_FIELDS, b"role: article\r\n")
    second.write_bytes(second.read_bytes() + packing.member(again) + packing.member(role))
    assert class_of(place, second) == "articles"
    second.with_name(second.name.replace(".warc.gz", ".rejected.jsonl.gz")).write_bytes(gzip.compress(b"{}\n"))
    assert class_of(place, second, discovery="3d") == "articles"


def class_of(place: Place, warc: Path, **days: str) -> str | None:
    policy = Retention.model_validate({"articles": "3d", "rejected": "2d", "discovery": "1d"} | days)
    pair = next(one for one in inventory.pairs_of(place.archive, RESPONSIBLE) if one.warc == warc)
    late = inventory.moment("29991231000000")
    item = inventory.pair_past(pair, place.archive, policy, now=late)
    return item.kind if item else None


def test_a_line_that_names_a_record_of_another_pair_keeps_that(place: Place):
    first, second = place.files(RESPONSIBLE, ".warc.gz")
    pairs = {one.warc: one for one in inventory.pairs_of(place.archive, RESPONSIBLE)}
    originals = references.Originals()
    originals.add("first", first)
    assert references.referred(originals, [pairs[second]], {"first": first}) == {"first": pairs[second].stem}
    only = next(one for one in read_records(first) if "/robots.txt" in (one.field("WARC-Target-URI") or ""))
    pairs[second].index.write_text("")
    # Its lines do, too: robots.txt is asked for once a day.
    assert references.referred(originals, [pairs[second]], {"first": first}) == {"first": pairs[second].stem}
    pairs[second].rows.write_bytes(gzip.compress(b""))
    assert references.referred(originals, [pairs[second]], {"first": first}) == {}
    row = {"rights": {"robots_txt": {"record_id": only.field("WARC-Record-ID")}}}
    pairs[second].rows.write_bytes(gzip.compress(rfc8785.dumps(row) + b"\n"))
    assert references.referred(originals, [pairs[second]], {"first": first}) == {"first": pairs[second].stem}


@pytest.mark.usefixtures("later")
def test_the_next_crawl_knows_what_went_does_not_fetch_it_again_and_refers_to_nothing_of_it(place: Place):
    place.keep(RESPONSIBLE, articles="30d")
    known = set(pages(place))
    articles = set(articles_in(place, RESPONSIBLE))
    run(place, "dispose", "--yes")
    assert set(pages(place)) == known
    with DemoWeb() as web:
        done = Crawler(place.archive, web.connect_to).run("crawl", RESPONSIBLE, "-a", "limit=2")
    assert done.code in (0, 1), done.err
    (warc,) = place.files(RESPONSIBLE, ".warc.gz")
    records = list(read_records(warc))
    ids = {one.field("WARC-Record-ID") for one in records}
    assert all(one.field("WARC-Refers-To") in ids for one in records if one.kind == "revisit")
    assert not articles & {one.field("WARC-Target-URI") for one in records}
    assert not verified(place)


def pages(place: Place) -> list[tuple]:
    database = Database(place.archive / "state.sqlite")
    try:
        return database.run("SELECT url, standing, due FROM page WHERE outlet = ?", (RESPONSIBLE,)).fetchall()
    finally:
        database.close()


@pytest.mark.usefixtures("later")
def test_a_pair_of_whose_run_there_is_no_manifest_is_kept_and_told(place: Place):
    place.keep(KYIV, articles="30d")
    for path in place.files(KYIV, ".json"):
        path.unlink()
    done = run(place, "dispose", "--yes")
    assert (done.code, done.err.count("is older than the manifests")) == (1, 2)
    assert len(place.files(KYIV, ".warc.gz")) == 2


@pytest.mark.usefixtures("later")
def test_snapshots_go_when_they_are_past_the_time_of_all_their_outlets_and_are_not_held(place: Place):
    for outlet in OUTLETS:
        made = snapshot(
            "create", "--scope", f"outlet={outlet}", "--created", "2026-12-01T04:00:00Z",
            "--out", place.folder, archive=place.archive, CONFIG_DIR=str(place.config),
        )  # fmt: skip
        assert made.code == 0, made.err
        place.keep(outlet, snapshots="30d")
    names = [held(place, f"page={articles_in(place, KYIV)[0]}"), held(place, "snapshot=2")]
    assert [one["holds"] for one in planned(place)["held_back"]] == [[names[0]], [names[1]]]
    hold("release", "case-12", "--reason", "settled", "--out", place.folder)
    sidecar = next(place.folder.glob("000002-*.wacz")).with_suffix(".wacz.tsr.1")
    sidecar.write_bytes(b"x")
    done = run(place, "dispose", "--yes")
    assert done.code == 0, done.err
    assert not list(place.folder.glob("*.wacz*"))
    told = snapshot("list", "--out", place.folder)
    (certificate,) = certificates.read(place.folder)
    assert (told.code, told.out.count(f"disposed under {certificate['id']}")) == (0, 2)
    assert not verified(place)


@pytest.mark.usefixtures("later")
def test_a_certificate_that_was_changed_or_is_gone_is_found(place: Place):
    place.keep(KYIV, articles="30d")
    run(place, "dispose", "--yes")
    (path,) = (place.folder / "disposals").glob("D-*.json")
    path.write_bytes(path.read_bytes().replace(KYIV.encode(), b"nobody"))
    done = custody("verify", "--out", place.folder, archive=place.archive)
    assert (done.code, f"disposals: {path}: is not the certificate" in done.out) == (1, True)
    path.unlink()
    done = custody("verify", "--out", place.folder, archive=place.archive)
    assert (done.code, f"disposals: {path}: is missing" in done.out) == (1, True)


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize(
    ("outlet", "path"),
    [
        (KYIV, f"{KYIV}/../../precious"),
        (KYIV, f"{KYIV}/reports/../../../precious"),
        (KYIV, "/precious"),
        (KYIV, f"{RESPONSIBLE}/reports/NA-x.json"),
        (KYIV, f"{KYIV}/2026/11/22/NA-x.manifest.json"),
        (KYIV, f"{KYIV}/rules/x.json"),
        ("", "custody.jsonl"),
    ],
)
def test_an_order_that_names_files_elsewhere_is_not_carried_out(place: Place, outlet: str, path: str):
    (precious := place.archive.parent / "precious").touch()
    item = {
        "name": "x", "class": "reports", "keep_days": 1, "due_at": "2026-11-22T04:00:00Z", "snapshot": None, "captures": 0,
        "first_captured_at": "2026-11-22T04:00:00Z", "last_captured_at": "2026-11-22T04:00:00Z", "files": [{"path": path}],
    }  # fmt: skip
    order = {"outlet": outlet, "actor": "Eve", "reason": "x", "items": [item], "held_back": []}
    with certificates.alone(place.folder):
        certificates.begin(place.folder, 2026, order)
    (log_file := place.folder / log.FILE).touch()
    done = run(place, "dispose", "--yes")
    assert (done.code, "which must not name it" in done.err) == (1, True)
    assert precious.exists()
    assert log_file.exists()


def test_a_disposal_that_is_killed_anywhere_is_ended_by_the_next_command(place: Place, tmp_path: Path):
    for outlet in OUTLETS:
        place.keep(outlet, articles="30d", reports="30d")
    command = [
        sys.executable,
        "-m",
        "tests.keeping.disposing.killing",
        place.archive,
        place.config,
        tmp_path / "killed",
        "7",
    ]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith(" steps\n")
