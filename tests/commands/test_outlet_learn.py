"""`scrapy outlet learn` over a crawled archive, as a person and as a script see it."""

import gzip
import json
import shutil
from pathlib import Path

import pytest

from newsarchive import outlets
from newsarchive.demoweb import DemoWeb
from newsarchive.warc.reader import read_records
from tests.conftest import Crawler, Ran

NAME = "kyiv_independent"


@pytest.fixture
def learn(archive: Path, config: Path):
    def run(*arguments: str, of: Path = archive, web: DemoWeb | None = None) -> Ran:
        return Crawler(of, web.connect_to if web else []).run("outlet", "learn", *arguments, CONFIG_DIR=config)

    return run


def test_what_recurs_is_told_and_written(learn, config: Path):
    done = learn(NAME)
    assert (done.code, done.err) == (0, "")
    file = config / "learned" / f"{NAME}.json"
    assert f"{file} (new)" in done.out
    assert "* indicates required  [form>div.indicates-required]" in done.out
    table = outlets.load(config, NAME).learned
    assert table
    assert table.digest in done.out
    assert "* indicates required" in table.places


def test_a_second_look_at_the_same_pages_changes_nothing(learn, config: Path):
    learn(NAME)
    before = (config / "learned" / f"{NAME}.json").read_bytes()
    done = learn(NAME)
    assert "(unchanged)" in done.out
    assert (config / "learned" / f"{NAME}.json").read_bytes() == before


def test_json_has_all_blocks(learn):
    told = json.loads(learn(NAME, "--json").out)
    assert told["change"] == "new"
    assert told["stories"] + told["known"] + sum(told["rejected"].values()) == told["pages"]
    assert {"pages", "bodies", "place", "text"} == set(told["blocks"][0])


def test_the_order_and_the_folders_of_the_files_do_not_matter(learn, archive: Path, config: Path, tmp_path: Path):
    (warc,) = archive.rglob("*.warc.gz")
    ends = [one.offset + one.length for one in read_records(warc) if one.kind == "metadata"]
    cut, whole = ends[len(ends) // 2], warc.read_bytes()
    tables = []
    for number, (first, second) in enumerate((("2026/a", "2026/b"), ("z", "a"))):
        other = tmp_path / f"archive{number}"
        for folder, name, part in ((first, "1.warc.gz", whole[:cut]), (second, "2.warc.gz", whole[cut:])):
            (other / NAME / folder).mkdir(parents=True, exist_ok=True)
            (other / NAME / folder / name).write_bytes(part)
        assert learn(NAME, of=other).code == 0
        tables.append((config / "learned" / f"{NAME}.json").read_bytes())
    learn(NAME)
    assert {*tables, (config / "learned" / f"{NAME}.json").read_bytes()} == {tables[0]}


def test_a_damaged_file_is_named_and_the_rest_is_learned_from(learn, archive: Path, tmp_path: Path):
    other = shutil.copytree(archive, tmp_path / "archive")
    (warc,) = other.rglob("*.warc.gz")
    (warc.parent / "another.warc.gz").write_bytes(warc.read_bytes()[:5000])
    done = learn(NAME, of=other)
    assert done.code == 1
    assert "another.warc.gz: offset" in done.out
    assert "* indicates required" in done.out


def test_a_broken_table_is_made_again(learn, config: Path):
    (config / "learned").mkdir()
    (config / "learned" / f"{NAME}.json").write_text("{")
    assert "(changed)" in learn(NAME).out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["nowhere_times"], "unknown outlet 'nowhere_times'"),
        (["responsible_statecraft"], "first: scrapy crawl responsible_statecraft"),
        ([], "give the name of one outlet"),
    ],
)
def test_bad_input_is_one_clear_line(learn, arguments: list[str], line: str):
    done = learn(*arguments)
    assert done.code == 2
    assert line in done.err
    assert "Traceback" not in done.err


def test_of_few_stories_nothing_is_learned(web: DemoWeb, config: Path, tmp_path: Path):
    crawler = Crawler(tmp_path / "archive", web.connect_to)
    crawler.run("crawl", NAME, "-a", "limit=3")
    done = crawler.run("outlet", "learn", NAME, CONFIG_DIR=config)
    assert done.code == 1
    assert "nothing is learned" in done.out
    assert not (config / "learned").exists()


def test_a_crawl_reads_with_the_table_and_every_line_names_it(learn, web: DemoWeb, config: Path, tmp_path: Path):
    learn(NAME)
    table = outlets.load(config, NAME).learned
    assert table
    crawler = Crawler(tmp_path / "archive", web.connect_to)
    assert crawler.run("crawl", NAME, "-a", "limit=4", CONFIG_DIR=config).code in (0, 1)
    (lines,) = crawler.files(".jsonl.gz")
    rows = [json.loads(line) for line in gzip.open(lines)]
    assert rows
    wanted = {"name": f"learned/{NAME}", "digest": table.digest}
    assert all(wanted in row["provenance"]["extraction"]["rules"] for row in rows)
