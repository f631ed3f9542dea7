"""What is hidden is shown to nobody: by pywb's own list, by the seam of our own readers, and until it is lifted."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import rfc8785

from newsarchive.errors import SnapshotError
from newsarchive.keeping import takedowns
from newsarchive.keeping.access import Access
from newsarchive.sealing import custody as log
from tests.capture.replay import Replay, wayback
from tests.keeping.command import custody, takedown
from tests.keeping.conftest import ARTICLE, OLD, World
from tests.keeping.test_erasing import WHY, evidence, rows, take

NOW = datetime.now(UTC)


def lift(world: World, act: str) -> None:
    done = takedown("lift", act, *WHY[2:], archive=world.archive)
    assert done.code == 0, done.err


def test_what_is_hidden_stays_as_it_is_and_nobody_is_shown_it(world: World):
    before = evidence(world.archive)
    act = take(world, "hide", "--url", OLD)
    assert evidence(world.archive) == before
    access = Access.of(world.folder)
    for url in (OLD, ARTICLE, f"{ARTICLE}?utm_source=x", ARTICLE.replace("//", "//m.")):
        assert access.level(url, NOW) == "hide", url
    assert access.level("https://responsiblestatecraft.org/another/", NOW) is None
    stronger = take(world, "withhold", "--url", ARTICLE)
    assert Access.of(world.folder).level(ARTICLE, None) == "withhold"
    lift(world, stronger["id"])
    assert Access.of(world.folder).level(ARTICLE, None) == "hide"
    lift(world, act["id"])
    assert not Access.of(world.folder)
    assert (world.folder / "access.aclj").read_bytes() == b""
    for name in (act["id"], "T-2020-001"):
        assert takedown("lift", name, *WHY[2:], archive=world.archive).code == 2
    listed = takedown("list", archive=world.archive)
    assert listed.code == 0
    assert [line.split()[1:3] for line in listed.out.splitlines() if line.startswith("T-")] == [
        ["hide", "lifted"], ["withhold", "lifted"], ["lift", "lifts"], ["lift", "lifts"],
    ]  # fmt: skip
    actions = [json.loads(line)["action"] for line in (world.folder / "custody.jsonl").read_text().splitlines()]
    assert actions == ["begin", "hide", "withhold", "restore", "restore"]


def test_days_prefixes_and_records_are_meant_as_they_were_given(world: World):
    yesterday, today = NOW - timedelta(days=1), f"{NOW:%Y-%m-%d}"
    act = take(world, "hide", "--url", ARTICLE, "--since", today)
    access = Access.of(world.folder)
    assert (access.level(ARTICLE, NOW), access.level(ARTICLE, yesterday)) == ("hide", None)
    lift(world, act["id"])
    act = take(world, "hide", "--prefix", "https://responsiblestatecraft.org/scholz")
    access = Access.of(world.folder)
    assert (access.level(ARTICLE, NOW), access.level("https://responsiblestatecraft.org/", NOW)) == ("hide", None)
    lift(world, act["id"])
    (row,) = [row for row in rows(world.archive) if row["url"] == ARTICLE]
    act = take(world, "hide", "--url", ARTICLE, "--outlet", "responsible_statecraft")
    access = Access.of(world.folder)
    assert access.level(ARTICLE, NOW, outlet="responsible_statecraft") == access.level(ARTICLE, NOW) == "hide"
    assert access.level(ARTICLE, NOW, outlet="kyiv_independent") is None
    lift(world, act["id"])
    take(world, "hide", "--record", row["provenance"]["warc"]["record_id"])
    access = Access.of(world.folder)
    moment = datetime.fromisoformat(row["provenance"]["captured_at"])
    assert (access.level(ARTICLE, moment), access.level(ARTICLE, yesterday)) == ("hide", None)


@pytest.mark.skipif(wayback() is None, reason="pywb is not installed: make replay")
def test_pywb_answers_451_for_what_is_hidden(world: World, tmp_path: Path):
    other = next(row for row in rows(world.archive) if row["url"] not in (ARTICLE, OLD))
    third = next(row for row in rows(world.archive) if row["url"] not in (ARTICLE, OLD, other["url"]))
    act = take(world, "hide", "--url", ARTICLE)
    dated = take(world, "hide", "--url", third["url"], "--until", f"{NOW - timedelta(days=2):%Y-%m-%d}", "--future")
    folder = tmp_path / "flat"
    folder.mkdir()
    for path in world.collection.rglob("NA-*"):
        if path.name.endswith((".warc.gz", ".cdxj")):
            (folder / path.name).write_bytes(path.read_bytes())
    with Replay(folder, tmp_path / "hidden", acl=world.folder / "access.aclj") as replay:
        assert [replay.get(one["url"]).status for one in (other, third)] == [200, 200]
        assert [replay.get(url).status for url in (ARTICLE, OLD)] == [451, 451]
    lift(world, act["id"])
    lift(world, dated["id"])
    take(world, "hide", "--prefix", other["url"][:-5])
    take(world, "hide", "--url", third["url"], "--since", f"{NOW - timedelta(days=2):%Y-%m-%d}")
    with Replay(folder, tmp_path / "lifted", acl=world.folder / "access.aclj") as replay:
        assert replay.get(ARTICLE).status in (200, 304)
        assert [replay.get(one["url"]).status for one in (other, third)] == [451, 451]


def test_an_act_whose_file_was_changed_or_lost_is_found_and_no_crawl_begins(world: World):
    act = take(world, "hide", "--url", ARTICLE)
    path = world.folder / "takedowns" / f"{act['id']}.json"
    octets = path.read_bytes()
    assert takedowns.read(path).octets == octets
    # One that was written when less was known is read as it is.
    older = rfc8785.dumps({name: value for name, value in json.loads(octets).items() if name != "keeps_address"})
    path.write_bytes(older)
    assert takedowns.read(path).octets == older
    changed = octets.replace(b"GDPR Art. 17", b"GDPR Art. 16")
    path.write_bytes(changed)
    listed = takedown("list", archive=world.archive)
    assert (listed.code, "its file was changed" in listed.err) == (1, True)
    assert custody("verify", archive=world.archive).code == 1
    path.write_bytes(octets[:-1])
    with pytest.raises(SnapshotError, match="is no JSON document"):
        Access.of(world.folder)
    done = world.crawler.run("crawl", "responsible_statecraft")
    assert done.code != 0
    assert "Traceback" not in done.err
    assert act["id"] in done.err
    path.unlink()
    listed = takedown("list", archive=world.archive)
    assert (listed.code, "its file is missing" in listed.err) == (1, True)
    path.write_bytes(octets)
    assert custody("verify", archive=world.archive).code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("hide",), "one kind of --url, --prefix or --record"),
        (("hide", "--url", "x"), "an address that begins with http:// or https://"),
        (("hide", "--url", ARTICLE, "--prefix", ARTICLE), "one kind of"),
        (("hide", "--url", ARTICLE, "--since", "yesterday"), "a day such as"),
        (("hide", "--url", ARTICLE, "--since", "2026-02-02", "--until", "2026-02-01"), "--until"),
        (("erase", "--url", "https://nowhere.example/", "--yes"), "something that is archived"),
        (("lift",), "one act"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(untouched: World, tmp_path: Path, words: tuple[str, ...], says: str):
    log.append(tmp_path, "begin", log.FILE)
    done = takedown(*words, *WHY, "--out", tmp_path, archive=untouched.archive)
    assert done.code == 2
    assert says in done.err, done.err
    assert len(done.err.splitlines()) == 1


def test_hidden_pages_are_left_in_peace_until_lifted(world: World):
    take(world, "hide", "--url", ARTICLE)
    with sqlite3.connect(world.archive / "state.sqlite") as database:
        database.execute("UPDATE page SET due = 1")
    database.close()
    asked = len(world.web.log)
    assert world.crawler.run("crawl", "responsible_statecraft", "-a", "limit=20").code in (0, 1)
    assert not [one for one in world.web.log[asked:] if "scholz-putin-call" in str(one)]
    with sqlite3.connect(world.archive / "state.sqlite") as database:
        told = database.execute("SELECT reason, due > 1, standing FROM page WHERE url = ?", (OLD,)).fetchone()
    database.close()
    assert told == ("taken_down", 1, "read")
