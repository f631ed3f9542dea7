"""One line of settings turns capture on in a project that knows nothing of outlets."""

import gzip
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastwarc import ArchiveIterator

from newsarchive.warc import cdxj
from newsarchive.warc.reader import StoredRecord
from newsarchive.warc.verifying import verify
from tests.capture.crawling import Ask, Asking
from tests.capture.server import Server
from tests.conftest import PROJECT, environment
from tests.manifested import found, problems

pytestmark = pytest.mark.long


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


def project(tmp_path: Path, server: Server, **settings: object) -> Asking:
    return Asking(tmp_path / "project", server.connect_to, **settings)


def asks(server: Server, *names: str, **facts: object) -> list[Ask]:
    return [Ask(server.url("http", name), **facts) for name in names]


def of_kind(asking: Asking, kind: str) -> list[StoredRecord]:
    return [record for record in asking.records() if record.kind == kind]


def test_the_addon_alone_archives_a_foreign_project(tmp_path: Path, server: Server):
    asking = project(tmp_path, server, ROBOTSTXT_OBEY=True)
    done = asking.run(asks(server, "plain", "moved", "not-found", "links/1/4"))
    assert done.code == 0, done.err
    (warc,) = asking.warcs()
    assert warc.parent.parent.parent.parent == asking.archive / "asking"
    assert cdxj.index_path(warc).exists()
    assert not list(asking.archive.rglob("*.jsonl*"))
    assert verify([warc]).is_clean
    assert list(problems(asking.archive / "asking", is_chained=False)) == []
    ((path, told),) = found(asking.archive / "asking").items()
    assert (asking.archive / "asking" / path).name == warc.name.replace(".warc.gz", ".manifest.json")
    assert (told["reason"], told["previous"], told["extractions"], told["config"]["outlet"]) == (
        "finished",
        None,
        {},
        None,
    )
    assert told["counts"]["records"] == len(asking.records())
    targets = Counter(said.target for said in server.log)
    assert {"/plain", "/moved", "/moved-again", "/not-found", "/page/1", "/page/3"} <= targets.keys()
    assert Counter(record.block for record in of_kind(asking, "request")) == Counter(
        said.request for said in server.log
    )
    assert all(b"Accept-Encoding: gzip, deflate\r\n" in said.request for said in server.log)


def test_warcinfo_says_who_crawled_with_what_under_which_rules(tmp_path: Path, server: Server):
    asking = project(tmp_path, server, OPERATOR="A Library", CONTACT="https://library.example/", ROBOTSTXT_OBEY=True)
    assert asking.run(asks(server, "plain")).code == 0
    told = of_kind(asking, "warcinfo")[0].block_fields()
    assert told["operator"] == "A Library"
    assert told["http-header-from"] == "https://library.example/"
    assert told["format"] == "WARC File Format 1.1"
    assert told["isPartOf"] == "asking"
    assert told["redactedRequestHeaders"] == "none"
    assert "newsarchive/" in told["software"]
    assert "Scrapy/" in told["software"]
    assert told["settingsDigest"].startswith("sha256:")
    assert told["robots"] in ("obey", "ignore")


def test_followed_links_are_written_down(tmp_path: Path, server: Server):
    asking = project(tmp_path, server)
    assert asking.run(asks(server, "links/1/4")).code == 0
    (record,) = [record for record in of_kind(asking, "metadata") if record.field("WARC-Refers-To")]
    links = [line.split()[1] for line in record.block.decode().splitlines() if line.startswith("outlink: ")]
    assert links == [server.url("http", f"page/{number}") for number in (1, 2, 3)]
    answer = next(
        one for one in of_kind(asking, "response") if one.field("WARC-Record-ID") == record.field("WARC-Refers-To")
    )
    assert answer.field("WARC-Target-URI") == record.field("WARC-Target-URI") == server.url("http", "links/1/4")
    about = {one.field("WARC-Target-URI"): one.block_fields() for one in of_kind(asking, "metadata")}
    assert about[server.url("http", "page/2")]["via"] == server.url("http", "links/1/4")


def test_a_second_run_writes_revisits(tmp_path: Path, server: Server):
    asking = project(tmp_path, server)
    for names, headers in ((("plain", "chunked"), None), (("plain", "chunked"), None)):
        assert asking.run(asks(server, *names, headers=headers)).code == 0
    first = {record.field("WARC-Target-URI"): record for record in of_kind(asking, "response")}
    revisits = of_kind(asking, "revisit")
    assert len(first) == len(revisits) == 2
    for record in revisits:
        original = first[record.field("WARC-Target-URI")]
        assert record.field("WARC-Profile").endswith("/identical-payload-digest")
        assert record.field("WARC-Refers-To") == original.field("WARC-Record-ID")
        assert record.field("WARC-Refers-To-Target-URI") == original.field("WARC-Target-URI")
        assert record.field("WARC-Refers-To-Date") == original.field("WARC-Date")
        assert record.field("WARC-Payload-Digest") == original.field("WARC-Payload-Digest")
        assert original.block.startswith(record.block)
    assert verify(asking.warcs()).levels["revisits"].right == 2


def test_a_failure_without_an_answer_leaves_a_metadata_record(tmp_path: Path, server: Server):
    asking = project(tmp_path, server, DNS_SERVERS=["127.0.0.1:9"])
    refused, unknown = "http://127.0.0.1:9/", "http://no-such-host.invalid/"
    wrong_tls = f"https://raw.example:{server.ports['http']}/plain"
    assert asking.run([Ask(refused), Ask(unknown), Ask(wrong_tls, meta={"download_timeout": 1.0})]).code == 0
    assert {record.kind for record in asking.records()} == {"warcinfo", "metadata"}
    errors = {
        record.field("WARC-Target-URI"): record.block_fields()["fetchError"] for record in of_kind(asking, "metadata")
    }
    assert errors[refused] == "refused"
    assert errors[unknown] == "dns"
    assert errors[wrong_tls]


@pytest.mark.parametrize("compression", ["gzip", "zstd", "none"])
def test_every_compression_is_read_by_others(tmp_path: Path, server: Server, compression: str):
    asking = project(tmp_path, server, WARC_COMPRESSION=compression)
    assert asking.run(asks(server, "weird", "gzip", "page/3")).code == 0
    (warc,) = asking.warcs()
    with warc.open("rb") as stream:
        blocks = [record.reader.read() for record in ArchiveIterator(stream, parse_http=False)]
    assert {said.sent for said in server.log} <= set(blocks)
    assert verify([warc]).is_clean


@pytest.mark.parametrize("fsync", ["none", "group", "each"])
def test_every_policy_of_waiting_for_the_disk_keeps_everything(tmp_path: Path, server: Server, fsync: str):
    asking = project(tmp_path, server, WARC_FSYNC=fsync, WARC_MAX_MB=1)
    assert asking.run(asks(server, *(f"page/{number}" for number in range(60)))).code == 0
    assert len(asking.warcs()) >= 3
    assert len(of_kind(asking, "response")) == 60
    assert verify(asking.warcs()).is_clean


def test_a_file_is_closed_when_it_is_old(tmp_path: Path, server: Server):
    """In minutes as a setting; here the clock of the files is asked for seconds."""
    spider = "\nfrom newsarchive.capture import options\noptions._number.__defaults__\n_real = options.Options.of\n"
    spider += "options.Options.of = classmethod(lambda cls, settings: __import__('dataclasses').replace(_real(settings), max_seconds=0.5))\n"
    asking = project(tmp_path, server, DOWNLOAD_DELAY=0.3, RANDOMIZE_DOWNLOAD_DELAY=False)
    with (asking.folder / "asking" / "settings.py").open("a") as settings:
        settings.write(spider.replace("options._number.__defaults__\n", ""))
    assert asking.run(asks(server, *(f"page/{number}" for number in range(8)))).code == 0
    assert len(asking.warcs()) >= 3


def test_credentials_are_archived_unless_a_policy_says_otherwise(tmp_path: Path, server: Server):
    headers = {"Authorization": "Basic c2VjcmV0", "Cookie": "session=s3cr3t", "X-Other": "kept"}
    bare = Asking(tmp_path / "bare", server.connect_to, COOKIES_ENABLED=False)
    redacting = Asking(
        tmp_path / "redacting",
        server.connect_to,
        COOKIES_ENABLED=False,
        WARC_REDACT_REQUEST_HEADERS=["Authorization", "cookie"],
    )
    for asking in (bare, redacting):
        assert asking.run(asks(server, "plain", headers=headers)).code == 0
    (request,) = of_kind(bare, "request")
    assert b"c2VjcmV0" in request.block
    assert b"session=s3cr3t" in request.block
    everything = b"".join(gzip.decompress(path.read_bytes()) for path in redacting.warcs())
    everything += b"".join(path.read_bytes() for path in redacting.archive.rglob("*") if path.is_file())
    assert b"c2VjcmV0" not in everything
    assert b"s3cr3t" not in everything
    (request,) = of_kind(redacting, "request")
    assert b"Authorization: [redacted]\r\n" in request.block
    assert b"X-Other: kept\r\n" in request.block
    assert of_kind(redacting, "warcinfo")[0].block_fields()["redactedRequestHeaders"] == "Authorization, cookie"
    assert of_kind(redacting, "metadata")[0].block_fields()["redactedRequestHeaders"] == "authorization, cookie"


def test_a_project_keeps_its_own_settings_and_reactor(tmp_path: Path, server: Server):
    asking = project(
        tmp_path, server, ARCHIVE_DIR=str(tmp_path / "elsewhere"), ARCHIVE_COLLECTION="mine",
        DEFAULT_REQUEST_HEADERS={"Accept-Encoding": "br", "X-Mine": "yes"},
        TWISTED_REACTOR="twisted.internet.selectreactor.SelectReactor", WARC_FSYNC="group",
    )  # fmt: skip
    done = asking.run(asks(server, "plain", "page/3"))
    assert done.code == 0, done.err
    (warc,) = (tmp_path / "elsewhere" / "mine").rglob("*.warc.gz")
    assert verify([warc]).is_clean
    assert all(b"Accept-Encoding: br\r\n" in said.request and b"X-Mine: yes" in said.request for said in server.log)


def test_capture_can_be_switched_off(tmp_path: Path, server: Server):
    asking = project(tmp_path, server)
    assert asking.run(asks(server, "plain"), CAPTURE_ENABLED=False).code == 0
    assert not asking.archive.exists()


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (("fetch", "--nolog"), "Sentence 0 of a page"),
        (("view",), ""),
        (("parse", "--spider=asking", "--nolog"), "STATUS DEPTH LEVEL"),
        (("shell", "--nolog", "-c", "response.text[:30]"), "Sentence 0"),
    ],
)
def test_commands_that_only_look_archive_nothing(tmp_path: Path, server: Server, command: tuple[str, ...], shown: str):
    asking = project(tmp_path, server, COOKIES_ENABLED=False)
    name, *options = command
    inherited = {one: value for one, value in environment().items() if one != "SCRAPY_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-m", "scrapy.cmdline", name, server.url("http", "plain"), *options],
        cwd=asking.folder, capture_output=True, text=True, timeout=60, check=False,
        env={**inherited, "PYTHONPATH": f"{PROJECT}:{asking.folder}", "BROWSER": "true", "NOTES": str(tmp_path / "notes")},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert shown in done.stdout
    assert [said.target for said in server.log] == ["/plain"]
    assert not asking.archive.exists()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"WARC_COMPRESSION": "lzma"}, ("WARC_COMPRESSION", "lzma", "gzip")),
        ({"WARC_FSYNC": "always"}, ("WARC_FSYNC", "always", "group")),
        ({"WARC_MAX_MB": "much"}, ("WARC_MAX_MB", "much", "whole number")),
        ({"WARC_REDACT_REQUEST_HEADERS": "no good: name"}, ("WARC_REDACT_REQUEST_HEADERS", "no good: name")),
        ({"ARCHIVE_DIR": "scrapy.cfg"}, ("scrapy.cfg", "cannot be written")),
        ({"ARCHIVE_MIN_FREE_MB": 10**9}, ("ARCHIVE_MIN_FREE_MB",)),
        ({"CONNECT_TO": "nonsense"}, ("CONNECT_TO", "nonsense")),
        ({"DNS_SERVERS": "nonsense"}, ("DNS_SERVERS", "nonsense")),
        ({"CAPTURE_UNCAPTURED": "ignore"}, ("CAPTURE_UNCAPTURED", "ignore", "report")),
        ({"TWISTED_REACTOR_ENABLED": False}, ("TWISTED_REACTOR_ENABLED", "which capture needs")),
    ],
)  # fmt: skip
def test_a_mistake_is_one_clear_line_and_nothing_is_fetched(
    tmp_path: Path, server: Server, settings: dict, words: tuple
):
    done = project(tmp_path, server).run(asks(server, "plain"), **settings)
    assert done.code != 0
    assert server.log == []
    assert "Traceback" not in done.err, done.err
    assert [line for line in done.err.splitlines() if all(word in line for word in words)], done.err


def test_a_capture_that_cannot_be_written_stops_the_crawl(tmp_path: Path, server: Server):
    folder = tmp_path / "project" / "archive"
    folder.mkdir(parents=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", str(folder)], check=False).returncode:
        assert "CI" not in os.environ, "the tests run as root in CI and may mount"
        pytest.skip("a full disk needs a mount, and a mount needs root")
    try:
        asking = project(tmp_path, server, ARCHIVE_MIN_FREE_MB=0, CONCURRENT_REQUESTS=2)
        done = asking.run(asks(server, *(f"page/{number}" for number in range(60))))
        assert done.code == 1, done.err
        assert "Traceback" not in done.err, done.err
        assert len([line for line in done.err.splitlines() if "the crawl stops" in line]) == 1
        seen = {line.removeprefix("seen ") for line in asking.notes() if line.startswith("seen ")}
        assert 0 < len(seen) < 60
        subprocess.run(["mount", "-o", "remount,size=50m", str(folder)], check=True)
        assert asking.run(asks(server, "plain")).code == 0
        kept = {record.field("WARC-Target-URI") for record in of_kind(asking, "response")}
        assert seen <= kept
        assert verify(asking.warcs()).is_clean
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_folder_that_vanishes_stops_the_crawl_at_the_next_file(tmp_path: Path, server: Server):
    asking = project(
        tmp_path, server, WARC_MAX_MB=1, CONCURRENT_REQUESTS=1, DOWNLOAD_DELAY=0.05, RANDOMIZE_DOWNLOAD_DELAY=False
    )
    running = asking.start(asks(server, *(f"page/{number}" for number in range(60))))
    while len(asking.notes()) < 3 and running.poll() is None:
        pass
    shutil.rmtree(asking.archive / "asking")
    (asking.archive / "asking").write_text("a file stands where the folder was")
    _, err = running.communicate(timeout=60)
    assert running.returncode == 1, err
    assert "the crawl stops" in err
    assert "Traceback" not in err, err


def test_the_index_names_what_was_captured(tmp_path: Path, server: Server):
    asking = project(tmp_path, server)
    assert asking.run([*asks(server, "page/1"), *asks(server, "post", method="POST", body="x=1")]).code == 0
    lines = cdxj.index_path(asking.warcs()[0]).read_text().splitlines()
    told = [json.loads(line.split(" ", 2)[2]) for line in lines]
    assert {one["url"]: one.get("method") for one in told} == {
        server.url("http", "page/1"): None,
        server.url("http", "post"): "POST",
    }


def test_why_an_internal_address_is_not_connected_to_is_said_once(tmp_path: Path, server: Server):
    asking = Asking(tmp_path / "project", (), ALLOW_PRIVATE_ADDRESSES=False)
    urls = [f"http://127.0.0.1:{server.ports['http']}/{name}" for name in ("plain", "gzip")]
    done = asking.run(Ask(url) for url in urls)
    assert done.err.count("ALLOW_PRIVATE_ADDRESSES lifts that") == 1
    assert not server.log
