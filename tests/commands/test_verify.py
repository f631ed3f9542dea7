"""`scrapy verify` as a person and as a script see it."""

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import Crawler


@pytest.fixture
def crawled(crawler: Crawler) -> Crawler:
    assert crawler.run("crawl", "responsible_statecraft", "-a", "limit=3").code == 0
    return crawler


def test_a_good_archive_is_told_level_by_level(crawled: Crawler):
    done = crawled.run("verify", str(crawled.archive))
    assert done.code == 0, done.out
    assert "nothing is wrong" in done.out
    for level in ("members", "syntax", "blocks", "payloads", "revisits", "pairs", "index"):
        assert f"  {level}" in done.out


def test_a_flipped_byte_is_told_with_file_offset_and_level(crawled: Crawler):
    (warc,) = crawled.files(".warc.gz")
    whole = bytearray(warc.read_bytes())
    whole[len(whole) // 2] ^= 1
    warc.write_bytes(whole)
    done = crawled.run("verify", str(warc), "--json")
    assert done.code == 1
    told = json.loads(done.out)["findings"]
    assert told
    assert all(one["file"] == str(warc) for one in told)
    assert "Traceback" not in done.err


def test_an_open_file_is_said_to_be_open(crawled: Crawler):
    (warc,) = crawled.files(".warc.gz")
    warc.rename(warc.with_name(warc.name + ".open"))
    done = crawled.run("verify", str(crawled.archive))
    assert "1 in files that are being written" in done.out


def test_no_such_path_is_one_line_and_exit_code_2(crawler: Crawler, tmp_path: Path):
    done = crawler.run("verify", str(tmp_path / "nowhere"))
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "nowhere" in done.err


def test_a_folder_in_which_nothing_lies_is_never_called_right(crawler: Crawler, tmp_path: Path):
    done = crawler.run("verify", str(tmp_path))
    assert (done.code, done.out, done.err) == (2, "", f"scrapy: {tmp_path}: there is nothing to verify\n")


def test_what_a_link_leads_to_is_verified(crawled: Crawler, tmp_path: Path):
    """An outlet whose older days lie on another disk."""
    (outlet,) = (one for one in crawled.archive.iterdir() if one.is_dir())
    (year,) = outlet.glob("20*")
    year.rename(tmp_path / "disk")
    year.symlink_to(tmp_path / "disk")
    done = crawled.run("verify", "--deep", "--workers", "1", str(outlet))
    assert done.code == 0, done.out
    assert "derivation 0 ok" not in done.out
    (warc,) = year.rglob("*.warc.gz")
    shutil.copy(warc, warc.with_name("foreign.warc.gz"))
    warc.write_bytes(b"")
    done = crawled.run("verify", str(outlet))
    assert done.code == 1
    assert f"{warc}: offset 0: members: the file is empty" in done.out
    assert "foreign.warc.gz: manifest: is in no manifest" in done.out
