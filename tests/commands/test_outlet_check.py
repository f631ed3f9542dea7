"""`scrapy outlet check`: pages from files, records, an archive and the demo web, over real sockets."""

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

from newsarchive.demoweb import Answer, DemoWeb
from newsarchive.warc.reader import read_records
from tests.conftest import PROJECT, Crawler, Ran, environment
from tests.extract import pages
from tests.extract.pages import PROSE

NAME = "kyiv_independent"
URL = "https://kyivindependent.com/night-train-to-the-coast-runs-again/"
HEADLINE = "Night train to the coast runs again"


@pytest.fixture
def check(crawler: Crawler, config: Path):
    def run(*arguments: str, **settings: object) -> Ran:
        done = crawler.run("outlet", "check", *arguments, CONFIG_DIR=config, **settings)
        assert "Traceback" not in done.err
        return done

    return run


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    head = '<meta property="og:type" content="article"><meta property="og:title" content="A harbour is closed">'
    body = f"<nav>Home</nav><article><h1>A harbour is closed</h1>{pages.paragraphs(PROSE)}</article>"
    file = tmp_path / "saved page.html"
    file.write_text(pages.plain(body, head), encoding="utf-8")
    return file


def test_a_url_is_fetched_read_by_the_outlet_of_its_host_and_not_archived(check, crawler: Crawler, web: DemoWeb):
    done = check(URL)
    assert (done.code, done.err) == (0, "")
    assert HEADLINE in done.out
    assert "engine         platform/ghost" in done.out
    assert not crawler.archive.exists()
    asked = [exchange.target for exchange in web.log if exchange.host == "kyivindependent.com"]
    assert asked[0] == "/robots.txt"
    assert asked[-1] == "/night-train-to-the-coast-runs-again/"


def test_robots_txt_is_obeyed(check, web: DemoWeb):
    rules = Answer(headers=(("Content-Type", "text/plain"),), body=b"User-agent: *\nDisallow: /\n")
    web.answer("https://kyivindependent.com/robots.txt", rules)
    done = check(URL)
    assert done.code == 1
    assert "robots.txt" in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("answer", "told"),
    [(Answer(status=404), "answers 404"), (Answer(status=503), "answers 503"), (Answer(status=403), "answers 403")],
)
def test_a_page_that_cannot_be_had_is_one_line_and_exit_code_1(check, web: DemoWeb, answer: Answer, told: str):
    web.answer(URL, answer)
    done = check(URL, RETRY_TIMES=0)
    assert (done.code, done.out) == (1, "")
    assert told in done.err
    assert done.err.count("\n") == 1


def test_each_block_is_told_in_the_terminal_and_as_a_page(check, saved: Path, tmp_path: Path):
    page = tmp_path / "why.html"
    done = check(str(saved), "--explain", "--html", str(page))
    assert done.code == 0
    assert "navigation · Home" in done.out
    assert f"kept       ┃ {PROSE[0][:40]}" in done.out
    assert f"{len(PROSE)}  kept        text of the article" in done.out
    assert "\x1b" not in done.out
    assert PROSE[0] in page.read_text(encoding="utf-8")


def test_without_explain_only_fields_are_told(check, saved: Path):
    done = check(str(saved))
    assert done.code == 0
    assert "published_at   missing" in done.out
    assert PROSE[0] not in done.out


def test_json_has_the_record_and_the_blocks(check, saved: Path):
    told = json.loads(check(str(saved), "--json", "--explain", "--url", "https://times.example/a").out)
    assert told["good"]
    assert told["article"]["url"] == "https://times.example/a"
    assert told["missing"] == ["authors", "published_at"]
    assert [one["text"] for one in told["blocks"] if one["kept"]] == list(PROSE)


def test_a_saved_page_is_read_by_the_rules_of_an_outlet_that_is_named(check, saved: Path):
    assert f"outlet/{NAME}" in check(str(saved), "--outlet", NAME).out
    assert f"outlet/{NAME}" in check(str(saved), "--url", URL).out


def test_a_record_of_a_warc_file_is_read_as_it_was_captured(check, archive: Path):
    (warc,) = archive.rglob("*.warc.gz")
    record = next(one for one in read_records(warc) if one.kind == "response" and one.field("WARC-Target-URI") == URL)
    done = check(f"{warc}:{record.offset}", "--explain")
    assert done.code == 0
    assert HEADLINE in done.out
    assert "newsletter" in done.out


def test_an_outlet_is_checked_over_its_archived_pages(check, archive: Path):
    done = check(NAME, ARCHIVE_DIR=archive)
    assert done.code == 0
    assert "the reading is good" in done.out
    told = json.loads(check(NAME, "--json", ARCHIVE_DIR=archive).out)
    assert told["fields"]["headline"] == told["articles"] > 5
    assert told["articles"] + sum(told["rejected"].values()) == told["pages"]


def test_the_newest_article_of_an_outlet_is_explained(check, archive: Path):
    done = check(NAME, "--explain", ARCHIVE_DIR=archive)
    assert done.code == 0
    assert "kept" in done.out
    assert "blocks" in done.out


def test_a_page_that_is_no_article_is_exit_code_1_with_its_reason(check, tmp_path: Path):
    empty = tmp_path / "empty.html"
    empty.write_bytes(b"")
    done = check(str(empty), "--explain")
    assert done.code == 1
    assert "no article: empty" in done.out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["nowhere.html"], "nowhere.html: cannot be read (No such file or directory)"),
        (["nowhere.warc.gz:12"], "nowhere.warc.gz: cannot be read"),
        (["nowhere.warc.gz"], "say which record"),
        ([NAME], "first: scrapy crawl kyiv_independent"),
        ([str(PROJECT / "README.md"), "--outlet", "nobody"], "--outlet: unknown outlet 'nobody'"),
        ([str(PROJECT / "README.md"), "--html", "/nowhere/why.html"], "/nowhere/why.html: cannot be written"),
        ([str(PROJECT)], "cannot be read (Is a directory)"),
        ([], "give one page"),
    ],
)
def test_bad_input_is_one_clear_line_and_exit_code_2(check, arguments: list[str], line: str):
    done = check(*arguments)
    assert done.code == 2
    assert line in done.err


def test_an_offset_between_records_and_a_request_are_said_to_be_no_page(check, archive: Path):
    (warc,) = archive.rglob("*.warc.gz")
    request = next(one for one in read_records(warc) if one.kind == "request")
    for offset, line in ((request.offset + 1, "no record begins there"), (request.offset, "is a request record")):
        done = check(f"{warc}:{offset}")
        assert done.code == 2
        assert line in done.err


def test_a_person_at_a_terminal_sees_colours(crawler: Crawler, saved: Path):
    ours, theirs = pty.openpty()
    wanted = {**environment(), "TERM": "xterm", "COLUMNS": "80"}
    wanted.pop("NO_COLOR", None)
    subprocess.run(
        crawler.command("outlet", "check", str(saved), "--explain"), cwd=PROJECT, stdout=theirs, check=True, env=wanted
    )
    os.close(theirs)
    told = b""
    try:
        while piece := os.read(ours, 1 << 16):
            told += piece
    except OSError:
        # The other end is closed, and all is read.
        pass
    os.close(ours)
    assert b"\x1b[32mkept" in told
