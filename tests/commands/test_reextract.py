"""`scrapy reextract` as an operator calls it: over an archive of ours, and over files of other programs."""

import argparse
import gzip
import io
import json
import os
import re
import shutil
import signal
import subprocess
import time
import zipfile
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from scrapy.settings import Settings

from newsarchive.commands.reextract import Command
from newsarchive.demoweb import DemoWeb
from newsarchive.demoweb.trap_gazette import TrapGazette, write_outlets
from newsarchive.store import manifests
from newsarchive.verifying import archive
from tests import forking
from tests.conftest import PROJECT, Crawler, Ran, environment
from tests.deriving.test_foreign import HTML, OK, URL, warc

OUTLETS = ("responsible_statecraft", "trap_gazette")
_MOST = {"responsible_statecraft": 4, "trap_gazette": 100}


@dataclass(frozen=True)
class Shop:
    """A crawled archive, and `reextract` over it."""

    crawler: Crawler
    config: Path

    @property
    def archive(self) -> Path:
        return self.crawler.archive

    def command(self, *arguments: object) -> list[str]:
        return self.crawler.command("reextract", *map(str, arguments), CONFIG_DIR=self.config)

    def run(self, *arguments: object, cwd: Path = PROJECT, **env: str) -> Ran:
        done = forking.run(self.command(*arguments)[1:], cwd=cwd, environment=environment() | env, timeout=120)
        assert "Traceback" not in done.stderr, done.stderr
        return Ran(done.returncode, done.stdout, done.stderr)

    def call(self, *arguments: object) -> Ran:
        """As `run`, in this process: a new one would spend most of its time on beginning."""
        command, parser = Command(), argparse.ArgumentParser()
        command.settings = Settings({"CONFIG_DIR": str(self.config)})
        command.add_options(parser)
        opts, paths = parser.parse_known_args([*map(str, arguments), "--workers", "1"])
        with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
            command.run(paths, opts)
        return Ran(command.exitcode, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("reextract")
    config = Path(shutil.copytree(PROJECT / "config", folder / "config"))
    write_outlets(config / "outlets")
    with DemoWeb(more=(TrapGazette(),)) as web:
        crawler = Crawler(folder / "archive", web.connect_to)
        for outlet in OUTLETS:
            assert crawler.run("crawl", outlet, "-a", f"limit={_MOST[outlet]}", CONFIG_DIR=config).code in (0, 1)
    return Shop(crawler, config)


def rows(folder: Path) -> dict[str, bytes]:
    """Uncompressed, by the first letters of outlet and ending, whatever the files are called."""
    found = {}
    for path in sorted(folder.rglob("*.jsonl.gz")):
        octets = gzip.decompress(path.read_bytes())
        if not octets:
            continue
        first = json.loads(octets.partition(b"\n")[0])
        name = (first.get("warc") or first["provenance"]["warc"])["filename"]
        found[name, ".rejected" in path.name] = octets
    return found


def test_the_rows_are_those_of_the_crawl_wherever_whenever_and_by_however_many(shop: Shop, tmp_path: Path):
    """In another place, zone and hash seed, with other workers, and with names that put the files in another order."""
    renamed = tmp_path / "elsewhere"
    for number, path in enumerate(sorted(shop.archive.rglob("*.warc.gz"), reverse=True)):
        target = renamed / f"{number}" / f"file{9 - number}.warc.gz"
        target.parent.mkdir(parents=True)
        shutil.copy(path, target)
    expected = rows(shop.archive)
    assert len(expected) > len(OUTLETS)
    one = shop.run(shop.archive, "--out", tmp_path / "one", "--workers", 1, TZ="Asia/Kathmandu", PYTHONHASHSEED="1")
    two = shop.run(renamed, "--out", "two", "--workers", 3, cwd=tmp_path, TZ="America/St_Johns", PYTHONHASHSEED="77")
    assert (one.code, two.code) == (0, 0), one.err + two.err
    assert rows(tmp_path / "one") == expected
    assert rows(tmp_path / "two") == expected
    assert {path.name for path in (tmp_path / "two" / "0").iterdir()} == {"file9.jsonl.gz", "file9.rejected.jsonl.gz"}
    assert one.out == two.out
    # Everything lies there under the names of the archive, packed without a name and a time.
    (packed, *_) = sorted((tmp_path / "one").rglob("*.jsonl.gz"))
    assert (shop.archive / packed.relative_to(tmp_path / "one")).is_file()
    assert packed.read_bytes()[3:8] == b"\0\0\0\0\0"


def test_a_run_tells_what_it_read_and_wrote_and_is_not_done_twice(shop: Shop, tmp_path: Path):
    out = tmp_path / "out"
    first = json.loads(shop.call(shop.archive, "--out", out, "--json").out)
    assert (first["files"], first["done_before"], first["problems"]) == (2, 0, [])
    assert first["rejected"]["http_404"] >= 1
    (path,) = out.glob("*.manifest.json")
    told = manifests.read(path)
    assert told.kind == "reextract"
    assert [(out / one.path).resolve() for one in told.inputs] == sorted(shop.archive.rglob("*.warc.gz"))
    assert told.counts["rows"] == first["articles"]
    assert all(manifests.digest_of((out / one.path).read_bytes()) == one.sha256 for one in told.outputs)
    assert all(told.extractions.values())
    lost, *kept = sorted(out.rglob("*.jsonl.gz"), key=lambda path: "responsible" not in path.name)
    before = {path: path.stat().st_mtime_ns for path in kept}
    lost.unlink()
    again = json.loads(shop.call(shop.archive, "--out", out, "--json").out)
    assert again == first | {"done_before": 1}
    assert lost.exists()
    assert before.items() <= {path: path.stat().st_mtime_ns for path in out.rglob("*.jsonl.gz")}.items()


def test_rules_of_the_time_are_those_of_the_archive(shop: Shop, tmp_path: Path):
    changed = Path(shutil.copytree(shop.config, tmp_path / "config"))
    yaml = changed / "outlets" / "responsible_statecraft.yaml"
    yaml.write_text(re.sub("(?m)^name: .*", "name: Another Name", yaml.read_text()))
    other = Shop(shop.crawler, changed)
    expected = rows(shop.archive)
    assert other.call(shop.archive, "--out", tmp_path / "then", "--as-recorded").code == 0
    assert rows(tmp_path / "then") == expected
    assert other.call(shop.archive, "--out", tmp_path / "now").code == 0
    assert rows(tmp_path / "now") != expected


def test_only_what_is_asked_for_is_read(shop: Shop, tmp_path: Path):
    told = json.loads(shop.call(shop.archive, "--out", tmp_path / "a", "--outlet", "trap_gazette", "--json").out)
    mine = rows(tmp_path / "a")
    assert told["files"] == 2
    assert mine.items() <= rows(shop.archive).items()
    assert {
        json.loads(line)["outlet"] for octets in mine.values() for line in octets.splitlines() if b'"schema"' in line
    } == {"trap_gazette"}
    assert (
        json.loads(shop.call(shop.archive, "--out", tmp_path / "b", "--since", "2999-01-01", "--json").out)["pages"]
        == 0
    )


def test_files_of_other_programs_are_read_and_what_cannot_be_is_told(shop: Shop, tmp_path: Path):
    """A revisit whose first capture is in another file, a WACZ file, a damaged one, and one that is none."""
    files = tmp_path / "in"
    files.mkdir()
    first = warc(OK, HTML)
    moved = warc(OK, b"", kind="revisit", WARC_Target_URI="http://times.example/b", WARC_Refers_To_Target_URI=URL,
                 WARC_Refers_To_Date="2026-11-22T04:00:00Z", WARC_Record_ID="<urn:x:2>")  # fmt: skip
    lost = warc(OK, b"", kind="revisit", WARC_Target_URI="http://times.example/c", WARC_Refers_To="<urn:x:9>")
    (files / "a.warc.gz").write_bytes(moved + lost)
    (files / "b.warc").write_bytes(gzip.decompress(first))
    (files / "c.warc.gz").write_bytes(first[:-9] + first)
    (files / "d.warc.gz").write_bytes(b"no WARC file")
    with zipfile.ZipFile(files / "e.wacz", "w") as pack:
        pack.writestr("archive/../../evil/x.warc.gz", first)
        pack.writestr("archive/x.warc.gz", first)
        pack.writestr("pages/pages.jsonl", "{}")
    (files / "f.wacz").write_bytes(b"no ZIP file")
    done = shop.call(files, "--out", tmp_path / "out", "--json")
    told = json.loads(done.out)
    assert (done.code, told["articles"]) == (1, 5)
    problems = {Path(one["file"]).name: (one["offset"], one["what"].partition(" (")[0]) for one in told["problems"]}
    assert problems == {
        "a.warc.gz": (len(moved), "a revisit of <urn:x:9>, which is not in the files given"),
        "c.warc.gz": (0, "cannot be unpacked"),
        "d.warc.gz": (0, "no WARC record begins here"),
        "f.wacz": (0, "cannot be read"),
    }
    assert not list(tmp_path.rglob("evil*"))
    written = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.jsonl.gz")}
    assert written == {
        "a.jsonl.gz", "b.jsonl.gz", "c.jsonl.gz", "d.jsonl.gz", "e.wacz/x.jsonl.gz", "e.wacz/x-2.jsonl.gz",
    }  # fmt: skip


def test_a_mistake_is_told_in_one_line(shop: Shop, tmp_path: Path):
    (day,) = {path.parent for path in (shop.archive / "trap_gazette").rglob("*.warc.gz")}
    for arguments, said in (
        ((tmp_path / "none",), "there is no such file or folder"),
        ((day, "--out", day), "would lie beside"),
        ((shop.archive, "--out", tmp_path, "--since", "monday"), "a day such as"),
        ((shop.archive, "--out", tmp_path, "--since", ""), "a day such as"),
        ((shop.archive, "--out", tmp_path, "--outlet", "trap_gazete"), "did you mean trap_gazette?"),
    ):
        done = shop.call(*arguments)
        assert (done.code, done.out) == (2, "")
        assert said in done.err
        assert done.err.count("\n") == 1
    (name,) = {path.name for path in day.glob("*.jsonl.gz") if ".rejected" not in path.name}
    (tmp_path / name).write_bytes(b"mine")
    assert "was not written by reextract" in shop.call(day, "--out", tmp_path).err
    assert (tmp_path / name).read_bytes() == b"mine"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_whatever_ends_a_run_nothing_half_has_a_final_name_and_the_next_goes_on(
    shop: Shop, tmp_path: Path, number: int
):
    files, out = tmp_path / "in", tmp_path / "out"
    files.mkdir()
    (files / "a.warc.gz").write_bytes(warc(OK, HTML))
    (files / "b.warc.gz").write_bytes(warc(OK, HTML) * 3000)
    running = subprocess.Popen(
        shop.command(files, "--out", out),
        cwd=PROJECT,
        env=environment(),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    while not (out / "b.jsonl.gz.part").exists():
        assert running.poll() is None
        time.sleep(0.02)
    began = time.monotonic()
    running.send_signal(number)
    _, err = running.communicate(timeout=30)
    assert time.monotonic() - began < 30
    assert b"Traceback" not in err
    assert (out / "a.jsonl.gz").exists()
    assert not (out / "b.jsonl.gz").exists()
    if number != signal.SIGKILL:
        assert running.returncode == 1
        assert not list(out.rglob("*.part"))
    (files / "b.warc.gz").write_bytes(warc(OK, HTML) * 3)
    # As of a run that was killed while it wrote them.
    for name in ("reextract-20261122T040000Z.manifest.json.part", "b.rejected.jsonl.gz.part"):
        (out / name).write_bytes(b"half")
    told = json.loads(shop.call(files, "--out", out, "--json").out)
    assert (told["done_before"], told["articles"]) == (1, 4)
    assert not list(out.rglob("*.part"))


def test_a_folder_without_a_warc_file_is_wrong_usage(shop: Shop, tmp_path: Path):
    done = shop.call(tmp_path, "--out", tmp_path / "out")
    assert (done.code, done.err) == (2, f"scrapy: {tmp_path}: there is no WARC or WACZ file in it\n")
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_named_twice_is_read_once(shop: Shop, tmp_path: Path):
    (first, *_) = sorted(shop.archive.rglob("*.warc.gz"))
    done = shop.call(shop.archive, first, first.parent / ".." / first.parent.name / first.name, "--out", tmp_path)
    assert done.code == 0, done.err
    assert len(list(tmp_path.rglob("*.rejected.jsonl.gz"))) == len(list(shop.archive.rglob("*.rejected.jsonl.gz")))
    assert rows(tmp_path) == rows(shop.archive)


def test_nothing_is_written_into_an_archive(shop: Shop):
    (outlet, *_) = sorted(path.parent for path in shop.archive.rglob("last-manifest.json"))
    for path, out in ((outlet, shop.archive), (shop.archive, outlet), (shop.archive, outlet / "reread")):
        done = shop.call(path, "--out", out)
        assert (done.code, done.err) == (
            2,
            f"scrapy: {out}: is an archive, or lies in one; give another folder with --out\n",
        )
    assert not (outlet / "reread").exists()


def test_what_cannot_be_opened_or_is_empty_is_told_and_the_rest_is_read(shop: Shop, tmp_path: Path):
    (tmp_path / "a.warc.gz").symlink_to("nowhere")
    (tmp_path / "b.warc.gz").write_bytes(b"")
    (tmp_path / "c.warc.gz").write_bytes(warc(OK, HTML))
    done = shop.call(tmp_path, "--out", tmp_path / "out")
    assert done.code == 1
    assert done.out.splitlines()[:3] == [
        f"{tmp_path}/a.warc.gz: offset 0: cannot be read (No such file or directory)",
        f"{tmp_path}/b.warc.gz: offset 0: the file is empty",
        "2 files: 1 page",
    ]


def test_a_damaged_journal_costs_a_second_reading(shop: Shop, tmp_path: Path):
    (tmp_path / "c.warc.gz").write_bytes(warc(OK, HTML))
    assert shop.call(tmp_path, "--out", tmp_path / "out").code == 0
    journal = tmp_path / "out" / ".reextracted.jsonl"
    begun, done, *_ = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(begun + b"\0" * 9 + b"\n" + done[:-9] + b"\n")
    again = shop.call(tmp_path, "--out", tmp_path / "out")
    assert (again.code, "done before" in again.out) == (0, False)


def test_the_inputs_are_found_again_from_a_folder_behind_a_link(shop: Shop, tmp_path: Path):
    (tmp_path / "c.warc.gz").write_bytes(warc(OK, HTML))
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "out").symlink_to(tmp_path / "deep" / "er")
    assert shop.call(tmp_path / "c.warc.gz", "--out", tmp_path / "out").code == 0
    (path,) = (tmp_path / "out").glob("*.manifest.json")
    (read,) = manifests.read(path).inputs
    assert (path.resolve().parent / read.path).is_file()


def revisit(url: str, **fields: str) -> bytes:
    profile = "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"
    return warc(OK, b"", kind="revisit", WARC_Target_URI=url, WARC_Profile=profile, **fields)


DIGEST = {"WARC_Payload_Digest": "sha1:ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"}
OTHER = "http://times.example/other"


@pytest.mark.parametrize(
    ("fields", "urls"),
    [
        pytest.param(DIGEST, [OTHER, URL], id="by its digest alone"),
        pytest.param(DIGEST | {"WARC_Refers_To": "<urn:x:lost>"}, [OTHER, URL], id="the record is lost, the payload not"),
        pytest.param({"WARC_Refers_To_Target_URI": URL, "WARC_Refers_To_Date": "2026-11-22T04:00:00.000Z"}, [OTHER, URL], id="a date of another form"),
        pytest.param({"WARC_Payload_Digest": "sha1:A"}, [URL], id="a digest of none"),
    ],
)  # fmt: skip
def test_what_a_revisit_refers_to_is_found_in_later_files(
    shop: Shop, tmp_path: Path, fields: dict[str, str], urls: list[str]
):
    (tmp_path / "a.warc.gz").write_bytes(revisit(OTHER, **fields) + revisit(URL, **fields))
    (tmp_path / "b.warc.gz").write_bytes(warc(OK, HTML, **DIGEST))
    done = shop.call(tmp_path, "--out", tmp_path / "out")
    assert done.code == 0, done.out
    found = [gzip.decompress((tmp_path / "out" / f"{name}.jsonl.gz").read_bytes()) for name in "ab"]
    assert [json.loads(line)["url"] for line in b"".join(found).splitlines()] == urls


def test_what_is_no_warc_file_is_told_in_a_line(shop: Shop, tmp_path: Path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.arc.gz").write_bytes(b"")
    (tmp_path / "in" / "b.warc.gz").write_bytes(gzip.compress(b""))
    (tmp_path / "in" / "c\n.warc").write_bytes(gzip.decompress(warc(OK, HTML)))
    (tmp_path / "in" / os.fsdecode(b"d\xff.warc.gz")).write_bytes(warc(OK, HTML))
    with zipfile.ZipFile(tmp_path / "in" / "e.wacz", "w") as pack:
        pack.writestr("datapackage.json", "{}")
    rows = tmp_path / "x.jsonl.gz"
    rows.write_bytes(b"")
    done = shop.call(tmp_path / "in", rows, "--out", tmp_path / "out")
    assert done.code == 1
    said = [line.partition(": offset 0: ")[2] for line in done.out.splitlines()[:5]]
    assert [line.partition(";")[0].partition(":")[0] for line in said] == [
        "an ARC file, which is not read", "is not read", "there is no WARC file in it", "a file of rows", "holds no record"
    ]  # fmt: skip
    assert "2 files: 1 page" in done.out
    done.out.encode()
    os.mkfifo(tmp_path / "pipe.warc.gz")
    piped = shop.call(tmp_path / "pipe.warc.gz", "--out", tmp_path / "other")
    assert (piped.code, piped.err) == (2, f"scrapy: {tmp_path}/pipe.warc.gz: is neither a file nor a folder\n")


def test_a_full_disk_leaves_nothing_half_and_the_same_command_goes_on(shop: Shop, tmp_path: Path):
    (tmp_path / "a.warc.gz").write_bytes(warc(OK, HTML))
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.jsonl.gz.part").symlink_to("/dev/full")
    done = shop.call(tmp_path / "a.warc.gz", "--out", out)
    room = "when there is room, the same command goes on where it was"
    assert (done.code, done.err) == (1, f"scrapy: {out}: cannot be written (No space left on device); {room}\n")
    assert not list(out.glob("*.gz*"))
    assert shop.call(tmp_path / "a.warc.gz", "--out", out).code == 0


def test_rows_of_files_of_other_programs_are_right_by_verify(shop: Shop, tmp_path: Path):
    """Ids that are no UUIDs, records that share a member, revisits, and a page of which a part was kept."""
    records = [warc(OK, HTML, WARC_Record_ID=f"<urn:x:{number}>") for number in range(2)]
    (tmp_path / "shared.warc.gz").write_bytes(gzip.compress(b"".join(map(gzip.decompress, records))))
    cut = warc(OK, HTML[:900], WARC_Truncated="length", WARC_Record_ID="<urn:x:cut>")
    moved = revisit(OTHER, WARC_Record_ID="<urn:x:moved>", WARC_Refers_To="<urn:x:0>")
    (tmp_path / "x.warc.gz").write_bytes(b"".join([*records, cut, moved]))
    assert shop.call(tmp_path / "x.warc.gz", tmp_path / "shared.warc.gz", "--out", tmp_path / "out").code == 0
    verdict = archive.verify([tmp_path / "out"], workers=1)
    assert verdict.findings == []
    assert verdict.levels["rows"].right == 5
    assert verdict.levels["derivation"].right == 3
